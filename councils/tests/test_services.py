"""What the secretary and the ministry do with councils, and what they are refused in words."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from councils import services
from councils.models import (
    AdvisoryAttendance,
    Attendance,
    Committee,
    CommitteeMembership,
    Convocation,
    EndReason,
    Faction,
    Mandate,
    Session,
)
from councils.tests.factories import (
    convocation,
    council,
    deputy,
    draft,
    held_session,
    person,
)
from councils.tests.refusals import refuses
from registry.errors import Stale, StateConflict
from registry.models import LegalAct
from registry.tests.factories import FIRST, LegalActFactory, aimak, city, district

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 5, 10)
LATER = dt.date(2023, 6, 10)


@pytest.fixture
def term():
    return convocation(aimak(district()), deputies=9)


@pytest.fixture
def session(term):
    return held_session(term, DAY)


# --- bodies ----------------------------------------------------------------------------------------------------


def test_a_unit_gets_the_council_of_its_kind():
    home = district()

    assert council(aimak(home)).kind == "ayil"
    assert council(city(home)).kind == "city"
    assert council(home).kind == "district"


def test_an_oblast_has_no_council():
    with refuses("councils_council_kind_fits"):
        council(district().versions.get().parent)


def test_a_second_council_is_refused():
    unit = aimak(district())
    council(unit)

    with refuses("councils_council_one_a_day"):
        council(unit, on=DAY)


def test_a_council_before_its_unit_is_refused():
    with refuses("councils_council_within_unit"):
        services.found_council(unit_id=aimak(district()).pk, on=dt.date(2019, 1, 1), kind="ayil")


def test_a_council_in_law_only_gets_no_convocation():
    empty = services.found_council(unit_id=district().pk, on=FIRST, in_law_only=True)

    with refuses("councils_council_without_members"):
        convocation(empty)


def test_an_election_ends_the_sitting_convocation_with_all_that_hangs_on_it(term):
    first = term.mandates.first()
    services.appoint(convocation=term, kind="chair", person=first.person, on=FIRST)
    committee = Committee.objects.create(convocation=term, name_ky="Комитет")
    CommitteeMembership.objects.create(committee=committee, mandate=first, valid=(FIRST, None))
    planned = services.plan_session(convocation=term, held_on=LATER)

    new = services.begin_convocation(council=term.council, on=DAY, seats_by_law=21, elected_on=DAY)

    term.refresh_from_db()
    planned.refresh_from_db()
    assert term.valid.upper == DAY
    assert (new.number, new.valid.lower, new.system) == (2, DAY, "majoritarian")
    assert set(term.mandates.values_list("end_reason__code", "valid__endswith")) == {("term_ended", DAY)}
    assert term.posts.get().valid.upper == CommitteeMembership.objects.get().valid.upper == DAY
    assert planned.status == "cancelled"


def test_no_more_are_elected_than_the_law_gives_seats():
    term = convocation(aimak(district()), seats=2, deputies=2)

    with refuses("councils_seats_taken"):
        deputy(term)


def test_a_person_is_seated_once(term):
    with refuses("councils_mandate_one_a_person_and_day"):
        deputy(term, person=term.mandates.first().person)


def test_a_man_is_not_seated_where_a_woman_has_to_be(term):
    with refuses("councils_mandate_reserved_for_women"):
        deputy(term, basis="reserved_for_women")
    assert deputy(term, basis="reserved_for_women", sex="f").basis == "reserved_for_women"


def test_a_mandate_outside_the_term_is_refused(term):
    with refuses("councils_mandate_within_term"):
        deputy(term, on=dt.date(2019, 1, 1))


def test_a_faction_of_another_convocation_is_refused(term):
    other = convocation(aimak(district()))

    with refuses("councils_mandate_belongs"):
        deputy(term, faction=Faction.objects.create(convocation=other, name_ky="Фракция"))


def test_a_mandate_ends_with_its_posts(term):
    mandate = term.mandates.first()
    post = services.appoint(convocation=term, kind="chair", person=mandate.person, on=FIRST)
    act = LegalActFactory()

    ended = services.end_mandate(
        mandate=mandate, on=DAY, reason=EndReason.objects.get(code="death"), act=act, expected_version=1
    )

    post.refresh_from_db()
    assert (ended.valid.upper, ended.end_reason.code, ended.end_act, ended.version) == (DAY, "death", act, 2)
    assert post.valid.upper == DAY


def test_a_mandate_ends_once_for_a_ground_that_is_entered(term):
    mandate = term.mandates.first()

    with refuses("reason_not_entered"):
        services.end_mandate(mandate=mandate, on=DAY, reason=EndReason.objects.get(code="not_entered_1"))
    services.end_mandate(mandate=mandate, on=DAY, reason=EndReason.objects.get(code="death"))
    with refuses("already_ended", StateConflict):
        services.end_mandate(mandate=mandate, on=LATER, reason=EndReason.objects.get(code="death"))


def test_a_mandate_does_not_end_before_a_session_it_attended(term, session):
    with refuses("councils_attendance_in_force"):
        services.end_mandate(
            mandate=term.mandates.first(),
            on=dt.date(2023, 5, 1),
            reason=EndReason.objects.get(code="death"),
        )


def test_an_appointment_follows_the_former_holder(term):
    first, second = term.mandates.all()[:2]
    services.appoint(convocation=term, kind="chair", person=first.person, on=FIRST)

    services.appoint(convocation=term, kind="chair", person=second.person, on=DAY)

    assert term.posts.on(DAY).get().person == second.person
    assert term.posts.on(DAY - dt.timedelta(days=1)).get().person == first.person
    with refuses("councils_councilpost_one_holder_a_day"):
        services.appoint(convocation=term, kind="chair", person=first.person, on=DAY)


def test_the_chair_is_a_deputy(term):
    with refuses("councils_post_is_deputy"):
        services.appoint(convocation=term, kind="chair", person=person(), on=DAY)


def test_somebody_elses_change_is_noticed(term):
    mandate = term.mandates.first()

    with refuses("stale", Stale):
        services.end_mandate(
            mandate=mandate, on=DAY, reason=EndReason.objects.get(code="death"), expected_version=9
        )


# --- dissolution -----------------------------------------------------------------------------------------------


def decree(day=dt.date(2024, 9, 6)):
    return LegalActFactory(kind=LegalAct.Kind.DECREE, number="256", adopted_on=day)


def test_a_decree_dissolves_all_councils_at_once(term, django_assert_max_num_queries):
    others = [convocation(aimak(district()), deputies=3, women=2) for _number in range(3)]
    services.plan_session(convocation=others[0], held_on=dt.date(2024, 10, 1))
    on = dt.date(2024, 9, 7)
    act = decree()
    foreseen = services.preview_dissolution(on=on)

    with django_assert_max_num_queries(20):
        ended = services.dissolve(act=act, on=on, reason="Шайлоо дайындалды")

    assert ended == foreseen.convocations == 4
    assert (foreseen.mandates, foreseen.women, foreseen.planned_sessions) == (18, 6, 1)
    assert foreseen.blocked == []
    assert not Mandate.objects.on(on).exists()
    assert set(Mandate.objects.values_list("end_reason__code", "end_act")) == {("dissolution", act.pk)}
    assert set(Convocation.objects.values_list("dissolved_by", "dissolution_reason")) == {
        (act.pk, "Шайлоо дайындалды")
    }
    assert Session.objects.get().status == "cancelled"


def test_one_council_is_dissolved_alone(term):
    other = convocation(aimak(district()), deputies=3)

    assert services.dissolve(act=decree(), on=dt.date(2024, 9, 7), reason="x", convocation_ids=[term.pk]) == 1

    assert Mandate.objects.on(dt.date(2024, 9, 7)).filter(convocation=other).count() == 3


def test_a_dissolution_needs_a_reason_an_act_of_before_and_sitting_councils(term):
    on = dt.date(2024, 9, 7)

    with refuses("councils_convocation_dissolution_has_reason"):
        services.dissolve(act=decree(), on=on, reason=" ")
    with refuses("act_later"):
        services.dissolve(act=LegalActFactory(adopted_on=dt.date(2025, 1, 1)), on=on, reason="x")
    with refuses("not_sitting", StateConflict):
        services.dissolve(act=LegalActFactory(), on=on, reason="x", convocation_ids=[uuid.uuid4()])
    held_session(term, dt.date(2024, 9, 8))
    with refuses("later_records", StateConflict):
        services.dissolve(act=LegalActFactory(), on=on, reason="x")
    assert [one.code for one in services.preview_dissolution(on=on).blocked] == ["later_records"]


# --- sessions --------------------------------------------------------------------------------------------------


def test_sessions_are_numbered_and_held(term):
    first = services.plan_session(convocation=term, held_on=DAY)
    second = services.plan_session(convocation=term, held_on=LATER)

    services.hold_session(session=first, today=DAY)

    first.refresh_from_db()
    assert (first.number, second.number, first.status, first.version) == (1, 2, "held", 2)
    with refuses("not_planned", StateConflict):
        services.change_session(session=first, place="Зал")
    with refuses("not_planned", StateConflict):
        services.hold_session(session=first)
    with refuses("not_planned", StateConflict):
        services.cancel_session(session=first)
    with refuses("not_yet", StateConflict):
        services.hold_session(session=second, today=DAY)


def test_a_planned_session_is_changed(term):
    row = services.plan_session(convocation=term, held_on=DAY)

    services.change_session(session=row, held_on=LATER, place="Зал", expected_version=1)

    row.refresh_from_db()
    assert (row.held_on, row.place, row.version) == (LATER, "Зал", 2)
    with refuses("councils_session_within_term"):
        services.change_session(session=row, held_on=dt.date(2019, 1, 1))


def test_a_session_outside_the_term_is_refused(term):
    with refuses("councils_session_within_term"):
        services.plan_session(convocation=term, held_on=dt.date(2019, 1, 1))
    with refuses("councils_session_number_once"):
        services.plan_session(convocation=term, held_on=DAY, number=1)
        services.plan_session(convocation=term, held_on=DAY, number=1)


def test_a_third_may_ask_for_a_session(term):
    asked = {"convocation": term, "held_on": DAY, "kind": "extraordinary"}

    with refuses("councils_initiative"):
        services.plan_session(**asked, initiators=2)
    assert services.plan_session(**asked, initiators=3).initiators == 3
    assert services.plan_session(**asked).initiators is None


def test_the_sheet_lists_who_is_in_office_that_day(term):
    late = deputy(term, on=LATER)
    session = services.plan_session(convocation=term, held_on=DAY)

    assert late not in services.sheet(session=session)
    assert len(services.sheet(session=session)) == 9


def test_attendance_is_written_and_corrected(term):
    session = services.plan_session(convocation=term, held_on=DAY)
    first, second, *_others = term.mandates.all()
    head = person("Айыл башчы")

    services.record_attendance(
        session=session,
        states={first.pk: "present", second.pk: ("excused", "ооруп")},
        advisory=[(head.pk, "village_head")],
    )
    services.record_attendance(session=session, states={first.pk: "unexcused"})

    assert dict(Attendance.objects.values_list("mandate", "state")) == {
        first.pk: "unexcused",
        second.pk: "excused",
    }
    assert Attendance.objects.get(mandate=second).note == "ооруп"
    assert AdvisoryAttendance.objects.present().get().person == head
    totals = services.attendance_totals(session)
    assert totals == {"present": 0, "excused": 1, "unexcused": 1, "of_all": 9, "quorum": False}


def test_a_stranger_is_not_on_the_sheet(term, session):
    stranger = deputy(convocation(aimak(district())))

    with refuses("councils_attendance_in_force"):
        services.record_attendance(session=session, states={stranger.pk: "present"})
    with refuses("councils_attendance_state"):
        services.record_attendance(session=session, states={term.mandates.first().pk: "late"})


def test_an_attendee_without_a_vote_is_taken_off_and_put_on_again(session):
    head = person("Айыл башчы")
    services.record_attendance(session=session, states={}, advisory=[(head.pk, "village_head")])
    services.remove_advisory(attendance=AdvisoryAttendance.objects.get(), at=timezone.now())

    assert not AdvisoryAttendance.objects.present().exists()

    services.record_attendance(session=session, states={}, advisory=[(head.pk, "prosecutor")])

    assert AdvisoryAttendance.objects.present().get().capacity == "prosecutor"


def test_the_agenda_is_numbered_and_what_is_in_use_stays(session):
    first = services.add_agenda_item(session=session, title={"ky": "Бюджет", "ru": "Бюджет"})
    second = services.add_agenda_item(session=session, title={"ky": "Жер"})
    row = draft(session)
    services.redraft(resolution=row, agenda_item=first)

    services.remove_agenda_item(item=second, at=timezone.now())

    assert [item.number for item in session.agenda.all()] == [1, 2]
    with refuses("item_in_use", StateConflict):
        services.remove_agenda_item(item=first, at=timezone.now())
    with refuses("required"):
        services.add_agenda_item(session=session, title={"ky": " "})
