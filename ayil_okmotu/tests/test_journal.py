"""Who may do what with executive bodies, who reads what is private, and what the journal tells of them."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from audit import history, wording
from audit.tests.reading import chain
from audit.visibility import SUBJECTS, Reader
from ayil_okmotu import services
from ayil_okmotu.errors import RULES
from ayil_okmotu.models import (
    BudgetItem,
    BudgetLine,
    CareerStep,
    DisciplinaryMeasure,
    LocalBudget,
    ReserveCandidate,
    ServiceRecord,
    StaffingReport,
    Training,
    TrainingProgramme,
    Violation,
)
from ayil_okmotu.rules import kept_units, sees_private
from ayil_okmotu.tests.factories import appointment, body, head, head_post, person, post
from ayil_okmotu.visibility import condition
from councils.tests.in_sql import change
from lsg_portal.data import actor
from lsg_portal.data.postgresql.base import OtherMunicipality
from registry.queries import rows
from registry.services import check_now
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 5, 10)
CANARY = "КАНАРЕЙКА"


@pytest.fixture(autouse=True)
def _waived(settings):
    settings.SECOND_FACTOR_WAIVED = True


@pytest.fixture
def okmotu():
    return body(aimak(district(), villages=("Ак-Суу",)))


def holder(kind, unit=None):
    return RoleFactory(role=kind, unit=unit).user


@pytest.fixture
def users(okmotu):
    """One of each kind: the body's own staff, another's, the district's, the ministry, visitors."""
    return {
        "own": holder(RoleKind.STAFF, okmotu.unit),
        "foreign": holder(RoleKind.STAFF, aimak(district())),
        "district": holder(RoleKind.DISTRICT, okmotu.unit.versions.get().parent),
        "analyst": holder(RoleKind.ANALYST),
        "approver": holder(RoleKind.APPROVER),
        "reform": holder(RoleKind.REFORM_TEAM),
        "admin": holder(RoleKind.ADMINISTRATOR),
        "auditor": holder(RoleKind.AUDITOR),
        "visitor": AnonymousUser(),
    }


def allowed(users, permission, thing=None):
    return {name for name, user in users.items() if user.has_perm(f"ayil_okmotu.{permission}", thing)}


@pytest.fixture
def records(okmotu):
    """A row of every kind that hangs on a body, each with a canary where it holds text."""
    clerk = appointment(post(okmotu, name={"ky": "Адис"}))
    day = {"source": CANARY}
    violation = Violation.objects.create(
        appointment=clerk,
        discovered_on=DAY,
        description=CANARY,
        explanation_on=DAY,
        finding_on=DAY,
        finding=CANARY,
        **day,
    )
    budget = LocalBudget.objects.create(unit=okmotu.unit, year=2023)
    return {
        "body": okmotu,
        "post": clerk.post,
        "appointment": clerk,
        "report": StaffingReport.objects.create(body=okmotu, on=DAY, approved=3, filled=2, contract=0),
        "training": Training.objects.create(
            appointment=clerk,
            programme=TrainingProgramme.objects.first(),
            began_on=DAY,
            ended_on=DAY,
            hours=4,
        ),
        "budget": budget,
        "line": BudgetLine.objects.create(budget=budget, item=BudgetItem.objects.first(), plan=1),
        "contact": services.set_contact(body=okmotu, phone="0312", email="a@b.kg", person=CANARY),
        "violation": violation,
        "measure": DisciplinaryMeasure.objects.create(
            violation=violation,
            kind="remark",
            in_force=DateRange(DAY, DAY + dt.timedelta(days=90)),
            order_number=CANARY,
            **day,
        ),
        "service": ServiceRecord.objects.create(
            person=clerk.person,
            on=DAY,
            total_years=9,
            leading_years=4,
            higher_education=True,
            state_language=True,
            **day,
        ),
        "reserve": ReserveCandidate.objects.create(
            post=clerk.post, person=person("Талапкер"), place=1, valid=DateRange(DAY, None), **day
        ),
        "step": CareerStep.objects.create(
            appointment=clerk, by_year=2025, goal_kind="deputy", note=CANARY, **day
        ),
    }


PRIVATE = ("contact", "violation", "measure", "service", "reserve", "step")
SEERS = {"own", "approver", "admin", "auditor"}


# --- who may ----------------------------------------------------------------------------------------------------


