"""Courses, career plans, service and the reserve: recorded, and refused where they cannot be."""

import datetime as dt

import pytest

from ayil_okmotu import services
from ayil_okmotu.models import (
    Appointment,
    CareerStep,
    ReserveCandidate,
    ServiceRecord,
    Training,
    TrainingProgramme,
)
from ayil_okmotu.tests.factories import body, ground, person, post
from ayil_okmotu.tests.record_factories import employee, programme, training
from councils.tests.in_sql import change, copy
from councils.tests.refusals import refused, refuses
from registry.errors import Stale, StateConflict
from registry.tests.factories import FIRST, aimak, district

pytestmark = pytest.mark.django_db
ONE_DAY = dt.timedelta(days=1)
FEB_5, FEB_7 = dt.date(2024, 2, 5), dt.date(2024, 2, 7)
MOMENT = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)


@pytest.fixture
def okmotu():
    return body(aimak(district()))


@pytest.fixture
def who():
    return employee()


# --- training ----------------------------------------------------------------------------------------------------


def test_the_programmes_of_2024_stand_with_their_days():
    found = dict(TrainingProgramme.objects.values_list("code", "days"))

    assert (found["municipal_service"], found["budgets"], found["state_land_fund"]) == (2, 3, 3)
    assert sorted(found.values()) == [2] * 5 + [3] * 6 + [5] * 2


def test_a_course_is_recorded_and_taken_back(who):
    row = training(who, certificate="С-12")

    assert (row.hours, row.certificate, row.version) == (24, "С-12", 1)
    row = services.remove_training(training=row, at=MOMENT, expected_version=1)
    assert (row.removed_at, row.version) == (MOMENT, 2)
    with refuses("already_removed", StateConflict):
        services.remove_training(training=row, at=MOMENT)
    with refuses("stale", Stale):
        services.remove_training(training=row, at=MOMENT, expected_version=1)
    training(who)  # once removed it can be recorded again


def test_a_course_is_recorded_once(who):
    training(who)

    with refuses("ayil_okmotu_training_once"):
        training(who, ended=dt.date(2024, 2, 8))


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ({"began": FEB_7, "ended": FEB_5}, "ayil_okmotu_training_days"),
        ({"hours": 0}, "ayil_okmotu_training_hours"),
        ({"hours": 2001}, "ayil_okmotu_training_hours"),
        ({"hours": 73}, "ayil_okmotu_training_hours_a_day"),
        ({"began": FIRST - ONE_DAY, "ended": FIRST}, "ayil_okmotu_training_within_appointment"),
        ({"certificate": "№" * 61}, "too_long"),
    ],
)
def test_a_course_that_cannot_have_been_is_refused(who, days, code):
    with refuses(code):
        training(who, **days)
    assert not Training.objects.exists()


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"ended_on": FEB_5 - ONE_DAY}, "ayil_okmotu_training_days"),
        ({"hours": 0}, "ayil_okmotu_training_hours"),
        ({"hours": 73}, "ayil_okmotu_training_hours_a_day"),
        ({"began_on": FIRST - ONE_DAY, "ended_on": FIRST}, "ayil_okmotu_training_within_appointment"),
    ],
)
def test_the_database_refuses_it_too(who, values, broken):
    row = training(who)

    with refused(broken):
        change(row, **values)
    with refused(broken):
        copy(row, **({"began_on": FEB_5 + ONE_DAY} | values))


def test_72_hours_fit_into_three_days(who):
    assert training(who, hours=72).hours == 72


def test_nobody_leaves_before_a_course_they_attended_in_the_post(who):
    row = training(who)

    with refuses("ayil_okmotu_training_within_appointment"):
        services.end_appointment(appointment=who, on=FEB_7, ground=ground(), order_number="2")
    with refused("ayil_okmotu_training_within_appointment"):
        change(who, valid=f"[{FIRST},{FEB_7})", end_ground_id=ground().pk)
    services.remove_training(training=row, at=MOMENT)
    services.end_appointment(appointment=who, on=FEB_7, ground=ground(), order_number="2")


def test_a_course_goes_on_where_the_appointment_is_continued(who):
    services.change_post(post=who.post, employment="contract", on=FEB_7, order_number="3")
    who.refresh_from_db()
    assert who.valid.upper == FEB_7
    assert Appointment.objects.get(former=who).valid.lower == FEB_7

    training(who)

    after = Appointment.objects.get(former=who)
    with refuses("ayil_okmotu_training_within_appointment"):
        training(after)  # it began before that one did


# --- career ------------------------------------------------------------------------------------------------------


