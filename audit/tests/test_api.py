"""The journal over REST: who reads which entries, how they are followed, and that checkpoints verify from outside."""

import importlib.util
import itertools
import json
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.test import Client

from audit import checkpoints
from audit.models import Entry
from audit.tests.reading import KEY, PERSON, by, chain, vouched
from lsg_portal.rest import about
from reform.tests.scenarios import apply, merge_draft
from registry.models import Person, PersonPrivate, Population, UnitVersion
from registry.tests.factories import aimak, district, oblast
from registry.tests.rest import VISITOR, ask, body, get, problem, refused, walk

pytestmark = pytest.mark.django_db

CANARY = "+996700123456"
ENTRIES = "audit/entries/"


@pytest.fixture(autouse=True)
def _key(settings):
    settings.SECOND_FACTOR_WAIVED = True
    settings.LSG_CHECKPOINT_KEY = KEY


def client(role):
    found = Client(headers={"Accept-Language": "en"})
    found.force_login(vouched(role))
    return found


@pytest.fixture
def unit(db):
    found = aimak(district(oblast("Нарын"), "Кочкор"), "Ак-Кыя", villages=["Ак-Кыя"], residents=1200)
    with by():
        UnitVersion.objects.filter(unit=found).update(name_ky="Ак-Кыя-Суу")
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


# --- who reads ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", [{}, {"type": "unit"}, {"table": "registry_unit"}, {"actor": "user:7"}, {"x": "y"}]
)
def test_all_entries_are_for_whom_the_journal_is_open(unit, query):
    refused(ENTRIES, 401, **query)
    for role in ("staff", "approver", "reform_team"):
        refused(ENTRIES, 403, client=client(role), **query)


@pytest.mark.parametrize("role", ["analyst", "auditor", "administrator"])
def test_the_journal_is_read_by_analyst_auditor_and_administrator(unit, role):
    rows = get(ENTRIES, client(role), page_size=500)["results"]

    assert [row["seq"] for row in rows] == sorted(row["seq"] for row in rows)
    assert PERSON in {row["who"]["name"] for row in rows}


def test_the_public_reads_the_history_of_a_public_record_without_names(unit):
    rows = get(ENTRIES, type="unit", key=unit.pk, operation="update")["results"]

    (row,) = rows
    assert row["who"] == {"actor": None, "name": None, "capacity": "reform_team"}
    assert row["before"] == {"name_ky": "Ак-Кыя"} | {k: v for k, v in row["before"].items() if k != "name_ky"}
    assert row["after"]["name_ky"] == "Ак-Кыя-Суу"
    assert PERSON not in body(ask(ENTRIES, type="unit", key=unit.pk)).decode()


def test_the_public_narrows_by_nobody(unit):
    refused(ENTRIES, 401, type="unit", key=unit.pk, actor="user:7")


def test_drafts_are_for_whom_the_reform_shows_them(draft):
    refused(ENTRIES, 404, type="event", key=draft.pk)
    refused(ENTRIES, 404, client=client("staff"), type="event", key=draft.pk)
    assert get(ENTRIES, client("reform_team"), type="event", key=draft.pk)["results"]


def test_who_drafted_and_applied_is_in_no_value_the_public_reads(draft):
    with by(why=""):
        apply(draft)

    public = get(ENTRIES, type="event", key=draft.pk)["results"]
    ministry = get(ENTRIES, client("analyst"), type="event", key=draft.pk)["results"]

    assert 0 < len(public) < len(ministry)
    for row in public:
        assert not {"by", "created_by_id"} & {*(row["before"] or {}), *(row["after"] or {})}
    assert any("by" in (row["after"] or {}) for row in ministry)


@pytest.mark.parametrize("output", ["json", "csv", "xlsx"])
@pytest.mark.parametrize("role", ["analyst", "auditor", "administrator"])
def test_private_values_are_never_answered(person, role, output):
    reads = client(role)
    tables = {row["table"] for row in get(ENTRIES, reads, page_size=500)["results"]}

    assert ("registry_personprivate" in tables) == (role != "analyst")
    for query in ({}, {"type": "person", "key": person.pk}):
        answer = ask(ENTRIES, reads, format=output, **query)
        assert answer.status_code == 200
        assert CANARY.encode() not in body(answer)
    seq = Entry.objects.get(table_name="registry_personprivate").link.seq
    assert ask(f"{ENTRIES}{seq}/", reads).status_code == (404 if role == "analyst" else 200)
    assert CANARY.encode() not in body(ask(f"{ENTRIES}{seq}/", reads))


def test_private_values_are_in_no_example_of_the_schema(person):
    about.openapi.cache_clear()
    assert CANARY not in json.dumps(about.openapi("en", "lsg_portal.urls"), default=str)


# --- one, many, the rest of them ----------------------------------------------------------------------------------------


def test_one_entry_is_read_by_its_number(unit):
    reads = client("auditor")
    last = get(ENTRIES, reads, ordering="-seq")["results"][0]

    assert get(f"{ENTRIES}{last['seq']}/", reads) == last
    assert get("audit/head/")["seq"] == last["seq"]
    assert get("audit/head/")["hash"] == last["hash"]
    refused(f"{ENTRIES}{last['seq']}/", 401)
    refused(f"{ENTRIES}{last['seq']}/", 403, client=client("staff"))
    refused(f"{ENTRIES}{last['seq'] + 1}/", 404, client=reads)
    refused(f"{ENTRIES}{10**30}/", 404, client=reads)


