"""Discipline: an explanation and a finding first, one measure for a breach, within six months, no promotion meanwhile."""

import datetime as dt

import pytest

from ayil_okmotu import services
from ayil_okmotu.models import Appointment, DisciplinaryMeasure, Violation
from ayil_okmotu.tests.factories import appointment, body, ground, post
from ayil_okmotu.tests.record_factories import (
    DISCOVERED,
    IMPOSED,
    UNTIL,
    employee,
    examined,
    measure,
    violation,
)
from councils.tests.in_sql import change, run
from councils.tests.refusals import refused, refuses
from registry.errors import Stale, StateConflict
from registry.tests.factories import FIRST, aimak, district

pytestmark = pytest.mark.django_db
ONE_DAY = dt.timedelta(days=1)
LAST_DAY = dt.date(2024, 9, 1)


@pytest.fixture
def okmotu():
    return body(aimak(district()))


@pytest.fixture
def who(okmotu):
    return appointment(post(okmotu))


def insert(breach, *, on=IMPOSED, until=UNTIL, kind="reprimand"):
    """Impose a measure in SQL alone."""
    run(
        "INSERT INTO ayil_okmotu_disciplinarymeasure (id, provenance, source, recorded_at, violation_id, kind,"
        " in_force, order_number, lifted_early, version)"
        " VALUES (gen_random_uuid(), 'documented', '', now(), %s, %s, daterange(%s, %s), '7', '', 1)",
        breach.pk, kind, on, until,
    )  # fmt: skip


# --- the steps ---------------------------------------------------------------------------------------------------


def test_a_measure_follows_the_explanation_and_the_finding(who):
    row = measure(who)

    assert (row.kind, row.in_force.lower, row.in_force.upper) == ("reprimand", IMPOSED, UNTIL)
    assert row.violation.version == 3  # reported, explained, examined


@pytest.mark.parametrize(
    "taken", [{"explanation_on": None}, {"finding_on": None}, {"finding_on": IMPOSED + ONE_DAY}]
)
def test_no_measure_before_the_explanation_and_the_finding(who, taken):
    breach = examined(who)
    Violation.objects.filter(pk=breach.pk).update(**taken)

    with refuses("ayil_okmotu_measure_order"):
        services.impose(violation=breach, kind="remark", on=IMPOSED, order_number="7")
    with refused("ayil_okmotu_measure_order"):
        insert(breach)


def test_what_comes_before_the_discovery_is_refused(who):
    breach = violation(who)

    with refuses("ayil_okmotu_violation_days"):
        services.record_explanation(violation=breach, on=DISCOVERED - ONE_DAY)
    with refuses("ayil_okmotu_violation_days"):
        services.record_finding(violation=breach, on=DISCOVERED - ONE_DAY, finding="Аныкталды")
    with refused("ayil_okmotu_violation_days"):
        change(breach, finding_on=DISCOVERED - ONE_DAY)
    with refuses("required"):
        services.record_finding(violation=breach, on=DISCOVERED, finding=" \n ")
    with refuses("required"):
        violation(who, description="\u200b")
    with refuses("too_long"):
        violation(who, description="а\n" * 2001)


def test_a_breach_keeps_its_paragraphs(who):
    assert violation(who, description="Биринчи\r\n\r\nЭкинчи\x00").description == "Биринчи\n\nЭкинчи"


def test_somebody_elses_change_is_not_overwritten(who):
    breach = violation(who)
    services.record_explanation(violation=breach, on=DISCOVERED, expected_version=1)

    with refuses("stale", Stale):
        services.record_finding(violation=breach, on=DISCOVERED, finding="Аныкталды", expected_version=1)
    with refuses("stale", Stale):
        services.impose(violation=breach, kind="remark", on=IMPOSED, order_number="7", expected_version=1)


# --- one for each, within six months -----------------------------------------------------------------------------