def test_a_step_is_planned_changed_and_reached(who):
    step = services.plan_step(appointment=who, by_year=2026, goal_kind="department_head", note="Тажрыйба")

    step = services.change_step(step=step, programme=programme(), note="", expected_version=1)
    assert (step.goal_kind, step.programme, step.note, step.version) == (
        "department_head",
        programme(),
        "",
        2,
    )
    step = services.change_step(step=step, goal_kind="", status="reached")
    assert (step.goal_kind, step.programme, step.status) == ("", programme(), "reached")
    with refuses("not_planned", StateConflict):
        services.change_step(step=step, status="dropped")
    with refuses("stale", Stale):
        services.change_step(step=step, note="x", expected_version=1)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"goal_kind": ""}, "ayil_okmotu_careerstep_goal"),
        ({"by_year": 1990}, "ayil_okmotu_careerstep_year"),
        ({"by_year": 99999}, "ayil_okmotu_careerstep_year"),
        ({"goal_kind": "king"}, "not_a_choice"),
        ({"note": "a" * 501}, "too_long"),
    ],
)
def test_a_step_names_a_goal_and_a_year(who, values, code):
    given = {"by_year": 2026, "goal_kind": "deputy"}

    with refuses(code):
        services.plan_step(appointment=who, **{**given, **values})
    step = services.plan_step(appointment=who, **given)
    with refuses(code):
        services.change_step(step=step, **values)
    assert CareerStep.objects.get().version == 1


def test_a_goal_cannot_be_taken_away_from_a_step(who):
    step = services.plan_step(appointment=who, by_year=2026, programme=programme())

    with refuses("ayil_okmotu_careerstep_goal"):
        services.change_step(step=step, programme=None)
    with refused("ayil_okmotu_careerstep_goal"):
        change(step, programme_id=None)
    with refused("ayil_okmotu_careerstep_status"):
        change(step, status="x")
    with refuses("ayil_okmotu_careerstep_status"):
        services.change_step(step=step, status="x")


# --- service -----------------------------------------------------------------------------------------------------

YEARS = {"total_years": 12, "leading_years": 7, "higher_education": True, "state_language": True}


def test_service_is_recorded_as_of_a_day_and_corrected():
    who = person()

    services.record_service(person=who, on=FIRST, **YEARS)
    services.record_service(person=who, on=FIRST, **{**YEARS, "total_years": 13}, elsewhere_years=2)

    row = ServiceRecord.objects.get()
    assert (row.total_years, row.leading_years, row.elsewhere_years) == (13, 7, 2)


@pytest.mark.parametrize(
    "values",
    [
        {"leading_years": 13},
        {"total_years": 71},
        {"leading_years": -1},
        {"elsewhere_years": 71},
        {"elsewhere_years": -1},
    ],
)
def test_years_that_cannot_be_are_refused(values):
    with refuses("ayil_okmotu_servicerecord_years"):
        services.record_service(person=person(), on=FIRST, **{**YEARS, **values})


def test_the_database_refuses_those_years_too():
    row = services.record_service(person=person(), on=FIRST, **YEARS)

    with refused("ayil_okmotu_servicerecord_years"):
        change(row, leading_years=13)
    with refused("ayil_okmotu_servicerecord_years"):
        change(row, elsewhere_years=71)
    with refused("ayil_okmotu_servicerecord_once"):
        copy(row)


# --- reserve -----------------------------------------------------------------------------------------------------


def test_three_stand_in_reserve_for_a_post_and_no_fourth(okmotu):
    wanted = post(okmotu, "deputy")
    for place in (1, 2, 3):
        services.reserve(post=wanted, person=person(f"Талапкер {place}"), place=place, on=FIRST)

    with refuses("ayil_okmotu_reservecandidate_one_a_place"):
        services.reserve(post=wanted, person=person(), place=3, on=FEB_5)
    with refuses("ayil_okmotu_reservecandidate_place"):
        services.reserve(post=wanted, person=person(), place=4, on=FIRST)
    with refused("ayil_okmotu_reservecandidate_place"):
        copy(ReserveCandidate.objects.first(), place=4, person_id=person().pk)
    with refused("ayil_okmotu_reservecandidate_place"):
        copy(ReserveCandidate.objects.first(), place=0, person_id=person().pk)


def test_a_place_is_free_again_once_its_candidate_is_taken_off(okmotu):
    wanted = post(okmotu, "deputy")
    row = services.reserve(post=wanted, person=person(), place=1, on=FIRST)

    with refuses("ayil_okmotu_reservecandidate_valid_not_empty"):
        services.end_reserve(candidate=row, on=FIRST)
    row = services.end_reserve(candidate=row, on=FEB_5, expected_version=1)
    with refuses("already_ended", StateConflict):
        services.end_reserve(candidate=row, on=FEB_7)

    services.reserve(post=wanted, person=person(), place=1, on=FEB_5)
    assert list(ReserveCandidate.objects.on(FEB_5 - ONE_DAY)) == [row]


def test_nobody_stands_in_reserve_twice_for_a_post(okmotu):
    wanted, who = post(okmotu, "deputy"), person()
    services.reserve(post=wanted, person=who, place=1, on=FIRST)

    with refuses("ayil_okmotu_reservecandidate_once_a_post"):
        services.reserve(post=wanted, person=who, place=2, on=FEB_5)
    services.reserve(post=post(okmotu, "chief_of_staff"), person=who, place=1, on=FEB_5)


def test_nobody_stands_in_reserve_for_a_post_that_does_not_exist_yet(okmotu):
    wanted = post(okmotu, "deputy", on=FEB_5)

    with refuses("ayil_okmotu_reserve_within_post"):
        services.reserve(post=wanted, person=person(), place=1, on=FEB_5 - ONE_DAY)
    row = services.reserve(post=wanted, person=person(), place=1, on=FEB_5)
    with refused("ayil_okmotu_reserve_within_post"):
        change(row, valid=f"[{FIRST},)")