def test_a_body_is_kept_by_its_own_staff(users, okmotu):
    assert allowed(users, "keep", okmotu) == {"own", "admin"}
    assert allowed(users, "keep") == set()
    assert allowed(users, "keep_any") == {"own", "foreign", "admin"}
    assert kept_units(users["own"]) == {okmotu.unit_id}


def test_heads_are_recorded_by_the_ministry_and_others_by_their_own_body(users, okmotu):
    assert allowed(users, "appoint_head") == {"reform", "admin"}
    assert allowed(users, "appoint", head_post(okmotu)) == {"reform", "admin"}
    assert allowed(users, "appoint", post(okmotu)) == {"own", "admin"}


def test_a_budget_is_kept_by_the_staff_of_the_municipality(users, okmotu):
    for unit in (okmotu.unit, okmotu.unit_id):
        assert allowed(users, "keep_budget", unit) == {"own", "admin"}
    assert allowed(users, "import_budgets") == {"reform", "admin"}


def test_what_is_private_is_for_the_municipality_and_those_who_check(users, okmotu):
    assert allowed(users, "read_private", okmotu) == SEERS
    assert allowed(users, "read_private") == set()


def test_rows_and_rules_say_the_same(users, okmotu):
    other = body(aimak(district()))
    for user in [*users.values(), None]:
        where, parameters = condition(sees_private(user))
        sql = f"SELECT b.id FROM ayil_okmotu_executivebody b WHERE {where}"
        asked = user or AnonymousUser()
        assert {row["id"] for row in rows(sql, parameters)} == {
            one.pk for one in (okmotu, other) if asked.has_perm("ayil_okmotu.read_private", one)
        }


def test_the_key_of_what_is_seen_tells_readers_apart(users):
    keys = {name: sees_private(user).key for name, user in users.items()}
    assert {keys[name] for name in ("visitor", "district", "analyst", "reform")} == {""}
    assert keys["approver"] == keys["auditor"] == "private"
    assert len({keys["own"], keys["foreign"], "", "private"}) == 4
    assert sees_private(None).versions == ("ayil_okmotu",)
    assert sees_private(users["own"]).versions == ("ayil_okmotu", "ayil_okmotu.private")


@pytest.mark.parametrize("model", ["endground", "qualificationrule", "staffingnorm", "budgetitem"])
def test_what_law_says_is_entered_by_the_reform_team(users, model):
    assert allowed(users, f"view_{model}") == {"reform", "admin", "auditor"}
    assert allowed(users, f"change_{model}") == allowed(users, f"add_{model}") == {"reform"}
    assert allowed(users, f"delete_{model}") == set()


# --- rows -------------------------------------------------------------------------------------------------------


def test_staff_of_one_municipality_change_no_other_bodys_rows(records, okmotu):
    guarded = [row for name, row in records.items() if name not in ("service",)]
    with actor.acting("user:1", unit=str(aimak(district()).pk)):
        for row in guarded:
            with pytest.raises(OtherMunicipality):
                change(row, **_something(row))
    with actor.acting("user:1", unit=str(okmotu.unit_id)):
        for row in guarded:
            change(row, **_something(row))


def _something(row):
    return {"phone": "0555"} if row._meta.model_name == "bodycontact" else {"source": "x"}


