"""Women in councils, and seats before and after: the same figures as JSON, CSV, XLSX and for pages."""

from __future__ import annotations

import datetime as dt

import pytest

from councils import statistics
from councils.models import CouncilPost, Mandate
from councils.tests.chamber import DAY, START, convocation, council, country, person
from registry.tests.factories import aimak
from registry.tests.rest import get, refused, table

pytestmark = pytest.mark.django_db
WOMEN, SEATS = "councils/statistics/women/", "councils/statistics/seats/"
AFTER = dt.date(2024, 11, 30)


@pytest.fixture
def land():
    """The country; later the council of Kara-Suu is gone, and the capital has five deputies more than seats."""
    found = country()
    CouncilPost.objects.update(valid=(START, dt.date(2024, 9, 6)))
    found.councils["kara"].valid = (START, dt.date(2024, 9, 6))
    term = found.terms["kara"]
    term.valid = (START, dt.date(2024, 9, 6))
    for mandate in found.deputies["kara"]:
        mandate.valid = (START, dt.date(2024, 9, 6))
        mandate.save()
    term.save()
    found.councils["kara"].save()
    for number in range(5):
        Mandate.objects.create(
            convocation=found.terms["capital"],
            person=person(sex="" if number else "f"),
            basis="elected",
            valid=(dt.date(2024, 10, 1), None),
        )
    return found


def named(rows):
    return {row["group"]["name"]["ky"]: row for row in rows}


def test_women_by_oblast_with_the_capital_as_a_row_of_its_own(land, django_assert_num_queries):
    with django_assert_num_queries(2):
        answer = get(WOMEN, at=DAY)

    rows = named(answer["rows"])
    assert list(rows) == ["Нарын", "Талас", "Бишкек"]
    assert rows["Нарын"] | {"group": None} == {
        "group": None, "councils": 3, "convened": 3, "sitting": 14, "women": 4, "men": 10, "not_stated": 0,
        "women_percent": "28.57", "councils_without_women": 0,
    }  # fmt: skip
    assert rows["Талас"]["women_percent"] == "0.00"
    assert rows["Талас"]["councils_without_women"] == 1
    assert (rows["Бишкек"]["women"], rows["Бишкек"]["women_percent"]) == (3, "60.00")
    assert (answer["total"]["sitting"], answer["total"]["women"]) == (22, 7)
    assert answer["total"]["women_percent"] == "31.82"
    assert rows["Бишкек"]["group"]["kind"] == "city_republican"


def test_a_group_without_councils_has_a_row(land):
    rows = named(get(WOMEN, at=DAY, group_by="district")["rows"])

    assert [row["group"]["id"] is None for row in rows.values()] == [False, False, True, False, True, True]
    assert list(rows)[:2] == ["Ат-Башы", "Жумгал"]
    assert list(rows)[-1] == "Бишкек"
    empty = rows["Жумгал"]
    assert (empty["councils"], empty["sitting"], empty["women_percent"]) == (0, 0, None)


@pytest.mark.parametrize("group_by", statistics.GROUPINGS)
def test_every_grouping_adds_up(land, group_by):
    women = get(WOMEN, at=DAY, group_by=group_by)
    seats = get(SEATS, before=DAY, after=AFTER, group_by=group_by)

    for answer in (women, seats):
        for name, value in answer["total"].items():
            if not name.endswith("percent"):
                assert sum(row[name] for row in answer["rows"]) == value, name
    assert women["total"]["women"] == 7
    assert (seats["total"]["before"], seats["total"]["after"]) == (22, 22)


def test_seats_before_and_after(land):
    answer = get(SEATS, before=DAY, after=AFTER)

    rows = named(answer["rows"])
    assert rows["Нарын"] | {"group": None} == {
        "group": None, "councils_before": 3, "councils_after": 2, "by_law_before": 15, "by_law_after": 10,
        "before": 14, "after": 9, "vacant_before": 1, "vacant_after": 1, "reduced": 5, "reduction_percent": "35.71",
    }  # fmt: skip
    # ten deputies on five seats: a council that has too many leaves no other one's seat filled
    assert (rows["Бишкек"]["after"], rows["Бишкек"]["vacant_after"], rows["Бишкек"]["reduced"]) == (10, 0, -5)
    assert rows["Бишкек"]["reduction_percent"] == "-100.00"
    assert named(get(WOMEN, at=AFTER)["rows"])["Бишкек"]["not_stated"] == 4


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("address", "query"),
    [(WOMEN, {"at": DAY}), (SEATS, {"before": DAY, "after": AFTER})],
    ids=["women", "seats"],
)
def test_tables_say_the_same(land, address, query, fmt):
    answer = get(address, **query)
    rows = table(address, fmt, **query)

    expected = [*answer["rows"], answer["total"]]
    assert len(rows) == len(expected)
    for row, known in zip(rows, expected, strict=True):
        for name, value in known.items():
            if name != "group":
                assert row[name] == ("" if value is None else str(value))


def test_pages_are_given_the_same_figures(land):
    for group_by in statistics.GROUPINGS:
        found = statistics.women_by(group_by, DAY)
        answer = get(WOMEN, at=DAY, group_by=group_by)
        assert [{**row, "group": None} for row in found["rows"]] == [
            {**row, "group": None} for row in answer["rows"]
        ]
        assert found["total"] == answer["total"]
        seats = statistics.seats_between(DAY, AFTER, group_by)
        assert seats["total"] == get(SEATS, before=DAY, after=AFTER, group_by=group_by)["total"]


@pytest.mark.parametrize(
    ("query", "sitting"),
    [
        (lambda land: {"oblast": land.one.pk}, 14),
        (lambda land: {"oblast": land.capital.pk}, 5),
        (lambda land: {"district": land.home.pk}, 9),
        (lambda land: {"district": land.other.pk}, 0),
        (lambda land: {"kind": "ayil_aimak"}, 12),
    ],
)
def test_filters_keep_what_they_name(land, query, sitting):
    for group_by in statistics.GROUPINGS:
        answer = get(WOMEN, at=DAY, group_by=group_by, **query(land))
        assert answer["total"]["sitting"] == sitting
        assert sum(row["sitting"] for row in answer["rows"]) == sitting


def test_a_new_council_counts_where_it_lies(land):
    convocation(council(aimak(land.other, "Жаңы", valid=(AFTER, None)), start=AFTER), seats=21, start=AFTER)

    rows = named(get(SEATS, before=DAY, after=AFTER, group_by="district")["rows"])

    assert (rows["Жумгал"]["councils_before"], rows["Жумгал"]["councils_after"]) == (0, 1)
    assert (rows["Жумгал"]["by_law_after"], rows["Жумгал"]["vacant_after"]) == (21, 21)
    assert rows["Жумгал"]["reduction_percent"] is None


def test_days_in_the_wrong_order_and_missing_days_are_refused(land):
    refused(SEATS, 400, "/before", before=AFTER, after=DAY)
    refused(SEATS, 400, "/after", before=DAY)
    refused(WOMEN, 400, "/group_by", group_by="programme")
