"""What the database itself refuses of the councils, in plain SQL, without any of our Python."""

import datetime as dt

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from councils import services
from councils.models import (
    Attendance,
    Committee,
    CommitteeMembership,
    ElectoralDistrict,
    Faction,
)
from councils.tests.factories import (
    convocation,
    council,
    deputy,
    draft,
    held_session,
    person,
)
from councils.tests.in_sql import change, copy
from councils.tests.refusals import refused
from lsg_portal.data import actor
from lsg_portal.data.postgresql.base import OtherMunicipality
from registry.services import check_now
from registry.tests.factories import FIRST, VersionFactory, aimak, city, district

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 5, 10)
LATER = dt.date(2023, 6, 10)
PERIOD = "[2023-01-01,2023-12-31)"


@pytest.fixture
def term():
    """A convocation of nine deputies."""
    return convocation(aimak(district()), deputies=9)


@pytest.fixture
def session(term):
    return held_session(term, DAY)


# --- councils and convocations --------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "fits"), [("ayil", True), ("city", False), ("district", False)])
def test_the_kind_of_a_council_fits_its_unit(kind, fits):
    found = council(aimak(district()))
    other = aimak(district())
    if fits:
        copy(found, unit_id=other.pk, kind=kind)
        return
    with refused("councils_council_kind_fits"):
        copy(found, unit_id=other.pk, kind=kind)


def test_a_council_fits_every_kind_its_unit_had():
    unit = city(district(), valid=(FIRST, DAY))
    found = services.found_council(unit_id=unit.pk, on=FIRST, until=DAY)
    VersionFactory(unit=unit, kind="ayil_aimak", parent=unit.versions.get().parent, valid=(DAY, None))

    with refused("councils_council_kind_fits"):
        change(found, valid="[2020-01-01,)")


def test_a_council_lives_no_longer_than_its_unit():
    unit = aimak(district(), valid=(FIRST, DAY))
    found = services.found_council(unit_id=unit.pk, on=FIRST, until=DAY)

    with refused("councils_council_within_unit"):
        change(found, valid="[2020-01-01,)")


def test_a_unit_has_one_council_a_day():
    found = council(aimak(district()))

    with refused("councils_council_one_a_day"):
        copy(found, valid=PERIOD)


def test_a_convocation_lies_within_its_council(term):
    with refused("councils_convocation_within_council"):
        change(term, valid="[2019-01-01,)")
    with refused("councils_convocation_within_council"):
        change(term.council, valid="[2020-01-01,2023-01-01)")


def test_a_council_in_law_only_has_no_convocation(term):
    empty = services.found_council(unit_id=district().pk, on=FIRST, in_law_only=True)

    with refused("councils_council_without_members"):
        copy(term, council_id=empty.pk)
    with refused("councils_council_without_members"):
        change(term.council, in_law_only=True)


def test_a_term_ends_no_earlier_than_its_mandates(term):
    with refused("councils_mandate_within_term"):
        change(term, valid="[2020-01-01,2024-01-01)")


def test_a_term_ends_no_earlier_than_its_sessions():
    term = convocation(aimak(district()))
    session = services.plan_session(convocation=term, held_on=DAY)

    with refused("councils_session_within_term"):
        change(term, valid="[2020-01-01,2023-05-10)")
    services.cancel_session(session=session)
    change(term, valid="[2020-01-01,2023-05-10)")


# --- mandates, posts, committees -------------------------------------------------------------------------------


@pytest.mark.parametrize("period", ["[2019-12-31,)", "[2019-01-01,2019-06-01)"])
def test_a_mandate_lies_within_its_convocation(term, period):
    with refused("councils_mandate_within_term"):
        copy(term.mandates.first(), valid=period, person_id=person().pk)


def test_a_person_has_one_mandate_in_a_convocation(term):
    with refused("councils_mandate_one_a_person_and_day"):
        copy(term.mandates.first(), valid=PERIOD)


def test_a_person_has_one_mandate_in_a_council_across_convocations(term):
    """Two would lie in one term, or outside of theirs, or the terms would overlap."""
    mandate = term.mandates.first()
    second = services.begin_convocation(council=term.council, on=DAY, seats_by_law=9)
    again = deputy(second, person=mandate.person)

    with refused("councils_mandate_within_term"):
        change(again, valid="[2023-05-01,)")
    with refused("councils_mandate_within_term"):
        change(mandate, valid="[2020-01-01,2023-05-11)")
    with refused("councils_convocation_one_a_day"):
        change(second, valid="[2023-05-01,)")
    with refused("councils_mandate_one_a_person_and_day"):
        copy(again)


def test_a_seat_reserved_for_women_is_held_by_one(term):
    with refused("councils_mandate_reserved_for_women"):
        change(term.mandates.first(), basis="reserved_for_women")


def test_a_mandate_belongs_to_a_district_and_a_faction_of_its_convocation(term):
    other = convocation(aimak(district()))
    abroad = ElectoralDistrict.objects.create(convocation=other, number=1, seats=3, name_ky="Округ")
    faction = Faction.objects.create(convocation=other, name_ky="Фракция")

    with refused("councils_mandate_belongs"):
        change(term.mandates.first(), district_id=abroad.pk)
    with refused("councils_mandate_belongs"):
        change(term.mandates.first(), faction_id=faction.pk)


def test_a_seat_carried_over_continues_a_mandate_of_the_person_and_council_it_names(term):
    other = convocation(aimak(district()))
    theirs = deputy(other)

    with refused("councils_mandate_former_fits"):
        copy(
            term.mandates.first(),
            person_id=person().pk,
            basis="carried_over",
            origin_id=other.council_id,
            former_id=theirs.pk,
        )
    with refused("councils_mandate_carried_over_has_origin"):
        change(term.mandates.first(), basis="carried_over")