@pytest.mark.parametrize("table", ["appointment", "violation", "bodycontact", "budgetline"])
def test_records_are_not_deleted(records, table):
    with (
        pytest.raises((ProgrammingError, IntegrityError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM ayil_okmotu_{table}")


def test_private_and_public_data_have_versions_of_their_own(records):
    def versions():
        check_now()
        return {row["app"]: row["version"] for row in rows("SELECT app, version FROM rest_dataversion")}

    def raised(write):
        before = versions()
        with connection.cursor() as cursor:  # as if the transaction were another one
            cursor.execute("SELECT set_config('ayil_okmotu.touched', '', true)")
            cursor.execute("RESET ROLE")
            cursor.execute("UPDATE rest_dataversion SET transaction = 0")
        write()
        return {app for app, version in versions().items() if version != before.get(app)}

    for name, row in records.items():
        own = {"ayil_okmotu.private"} if name in PRIVATE else {"ayil_okmotu"}
        assert raised(lambda row=row: change(row, **_something(row))) == own, name


def test_a_write_is_stamped(records):
    for name, row in records.items():
        if name != "contact":
            row.refresh_from_db()
            before = row.updated_at
            change(row, source="y")
            row.refresh_from_db()
            assert row.updated_at > before, name


# --- the journal ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "most"), [("executive-body", 5), ("post", 2), ("local-budget", 1)])
def test_a_history_tells_what_is_public(records, users, name, most):
    row = records[{"executive-body": "body", "post": "post", "local-budget": "budget"}[name]]
    subject = SUBJECTS[name]
    assert all(subject.may_see(user, row.pk) for user in [*users.values(), None])
    chain()
    found = history.of_subject(subject, row.pk, Reader())
    history.narrow(found, history.Wanted())
    lines = list(history.Lines(found, Reader()))
    written = [
        wording.Writer(lines, Reader(), root=subject.table, root_key=row.pk).told(line) for line in lines
    ]
    assert len(written) > most
    assert all(line.what for line in written)
    assert CANARY not in repr(written)
    tables = {line.table.removeprefix("ayil_okmotu_") for line in lines}
    assert (
        tables
        == {
            "executive-body": {"executivebody", "post", "appointment", "staffingreport", "training"},
            "post": {"post", "appointment", "training"},
            "local-budget": {"localbudget", "budgetline"},
        }[name]
    )


def test_the_journal_keeps_private_records_to_who_reads_them(records, users):
    """The analyst reads the journal, but nothing of what is private; the auditor does."""
    chain()

    def tables(user):
        reader = Reader.of(user)
        found = history.everything(reader)
        history.narrow(found, history.Wanted())
        return {line.table for line in history.Lines(found, reader)}

    private = {f"ayil_okmotu_{records[name]._meta.model_name}" for name in PRIVATE}
    assert not private & tables(users["analyst"])
    assert private <= tables(users["auditor"])


def test_private_values_enter_the_chain_as_commitments(records):
    for name in PRIVATE:
        table = records[name]._meta.db_table
        found = rows(
            "SELECT after::text AS after FROM audit_entry WHERE table_name = %(table)s", {"table": table}
        )
        assert found, table
        assert not [row for row in found if CANARY in row["after"]], table


def test_things_are_named_in_the_journal(records, okmotu):
    from audit.visibility import names_of

    chief = head(okmotu, name="Асанов Асан")
    key = str(okmotu.pk)
    assert [name for _day, name in names_of("ayil_okmotu_executivebody", [key])[key]] == ["Аймак айыл өкмөтү"]
    assert names_of("ayil_okmotu_appointment", [str(chief.pk)]) == {str(chief.pk): "Асанов Асан"}
    assert names_of("ayil_okmotu_post", [str(records["post"].pk)]) == {str(records["post"].pk): "Адис"}
    assert (
        "2023" in names_of("ayil_okmotu_localbudget", [str(records["budget"].pk)])[str(records["budget"].pk)]
    )


def test_every_rule_has_its_sentence():
    """Whatever function or constraint of the database refuses is told in words."""
    refused = {
        row["rule"]
        for row in rows(
            r"""SELECT DISTINCT (regexp_matches(prosrc, 'registry_refuse\(''(ayil_okmotu_\w+)''', 'g'))[1] AS rule
                  FROM pg_proc WHERE proname LIKE 'ayil\_okmotu\_%%'"""
        )
    }
    held = {
        row["rule"]
        for row in rows(
            r"""SELECT conname AS rule FROM pg_constraint WHERE conrelid::regclass::text LIKE 'ayil\_okmotu\_%%'
                   AND contype IN ('c', 'x', 'u') AND conname NOT LIKE '%%_check'
                   AND conname !~ '_[0-9a-f]{8}_uniq$' AND conname NOT LIKE '%%_key'
                UNION SELECT indexrelid::regclass::text FROM pg_index
                 WHERE indisunique AND NOT indisprimary AND indrelid::regclass::text LIKE 'ayil\_okmotu\_%%'
                   AND indexrelid::regclass::text !~ '_[0-9a-f]{8}_uniq$'
                   AND indexrelid::regclass::text NOT LIKE '%%_key'"""
        )
    }
    assert len(refused) > 12
    assert refused | held <= set(RULES), (refused | held) - set(RULES)
    assert all(str(sentence) for sentence in RULES.values())
