"""Units over REST."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from registry.models import UnitCode
from registry.services import ChangeSpec, UnitSpec, annul_change, check_now, record_change
from registry.tests.factories import code, names
from registry.tests.kadamjay import CODES, DAY, EVE, LATER, country
from registry.tests.rest import VISITOR, ask, body, get, ky, moment, problem, refused, table, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def land():
    return country()


def test_a_unit_has_the_shape_of_the_contract(land):
    (unit,) = get("units/", at=DAY, q="Молдо")["results"]

    assert unit == {
        "id": str(land.moldo.pk),
        "kind": "ayil_aimak",
        "name": {"ky": "Молдо Нияз", "ru": "Молдо-Нияз", "en": None},
        "codes": [{"system": "soate", "code": "41705258999000"}],
        "parent": {
            "id": str(land.home.pk),
            "kind": "district",
            "name": {"ky": "Кадамжай", "ru": "Кадамжайский район", "en": None},
        },
        "oblast": {
            "id": str(land.land.pk),
            "kind": "oblast",
            "name": {"ky": "Баткен", "ru": "Баткенская область", "en": "Batken"},
        },
        "district": {
            "id": str(land.home.pk),
            "kind": "district",
            "name": {"ky": "Кадамжай", "ru": "Кадамжайский район", "en": None},
        },
        "centre": {"id": str(land.villages["Алга"].pk), "name": {"ky": "Алга", "ru": "Алга", "en": None}},
        "population": 120,
        "valid": {"from": "2022-05-02", "to": None},
        "provenance": "documented",
        "status": "existing",
        "at": "2022-05-02",
    }


def test_what_has_no_parent_says_null(land):
    unit = get(f"units/{land.land.pk}/", at=DAY)

    assert (unit["parent"], unit["oblast"], unit["district"], unit["centre"]) == (None, None, None, None)


def test_a_list_costs_one_query(land, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert get("units/", at=DAY, kind="ayil_aimak", oblast=land.land.pk, q="к")["count"] == 2


def test_a_filter_by_code_costs_one_more(land, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert get("units/", at=EVE, district=CODES["kadamjay"], kind="ayil_aimak")["count"] == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"at": EVE, "kind": "ayil_aimak"}, {"Алга", "Совет", "Бирлик", "Ак-Турпак", "Таш-Мойнок"}),
        ({"at": DAY, "kind": "ayil_aimak"}, {"Молдо Нияз", "Бирлик", "Ак-Турпак", "Таш-Мойнок"}),
        ({"at": LATER, "kind": "ayil_aimak"}, {"Молдо Нияз", "Бирлик", "Жаңы Турпак", "Таш-Мойнок"}),
        ({"at": DAY, "kind": "oblast,city_republican"}, {"Баткен", "Чүй", "Бишкек"}),
        ({"at": EVE, "q": "алга"}, {"Алга"}),
        ({"at": EVE, "q": "баткенская"}, {"Баткен"}),
        ({"at": EVE, "q": "41705258804"}, {"Алга"}),
        ({"at": EVE, "q": "(.*)[", "kind": "ayil_aimak"}, set()),
        ({"at": EVE, "q": "%", "kind": "ayil_aimak"}, set()),
        ({"at": DAY, "status": "ended"}, {"Алга", "Совет"}),
        ({"at": EVE, "status": "ended"}, set()),
        ({"at": dt.date(2019, 12, 31)}, set()),
    ],
)
def test_filters_narrow_the_list(land, query, expected):
    assert set(ky(get("units/", **query)["results"])) == expected


def test_a_place_may_be_named_by_id_or_code_and_holds_what_lay_in_it(land):
    by_id = get("units/", at=EVE, oblast=land.land.pk)["results"]
    by_code = get("units/", at=EVE, oblast=CODES["batken"])["results"]
    inside = get("units/", at=EVE, district=land.home.pk)["results"]

    assert ky(by_id) == ky(by_code)
    assert set(ky(by_id)) == {"Кадамжай", "Айдаркен", "Алга", "Ак-Турпак", "Бирлик", "Совет"}
    assert set(ky(inside)) == {"Айдаркен", "Алга", "Ак-Турпак", "Бирлик", "Совет"}


def test_a_republican_city_lies_in_itself_as_in_the_statistics(land):
    assert ky(get("units/", at=EVE, oblast=land.bishkek.pk)["results"]) == ["Бишкек"]


def test_names_are_in_the_order_of_the_kyrgyz_alphabet(land):
    assert ky(get("units/", at=EVE, kind="ayil_aimak")["results"]) == names(EVE, kind="ayil_aimak")
    backwards = ky(get("units/", at=EVE, kind="ayil_aimak", ordering="-name")["results"])
    assert backwards == names(EVE, kind="ayil_aimak")[::-1]


def test_the_day_is_today_unless_asked(land, monkeypatch):
    monkeypatch.setattr("lsg_portal.rest.clock.today", lambda: LATER)

    answer = get("units/")

    assert answer["at"] == "2023-01-01"
    assert {row["at"] for row in answer["results"]} == {"2023-01-01"}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"at": "2022-02-30"}, "/at"),
        ({"at": "0000-01-01"}, "/at"),
        ({"at": "99999-01-01"}, "/at"),
        ({"kind": "planet"}, "/kind"),
        ({"kind": ""}, "/kind"),
        ({"oblast": "not a code"}, "/oblast"),
        ({"status": "gone"}, "/status"),
        ({"unknown": "1"}, "/unknown"),
        ({"page_size": "501"}, "/page_size"),
        ({"page_size": "0"}, "/page_size"),
        ({"page": "0"}, "/page"),
        ({"page": "1e400"}, "/page"),
        ({"ordering": "population"}, "/ordering"),
        ({"fields": "id,secret"}, "/fields"),
        ({"cursor": "broken"}, "/cursor"),
        ({"updated_since": "yesterday"}, "/updated_since"),
        ({"updated_since": "2023-01-01T00:00:00-22:44"}, "/updated_since"),
        ({"format": "pdf"}, "/format"),
        ({"lang": "de"}, "/lang"),
        ({"q": "x" * 101}, "/q"),
        ({"programme": "x" * 61}, "/programme"),
    ],
)
def test_a_parameter_that_is_not_taken_is_named(land, query, pointer):
    problem(ask("units/", **query), 400, pointer)


def test_a_page_beyond_the_list_is_not_there(land):
    refused("units/", 404, page=1_000_000)


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_a_table_holds_exactly_the_rows_of_the_list(land, fmt):
    query = {"at": DAY, "oblast": land.land.pk, "ordering": "-name_ru"}
    listed = get("units/", **query)["results"]

    rows = table("units/", fmt, **query)

    assert [row["id"] for row in rows] == [row["id"] for row in listed]
    assert [row["name_ky"] for row in rows] == ky(listed)
    assert [row["population"] for row in rows] == [str(row["population"] or "") for row in listed]
    birlik = next(row for row in rows if row["name_ky"] == "Бирлик")
    assert birlik["codes"] == "soate:41705258807000"
    assert birlik["parent_name_ky"] == "Кадамжай"


def test_csv_begins_with_a_mark_unless_refused_and_takes_a_delimiter(land):
    assert body(ask("units/", format="csv")).startswith("\ufeffid;kind;name_ky".encode())
    assert body(ask("units/", format="csv", bom="0", delimiter=",")).startswith(b"id,kind,name_ky")


def test_a_name_cannot_become_a_formula(land):
    from registry.models import UnitVersion

    UnitVersion.objects.filter(unit=land.far).update(name_ky="=1+1")

    assert "'=1+1" in {row["name_ky"] for row in table("units/", "csv", at=DAY)}


@pytest.mark.parametrize("ordering", ["name", "-name", "kind,-name_ru", "-valid_from"])
def test_a_cursor_walks_every_row_once(land, ordering):
    everything = get("units/", at=DAY, ordering=ordering)["results"]

    assert walk("units/", at=DAY, ordering=ordering) == everything


def test_fields_trim_the_rows(land):
    (row,) = get("units/", at=DAY, q="Молдо", fields="id,name")["results"]

    assert set(row) == {"id", "name"}


def test_an_unchanged_list_is_304_in_one_query(land, django_assert_num_queries):
    tag = ask("units/", at=DAY)["ETag"]
    with django_assert_num_queries(1):
        again = VISITOR.get(f"/api/v1/units/?at={DAY}", headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    other_day = VISITOR.get(f"/api/v1/units/?at={EVE}", headers={"If-None-Match": tag})
    assert other_day.status_code == 200


def test_a_change_makes_the_list_a_new_one(land):
    connection.cursor().execute(
        "UPDATE rest_dataversion SET transaction = 0"
    )  # as if in an earlier transaction
    tag = ask("units/", at=DAY)["ETag"]
    code(land.far, "41708206000000")
    check_now()

    assert ask("units/", at=DAY)["ETag"] != tag


def test_the_language_is_asked_for_or_negotiated(land):
    assert ask("units/", lang="ru")["Content-Language"] == "ru"
    assert VISITOR.get("/api/v1/units/", headers={"Accept-Language": "ky"})["Content-Language"] == "ky"
    assert ask("units/", lang="ky")["ETag"] != ask("units/", lang="ru")["ETag"]


# --- one unit ----------------------------------------------------------------------------------------------


def test_a_unit_shows_the_day_asked_for(land):
    assert get(f"units/{land.turpak.pk}/", at=EVE)["name"]["ky"] == "Ак-Турпак"
    assert get(f"units/{land.turpak.pk}/", at=LATER)["name"]["ky"] == "Жаңы Турпак"


def test_a_unit_that_ended_stays_readable_as_it_last_was(land):
    unit = get(f"units/{land.alga.pk}/", at=LATER)

    assert (unit["status"], unit["valid"]) == ("ended", {"from": "2020-01-01", "to": "2022-05-02"})
    assert unit["codes"] == [{"system": "soate", "code": CODES["alga"]}]
    assert unit["parent"]["name"]["ky"] == "Кадамжай"
    assert unit["population"] == 100


def test_a_unit_that_never_was_is_not_there(land):
    refused("units/00000000-0000-4000-8000-0000000000ff/", 404)
    refused(f"units/{land.moldo.pk}/", 404, at=EVE)


def test_one_unit_costs_two_queries_and_304_one(land, django_assert_num_queries):
    with django_assert_num_queries(2):
        tag = ask(f"units/{land.alga.pk}/", at=DAY)["ETag"]
    with django_assert_num_queries(1):
        again = VISITOR.get(f"/api/v1/units/{land.alga.pk}/?at={DAY}", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_versions_show_every_name_and_annulled_ones_are_marked(land):
    annul_change(change=land.rename, reason="ката", by="test", at=timezone.now())

    rows = get(f"units/{land.turpak.pk}/versions/")["results"]

    assert [(row["name"]["ky"], row["voided"]) for row in rows] == [
        ("Ак-Турпак", False),
        ("Жаңы Турпак", True),
    ]
    assert rows[0]["valid"] == {"from": "2020-01-01", "to": None}
    assert rows[1]["change"] == str(land.rename.pk)
    assert ky(get(f"units/{land.turpak.pk}/versions/", voided="false")["results"]) == ["Ак-Турпак"]
    refused("units/00000000-0000-4000-8000-0000000000ff/versions/", 404)


def test_versions_cost_two_queries(land, django_assert_num_queries):
    with django_assert_num_queries(2):
        get(f"units/{land.turpak.pk}/versions/")


# --- what has changed since --------------------------------------------------------------------------------


def test_a_client_that_synchronises_gets_changed_rows_and_tombstones(land):
    since = moment()
    record_change(
        ChangeSpec(kind="abolish", effective_on=dt.date(2023, 6, 1), units=(UnitSpec(land.far.pk, "ends"),))
    )
    code(land.birlik, "7", system="other")

    rows = get("units/", at="2023-06-01", updated_since=since)["results"]

    assert {(row["name"]["ky"], row["status"]) for row in rows} == {
        ("Таш-Мойнок", "ended"),
        ("Бирлик", "existing"),
    }
    assert get("units/", at="2023-06-01", updated_since=moment())["results"] == []


def test_an_annulled_beginning_is_a_tombstone(land):
    annul_change(change=land.transfer, reason="ката", by="test", at=timezone.now())
    since = moment()
    annul_change(change=land.change, reason="ката", by="test", at=timezone.now())

    rows = get("units/", at=DAY, updated_since=since)["results"]

    status = {row["name"]["ky"]: row["status"] for row in rows}
    assert status["Молдо Нияз"] == "annulled"
    assert (status["Алга"], status["Совет"]) == ("existing", "existing")


def test_changed_rows_come_in_a_stable_order(land):
    everything = get("units/", at=DAY, updated_since="2020-01-01T00:00:00Z", page_size=500)["results"]

    assert walk("units/", at=DAY, updated_since="2020-01-01T00:00:00Z") == everything
    assert len(everything) == 12


# --- codes -------------------------------------------------------------------------------------------------


def test_a_code_finds_its_bearer_with_and_without_a_day(land):
    without = get(f"codes/soate/{CODES['alga']}/")
    on_the_eve = get(f"codes/soate/{CODES['alga']}/", at=EVE)
    after = get(f"codes/soate/{CODES['alga']}/", at=DAY)

    assert [(row["name"]["ky"], row["status"]) for row in without["results"]] == [("Алга", "ended")]
    assert without["at"] is None
    assert [(row["name"]["ky"], row["status"]) for row in on_the_eve["results"]] == [("Алга", "existing")]
    assert (after["at"], after["results"]) == ("2022-05-02", [])


def test_a_code_that_went_to_another_unit_names_both(land):
    UnitCode.objects.create(unit=land.far, system="soate", code=CODES["alga"], valid=(LATER, None))

    assert set(ky(get(f"codes/soate/{CODES['alga']}/")["results"])) == {"Алга", "Таш-Мойнок"}
    assert ky(get(f"codes/soate/{CODES['alga']}/", at=LATER)["results"]) == ["Таш-Мойнок"]
    assert ky(get("units/", at=LATER, q=CODES["alga"])["results"]) == ["Таш-Мойнок"]


def test_a_code_that_was_annulled_still_answers(land):
    annul_change(change=land.transfer, reason="ката", by="test", at=timezone.now())
    annul_change(change=land.change, reason="ката", by="test", at=timezone.now())

    (unit,) = get("codes/soate/41705258999000/")["results"]

    assert (unit["name"]["ky"], unit["status"]) == ("Молдо Нияз", "annulled")
    assert get("codes/soate/41705258999000/", at=DAY)["results"] == []


def test_the_code_of_a_village_finds_the_unit_it_belongs_to(land):
    assert ky(get("codes/soate/41705258804070/", at=EVE)["results"]) == ["Алга"]
    assert ky(get("codes/soate/41705258804070/", at=DAY)["results"]) == ["Айдаркен"]


@pytest.mark.parametrize(
    "address", ["codes/soate/1/", "codes/okato/41705258804000/", f"codes/soate/{'1' * 2000}/"]
)
def test_a_code_nobody_ever_bore_is_not_there(land, address):
    refused(address, 404)


def test_a_code_costs_a_fixed_number_of_queries(land, django_assert_num_queries):
    with django_assert_num_queries(4):
        get(f"codes/soate/{CODES['alga']}/", at=EVE)


def test_digits_of_another_script_are_refused():
    problem(VISITOR.get("/api/v1/codes/soate/٤١٧٠٥/"), 400)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["units/", "settlements/", "changes/"])
def test_a_code_nobody_ever_bore_is_told_and_not_an_empty_answer(address):
    answer = ask(address, oblast="999")

    assert answer.status_code == 400
    assert answer.json()["code"] == "unknown_code"
    assert "999" in answer.json()["detail"]
