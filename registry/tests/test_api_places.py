"""Settlements, legal acts and published figures over REST."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from registry.models import PublishedFigure
from registry.services import ChangeSpec, UnitSpec, annul_change, record_change
from registry.tests.factories import LegalActFactory, SettlementFactory
from registry.tests.kadamjay import CODES, DAY, EVE, LATER, country
from registry.tests.rest import VISITOR, ask, get, ky, moment, problem, refused, table, walk

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-4000-8000-0000000000ff"
JUNE = dt.date(2023, 6, 1)


@pytest.fixture
def land():
    return country()


def test_a_settlement_shows_its_municipality_of_the_day(land):
    (row,) = get("settlements/", at=DAY, q="Шак")["results"]

    assert row == {
        "id": str(land.villages["Шак-Шак"].pk),
        "kind": "village",
        "name": {"ky": "Шак-Шак", "ru": "Шак-Шак", "en": None},
        "codes": [{"system": "soate", "code": "41705258804070"}],
        "unit": {
            "id": str(land.aidarken.pk),
            "kind": "city_district_level",
            "name": {"ky": "Айдаркен", "ru": "Айдаркен", "en": None},
        },
        "district": str(land.home.pk),
        "oblast": str(land.land.pk),
        "distance_to_centre_km": None,
        "valid": {"from": "2022-05-02", "to": None},
        "provenance": "documented",
        "status": "existing",
        "at": "2022-05-02",
    }


def test_settlements_cost_one_query(land, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert get("settlements/", at=DAY)["count"] == 8


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"at": EVE, "unit": CODES["alga"]}, {"Алга", "Шак-Шак"}),
        ({"at": DAY, "unit": CODES["alga"]}, set()),
        ({"at": DAY, "kind": "land_parcel"}, {"Аэропорт"}),
        ({"at": DAY, "q": "4170525880407"}, {"Шак-Шак"}),
        ({"at": DAY, "q": "_"}, set()),
        ({"at": dt.date(2019, 1, 1)}, set()),
    ],
)
def test_settlements_are_narrowed(land, query, expected):
    assert set(ky(get("settlements/", **query)["results"])) == expected


def test_settlements_of_a_place_are_those_of_all_its_units(land):
    for query in ({"oblast": land.land.pk}, {"district": CODES["kadamjay"]}):
        assert get("settlements/", at=DAY, **query)["count"] == 7
    assert ky(get(f"units/{land.moldo.pk}/settlements/", at=DAY)["results"]) == ["Алга", "Советское"]
    assert get(f"units/{land.home.pk}/settlements/", at=DAY)["count"] == 7
    assert get(f"units/{land.moldo.pk}/settlements/", at=EVE)["count"] == 0
    refused(f"units/{NOBODY}/settlements/", 404)
    refused(f"units/{land.moldo.pk}/settlements/", 400, "/unit", unit=land.home.pk)


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_settlements_are_a_table_and_walk_by_cursor(land, fmt):
    listed = get("settlements/", at=DAY)["results"]

    assert [row["id"] for row in table("settlements/", fmt, at=DAY)] == [row["id"] for row in listed]
    assert walk("settlements/", at=DAY, page_size=3) == listed


def test_a_settlement_that_lost_its_unit_is_a_tombstone(land):
    since = moment()
    record_change(ChangeSpec(kind="abolish", effective_on=JUNE, units=(UnitSpec(land.far.pk, "ends"),)))

    (row,) = get("settlements/", at=JUNE, updated_since=since)["results"]

    assert (row["name"]["ky"], row["status"]) == ("Таш-Мойнок", "ended")
    assert (row["unit"]["name"]["ky"], row["valid"]["to"]) == ("Таш-Мойнок", "2023-06-01")
    assert "Таш-Мойнок" not in ky(get("settlements/", at=JUNE)["results"])


def test_a_settlement_that_moved_is_among_the_changed_rows(land):
    since = moment()
    annul_change(change=land.transfer, reason="ката", by="test", at=timezone.now())

    rows = get("settlements/", at=DAY, updated_since=since)["results"]

    assert {(row["name"]["ky"], row["unit"]["name"]["ky"]) for row in rows} == {
        ("Кичи Айдаркен", "Бирлик"),
        ("Аэропорт", "Бирлик"),
    }


def test_one_settlement_tells_its_whole_history(land):
    place = land.villages["Шак-Шак"]

    answer = get(f"settlements/{place.pk}/", at=EVE)

    assert answer["unit"]["name"]["ky"] == "Алга"
    assert answer["history"] == [
        {
            "unit": str(land.alga.pk),
            "from": "2020-01-01",
            "to": "2022-05-02",
            "change": None,
            "voided": False,
        },
        {
            "unit": str(land.aidarken.pk),
            "from": "2022-05-02",
            "to": None,
            "change": str(land.change.pk),
            "voided": False,
        },
    ]
    refused(f"settlements/{NOBODY}/", 404)


def test_a_settlement_that_belongs_nowhere_says_so(land):
    place = SettlementFactory(name_ky="Эч кайда")

    answer = get(f"settlements/{place.pk}/")

    assert (answer["unit"], answer["valid"], answer["status"]) == (None, None, "unassigned")


def test_one_settlement_costs_a_fixed_number_of_queries(land, django_assert_num_queries):
    with django_assert_num_queries(3):
        get(f"settlements/{land.villages['Алга'].pk}/", at=LATER)


# --- legal acts --------------------------------------------------------------------------------------------


def test_legal_acts_are_listed_latest_first(land, django_assert_num_queries):
    LegalActFactory(
        number="128",
        adopted_on=dt.date(2024, 7, 18),
        in_force=(dt.date(2024, 7, 18), None),
        title_ky="Түзүлүш",
    )
    with django_assert_num_queries(1):
        rows = get("legal-acts/")["results"]

    assert [row["number"] for row in rows] == ["128", "435"]
    assert rows[0]["in_force"] == {"from": "2024-07-18", "to": None}
    assert rows[1]["in_force"] is None
    assert set(rows[0]) == {
        "id", "kind", "number", "adopted_on", "in_force", "status", "repealed_by", "title", "link", "provenance",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"kind": "decree"}, ["435"]),
        ({"kind": "law,decree"}, ["128", "435"]),
        ({"status": "repealed"}, ["128"]),
        ({"q": "435"}, ["435"]),
        ({"q": "ТҮЗҮЛҮШ"}, ["128"]),
        ({"q": "жок"}, []),
    ],
)
def test_legal_acts_are_narrowed(land, query, numbers):
    LegalActFactory(number="128", adopted_on=dt.date(2024, 7, 18), title_ky="Түзүлүш", status="repealed")

    assert [row["number"] for row in get("legal-acts/", **query)["results"]] == numbers
    problem(ask("legal-acts/", kind="poem"), 400, "/kind")


def test_one_act_names_the_live_changes_that_rest_on_it(land, django_assert_num_queries):
    address = f"legal-acts/{land.act.pk}/"
    with django_assert_num_queries(3):
        answer = get(address)

    assert set(answer["changes"]) == {str(land.change.pk), str(land.transfer.pk)}
    tag = ask(address)["ETag"]
    assert VISITOR.get(f"/api/v1/{address}", headers={"If-None-Match": tag}).status_code == 304
    annul_change(change=land.transfer, reason="ката", by="test", at=timezone.now())
    assert get(address)["changes"] == [str(land.change.pk)]
    assert ask(address)["ETag"] != tag
    refused(f"legal-acts/{NOBODY}/", 404)


# --- published figures -------------------------------------------------------------------------------------


@pytest.fixture
def figures(land):
    for measure, unit, day, value, printed in (
        ("municipalities", None, EVE, 8, "8"),
        ("ayil_aimaks", land.land, DAY, "3.5", "3,5"),
        ("cities", land.land, DAY, 1, "1"),
        ("councils", None, DAY, 9, "девять"),
    ):
        PublishedFigure.objects.create(
            measure=measure, unit=unit, day=day, value=value, as_printed=printed, source="Булак"
        )
    PublishedFigure.objects.create(
        measure="staff_reduction_percent",
        interval=(EVE, LATER),
        value="45.1",
        as_printed="45,1 %",
        source="Булак",
    )


def test_what_was_printed_stands_beside_what_the_records_say(figures, django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = {row["measure"]: row for row in get("published-figures/")["results"]}

    def said(measure):
        return tuple(rows[measure][name] for name in ("as_printed", "value", "recorded", "difference"))

    assert said("municipalities") == ("8", "8", "7", "-1")
    assert said("ayil_aimaks") == ("3,5", "3.5", "3", "-0.5")
    assert said("cities") == ("1", "1", "1", "0")
    assert said("councils") == ("девять", "9", None, None)
    assert rows["staff_reduction_percent"]["interval"] == {"from": "2022-05-01", "to": "2023-01-01"}
    assert rows["staff_reduction_percent"]["day"] is None


def test_figures_are_narrowed_and_a_table(figures, land):
    assert get("published-figures/", measure="cities")["count"] == 1
    assert get("published-figures/", unit=CODES["batken"])["count"] == 2
    assert len(table("published-figures/", "xlsx")) == 5
    assert walk("published-figures/") == get("published-figures/")["results"]
    problem(ask("published-figures/", measure="luck"), 400, "/measure")