def test_a_second_measure_for_one_breach_is_refused(who):
    row = measure(who)

    with refuses("ayil_okmotu_disciplinarymeasure_violation_id_key"):
        services.impose(violation=row.violation, kind="remark", on=UNTIL, order_number="8")
    with refused("ayil_okmotu_disciplinarymeasure_violation_id_key"):
        insert(row.violation, on=UNTIL - ONE_DAY * 60, until=None)
    assert DisciplinaryMeasure.objects.count() == 1


def test_the_last_day_is_six_months_after_the_discovery(who):
    assert services.last_day_to_impose(DISCOVERED) == LAST_DAY
    breach = examined(who)

    with refuses("ayil_okmotu_measure_six_months"):
        services.impose(violation=breach, kind="remark", on=LAST_DAY + ONE_DAY, order_number="7")
    with refused("ayil_okmotu_measure_six_months"):
        insert(breach, on=LAST_DAY + ONE_DAY, until=None)
    services.impose(violation=breach, kind="remark", on=LAST_DAY, order_number="7")


@pytest.mark.parametrize("discovered", [dt.date(2024, 8, 31), dt.date(2023, 8, 29), dt.date(2024, 12, 31)])
def test_the_database_counts_six_months_as_we_do(who, discovered):
    breach = examined(who, on=discovered)
    last = services.last_day_to_impose(discovered)

    with refused("ayil_okmotu_measure_six_months"):
        insert(breach, on=last + ONE_DAY, until=None)
    insert(breach, on=last, until=None)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"kind": "fine"}, "ayil_okmotu_disciplinarymeasure_kind"),
        ({"until": IMPOSED}, "ayil_okmotu_disciplinarymeasure_in_force"),
        ({"order_number": " "}, "ayil_okmotu_disciplinarymeasure_order"),
        ({"order_number": "7" * 41}, "too_long"),
    ],
)
def test_a_measure_has_a_kind_a_period_and_an_order(who, given, code):
    with refuses(code):
        measure(who, **given)


# --- within the appointment --------------------------------------------------------------------------------------


def test_a_breach_is_discovered_while_the_post_is_held(who):
    with refuses("ayil_okmotu_violation_within_appointment"):
        violation(who, on=FIRST - ONE_DAY)
    with refused("ayil_okmotu_violation_within_appointment"):
        change(violation(who), discovered_on=FIRST - ONE_DAY)


def test_a_measure_is_imposed_while_the_post_is_held(okmotu):
    who = appointment(post(okmotu), until=IMPOSED)
    breach = examined(who)

    with refuses("ayil_okmotu_measure_within_appointment"):
        services.impose(violation=breach, kind="reprimand", on=IMPOSED, order_number="7")
    with refused("ayil_okmotu_measure_within_appointment"):
        insert(breach)
    services.impose(violation=breach, kind="dismissal", on=IMPOSED, order_number="7")  # with which it ends


def test_nobody_leaves_before_the_day_of_their_measure(who):
    measure(who)

    with refused("ayil_okmotu_measure_within_appointment"):
        change(who, valid=f"[{FIRST},{IMPOSED})", end_ground_id=ground().pk)
    with refuses("ayil_okmotu_measure_within_appointment"):
        services.end_appointment(appointment=who, on=IMPOSED, ground=ground(), order_number="2")
    services.end_appointment(appointment=who, on=IMPOSED + ONE_DAY, ground=ground(), order_number="2")


def test_a_breach_before_a_reform_is_punished_after_it(who):
    breach = examined(who)
    services.change_post(post=who.post, employment="contract", on=IMPOSED, order_number="3")

    services.impose(violation=breach, kind="reprimand", on=IMPOSED, order_number="7")

    with refused("ayil_okmotu_measure_within_appointment"):
        change(Appointment.objects.get(former=who), former_id=None)


# --- frozen ------------------------------------------------------------------------------------------------------