def test_the_journal_is_followed_by_number_and_by_cursor(unit):
    reads = client("auditor")
    rows = get(ENTRIES, reads, page_size=500)["results"]

    after = get(ENTRIES, reads, after_seq=rows[3]["seq"], page_size=500)["results"]
    assert after == rows[4:]
    assert (
        walk(ENTRIES, type="unit", key=str(unit.pk)) == get(ENTRIES, type="unit", key=str(unit.pk))["results"]
    )
    assert all(later["prev"] == earlier["hash"] for earlier, later in itertools.pairwise(rows))


def test_entries_are_narrowed_by_record_table_actor_request_operation_and_day(unit):
    reads = client("auditor")

    def count(**query):
        return len(get(ENTRIES, reads, page_size=500, **query)["results"])

    changed = get(ENTRIES, reads, operation="update", table="registry_unitversion")["results"][-1]
    assert count(actor="user:7") == 1
    assert count(request=changed["request"]) == 1
    assert count(table="registry_unitversion", key=changed["key"]) == 2
    assert count(table="registry_population", operation="insert,update") == Population.objects.count()
    assert count(from_="2000-01-01", to="2000-01-02") == 0
    refused(ENTRIES, 400, "/table", client=reads, key="1")


@pytest.mark.parametrize(
    "query",
    [
        {"type": "x", "key": "1"},
        {"type": "unit", "key": "x"},
        {"type": "unit", "key": "a\x00"},
        {"type": "unit", "key": "٠" * 36},
        {"after_seq": "-1"},
        {"after_seq": "9" * 40},
        {"after_seq": "1e400"},
        {"from": "0000-01-01"},
        {"operation": "drop"},
        {"table": "audit_private"},
        {"cursor": "x"},
        {"page_size": "100000"},
        {"ordering": "name"},
        {"unknown": "1"},
        {"at": "2024-01-01"},
    ],
)
def test_hostile_parameters_are_refused(unit, query):
    refused(ENTRIES, 400, client=client("auditor"), **query)


def test_a_history_without_its_key_is_refused(unit):
    refused(ENTRIES, 400, "/key", client=client("auditor"), type="unit")


def test_an_unchanged_journal_is_not_sent_again(unit):
    tag = ask(ENTRIES, type="unit", key=unit.pk)["ETag"]

    def again(**headers):
        return VISITOR.get("/api/v1/audit/entries/", {"type": "unit", "key": unit.pk}, headers=headers)

    assert again(if_none_match=tag).status_code == 304
    with by():
        UnitVersion.objects.filter(unit=unit).update(name_ky="Ак-Кыя")
    assert again(if_none_match=tag).status_code == 200
    assert ask(ENTRIES, client("analyst"), type="unit", key=unit.pk)["ETag"] != tag


def test_lists_cost_a_fixed_number_of_queries(unit, django_assert_num_queries):
    checkpoints.make()
    with django_assert_num_queries(2):
        get(ENTRIES, type="unit", key=unit.pk)
    with django_assert_num_queries(1):
        get("audit/checkpoints/")
    with django_assert_num_queries(2):
        get("audit/head/")


# --- checkpoints ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def script():
    """The script that the page offers."""
    path = Path(portal.BASE_DIR) / "static" / "transparency" / "verify_checkpoints.py"
    spec = importlib.util.spec_from_file_location("verify_checkpoints", path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_the_script_of_the_page_verifies_what_is_published(unit, script):
    checkpoints.make()
    with by():
        UnitVersion.objects.filter(unit=unit).update(name_ky="Ак")
    checkpoints.make()
    rows, head = get("audit/checkpoints/")["results"], get("audit/head/")
    trusted = list(checkpoints.public_keys().values())[-1]

    assert len(rows) == 2
    assert head["checkpoint"] == rows[-1]
    assert list(script.check(rows, head, rows[:1], trusted)) == []


def test_the_script_finds_what_does_not_fit(unit, script):
    checkpoints.make()
    rows, head = get("audit/checkpoints/")["results"], get("audit/head/")

    def faults(rows=rows, head=head, kept=(), trusted=None):
        return " ".join(script.check(rows, head, kept, trusted))

    assert "signature" in faults([{**rows[0], "hash": "0" * 64}])
    assert "signature" in faults([{**rows[0], "seq": rows[0]["seq"] + 1}])
    assert "another key" in faults(trusted=b"\0" * 32)
    assert "missing" in faults([], kept=rows)
    assert "rewritten" in faults(kept=[{**rows[0], "hash": "1" * 64}])
    assert "cut off" in faults(head={**head, "seq": 1})
    assert "not published" in faults([{**rows[0], "public_key": None}])


def test_kept_checkpoints_are_read_by_the_verifier_of_the_portal(unit):
    checkpoints.make()
    rows = get("audit/checkpoints/")["results"]
    trusted = list(checkpoints.public_keys().values())[-1]

    (kept,) = checkpoints.read(json.dumps(rows), public_keys=[trusted])

    assert kept.seq == rows[0]["seq"]


def test_without_a_checkpoint_the_head_stands_alone(unit):
    assert get("audit/head/")["checkpoint"] is None
    assert get("audit/checkpoints/")["results"] == []


def test_nothing_is_written_over_rest(unit):
    for address in (ENTRIES, f"{ENTRIES}1/", "audit/head/", "audit/checkpoints/"):
        for method in ("post", "put", "patch", "delete"):
            problem(getattr(client("administrator"), method)(f"/api/v1/{address}"), 405)
