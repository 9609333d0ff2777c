"""What the database itself refuses of executive bodies, in plain SQL, without any of our Python."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from ayil_okmotu import services
from ayil_okmotu.models import (
    Appointment,
    DisciplinaryMeasure,
    EndGround,
    ExecutiveBody,
    Post,
    QualificationRule,
    Violation,
)
from ayil_okmotu.tests.factories import (
    FIRST,
    acting_head,
    appointment,
    body,
    ground,
    head,
    head_post,
    person,
    post,
)
from councils.services import cancel
from councils.tests.factories import convocation, held_session, published, registered
from councils.tests.in_sql import change, copy, run
from councils.tests.refusals import refused, refuses
from councils.tests.test_ledger import spec_of
from lsg_portal.data import actor
from registry.models import Unit
from registry.services import UnitSpec, annul_change, record_change
from registry.tests.factories import VersionFactory, aimak, city, district, place

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 5, 10)
LATER = dt.date(2023, 6, 10)
ONE_DAY = dt.timedelta(days=1)
SHORT = "[2020-01-01,2022-01-01)"


@pytest.fixture
def okmotu():
    return body(aimak(district(), villages=("Ак-Суу",)))


@pytest.fixture
def chief(okmotu):
    return head(okmotu)


# --- bodies -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["city_republican", "city_oblast", "city_district_level"])
def test_a_city_has_a_mayors_office(okmotu, kind):
    parent = {"city_republican": None, "city_oblast": "oblast", "city_district_level": "district"}[kind]
    unit = city(
        VersionFactory(kind="oblast").unit if parent == "oblast" else parent and district(), kind=kind
    )
    with refused("ayil_okmotu_body_kind_fits"):
        copy(okmotu, unit_id=unit.pk)
    copy(okmotu, unit_id=unit.pk, kind="mayors_office")


def test_an_ayil_aimak_has_an_ayil_okmotu_and_a_district_none(okmotu):
    with refused("ayil_okmotu_body_kind_fits"):
        change(okmotu, kind="mayors_office")
    with refused("ayil_okmotu_body_kind_fits"):
        copy(okmotu, unit_id=district().pk)


def test_a_body_does_not_outlive_its_municipality(okmotu):
    with refused("ayil_okmotu_body_within_unit"):
        change(okmotu, valid="[2019-01-01,)")
    gone = aimak(district(), valid=(FIRST, DAY))
    with refused("ayil_okmotu_body_within_unit"):
        copy(okmotu, unit_id=gone.pk)
    copy(okmotu, unit_id=gone.pk, valid=f"[{FIRST},{DAY})")


def test_a_municipality_has_one_body_a_day(okmotu):
    with refused("ayil_okmotu_executivebody_one_a_day"):
        copy(okmotu)


# --- posts ------------------------------------------------------------------------------------------------------


def test_a_post_lies_within_its_body(okmotu):
    post(okmotu)
    with refused("ayil_okmotu_post_within_body"):
        change(okmotu, valid=SHORT)
    clerk = post(body(aimak(district()), on=DAY), on=DAY)
    with refused("ayil_okmotu_post_within_body"):
        change(clerk, valid=f"[{FIRST},)")


def test_the_post_of_a_village_head_lies_in_the_village(okmotu):
    village = okmotu.unit.assignments.get().settlement
    office = post(okmotu, "village_head", settlement=village)
    with refused("ayil_okmotu_post_village"):
        change(office, settlement_id=None)
    with refused("ayil_okmotu_post_village"):
        change(office, kind="specialist")
    with refused("ayil_okmotu_post_village_belongs"):
        change(office, settlement_id=place(okmotu.unit, "Контур", kind="land_parcel").pk)
    with refused("ayil_okmotu_post_village_belongs"):
        change(office, settlement_id=place(aimak(district()), "Кара-Суу").pk)
    late = place(okmotu.unit, "Жаңы", valid=(DAY, None))
    with refused("ayil_okmotu_post_village_belongs"):
        change(office, settlement_id=late.pk)
    change(office, settlement_id=late.pk, valid=f"[{DAY},)")


def test_a_post_continues_one_that_ends_when_it_begins(okmotu):
    old, deputy = post(okmotu), post(okmotu, "deputy")
    services.close_post(post=old, on=DAY)
    with refused("ayil_okmotu_post_former_fits"):
        copy(old, former_id=old.pk, valid=f"[{LATER},)")
    with refused("ayil_okmotu_post_former_fits"):
        copy(deputy, former_id=old.pk, valid=f"[{DAY},)")
    copy(old, former_id=old.pk, valid=f"[{DAY},)")
    with refused("ayil_okmotu_post_former_fits"):
        change(old, valid=f"[{FIRST},{LATER})")


# --- appointments -----------------------------------------------------------------------------------------------


def test_an_appointment_lies_within_its_post(okmotu, chief):
    with refused("ayil_okmotu_appointment_within_post"):
        change(chief.post, valid=SHORT)
    late = post(okmotu, on=DAY)
    with refused("ayil_okmotu_appointment_within_post"):
        copy(chief, post_id=late.pk, person_id=person().pk, term_years=None)
    with refused("ayil_okmotu_appointment_within_post"):
        change(chief.post, voided_by_id=annulled().pk)


def annulled():
    """An annulment, of whatever change."""
    unit = Unit.objects.create()
    line = UnitSpec(unit.pk, "begins", kind="ayil_aimak", name_ky="А", name_ru="А", parent_id=district().pk)
    found = record_change(spec_of("create", [line], [], on=DAY))
    return annul_change(change=found, reason="ката", by="test", at=timezone.now())


def test_an_appointment_lasts_no_longer_than_its_term(chief):
    reason = ground("term_ended").pk
    with refused("ayil_okmotu_appointment_within_term"):
        change(chief, valid=f"[{FIRST},2025-01-02)", end_ground_id=reason)
    change(chief, valid=f"[{FIRST},2025-01-01)", end_ground_id=reason)
    with refused("ayil_okmotu_appointment_within_term"):
        change(chief, term_years=4)
    with refused("ayil_okmotu_appointment_term"):
        change(chief, term_years=11)


def test_the_term_of_an_appointment_that_continues_another_runs_from_the_first(okmotu):
    desk = post(okmotu)
    old = appointment(desk, term_years=3)
    services.end_appointment(appointment=old, on=DAY - dt.timedelta(days=365), ground=ground("post_changed"))
    old.refresh_from_db()
    begins = old.valid.upper
    with refused("ayil_okmotu_appointment_within_term"):
        copy(old, former_id=old.pk, valid=f"[{begins},2023-01-02)")
    copy(old, former_id=old.pk, valid=f"[{begins},2023-01-01)")


def test_an_appointment_continues_one_of_the_same_person(chief):
    services.end_appointment(appointment=chief, on=DAY, ground=ground("post_changed"))
    more = {"former_id": chief.pk, "end_ground_id": None, "valid": f"[{DAY},)"}
    with refused("ayil_okmotu_appointment_former_fits"):
        copy(chief, **more, person_id=person().pk)
    with refused("ayil_okmotu_appointment_former_fits"):
        copy(chief, **more, acting=True)
    with refused("ayil_okmotu_appointment_former_fits"):
        copy(chief, **{**more, "valid": f"[{LATER},)"})
    copy(chief, **more)
    with refused("ayil_okmotu_appointment_former_fits"):
        change(chief, valid=f"[{FIRST},{DAY - ONE_DAY})")
    with refused("ayil_okmotu_appointment_continued_once"):
        copy(chief, **more, post_id=post(body(aimak(district()))).pk, concurrent_reason="эки")


def test_an_end_and_its_ground_go_together(chief):
    with refused("ayil_okmotu_appointment_end_has_ground"):
        change(chief, valid=SHORT)
    with refused("ayil_okmotu_appointment_end_has_ground"):
        change(chief, end_ground_id=ground().pk)


def test_a_post_has_one_holder_and_one_who_acts_a_day(okmotu, chief):
    with refused("ayil_okmotu_appointment_one_holder_a_day"):
        copy(chief, person_id=person().pk)
    copy(chief, person_id=person().pk, acting=True, term_years=None)
    with refused("ayil_okmotu_appointment_one_acting_a_day"):
        copy(chief, person_id=person().pk, acting=True, term_years=None)


def test_the_later_of_two_posts_at_once_gives_its_reason(okmotu):
    who = person()
    first = appointment(post(okmotu), who)
    other = appointment(post(okmotu), on=DAY, concurrent_reason="жарым ставка")
    change(other, person_id=who.pk)
    with refused("ayil_okmotu_appointment_concurrent"):
        change(other, concurrent_reason="")
    with refused("ayil_okmotu_appointment_concurrent"):
        change(first, valid=f"[{LATER},)")  # now it is the later one, without a reason
    with refused("ayil_okmotu_appointment_concurrent"):
        copy(other, post_id=post(okmotu).pk, valid=f"[{LATER},)", concurrent_reason="")


def test_of_two_that_begin_together_one_gives_the_reason(okmotu):
    who = person()
    first = appointment(post(okmotu), who)
    desk = post(okmotu)
    with refused("ayil_okmotu_appointment_concurrent"):
        copy(first, post_id=desk.pk)
    change(first, concurrent_reason="жарым ставка")
    copy(first, post_id=desk.pk, concurrent_reason="")


def test_only_heads_are_removed_on_the_grounds_of_the_law(okmotu):
    clerk = appointment(post(okmotu))
    removal = ground("breach_of_law").pk
    with refused("ayil_okmotu_appointment_removal"):
        change(clerk, valid=SHORT, end_ground_id=removal)
    chief = head(okmotu)
    change(chief, valid=SHORT, end_ground_id=removal)
    with refused("ayil_okmotu_appointment_removal"):
        change(chief.post, kind="deputy")
    change(clerk, valid=SHORT, end_ground_id=ground("dismissal").pk)
    with refused("ayil_okmotu_appointment_removal"):
        change(ground("dismissal"), kind="removal")
    with refused("ayil_okmotu_endground_resolution"):
        change(ground("dismissal"), needs_resolution=True)


# --- no confidence ----------------------------------------------------------------------------------------------


def no_confidence(unit, day=DAY, *, by="two_thirds_of_all", deputies=9):
    """A published resolution of the council of a municipality."""
    return published(held_session(convocation(unit, deputies=deputies), day), by=by)


def end_by(chief, resolution, on=LATER, code="no_confidence"):
    change(
        chief,
        valid=f"[{chief.valid.lower},{on})",
        end_ground_id=ground(code).pk,
        end_resolution_id=resolution and resolution.pk,
    )


def test_no_confidence_rests_on_a_published_resolution_by_two_thirds_of_all(okmotu, chief):
    with refused("ayil_okmotu_appointment_resolution"):
        end_by(chief, None)
    end_by(chief, no_confidence(okmotu.unit))


def test_a_resolution_by_another_majority_is_none_of_no_confidence(okmotu, chief):
    with refused("ayil_okmotu_appointment_resolution"):
        end_by(chief, no_confidence(okmotu.unit, by="simple"))


def test_a_resolution_that_is_not_published_is_none_of_no_confidence(okmotu, chief):
    session = held_session(convocation(okmotu.unit, deputies=9), DAY)
    with refused("ayil_okmotu_appointment_resolution"):
        end_by(chief, registered(session, by="two_thirds_of_all"))


def test_the_council_is_that_of_the_municipality(okmotu, chief):
    with refused("ayil_okmotu_appointment_resolution"):
        end_by(chief, no_confidence(aimak(district())))


def test_the_resolution_comes_before_the_end_and_after_the_beginning(okmotu):
    chief = head(okmotu, on=dt.date(2021, 1, 1))
    term = convocation(okmotu.unit, deputies=9)
    early = published(held_session(term, dt.date(2020, 12, 1)), "1", by="two_thirds_of_all")
    with refused("ayil_okmotu_appointment_resolution"):
        end_by(chief, early)
    late = published(held_session(term, LATER + ONE_DAY), "2", by="two_thirds_of_all")
    with refused("ayil_okmotu_appointment_resolution"):
        end_by(chief, late)
    same_day = published(held_session(term, LATER), "3", by="two_thirds_of_all")  # published a day later
    with refused("ayil_okmotu_appointment_resolution"):
        end_by(chief, same_day)
    end_by(chief, same_day, on=LATER + ONE_DAY)


def test_no_other_ground_rests_on_a_resolution(okmotu, chief):
    resolution = no_confidence(okmotu.unit)
    with refused("ayil_okmotu_appointment_resolution"):
        end_by(chief, resolution, code="loss_of_trust")
    with refused("ayil_okmotu_appointment_resolution"):
        change(chief, end_resolution_id=resolution.pk)


def test_a_resolution_cancelled_later_still_carried_the_removal(okmotu, chief):
    term = convocation(okmotu.unit, deputies=9)
    carried = published(held_session(term, DAY), "1", by="two_thirds_of_all")
    end_by(chief, carried)
    cancel(resolution=carried, by_resolution=published(held_session(term, dt.date(2023, 9, 1)), "2"))
    change(chief, order_number="7")  # what stands may still be written


def test_no_confidence_in_a_service(okmotu, chief):
    with refuses("ayil_okmotu_appointment_resolution"):
        services.end_appointment(appointment=chief, on=LATER, ground=ground("no_confidence"))
    ended = services.end_appointment(
        appointment=chief, on=LATER, ground=ground("no_confidence"), resolution=no_confidence(okmotu.unit)
    )
    assert ended.end_resolution.rule.code == "two_thirds_of_all"


# --- promotion --------------------------------------------------------------------------------------------------


def measured(held, ends=dt.date(2023, 11, 10)):
    """A reprimand in force from DAY for a breach in a post."""
    violation = Violation.objects.create(
        appointment=held,
        discovered_on=DAY - ONE_DAY,
        description="кечигүү",
        explanation_on=DAY - ONE_DAY,
        finding_on=DAY,
        finding="аныкталды",
    )
    return DisciplinaryMeasure.objects.create(
        violation=violation, kind="reprimand", in_force=DateRange(DAY, ends), order_number="5"
    )


def moves(held, to, on=LATER):
    services.end_appointment(appointment=held, on=on, ground=ground("other_post"))
    return appointment(to, held.person, on=on)


def test_nobody_is_promoted_while_a_measure_is_in_force(okmotu):
    clerk = appointment(post(okmotu))
    measured(clerk)
    with refuses("ayil_okmotu_appointment_promotion"), transaction.atomic():
        moves(clerk, post(okmotu, "department_head"))
    with refuses("ayil_okmotu_appointment_promotion"), transaction.atomic():
        acting_head(okmotu, clerk.person, on=LATER, concurrent_reason="убактылуу")
    clerk.refresh_from_db()
    assert moves(clerk, post(okmotu, "social_specialist")).valid.upper is None


def test_a_gap_between_two_posts_hides_no_promotion(okmotu):
    clerk = appointment(post(okmotu))
    measured(clerk)
    services.end_appointment(appointment=clerk, on=LATER, ground=ground())
    with refuses("ayil_okmotu_appointment_promotion"):
        appointment(post(okmotu, "deputy"), clerk.person, on=LATER + ONE_DAY)
    assert appointment(post(okmotu, "other"), clerk.person, on=LATER + ONE_DAY)


def test_promotion_is_open_again_when_the_measure_has_ended(okmotu):
    clerk = appointment(post(okmotu))
    measured(clerk, ends=LATER)
    assert moves(clerk, post(okmotu, "deputy"), on=LATER)


def test_having_acted_does_not_make_a_promotion_less_of_one(okmotu):
    clerk = appointment(post(okmotu))
    standing_in = acting_head(okmotu, clerk.person, on=DAY - ONE_DAY, concurrent_reason="убактылуу")
    measured(clerk)
    services.end_appointment(appointment=standing_in, on=LATER, ground=ground("replaced"))
    with refuses("ayil_okmotu_appointment_promotion"):
        moves(clerk, head_post(okmotu))


def test_ranks_of_posts():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind FROM unnest(%s::text[]) AS kind ORDER BY ayil_okmotu_rank(kind) DESC, kind",
            [[kind for kind, _label in Post._meta.get_field("kind").choices]],
        )
        assert [row[0] for row in cursor.fetchall()] == [
            "head", "deputy", "public_safety_deputy", "chief_of_staff", "department_head",
            "social_specialist", "specialist", "village_head", "other",
        ]  # fmt: skip


# --- what law says ----------------------------------------------------------------------------------------------


def test_a_kind_of_municipality_has_one_rule_a_day():
    rule = QualificationRule.objects.get(unit_kind="ayil_aimak")
    with refused("ayil_okmotu_qualificationrule_one_a_day"):
        copy(rule)


def test_grounds_are_the_statutes():
    removal = EndGround.objects.filter(kind="removal")
    assert list(removal.values_list("code", "needs_resolution")) == [
        ("breach_of_law", False), ("no_confidence", True), ("against_decisions", False), ("loss_of_trust", False),
    ]  # fmt: skip
    assert set(removal.values_list("article", flat=True)) == {"123/2021: 47, 53"}


# --- two at once ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_appointments_of_one_person_at_the_same_time_see_each_other():
    okmotu = body(aimak(district()))
    who, template = person(), appointment(post(okmotu))
    desks = [post(okmotu), post(okmotu)]
    barrier = threading.Barrier(2, timeout=30)
    outcomes = []

    def appoint(desk):
        try:
            with actor.acting("system:test"), transaction.atomic():
                run("SELECT 1")
                barrier.wait()
                copy(template, post_id=desk.pk, person_id=who.pk)
            outcomes.append("appointed")
        except IntegrityError as error:
            outcomes.append(error.__cause__.diag.constraint_name)
        finally:
            connection.close()

    threads = [threading.Thread(target=appoint, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["appointed", "ayil_okmotu_appointment_concurrent"]
    assert Appointment.objects.filter(person=who).count() == 1
    assert ExecutiveBody.objects.count() == 1
