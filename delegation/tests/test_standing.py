"""Who does the state's work without agreement or money, what nobody uses, what two perform, what it weighs."""

import datetime as dt
from decimal import Decimal

import pytest

from ayil_okmotu.models import BudgetItem, BudgetLine, LocalBudget
from councils.tests.in_sql import change
from councils.tests.refusals import refused, refuses
from councils.tests.test_ledger import annexation
from delegation import services, standing
from delegation.models import Practice
from delegation.tests.factories import BEGINS, in_force, named, power, state_body
from registry.errors import StateConflict
from registry.services import record_change
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
DAY = dt.date(2022, 5, 1)
TAXES = "local-tax-collection"


@pytest.fixture
def unit():
    return aimak(district())


def practice(unit, *, of=None, on=BEGINS):
    return services.record_practice(power=of or power(), unit=unit, on=on)


def found(day=DAY, **within):
    return [
        (row["unit_id"], row["code"], row["what"])
        for row in standing.without_agreement_or_money(day, **within)
    ]


def test_work_without_a_transfer_is_work_without_agreement(unit):
    practice(unit, of=power(TAXES))

    assert found() == [(unit.pk, TAXES, "no_agreement")]
    in_force(unit, of=power(TAXES), on=DAY)
    assert found() == [(unit.pk, TAXES, "not_reported")]
    assert found(DAY - dt.timedelta(days=1)) == [(unit.pk, TAXES, "no_agreement")]


@pytest.mark.parametrize(
    ("received", "what"), [(None, "not_reported"), (Decimal(0), "no_money"), (Decimal("0.01"), None)]
)
def test_a_transfer_without_money_is_named(unit, received, what):
    row = in_force(unit)
    services.report_funding(transfer=row, year=2021, quarter=3, need=Decimal(100), received=received)

    assert [item[2] for item in found()] == ([what] if what else [])


def test_money_of_more_than_a_year_ago_is_no_money(unit):
    row = in_force(unit)
    services.report_funding(transfer=row, year=2021, quarter=2, received=Decimal(5))

    assert found(dt.date(2022, 6, 30)) == []
    assert found(dt.date(2022, 7, 1)) == [(unit.pk, power().code, "not_reported")]


def test_the_list_is_narrowed_to_a_place(unit):
    home = unit.versions.get().parent
    other = aimak(district())
    for each in (unit, other):
        practice(each)

    assert [item[0] for item in found(district=home.pk)] == [unit.pk]
    assert [item[0] for item in found(unit=other.pk)] == [other.pk]
    assert len(found()) == 2


def test_unused_powers_say_when_they_were_last_used(unit):
    row = in_force(unit)
    assert power().code not in {item["code"] for item in standing.unused_powers(DAY)}
    services.end_transfer(transfer=row, on=dt.date(2022, 1, 1), reason="Бүттү")

    (item,) = [item for item in standing.unused_powers(DAY) if item["code"] == power().code]

    assert item["last_used"] == dt.date(2022, 1, 1)
    assert len(standing.unused_powers(DAY)) == 4


def test_functions_performed_by_both_are_counted(unit):
    services.record_overlap(power=power(), state_body=state_body(), what=named("Жер каттоо"), on=BEGINS)
    in_force(unit)
    practice(aimak(district()))

    (row,) = standing.performed_by_both(DAY)

    assert (row["what_ky"], row["municipalities"], row["in_fact"]) == ("Жер каттоо", 1, 1)
    assert standing.performed_by_both(BEGINS - dt.timedelta(days=1)) == []


def test_the_share_of_the_budget_is_of_its_expenditure(unit):
    row = in_force(unit)
    for quarter in (2, 3):
        services.report_funding(
            transfer=row, year=2021, quarter=quarter, received=Decimal(700), spent=Decimal(500)
        )
    assert [item["percent"] for item in standing.share_of_budgets(2021)] == [None]
    budget = LocalBudget.objects.create(unit=unit, year=2021)
    item, _new = BudgetItem.objects.get_or_create(
        code="total_expenditure", defaults={"side": "total", "name_ky": "Чыгаша"}
    )
    BudgetLine.objects.create(budget=budget, item=item, actual=Decimal("30.0"))

    (shown,) = standing.share_of_budgets(2021)

    assert (shown["spent"], shown["received"], shown["expenditure"]) == (1000, 1400, 30000)
    assert shown["percent"] == "3.33"
    assert standing.share_of_budgets(2022) == []


def test_what_is_done_in_fact_ends_with_the_municipality():
    home = district()
    stays, goes = aimak(home, villages=["А"]), aimak(home, villages=["Б"])
    row = practice(goes)
    on = dt.date(2024, 9, 5)

    services.apply_change(change=record_change(annexation(stays, [goes])))

    assert Practice.objects.on(on - dt.timedelta(days=1)).get() == row
    assert not Practice.objects.on(on).exists()


def test_a_practice_is_said_once_and_ends_once(unit):
    row = practice(unit)

    with refuses("delegation_practice_one_a_day"):
        practice(unit)
    with refused("delegation_practice_unit"):
        change(row, unit_id=district().pk)
    row = services.end_practice(practice=Practice.objects.get(pk=row.pk), on=DAY)
    with refuses("already_ended", StateConflict):
        services.end_practice(practice=row, on=DAY)
    assert found() == []


@pytest.mark.parametrize("ask", ["without_agreement_or_money", "unused_powers", "performed_by_both"])
def test_one_statement_each(ask, django_assert_num_queries):
    with django_assert_num_queries(1):
        getattr(standing, ask)(DAY)
