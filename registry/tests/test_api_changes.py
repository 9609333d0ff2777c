"""Changes over REST."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from registry.services import annul_change
from registry.tests.kadamjay import CODES, DAY, LATER, country
from registry.tests.rest import ask, get, moment, problem, refused, table, walk

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-4000-8000-0000000000ff"
JUNE = dt.date(2023, 6, 1)


@pytest.fixture
def land():
    return country()


# --- changes -----------------------------------------------------------------------------------------------


def sides(rows):
    return {
        (
            row["kind"],
            row["old"] and row["old"]["name"]["ky"],
            row["new"] and row["new"]["name"]["ky"],
            row["scope"],
        )
        for row in rows
    }


EVERY_ROW = {
    ("reorganise", "Алга", "Молдо Нияз", "part"),
    ("reorganise", "Алга", "Айдаркен", "part"),
    ("reorganise", "Совет", "Молдо Нияз", "whole"),
    ("transfer", "Бирлик", "Айдаркен", "part"),
    ("rename", "Ак-Турпак", "Жаңы Турпак", "alters"),
}


def test_changes_list_old_and_new(land, django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = get("changes/")["results"]

    assert sides(rows) == EVERY_ROW
    row = next(row for row in rows if row["scope"] == "whole")
    assert row == {
        "change": str(land.change.pk),
        "kind": "reorganise",
        "effective_on": "2022-05-02",
        "scope": "whole",
        "old": {
            "id": str(land.sovet.pk),
            "code": CODES["sovet"],
            "name": {"ky": "Совет", "ru": "Совет", "en": None},
        },
        "new": {
            "id": str(land.moldo.pk),
            "code": "41705258999000",
            "name": {"ky": "Молдо Нияз", "ru": "Молдо-Нияз", "en": None},
        },
        "acts": [str(land.act.pk)],
        "annulled": False,
        "provenance": "documented",
    }


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"from": DAY}, 5),
        ({"from": LATER}, 1),
        ({"to": LATER}, 4),
        ({"from": DAY, "to": DAY}, 0),
        ({"kind": "rename,transfer"}, 2),
        ({"oblast": CODES["batken"]}, 5),
        ({"district": CODES["kadamjay"]}, 5),
        ({"unit": CODES["birlik"]}, 1),
        ({"unit": CODES["alga"]}, 2),
    ],
)
def test_changes_are_narrowed(land, query, count):
    assert get("changes/", **query)["count"] == count


def test_a_place_of_which_nothing_changed_has_no_changes(land):
    assert get("changes/", oblast=land.chui.pk)["count"] == 0


@pytest.mark.parametrize(
    ("query", "pointer"),
    [({"kind": "war"}, "/kind"), ({"from": "now"}, "/from"), ({"annulled": "maybe"}, "/annulled")],
)
def test_odd_filters_are_named(land, query, pointer):
    problem(ask("changes/", **query), 400, pointer)


def test_changes_are_a_table_and_walk_by_cursor(land):
    listed = get("changes/")["results"]

    assert walk("changes/") == listed
    for fmt in ("csv", "xlsx"):
        rows = table("changes/", fmt)
        assert [(r["change"], r["old_id"], r["new_id"]) for r in rows] == [
            (r["change"], r["old"]["id"], r["new"]["id"]) for r in listed
        ]
        assert {r["acts"] for r in rows} == {str(land.act.pk), ""}


def test_annulled_changes_are_left_out_asked_for_or_tombstones(land):
    since = moment()
    annul_change(change=land.transfer, reason="ката", by="test", at=timezone.now())
    annul_change(change=land.change, reason="ката", by="test", at=timezone.now())

    assert sides(get("changes/")["results"]) == {("rename", "Ак-Турпак", "Жаңы Турпак", "alters")}
    every = get("changes/", annulled="true")["results"]
    assert sides(every) == EVERY_ROW
    assert len(every) == len(EVERY_ROW)
    gone = get("changes/", updated_since=since)["results"]
    assert {(row["kind"], row["annulled"]) for row in gone} == {("reorganise", True), ("transfer", True)}


def test_an_annulled_change_of_a_survivor_stays_one_row(land):
    annul_change(change=land.rename, reason="ката", by="test", at=timezone.now())

    rows = [row for row in get("changes/", annulled="true")["results"] if row["kind"] == "rename"]

    assert sides(rows) == {("rename", "Ак-Турпак", "Жаңы Турпак", "alters")}
    assert len(rows) == 1


def test_one_change_shows_its_units_parts_and_acts(land):
    answer = get(f"changes/{land.change.pk}/")

    assert (answer["kind"], answer["effective_on"]) == ("reorganise", "2022-05-02")
    assert {(u["unit"], u["role"]) for u in answer["units"]} == {
        (str(land.alga.pk), "ends"),
        (str(land.sovet.pk), "ends"),
        (str(land.moldo.pk), "begins"),
    }
    assert [(p["scope"], len(p["settlements"])) for p in answer["parts"]] == [
        ("part", 1),
        ("part", 1),
        ("whole", 1),
    ]
    assert answer["parts"][1]["shares"] == [
        {"measure": "population", "share": "0.3", "basis": "census of 2022"}
    ]
    assert (answer["acts"], answer["annulled"]) == ([str(land.act.pk)], None)
    refused(f"changes/{NOBODY}/", 404)


def test_an_annulled_change_stays_and_says_why(land):
    annul_change(change=land.transfer, reason="Кате кетти", by="test", at=timezone.now())

    answer = get(f"changes/{land.transfer.pk}/")

    assert answer["annulled"]["reason"] == "Кате кетти"
    assert len(answer["parts"]) == 1


def test_one_change_costs_a_fixed_number_of_queries(land, django_assert_num_queries):
    with django_assert_num_queries(8):
        get(f"changes/{land.change.pk}/")


def test_whoever_annulled_is_nobodys_business(land):
    annul_change(change=land.transfer, reason="ката", by="somebody", at=timezone.now())

    assert b"somebody" not in ask(f"changes/{land.transfer.pk}/").content
