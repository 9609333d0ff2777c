"""The history of a record in words: who, when, what, why, each field before and after; who reads how much of it."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from audit import history, visibility, wording
from audit.tests.reading import PERSON, WHY, by, chain, reader, vouched
from audit.visibility import SUBJECTS, Reader
from lsg_portal.web import days
from reform.tests.scenarios import apply, merge_draft
from registry.models import Person, PersonPrivate, Population, UnitCode, UnitVersion
from registry.tests.factories import LegalActFactory, aimak, code, district, oblast, place

pytestmark = pytest.mark.django_db

CANARY = "+996700123456"
LATIN = re.compile(r"[A-Za-z_]{3,}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


@pytest.fixture(autouse=True)
def _waived(settings, monkeypatch):
    settings.SECOND_FACTOR_WAIVED = True
    monkeypatch.setattr(days, "today", lambda: dt.date(2026, 11, 21))


@pytest.fixture
def unit(db):
    """An ayil aimak that somebody of the reform team corrected."""
    home = district(oblast("Нарын", name_ru="Нарынская область"), "Кочкор", name_ru="Кочкорский район")
    found = aimak(
        home, "Ак-Кыя", villages=["Ак-Кыя", "Шамшы"], residents=1200, name_ru="Ак-Кыйский айылный аймак"
    )
    code(found, "41704220000000")
    with by():
        UnitVersion.objects.filter(unit=found).update(name_ky="Ак-Кыя-Суу")
        UnitCode.objects.filter(unit=found).update(valid=(dt.date(2020, 1, 1), dt.date(2024, 5, 1)))
        Population.objects.filter(unit=found).update(value=1345)
    return found


@pytest.fixture
def event(db):
    """An event in force, drafted with another title before."""
    where = district(oblast("Нарын"), "Кочкор")
    pair = [aimak(where, name, villages=[name], residents=1000) for name in ("Ак", "Бел")]
    with by(why=""):
        drafted, _new = merge_draft(pair, where)
    with by(why=""):
        type(drafted).objects.filter(pk=drafted.pk).update(title_ky="Долбоордун биринчи аты")
    with by(why=""):
        apply(drafted)
    return drafted


def told(subject, key, reader, **wanted):
    """What a reader is told, in Russian where the test says nothing else."""
    found = history.of_subject(SUBJECTS[subject], key, reader)
    history.narrow(found, history.Wanted(**wanted))
    lines = list(history.Lines(found, reader))
    writer = wording.Writer(lines, reader, root=SUBJECTS[subject].table, root_key=key)
    return [(writer.told(line), wording.who(line, reader)) for line in lines]


def text_of(entries):
    return "\n".join(
        f"{who} {entry.operation} {entry.what} {entry.which} "
        + " ".join(f"{change.label} {change.before} {change.after}" for change in entry.changes)
        for entry, who in entries
    )


# --- in words --------------------------------------------------------------------------------------------------


def test_a_changed_field_is_told_before_and_after_as_the_site_writes_it(unit):
    with translation.override("ru"):
        (population, who), (code_, _who), (version, _who) = told(
            "unit", unit.pk, Reader(names=True), operations=("update",)
        )

    assert [(c.before, c.after) for c in population.changes] == [("1\u00a0200", "1\u00a0345")]
    assert [(c.before, c.after) for c in version.changes] == [("Ак-Кыя", "Ак-Кыя-Суу")]
    assert [(c.before, c.after) for c in code_.changes] == [("с 01.01.2020", "01.01.2020 – 30.04.2024")]
    assert code_.which == "SOATE, 41704220000000"
    assert who.startswith(PERSON)
    assert population.line.reason == WHY
    assert population.seq > version.seq


def test_times_are_those_of_bishkek(unit):
    (entry, _who), *_rest = told("unit", unit.pk, Reader())

    assert entry.when.utcoffset() == dt.timedelta(hours=6)


@pytest.mark.parametrize("language", ["ky", "ru"])
@pytest.mark.parametrize("subject", ["unit", "event"])
def test_no_key_no_column_and_no_other_language_is_shown(unit, event, language, subject):
    key = unit.pk if subject == "unit" else event.pk
    with translation.override(language):
        known = set(LATIN.findall(text_of(told(subject, key, Reader(names=True)))))
        text = text_of(told(subject, key, Reader(names=True)))

    columns = {
        column
        for part in SUBJECTS[subject].every_part
        for column in (f.column for f in wording.model_of(part.table)._meta.concrete_fields)
        if "_" in column
    }
    assert not UUID.search(text)
    assert not known & columns
    assert not {word for word in known if "_" in word}


def test_foreign_keys_are_told_by_the_name_the_thing_had_then(unit):
    parent = UnitVersion.objects.get(unit=unit).parent
    UnitVersion.objects.filter(unit=parent).update(valid=(dt.date(2020, 1, 1), dt.date(2025, 1, 1)))
    UnitVersion.objects.create(
        unit=parent, kind="district", name_ky="Жаңы Кочкор", name_ru="Новый район",
        parent=UnitVersion.objects.get(unit=parent).parent, valid=(dt.date(2025, 1, 1), None),
    )  # fmt: skip
    chain()

    with translation.override("ru"):
        entries = told("unit", unit.pk, Reader(), operations=("insert",))
    version = next(entry for entry, _who in entries if entry.line.table == "registry_unitversion")

    assert "Кочкорский район" in [change.after for change in version.changes]
    assert "Новый район" not in [change.after for change in version.changes]


def test_each_language_of_a_name_is_told_once_and_technical_fields_never(unit):
    entries = told("unit", unit.pk, Reader(), operations=("insert",))
    version = next(entry for entry, _who in entries if entry.line.table == "registry_unitversion")
    columns = [change.column for change in version.changes]

    assert "name_ky" in columns
    assert "name_ru" in columns
    assert not {"name", "sort_ky", "sort_ru", "id", "recorded_at", "unit_id"} & set(columns)


def test_changes_of_one_request_stand_under_one_heading(unit):
    with by(why="Дагы"):
        code(unit, "41704220000001", valid=(dt.date(2019, 1, 1), dt.date(2020, 1, 1)))
    found = history.of_subject(SUBJECTS["unit"], unit.pk, Reader())
    lines = list(history.Lines(found, Reader()))

    first, second, *_rest = history.grouped(lines)

    assert [len(first.lines), len(second.lines)] == [1, 3]
    assert (first.reason, second.reason) == ("Дагы", WHY)


def test_what_acts_by_itself_has_a_readable_name(unit):
    with translation.override("en"):
        line = told("unit", unit.pk, Reader(), operations=("insert",))[0][0].line
        line = type(line)(**{**line.__dict__, "actor": "system:import_classifier"})
        assert wording.who(line, Reader()) == "import of the classifier"
        assert "nobody_knows" not in wording.who(
            type(line)(**{**line.__dict__, "actor": "system:nobody_knows"}), Reader()
        )


def test_a_legal_act_and_a_settlement_have_histories_too(unit):
    act = LegalActFactory()
    village = place(unit, "Кара-Суу")
    chain()

    assert len(told("legal-act", act.pk, Reader())) == 1
    assert {entry.line.table for entry, _who in told("settlement", village.pk, Reader())} == {
        "registry_settlement",
        "registry_settlementassignment",
    }


def test_every_part_of_a_history_is_a_journalled_table():
    known = set(visibility.SUBJECTS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM audit_journaltable")
        journalled = {name for (name,) in cursor.fetchall()}

    assert known >= {"unit", "settlement", "legal-act", "event", "programme", "person"}
    for subject in SUBJECTS.values():
        assert {part.table for part in subject.every_part} <= journalled, subject.name


# --- who reads what ---------------------------------------------------------------------------------------------


def test_the_public_reads_the_capacity_and_the_ministry_the_name(unit):
    with translation.override("en"):
        assert told("unit", unit.pk, Reader())[0][1] == "reform team"
        assert told("unit", unit.pk, Reader(names=True))[0][1] == f"{PERSON} (reform team)"


@pytest.mark.parametrize(
    ("role", "names", "entries", "private"),
    [
        ("staff", False, False, False),
        ("district", False, False, False),
        ("analyst", True, True, False),
        ("approver", True, False, False),
        ("reform_team", True, False, False),
        ("auditor", True, True, True),
        ("administrator", True, True, True),
    ],
)
def test_roles_read_the_journal_as_far_as_the_rules_say(db, role, names, entries, private):
    found = Reader.of(vouched(role))

    assert (found.names, found.entries, found.private) == (names, entries, private)


def test_the_public_reads_an_event_from_the_day_it_was_applied(event):
    public = text_of(told("event", event.pk, Reader()))
    assert "Долбоордун" in text_of(told("event", event.pk, Reader.of(vouched("analyst"))))
    assert public
    assert {
        entry.operation for entry, _who in told("event", event.pk, Reader()) if entry.line.before
    } != set()
    tables = {entry.line.table for entry, _who in told("event", event.pk, Reader())}
    assert "reform_eventunit" not in tables
    assert "reform_eventapplication" in tables


def test_who_applied_an_event_is_in_no_field_the_public_reads(event):
    fields = {c.column for entry, _who in told("event", event.pk, Reader()) for c in entry.changes}
    for entry, _who in told("event", event.pk, Reader()):
        assert not {"by", "created_by_id"} & {*entry.line.before, *entry.line.after}

    assert not {"by", "created_by_id"} & fields


@pytest.fixture
def person(db):
    person = Person.objects.create(name_ky="Асан", name_ru="Асан")
    PersonPrivate.objects.create(person=person, phone=CANARY)
    chain()
    return person


def test_private_values_are_for_whom_they_are_open_and_erased_ones_for_nobody(person):
    def phone(reader):
        entries = told("person", person.pk, reader, operations=("insert",))
        return [c.after for entry, _who in entries for c in entry.changes if c.column == "phone"]

    with translation.override("en"):
        assert phone(Reader(names=True, entries=True)) == []
        assert phone(Reader(names=True, entries=True, private=True)) == [CANARY]
        PersonPrivate.objects.update(phone="+996700000000")
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("SELECT audit_erase('registry_personprivate', %s)", [str(person.pk)])
        chain()
        assert phone(Reader(names=True, entries=True, private=True)) == ["erased"]


# --- what it costs ------------------------------------------------------------------------------------------------


def test_a_page_costs_the_same_however_long_it_is(unit):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert reader().get(f"/ru/history/unit/{unit.pk}/").status_code == 200
        return len(found)

    before = cost()
    for number in range(30):
        UnitCode.objects.create(
            unit=unit, system=f"s{number}", code=str(number), valid=(dt.date(2020, 1, 1), None)
        )
        place(unit, f"Айыл {number}")
    chain()

    assert cost() == before
    assert before <= 12
