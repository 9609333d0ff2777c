"""The funding gap: adds up from quarter to year and from municipality to country, before and after a merger."""

import datetime as dt
from decimal import Decimal

import pytest

from councils.tests.test_ledger import merger
from delegation import services
from delegation.analysis import AMOUNTS, GAPS, GROUPINGS, funding_gap, matrix
from delegation.models import Transfer
from delegation.tests.factories import draft, in_force, power
from registry.services import record_change
from registry.tests.factories import aimak, city, district, oblast

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 9, 5)
TODAY = dt.date(2025, 3, 1)
EDUCATION = "education-premises"


def fund(transfer, year, quarter, need, planned, received, spent):
    amounts = {
        name: None if value is None else Decimal(value)
        for name, value in zip(AMOUNTS, (need, planned, received, spent), strict=True)
    }
    return services.report_funding(transfer=transfer, year=year, quarter=quarter, **amounts)


@pytest.fixture
def country():
    """Two oblasts: two aimaks that merge on 2024-09-05 in the first, a city outside districts in the second."""
    home = district(oblast("Биринчи"), "Чүй району")
    first, second = aimak(home, "Ала", villages=["А"]), aimak(home, "Бала", villages=["Б"])
    town = city(oblast("Экинчи"), "Шаар", kind="city_oblast")
    transfers = {
        name: in_force(unit) for name, unit in (("first", first), ("second", second), ("town", town))
    }
    transfers["schools"] = in_force(first, of=power(EDUCATION), agreement_number="2")
    for quarter in (1, 2, 3):
        fund(transfers["first"], 2024, quarter, 100, 80, 50, 50)
        fund(transfers["second"], 2024, quarter, 60, 60, 60, 40)
        fund(transfers["schools"], 2024, quarter, 10, 5, None, None)
    for quarter in (1, 2, 3, 4):
        fund(transfers["town"], 2024, quarter, 200, 150, "120.50", "120.50")
    spec, new = merger(home, [first, second])
    change = record_change(spec)
    (listed, *_rest) = [
        row for row in services.apply_change(change=change) if row.transfer_id == transfers["first"].pk
    ]
    passed = services.pass_on(succession=listed, to=new, on=DAY, order_number="1")
    fund(passed.new_transfer, 2024, 3, 30, 20, 10, 10)
    fund(passed.new_transfer, 2024, 4, 150, 100, 90, None)
    return transfers


def summed(rows, name):
    return sum(row[name] for row in rows)


@pytest.mark.parametrize("group_by", GROUPINGS)
def test_every_grouping_adds_up_to_the_total(country, group_by):
    found = funding_gap(2024, group_by, day=TODAY)

    for name in (*AMOUNTS, *GAPS, "unreported", "quarters"):
        assert summed(found["rows"], name) == found["total"][name], name
    total = found["total"]
    assert (total["need"], total["planned"], total["received"]) == (1490, 1155, Decimal("912.00"))
    assert total["spent"] == 150 + 120 + 482 + 10
    assert (total["plan_gap"], total["execution_gap"], total["gap"]) == (335, 243, 578)
    assert total["unreported"] == 7


def test_the_gaps_of_a_group_are_differences(country):
    (row,) = [
        row
        for row in funding_gap(2024, "power", day=TODAY)["rows"]
        if row["group"]["name"]["en"] and "premises" in row["group"]["name"]["en"]
    ]

    assert (row["need"], row["planned"], row["received"]) == (30, 15, 0)
    assert (row["plan_gap"], row["execution_gap"], row["gap"]) == (15, 15, 30)
    assert (row["transfers"], row["quarters"], row["unreported"]) == (1, 3, 6)


def test_quarters_add_up_to_the_year_for_each_municipality(country):
    for row in funding_gap(2024, "unit", day=TODAY)["rows"]:
        quarters = funding_gap(2024, "quarter", day=TODAY, unit=row["group"]["id"])
        assert {name: quarters["total"][name] for name in GAPS} == {name: row[name] for name in GAPS}
        assert summed(quarters["rows"], "gap") == row["gap"]


def test_units_add_up_to_their_oblast_before_and_after_a_merger(country):
    oblasts = funding_gap(2024, "oblast", day=TODAY)["rows"]

    assert [row["group"]["name"]["ky"] for row in oblasts] == ["Биринчи", "Экинчи"]
    for row in oblasts:
        units = funding_gap(2024, "unit", day=TODAY, oblast=row["group"]["id"])
        assert summed(units["rows"], "gap") == row["gap"]
    names = {row["group"]["name"]["ky"] for row in funding_gap(2024, "unit", day=TODAY)["rows"]}
    assert names == {"Ала", "Бала", "Жаңы", "Шаар"}


def test_cities_outside_districts_have_a_row(country):
    rows = funding_gap(2024, "district", day=TODAY)["rows"]

    assert [(row["group"]["kind"], row["group"]["id"] is None) for row in rows] == [
        ("district", False),
        ("outside_districts", True),
    ]


def test_a_quarter_counts_as_unreported_once_it_has_ended():
    row = in_force(aimak(district()), on=dt.date(2024, 2, 1))

    for day, quarters in ((dt.date(2024, 3, 31), 0), (dt.date(2024, 4, 1), 1), (dt.date(2025, 1, 1), 4)):
        total = funding_gap(2024, "power", day=day)["total"]
        assert (total["quarters"], total["unreported"]) == (quarters, 4 * quarters)
    fund(row, 2024, 4, 1, 1, 1, 1)
    for day, need in ((dt.date(2024, 9, 30), 0), (dt.date(2024, 10, 1), 1)):
        assert funding_gap(2024, "power", day=day)["total"]["need"] == need


def test_drafts_and_voided_transfers_do_not_count(country):
    draft(Transfer.objects.first().unit, of=power("special-needs"))

    codes = {row["group"]["name"]["en"] for row in funding_gap(2024, "power", day=TODAY)["rows"]}
    assert len(codes) == 2
    assert funding_gap(2019, "power", day=TODAY)["rows"] == []
    assert funding_gap(2019, "power", day=TODAY)["total"]["need"] == 0


@pytest.mark.parametrize("columns", ["unit", "district", "oblast"])
def test_the_matrix_holds_the_same_figures(country, columns):
    cells = matrix(2024, columns, day=TODAY)
    total = funding_gap(2024, "power", day=TODAY)["total"]

    for name in (*AMOUNTS, *GAPS, "unreported"):
        assert summed(cells.values(), name) == total[name]


def test_one_statement_each(country, django_assert_num_queries):
    with django_assert_num_queries(1):
        funding_gap(2024, "district", day=TODAY)
    with django_assert_num_queries(1):
        matrix(2024, "unit", day=TODAY)