def test_what_a_measure_rests_on_does_not_change(who):
    breach = measure(who).violation

    with refuses("ayil_okmotu_violation_frozen"):
        services.record_explanation(violation=breach, on=IMPOSED)
    with refuses("ayil_okmotu_violation_frozen"):
        services.record_finding(violation=breach, on=IMPOSED, finding="Башка")
    for name, value in (("explanation_on", None), ("finding_on", IMPOSED), ("description", "Башка")):
        with refused("ayil_okmotu_violation_frozen"):
            change(breach, **{name: value})


def test_a_measure_is_lifted_early_with_a_reason(who):
    row = measure(who)
    early = dt.date(2024, 6, 1)

    with refuses("required"):
        services.lift(measure=row, on=early, reason="")
    with refuses("ayil_okmotu_disciplinarymeasure_in_force"):
        services.lift(measure=row, on=IMPOSED, reason="Жакшы иштеди")
    row = services.lift(measure=row, on=early, reason="Жакшы иштеди", expected_version=1)
    assert (row.in_force.upper, row.lifted_early, row.version) == (early, "Жакшы иштеди", 2)
    with refuses("already_ended", StateConflict):
        services.lift(measure=row, on=early, reason="Дагы")


def test_a_measure_does_not_grow_and_stays_what_it_is(who):
    row = measure(who)

    for values in (
        {"in_force": f"[{IMPOSED},{UNTIL + ONE_DAY})"},
        {"in_force": f"[{IMPOSED},)"},
        {"in_force": f"[{IMPOSED + ONE_DAY},{UNTIL})"},
        {"in_force": f"[{IMPOSED},{UNTIL - ONE_DAY})"},  # without a reason
        {"kind": "remark"},
        {"violation_id": examined(who).pk},
    ):
        with refused("ayil_okmotu_measure_frozen"):
            change(row, **values)


# --- no promotion ------------------------------------------------------------------------------------------------


def deputy(okmotu, who, on):
    """The person of an appointment as deputy head, after leaving the post they held."""
    services.end_appointment(appointment=who, on=on, ground=ground("other_post"), order_number="4")
    return appointment(post(okmotu, "deputy"), who.person, on=on)


def test_nobody_is_promoted_while_a_measure_is_in_force(okmotu, who):
    measure(who)

    with refuses("ayil_okmotu_appointment_promotion"):
        deputy(okmotu, who, UNTIL - ONE_DAY)
    who.refresh_from_db()


def test_a_promotion_may_follow_its_end(okmotu, who):
    measure(who)

    assert deputy(okmotu, who, UNTIL).valid.lower == UNTIL


def test_a_promotion_may_follow_its_lifting(okmotu, who):
    services.lift(measure=measure(who), on=dt.date(2024, 6, 1), reason="Жакшы иштеди")

    assert deputy(okmotu, who, dt.date(2024, 6, 1))


def test_no_measure_is_recorded_over_a_promotion(okmotu, who):
    breach = examined(who)
    services.end_appointment(
        appointment=who, on=IMPOSED + ONE_DAY, ground=ground("other_post"), order_number="4"
    )
    appointment(post(okmotu, "deputy"), who.person, on=IMPOSED + ONE_DAY)

    with refuses("ayil_okmotu_appointment_promotion"):
        services.impose(violation=breach, kind="reprimand", on=IMPOSED, until=UNTIL, order_number="7")
    with refused("ayil_okmotu_appointment_promotion"):
        insert(breach)


def test_a_post_of_the_same_height_is_no_promotion(okmotu, who):
    measure(who)
    services.end_appointment(
        appointment=who, on=UNTIL - ONE_DAY, ground=ground("other_post"), order_number="4"
    )

    assert appointment(post(okmotu, "social_specialist"), who.person, on=UNTIL - ONE_DAY)


def test_another_person_is_promoted_meanwhile(okmotu, who):
    measure(who)
    other = employee()

    assert deputy(okmotu, other, UNTIL - ONE_DAY)
