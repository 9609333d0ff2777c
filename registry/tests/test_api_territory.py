"""Lineage, projection and correspondence over REST."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from registry.models import Unit
from registry.services import ChangeSpec, UnitSpec, annul_change, record_change
from registry.tests.kadamjay import CODES, DAY, EVE, LATER, country
from registry.tests.rest import VISITOR, ask, get, refused, table

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-4000-8000-0000000000ff"
JUNE = dt.date(2023, 6, 1)


@pytest.fixture
def land():
    return country()


def by_name(answer):
    return {row["unit"]["name"]["ky"]: row for row in answer["results"]}


def moved(row):
    return {place["name"]["ky"] for place in row["settlements"]}


# --- predecessors and successors ---------------------------------------------------------------------------


def test_successors_have_the_shape_of_the_contract(land):
    rows = by_name(get(f"units/{land.alga.pk}/successors/"))

    assert set(rows) == {"Молдо Нияз", "Айдаркен"}
    assert rows["Айдаркен"] == {
        "unit": {
            "id": str(land.aidarken.pk),
            "kind": "city_district_level",
            "name": {"ky": "Айдаркен", "ru": "Айдаркен", "en": None},
            "code": None,
        },
        "effective_on": "2022-05-02",
        "change": str(land.change.pk),
        "scope": "part",
        "settlements": [
            {
                "id": str(land.villages["Шак-Шак"].pk),
                "name": {"ky": "Шак-Шак", "ru": "Шак-Шак", "en": None},
                "kind": "village",
            }
        ],
        "shares": [{"measure": "population", "share": "0.3", "basis": "census of 2022"}],
    }
    assert rows["Молдо Нияз"]["unit"]["code"] == "41705258999000"


def test_predecessors_are_shown_as_they_last_were(land):
    rows = by_name(get(f"units/{land.moldo.pk}/predecessors/"))

    assert {name: row["scope"] for name, row in rows.items()} == {"Алга": "part", "Совет": "whole"}
    assert rows["Алга"]["unit"]["code"] == CODES["alga"]
    assert moved(rows["Совет"]) == {"Советское"}


def test_parcels_go_with_the_part(land):
    rows = by_name(get(f"units/{land.aidarken.pk}/predecessors/"))

    assert moved(rows["Бирлик"]) == {"Кичи Айдаркен", "Аэропорт"}
    assert {p["kind"] for p in rows["Бирлик"]["settlements"]} == {"village", "land_parcel"}


def test_only_changes_in_force_by_the_day_count(land):
    answer = get(f"units/{land.alga.pk}/successors/", at=EVE)

    assert (answer["at"], answer["results"]) == ("2022-05-01", [])


def test_an_annulled_change_leaves_no_neighbours(land):
    annul_change(change=land.transfer, reason="ката", by="test", at=timezone.now())

    assert set(by_name(get(f"units/{land.aidarken.pk}/predecessors/"))) == {"Алга"}


@pytest.mark.parametrize("side", ["predecessors", "successors", "lineage"])
def test_an_unknown_unit_is_not_there(land, side):
    refused(f"units/{NOBODY}/{side}/", 404)


@pytest.mark.parametrize(("side", "queries"), [("predecessors", 8), ("successors", 8), ("lineage", 6)])
def test_neighbours_cost_a_fixed_number_of_queries(land, side, queries, django_assert_num_queries):
    unit = land.aidarken if side == "predecessors" else land.alga
    with django_assert_num_queries(queries):
        get(f"units/{unit.pk}/{side}/")


def test_neighbours_are_a_table_too(land):
    rows = table(f"units/{land.moldo.pk}/predecessors/", "csv")

    assert [row["unit_name_ky"] for row in rows] == ["Алга", "Совет"]
    assert rows[0]["unit_code"] == CODES["alga"]


def test_the_lineage_is_nodes_and_edges(land):
    answer = get(f"units/{land.alga.pk}/lineage/")

    names = {node["id"]: node["name"]["ky"] for node in answer["nodes"]}
    edges = {(names[e["source"]], names[e["target"]], e["scope"]) for e in answer["edges"]}
    assert edges == {("Алга", "Молдо Нияз", "part"), ("Алга", "Айдаркен", "part")}
    assert answer["unit"] == str(land.alga.pk)
    assert {e["kind"] for e in answer["edges"]} == {"reorganise"}


def test_the_lineage_goes_the_way_and_as_far_as_asked(land):
    def edges(**query):
        return len(get(f"units/{land.aidarken.pk}/lineage/", **query)["edges"])

    assert edges(direction="back") == 2
    assert edges(direction="forward") == 0
    assert edges(depth=1) == 2
    assert edges(at=EVE) == 0
    refused(f"units/{land.aidarken.pk}/lineage/", 400, "/depth", depth=11)
    refused(f"units/{land.aidarken.pk}/lineage/", 400, "/direction", direction="sideways")


# --- projection --------------------------------------------------------------------------------------------


def test_a_projection_names_every_target(land):
    answer = get(f"units/{land.alga.pk}/projection/", from_=EVE, to=DAY)
    rows = by_name(answer)

    assert (answer["unit"], answer["from"], answer["to"]) == (str(land.alga.pk), "2022-05-01", "2022-05-02")
    assert {name: (row["scope"], moved(row)) for name, row in rows.items()} == {
        "Молдо Нияз": ("part", {"Алга"}),
        "Айдаркен": ("part", {"Шак-Шак"}),
    }
    assert rows["Молдо Нияз"]["shares"] == [
        {"measure": "population", "share": "0.7", "basis": "census of 2022"}
    ]


def test_a_unit_that_stayed_projects_onto_itself(land):
    (row,) = get(f"units/{land.turpak.pk}/projection/", from_=EVE, to=LATER)["results"]

    assert (row["unit"]["name"]["ky"], row["scope"]) == ("Жаңы Турпак", "whole")
    assert (row["effective_on"], row["change"]) == (None, None)


def test_a_unit_that_gave_a_part_projects_onto_both(land):
    rows = by_name(get(f"units/{land.birlik.pk}/projection/", from_=EVE, to=DAY))

    assert {name: row["scope"] for name, row in rows.items()} == {"Бирлик": "part", "Айдаркен": "part"}


def test_what_was_abolished_without_a_successor_lies_nowhere(land):
    record_change(ChangeSpec(kind="abolish", effective_on=JUNE, units=(UnitSpec(land.far.pk, "ends"),)))

    assert get(f"units/{land.far.pk}/projection/", from_=EVE, to=JUNE)["results"] == []


def test_a_projection_needs_both_days_in_order_and_a_unit_that_was_there(land):
    address = f"units/{land.moldo.pk}/projection/"

    refused(address, 400, "/to", from_=EVE)
    refused(address, 400, "/from", to=EVE)
    refused(address, 400, "/from", from_=DAY, to=EVE)
    refused(address, 404, from_=EVE, to=DAY)


def test_a_projection_costs_a_fixed_number_of_queries(land, django_assert_num_queries):
    with django_assert_num_queries(10):
        get(f"units/{land.alga.pk}/projection/", from_=EVE, to=DAY)


# --- correspondence ----------------------------------------------------------------------------------------


def crosswalk(rows):
    return {
        (row["old"] and row["old"]["name"]["ky"], row["new"] and row["new"]["name"]["ky"], row["scope"])
        for row in rows
    }


def test_the_correspondence_holds_every_municipality_of_the_earlier_day(land):
    answer = get("correspondence/", from_=EVE, to=LATER)

    assert crosswalk(answer["results"]) == {
        ("Алга", "Молдо Нияз", "part"),
        ("Алга", "Айдаркен", "part"),
        ("Совет", "Молдо Нияз", "whole"),
        ("Бирлик", "Бирлик", "part"),
        ("Бирлик", "Айдаркен", "part"),
        ("Ак-Турпак", "Жаңы Турпак", "whole"),
        ("Айдаркен", "Айдаркен", "whole"),
        ("Бишкек", "Бишкек", "whole"),
        ("Таш-Мойнок", "Таш-Мойнок", "whole"),
    }
    assert answer["count"] == len(answer["results"]) == 9
    alga = next(row for row in answer["results"] if row["old"]["name"]["ky"] == "Алга")
    assert (alga["old"]["code"], alga["effective_on"], alga["change"]) == (
        CODES["alga"],
        "2022-05-02",
        str(land.change.pk),
    )


def test_what_was_abolished_or_created_alone_has_one_side(land):
    new = Unit.objects.create()
    record_change(ChangeSpec(kind="abolish", effective_on=JUNE, units=(UnitSpec(land.far.pk, "ends"),)))
    record_change(
        ChangeSpec(
            kind="create",
            effective_on=JUNE,
            units=(UnitSpec(new.pk, "begins", kind="ayil_aimak", name_ky="Жаңы", parent_id=land.home.pk),),
        )
    )

    rows = crosswalk(get("correspondence/", from_=EVE, to=JUNE)["results"])

    assert {("Таш-Мойнок", None, "whole"), (None, "Жаңы", "whole")} <= rows
    elsewhere = crosswalk(get("correspondence/", from_=EVE, to=JUNE, oblast=land.chui.pk)["results"])
    assert elsewhere == {("Таш-Мойнок", None, "whole")}


@pytest.mark.parametrize(
    ("place", "olds"),
    [
        (lambda land: {"oblast": CODES["batken"]}, {"Алга", "Совет", "Бирлик", "Ак-Турпак", "Айдаркен"}),
        (lambda land: {"oblast": land.bishkek.pk}, {"Бишкек"}),
        (lambda land: {"district": land.home.pk}, {"Алга", "Совет", "Бирлик", "Ак-Турпак", "Айдаркен"}),
        (lambda land: {"unit": land.sovet.pk}, {"Совет"}),
    ],
)
def test_the_correspondence_is_narrowed_to_a_place(land, place, olds):
    rows = get("correspondence/", from_=EVE, to=DAY, **place(land))["results"]

    assert {row["old"]["name"]["ky"] for row in rows} == olds


def test_the_correspondence_is_a_table_of_the_same_rows(land):
    listed = get("correspondence/", from_=EVE, to=DAY)["results"]
    for fmt in ("csv", "xlsx"):
        rows = table("correspondence/", fmt, from_=EVE, to=DAY)
        assert [(r["old_id"], r["new_id"]) for r in rows] == [
            (r["old"]["id"], r["new"]["id"]) for r in listed
        ]


def test_the_correspondence_costs_a_fixed_number_of_queries(land, django_assert_num_queries):
    with django_assert_num_queries(12):
        tag = ask("correspondence/", from_=EVE, to=LATER)["ETag"]
    with django_assert_num_queries(1):
        again = VISITOR.get(f"/api/v1/correspondence/?from={EVE}&to={LATER}", headers={"If-None-Match": tag})
    assert again.status_code == 304
