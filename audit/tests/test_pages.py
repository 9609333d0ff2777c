"""The pages of the journal: the history of a record, and /transparency/."""

import csv
import datetime as dt
import io
import json

import pytest
from openpyxl import load_workbook

from audit import checkpoints
from audit.tests.reading import KEY, PERSON, WHY, by, chain, reader
from lsg_portal.web import days
from reform.tests.scenarios import merge_draft
from registry.models import Person, PersonPrivate, UnitVersion
from registry.tests.factories import aimak, district, oblast

pytestmark = pytest.mark.django_db

CANARY = "+996700123456"


@pytest.fixture(autouse=True)
def _waived(settings, monkeypatch):
    settings.SECOND_FACTOR_WAIVED = True
    settings.LSG_CHECKPOINT_KEY = KEY
    monkeypatch.setattr(days, "today", lambda: dt.date(2026, 11, 21))


@pytest.fixture
def unit(db):
    found = aimak(district(oblast("Нарын"), "Кочкор"), "Ак-Кыя", villages=["Ак-Кыя"], residents=1200)
    with by():
        UnitVersion.objects.filter(unit=found).update(name_ky="=Ак-Кыя-Суу")
    return found


@pytest.fixture
def draft(db):
    where = district(oblast("Нарын"), "Кочкор")
    pair = [aimak(where, name, villages=[name]) for name in ("Ак", "Бел")]
    with by(why=""):
        found, _new = merge_draft(pair, where)
    return found


@pytest.fixture
def person(db):
    person = Person.objects.create(name_ky="Асан")
    PersonPrivate.objects.create(person=person, phone=CANARY)
    chain()
    return person


def page(subject, key, role=None, language="ru", **query):
    return reader(role).get(f"/{language}/history/{subject}/{key}/", query)


def whole(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


# --- the history of a record ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_history_of_a_public_record_opens_for_everybody(unit, language):
    answer = page("unit", unit.pk, language=language)

    assert answer.status_code == 200
    assert WHY in answer.content.decode()
    assert "=Ак-Кыя-Суу" in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "named"),
    [(None, False), ("staff", False), ("district", False), ("analyst", True), ("auditor", True)],
)
def test_persons_are_named_to_the_ministry_alone(unit, role, named):
    text = page("unit", unit.pk, role).content.decode()

    assert (PERSON in text) == named
    assert ('name="person"' in text) == named


@pytest.mark.parametrize(
    ("subject", "key"),
    [
        ("unit", "x"),
        ("unit", "1"),
        ("unit", "00000000-0000-0000-0000-000000000000"),
        ("registry_unit", "00000000-0000-0000-0000-000000000000"),
        ("person", "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_what_there_is_not_is_a_404(db, subject, key):
    assert page(subject, key).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"from": "x"},
        {"from": "2024-02-30"},
        {"to": "99999-01-01"},
        {"operation": "x"},
        {"page": "0"},
        {"size": "7"},
        {"sort": "x"},
        {"format": "pdf"},
        {"at": "x"},
    ],
)
def test_hostile_parameters_are_refused(unit, query):
    assert page("unit", unit.pk, **query).status_code == 400


@pytest.mark.parametrize("query", [{"field": "x"}, {"field": "unitversion.id"}, {"person": "a\x00"}])
def test_hostile_parameters_of_the_ministry_are_refused(unit, query):
    assert page("unit", unit.pk, "analyst", **query).status_code == 400


def test_filters_narrow_by_day_operation_person_and_field(unit):
    def numbers(**query):
        answer = page("unit", unit.pk, "analyst", format="json", **query)
        assert answer.status_code == 200, whole(answer)
        return {row["seq"] for row in json.loads(answer.content)["rows"]}

    every = numbers()
    changed = numbers(operation="update")
    assert len(changed) == 1
    assert numbers(person="абдыраева") == changed
    assert numbers(person="%") == set()
    assert changed < numbers(field="unitversion.name_ky") < every
    today = dt.datetime.now(days.BISHKEK).date()
    assert numbers(**{"from": today.isoformat(), "to": today.isoformat()}) == every
    assert numbers(to=(today - dt.timedelta(days=1)).isoformat()) == set()


