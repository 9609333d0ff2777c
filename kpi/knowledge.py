"""What the register already knows of a report's figures, and where from: offered to the report, never forced on it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Q

from ayil_okmotu.models import Appointment, BudgetItem, BudgetLine, StaffingReport, Training
from kpi.models import Period, Prefill
from registry.models import ChangePart, Population, Unit

Known = dict[str, Any]
SIDES = BudgetItem.Side


def known(
    prefill: str, *, unit: Unit, period: Period, appointment: Appointment | None = None
) -> Known | None:
    """Return ``{what, year, number | numerator and denominator}`` for an indicator, None where nothing is known.

    Figures are texts of decimals: they are kept with the value as they were offered.
    """
    if prefill == Prefill.TRAINING and appointment is not None:
        hours = Training.objects.filter(
            appointment=appointment, removed_at=None, ended_on__gte=period.begins, ended_on__lt=period.ends
        ).values_list("hours", flat=True)
        return {"what": prefill, "number": str(sum(hours)), "courses": len(hours)}
    if prefill in (Prefill.REVENUE_GROWTH, Prefill.EXECUTION):
        return _of_budget(prefill, unit, period)
    return None


def _of_budget(prefill: str, unit: Unit, period: Period) -> Known | None:
    """From the latest year whose budget can be read, in million som as reported.

    A budget is a year's: it is filled in only where the quarter closes that year (``filled``), else it stands beside.
    """
    rows = (
        BudgetLine.objects.filter(budget__unit=unit, budget__year__range=(period.year - 2, period.year))
        .exclude(item__side=SIDES.TOTAL)
        .values_list("budget__year", "item__side", "plan", "actual")
    )
    years: dict[int, list[tuple[str, Decimal | None, Decimal | None]]] = {}
    for year, side, plan, actual in rows:
        years.setdefault(year, []).append((side, plan, actual))

    def fits(year: int) -> bool:
        return year == period.year and period.quarter == 4

    for year in sorted(years, reverse=True):
        if prefill == Prefill.EXECUTION:
            pairs = [(plan, actual) for _side, plan, actual in years[year]]
            if all(plan is not None and actual is not None for plan, actual in pairs):
                return _parts(
                    prefill, year, sum(a for _p, a in pairs if a), sum(p for p, _a in pairs if p), fits(year)
                )
        elif year - 1 in years and not _moved(unit, year):
            now, then = (
                [actual for side, _plan, actual in years[each] if side == SIDES.OWN_REVENUE]
                for each in (year, year - 1)
            )
            if now and then and None not in now and None not in then:
                return _parts(prefill, year, sum(a for a in now if a), sum(a for a in then if a), fits(year))
    return None


def _moved(unit: Unit, year: int) -> bool:
    """Whether the unit began, gained or lost territory in a year or the one before: their budgets do not compare.

    A change on the first day of the year before leaves both years whole.
    """
    since, until = dt.date(year - 1, 1, 1), dt.date(year + 1, 1, 1)
    return (
        ChangePart.objects.live()
        .filter(Q(source=unit) | Q(target=unit))
        .filter(change__effective_on__gt=since, change__effective_on__lt=until)
        .exists()
    )


def _parts(prefill: str, year: int, numerator: Any, denominator: Any, fits: bool) -> Known | None:
    if not denominator or denominator < 0:
        return None
    return {
        "what": prefill,
        "year": year,
        "filled": fits,
        "numerator": f"{Decimal(numerator).normalize():f}",
        "denominator": f"{Decimal(denominator).normalize():f}",
    }


def about(unit: Unit, period: Period) -> Known:
    """Return what stands beside a report to judge it by: residents and staff, with the days they are of."""
    residents = (
        Population.objects.live()
        .filter(unit=unit, on__lte=period.last_day)
        .order_by("-on", "-recorded_at")
        .first()
    )
    staff = StaffingReport.objects.filter(body__unit=unit, on__lte=period.last_day).order_by("-on").first()
    return {
        "population": residents and {"value": residents.value, "on": residents.on},
        "staff": staff and {"approved": staff.approved, "filled": staff.filled, "on": staff.on},
    }