def test_a_mandate_does_not_end_before_a_session_its_deputy_attended(term, session):
    with refused("councils_attendance_in_force"):
        change(term.mandates.first(), valid="[2020-01-01,2023-05-01)")


def test_a_post_has_one_holder_a_day(term):
    first, second = term.mandates.all()[:2]
    post = services.appoint(convocation=term, kind="chair", person=first.person, on=DAY)

    with refused("councils_councilpost_one_holder_a_day"):
        copy(post, person_id=second.person_id, valid=PERIOD)


def test_the_chair_is_a_deputy_and_the_secretary_need_not_be(term):
    post = services.appoint(convocation=term, kind="responsible_secretary", person=person(), on=DAY)

    with refused("councils_post_is_deputy"):
        change(post, kind="chair")
    with refused("councils_post_within_term"):
        change(post, valid="[2019-01-01,)")


def test_a_chair_does_not_outlast_the_mandate(term):
    mandate = term.mandates.first()
    services.appoint(convocation=term, kind="chair", person=mandate.person, on=DAY)

    with refused("councils_post_is_deputy"):
        change(mandate, valid="[2020-01-01,2024-01-01)")


def test_a_committee_has_members_of_its_convocation_while_they_sit(term):
    committee = Committee.objects.create(convocation=term, name_ky="Комитет")
    foreign = deputy(convocation(aimak(district())))
    member = CommitteeMembership.objects.create(
        committee=committee, mandate=term.mandates.first(), valid=(FIRST, None)
    )

    with refused("councils_membership_within_mandate"):
        copy(member, mandate_id=foreign.pk)
    with refused("councils_membership_within_mandate"):
        change(member.mandate, valid="[2020-01-01,2024-01-01)")
    with refused("councils_committeemembership_once_a_day"):
        copy(member, valid=PERIOD)


# --- sessions and attendance -----------------------------------------------------------------------------------


def test_a_session_lies_within_the_term(term, session):
    with refused("councils_session_within_term"):
        copy(session, number=9, held_on=dt.date(2019, 5, 1))


@pytest.mark.parametrize(("asked", "enough"), [(2, False), (3, True)])
def test_an_extraordinary_session_is_asked_for_by_a_third(term, session, asked, enough):
    if enough:
        copy(session, number=9, kind="extraordinary", initiators=asked)
        return
    with refused("councils_initiative"):
        copy(session, number=9, kind="extraordinary", initiators=asked)


def test_a_deputy_attends_while_in_office(term, session):
    later = deputy(term, on=LATER)
    stranger = deputy(convocation(aimak(district())))
    row = session.attendances.first()

    with refused("councils_attendance_in_force"):
        copy(row, mandate_id=later.pk)
    with refused("councils_attendance_in_force"):
        copy(row, mandate_id=stranger.pk)


def test_a_session_does_not_move_to_a_day_on_which_its_deputies_are_not_in_office(term):
    late = deputy(term, on=DAY)
    session = services.plan_session(convocation=term, held_on=DAY)
    Attendance.objects.create(session=session, mandate=late, state="present")

    with refused("councils_attendance_in_force"):
        change(session, held_on=dt.date(2023, 5, 1))


def test_nobody_attends_a_cancelled_session(term, session):
    other = services.plan_session(convocation=term, held_on=LATER)
    services.cancel_session(session=other)

    with refused("councils_attendance_cancelled"):
        copy(session.attendances.first(), session_id=other.pk)


# --- whose rows ------------------------------------------------------------------------------------------------


def test_staff_of_one_municipality_change_no_other_councils_rows(term, session):
    row = draft(session)
    rows = [term, term.mandates.first(), session, session.attendances.first(), row]

    with actor.acting("user:1", unit=str(aimak(district()).pk)):
        for one in rows:
            with pytest.raises(OtherMunicipality):
                change(one, **_something(one))
    with actor.acting("user:1", unit=str(term.council.unit_id)):
        for one in rows:
            change(one, **_something(one))


def _something(row):
    return {"note": "x"} if isinstance(row, Attendance) else {"source": "x"}


def test_records_are_not_deleted(term):
    with (
        pytest.raises((ProgrammingError, IntegrityError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM councils_mandate")


def test_the_data_version_is_raised_apart_for_drafts(session):
    def versions():
        check_now()
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, version FROM rest_dataversion WHERE app LIKE 'councils%%'")
            return dict(cursor.fetchall())

    versions()
    with connection.cursor() as cursor:  # as if the transaction were another one
        cursor.execute("SELECT set_config('councils.touched', '', true)")
        cursor.execute("RESET ROLE")
        cursor.execute("UPDATE rest_dataversion SET transaction = 0")
    before = versions()
    draft(session)
    after = versions()

    assert after["councils.drafts"] == before.get("councils.drafts", 0) + 1
    assert after["councils"] == before["councils"]


def test_every_rule_has_its_sentence():
    from councils.errors import RULES

    with connection.cursor() as cursor:
        cursor.execute(
            r"""SELECT DISTINCT (regexp_matches(prosrc, 'registry_refuse\(''(councils_\w+)''', 'g'))[1]
                  FROM pg_proc WHERE proname LIKE 'councils%%'"""
        )
        rules = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            """SELECT conname FROM pg_constraint WHERE conrelid::regclass::text LIKE 'councils_%%'
                  AND contype IN ('c', 'x', 'u') AND conname NOT LIKE '%%_check' AND conname LIKE 'councils_%%'
                  AND conname !~ '_[0-9a-f]{8}_uniq$' AND conname NOT LIKE '%%_key'"""
        )
        rules |= {name for (name,) in cursor.fetchall() if "valid" not in name}

    assert rules <= set(RULES)
