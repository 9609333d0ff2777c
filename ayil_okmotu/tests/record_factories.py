"""Records of staff, employees and budgets for tests."""

import datetime as dt
from decimal import Decimal

from ayil_okmotu import services
from ayil_okmotu.models import LocalBudget, StaffingNorm, TrainingProgramme
from ayil_okmotu.services.budgets import Amounts
from ayil_okmotu.tests.factories import appointment, body, post
from registry.tests.factories import aimak, district

DISCOVERED = dt.date(2024, 3, 1)
EXPLAINED = dt.date(2024, 3, 5)
FOUND = dt.date(2024, 3, 20)
IMPOSED = dt.date(2024, 4, 1)
UNTIL = dt.date(2024, 10, 1)


def employee(unit=None, *, kind="specialist", name="Кызматкер", **more):
    """Somebody in a post of the executive body of a unit."""
    return appointment(post(body(unit or aimak(district())), kind), name=name, **more)


def staffing(of, on, *, approved=20, filled=18, contract=2, women=6, **more):
    """What a body reports of its people."""
    return services.report_staff(
        body=of, on=on, approved=approved, filled=filled, contract=contract, women=women, **more
    )


def norm(kind="ayil_okmotu", *, since, until=None, within=None, **numbers):
    """A norm; numbers not given are left open."""
    return StaffingNorm.objects.create(body_kind=kind, within=within, valid=(since, until), **numbers)


def programme(code="budgets"):
    return TrainingProgramme.objects.get(code=code)


def training(who, *, began=dt.date(2024, 2, 5), ended=dt.date(2024, 2, 7), hours=24, **more):
    """A course that somebody attended."""
    return services.record_training(
        appointment=who, programme=programme(), began_on=began, ended_on=ended, hours=hours, **more
    )


def violation(who, *, on=DISCOVERED, description="Ишке келген жок"):
    """A breach that has been discovered."""
    return services.report_violation(appointment=who, discovered_on=on, description=description)


def examined(who, *, on=DISCOVERED, **more):
    """A breach with its explanation and the commission's finding."""
    row = violation(who, on=on, **more)
    row = services.record_explanation(violation=row, on=on + (EXPLAINED - DISCOVERED))
    return services.record_finding(violation=row, on=on + (FOUND - DISCOVERED), finding="Бузуу аныкталды")


def measure(who, *, kind="reprimand", on=IMPOSED, until=UNTIL, order_number="7-т", **more):
    """A measure imposed for a breach of somebody's."""
    return services.impose(
        violation=examined(who, **more), kind=kind, on=on, until=until, order_number=order_number
    )


def amounts(plan=None, actual=None):
    """An amount a column: a number as text, or what was printed where it is none."""
    given = {}
    for name, text in (("plan", plan), ("actual", actual)):
        if text is not None:
            value, printed = services.read_figure(str(text))
            given |= {name: value, f"{name}_as_printed": printed}
    return Amounts(**given)


def budget(unit, year, *, plan=(), actual=(), **more) -> LocalBudget:
    """The budget of a unit: amounts by the codes of lines."""
    plan, actual = dict(plan), dict(actual)
    lines = {code: amounts(plan.get(code), actual.get(code)) for code in [*plan, *actual]}
    return services.write_budget(unit=unit, year=year, lines=lines, **more)


def whole(revenue=10, transfer=5, expenditure=12):
    """Amounts that add up."""
    return {
        "income_tax": revenue,
        "equalisation_transfer": transfer,
        "education": expenditure,
        "total_revenue": revenue + transfer,
        "total_expenditure": expenditure,
        "surplus": Decimal(revenue) + transfer - expenditure,
    }