def test_the_files_hold_a_row_for_each_field_and_run_no_formula(unit):
    text = whole(page("unit", unit.pk, format="csv", operation="update")).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    book = load_workbook(io.BytesIO(whole(page("unit", unit.pk, format="xlsx"))))

    assert "'=Ак-Кыя-Суу" in row.values()
    assert WHY in row.values()
    assert book.active.max_row > 5


def test_the_history_of_a_draft_is_read_by_whoever_reads_the_draft(draft):
    assert page("event", draft.pk).status_code == 404
    assert page("event", draft.pk, "staff").status_code == 404
    assert page("event", draft.pk, "analyst").status_code == 200
    assert page("event", draft.pk, "reform_team").status_code == 200


def test_a_drafted_unit_has_no_history_before_it_exists(draft):
    drafted = draft.event_units.get(role="begins").unit_id

    assert page("unit", drafted).status_code == 404


@pytest.mark.parametrize("output", ["html", "csv", "xlsx", "json"])
def test_private_values_are_in_no_page_and_no_file_but_for_whom_they_are_open(person, output):
    for role in (None, "staff", "reform_team", "approver"):
        assert page("person", person.pk, role, format=output).status_code == 404
    analysts = page("person", person.pk, "analyst", format=output)
    assert analysts.status_code == 200
    assert CANARY.encode() not in whole(analysts)
    if output == "html":
        assert CANARY in page("person", person.pk, "auditor").content.decode()
        assert CANARY in page("person", person.pk, "administrator").content.decode()


@pytest.mark.parametrize(("role", "queries"), [(None, 6), ("analyst", 9), ("auditor", 10)])
def test_the_page_costs_a_fixed_number_of_queries(unit, role, queries, django_assert_num_queries):
    client = reader(role)
    with django_assert_num_queries(queries):
        assert client.get(f"/ru/history/unit/{unit.pk}/").status_code == 200


@pytest.mark.parametrize(
    "address", ["/ru/units/{unit}/", "/ru/units/{home}/", "/ru/units/{unit}/?at=2019-01-01"]
)
def test_pages_of_records_lead_to_their_history(unit, address):
    home = UnitVersion.objects.get(unit=unit).parent_id
    key = home if "home" in address else unit.pk

    text = reader().get(address.format(unit=unit.pk, home=home)).content.decode()

    assert f"/ru/history/unit/{key}/" in text


def test_pages_of_events_lead_to_their_history(draft):
    assert (
        f"/ru/history/event/{draft.pk}/"
        in reader("analyst").get(f"/ru/reform/events/{draft.pk}/").content.decode()
    )


# --- transparency ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_transparency_page_shows_the_end_of_the_chain_and_the_checkpoints(unit, language):
    made = checkpoints.make()

    answer = reader().get(f"/{language}/transparency/")

    text = answer.content.decode()
    assert answer.status_code == 200
    assert bytes(made.hash).hex() in text
    assert list(checkpoints.published_keys().values())[-1] in text
    assert "<svg" in text


def test_it_opens_without_a_key_and_without_a_checkpoint(unit, settings):
    settings.LSG_CHECKPOINT_KEY = ""

    assert reader().get("/ru/transparency/").status_code == 200


def test_every_page_leads_to_it(db):
    assert "/ru/transparency/" in reader().get("/ru/").content.decode()


def test_it_costs_a_fixed_number_of_queries(unit, django_assert_num_queries):
    client = reader()
    with django_assert_num_queries(3):
        client.get("/ru/transparency/")


def test_entries_by_month_are_a_file_too(unit):
    answer = reader().get("/ru/transparency/", {"format": "json"})

    (row,) = json.loads(answer.content)["rows"]
    assert row["all"] == row["insert"] + row["update"] + row["baseline"] + row["delete"] + row["erase"]
    assert row["update"] == 1
