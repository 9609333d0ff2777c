"""Who reads drafts of a council, who keeps its records, who dissolves it; and what the journal tells of it."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from audit import history, wording
from audit.tests.reading import chain
from audit.visibility import SUBJECTS, Reader
from councils.rules import kept_units, sight
from councils.tests.factories import adopted, convocation, draft, held_session
from councils.visibility import condition
from registry.queries import rows
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 5, 10)
READ = "SELECT r.id FROM councils_resolution r JOIN councils_council c ON c.id = r.council_id WHERE {}"


@pytest.fixture(autouse=True)
def _waived(settings):
    settings.SECOND_FACTOR_WAIVED = True


@pytest.fixture
def session():
    return held_session(convocation(aimak(district()), deputies=3), DAY)


def holder(kind, unit=None):
    return RoleFactory(role=kind, unit=unit).user


@pytest.fixture
def users(session):
    """One of each kind: the council's own secretary, another's, the district's staff, the ministry, visitors."""
    unit = session.convocation.council.unit
    return {
        "own": holder(RoleKind.STAFF, unit),
        "foreign": holder(RoleKind.STAFF, aimak(district())),
        "district": holder(RoleKind.DISTRICT, unit.versions.get().parent),
        "analyst": holder(RoleKind.ANALYST),
        "reform": holder(RoleKind.REFORM_TEAM),
        "admin": holder(RoleKind.ADMINISTRATOR),
        "auditor": holder(RoleKind.AUDITOR),
        "visitor": AnonymousUser(),
    }


def allowed(users, permission, thing=None):
    return {name for name, user in users.items() if user.has_perm(permission, thing)}


MINISTRY = {"analyst", "reform", "admin", "auditor"}


def test_a_draft_is_read_by_its_secretary_and_the_ministry(users, session):
    assert allowed(users, "councils.read_resolution", draft(session)) == {"own", *MINISTRY}
    assert allowed(users, "councils.view_draft") == {"own", "foreign", *MINISTRY}


def test_what_is_adopted_is_read_by_everybody(users, session):
    assert allowed(users, "councils.read_resolution", adopted(session)) == set(users)


def test_the_staff_of_its_municipality_keep_a_councils_records(users, session):
    council = session.convocation.council

    assert allowed(users, "councils.keep", council) == {"own"}
    assert allowed(users, "councils.keep_any") == {"own", "foreign"}
    assert kept_units(users["own"]) == {council.unit_id}
    assert allowed(users, "councils.dissolve") == {"reform"}
    assert allowed(users, "councils.correct") == {"admin"}


def test_rows_and_rules_say_the_same(users, session):
    drafted, public = draft(session), adopted(session)
    for user in [*users.values(), None]:
        where, parameters = condition(sight(user))
        seen = {row["id"] for row in rows(READ.format(where), parameters)}
        asked = user or AnonymousUser()

        assert seen == {
            row.pk for row in (drafted, public) if asked.has_perm("councils.read_resolution", row)
        }


def test_the_key_of_what_is_seen_tells_readers_apart(users):
    keys = {name: sight(user).key for name, user in users.items()}

    assert keys["visitor"] == keys["district"] == ""
    assert keys["analyst"] == keys["admin"] == "drafts"
    assert len({keys["own"], keys["foreign"], "", "drafts"}) == 4
    assert sight(users["visitor"]).versions == ("councils",)
    assert sight(users["own"]).versions == ("councils", "councils.drafts")


def test_the_history_of_a_draft_is_for_its_readers(users, session):
    row = draft(session)
    subject = SUBJECTS["resolution"]

    assert {name for name, user in users.items() if subject.may_see(user, row.pk)} == {"own", *MINISTRY}
    assert not subject.may_see(None, row.pk)
    row = adopted(session)
    assert all(subject.may_see(user, row.pk) for user in users.values())
    assert {name for name, user in users.items() if not subject.withheld(user, row.pk)} == {"own", *MINISTRY}


@pytest.mark.parametrize("name", ["council", "session", "resolution"])
def test_every_part_of_a_history_can_be_read(session, name):
    row = adopted(session)
    key = {"council": session.convocation.council_id, "session": session.pk, "resolution": row.pk}[name]

    chain()
    found = history.of_subject(SUBJECTS[name], key, Reader())
    history.narrow(found, history.Wanted())
    lines = list(history.Lines(found, Reader()))
    told = wording.Writer(lines, Reader(), root=SUBJECTS[name].table, root_key=key)
    written = [told.told(line) for line in lines]

    assert all(line.what for line in written)
    assert len(written) > {"council": 4, "session": 3, "resolution": 1}[name]
