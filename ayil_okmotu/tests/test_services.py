import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from ayil_okmotu import services
from ayil_okmotu.models import Appointment, BodyContact, ExecutiveBody, Post, ReserveCandidate
from ayil_okmotu.tests.factories import (
    FIRST,
    ONE_DAY,
    acting_head,
    appointment,
    body,
    ground,
    head,
    head_post,
    person,
    post,
)
from councils.tests.refusals import refuses
from registry.errors import Stale, StateConflict
from registry.tests.factories import LegalActFactory, aimak, city, district, oblast, place

pytestmark = pytest.mark.django_db
LATER = dt.date(2022, 3, 1)


@pytest.fixture
def rayon():
    return district()


@pytest.fixture
def okmotu(rayon):
    return body(aimak(rayon, villages=("Ак-Суу",)))


def test_a_body_is_of_the_kind_of_its_municipality(rayon):
    assert body(aimak(rayon)).kind == "ayil_okmotu"
    assert body(city(rayon)).kind == "mayors_office"
    with refuses("ayil_okmotu_body_kind_fits"):
        services.found_body(unit_id=rayon.pk, on=FIRST)
    with refuses("ayil_okmotu_body_kind_fits"):
        services.found_body(unit_id=aimak(rayon).pk, on=FIRST, kind="mayors_office")


def test_a_municipality_has_one_body_a_day(okmotu):
    with refuses("ayil_okmotu_executivebody_one_a_day"):
        services.found_body(unit_id=okmotu.unit_id, on=LATER)


def test_an_address_is_changed_by_who_has_read_it(okmotu):
    row = services.change_body(body=okmotu, address={"ky": "Борбордук көчө 1"}, expected_version=1)
    assert (row.address_ky, row.version) == ("Борбордук көчө 1", 2)
    with refuses("stale", Stale):
        services.change_body(body=okmotu, address={}, expected_version=1)
    with refuses("too_long"):
        services.change_body(body=okmotu, address={"ru": "а" * 301})


def test_contacts_are_written_once_and_then_changed(okmotu):
    services.set_contact(body=okmotu, phone="0312 1", email="a@b.kg", person="Катчы", expected_version=0)
    with refuses("stale", Stale):
        services.set_contact(body=okmotu, phone="0312 2", expected_version=0)
    services.set_contact(body=okmotu, phone="0312 2", expected_version=1)
    assert BodyContact.objects.values_list("phone", "email", "version").get() == ("0312 2", "", 2)
    with refuses("email"):
        services.set_contact(body=okmotu, email="nobody")


def test_a_village_head_has_a_village_of_the_municipality(okmotu, rayon):
    village = okmotu.unit.assignments.get().settlement
    assert post(okmotu, "village_head", settlement=village).settlement == village
    with refuses("ayil_okmotu_post_village"):
        post(okmotu, "village_head")
    with refuses("ayil_okmotu_post_one_village_head_a_day"):
        post(okmotu, "village_head", settlement=village, on=LATER)
    with refuses("ayil_okmotu_post_village_belongs"):
        post(okmotu, "village_head", settlement=place(aimak(rayon), "Кара-Суу"))
    with refuses("ayil_okmotu_post_village_belongs"):
        post(okmotu, "village_head", settlement=place(okmotu.unit, "Контур № 5", kind="land_parcel"))


def test_a_body_has_one_post_of_head(okmotu):
    with refuses("ayil_okmotu_post_one_head_a_day"):
        post(okmotu, "head", on=LATER)


@pytest.mark.parametrize(
    ("kind", "who"),
    [("city_republican", "president"), ("city_oblast", "president"), ("city_district_level", "akim")],
)
def test_the_president_appoints_the_mayors_of_the_largest_cities(kind, who):
    parent = {"city_republican": None, "city_oblast": oblast(), "city_district_level": district()}[kind]
    mayor = head(body(city(parent, kind=kind)))
    assert (mayor.appointed_by, mayor.term_years) == (who, 5)


def test_the_akim_appoints_a_head_and_the_head_everybody_else(okmotu):
    assert head(okmotu).appointed_by == "akim"
    specialist = appointment(post(okmotu))
    assert (specialist.appointed_by, specialist.term_years) == ("head", None)


def test_who_is_acting_leaves_for_who_is_appointed(okmotu):
    standing_in = acting_head(okmotu)
    assert standing_in.term_years is None
    head(okmotu, on=LATER, order_number="17")
    standing_in.refresh_from_db()
    assert (standing_in.valid.upper, standing_in.end_ground.code) == (LATER, "replaced")
    assert (standing_in.end_order_number, standing_in.version) == ("17", 2)


def test_somebody_may_act_beside_the_holder_but_nobody_holds_a_post_twice(okmotu):
    head(okmotu)
    acting_head(okmotu, on=LATER)
    with refuses("ayil_okmotu_appointment_one_holder_a_day"):
        head(okmotu, on=LATER)
    with refuses("ayil_okmotu_appointment_one_acting_a_day"):
        acting_head(okmotu, on=LATER)


def test_an_appointment_rests_on_an_act_of_before(okmotu):
    with refuses("ayil_okmotu_appointment_has_act"):
        services.appoint(post=head_post(okmotu), person=person(), on=FIRST)
    act = LegalActFactory(adopted_on=LATER)
    with refuses("act_later"):
        head(okmotu, act=act, on=LATER - ONE_DAY)
    assert head(okmotu, act=act, on=LATER).appointing_act == act


def test_a_second_post_at_once_needs_its_reason(okmotu):
    who = person()
    appointment(post(okmotu), who)
    with refuses("ayil_okmotu_appointment_concurrent"):
        acting_head(okmotu, who, on=LATER)
    assert acting_head(okmotu, who, on=LATER, concurrent_reason="башчы дайындалганга чейин")


def test_an_appointment_ends_once_and_within_its_term(okmotu):
    chief = head(okmotu)
    with refuses("stale", Stale):
        services.end_appointment(appointment=chief, on=LATER, ground=ground(), expected_version=2)
    with refuses("ayil_okmotu_appointment_valid_not_empty"):
        services.end_appointment(appointment=chief, on=FIRST, ground=ground())
    with refuses("ayil_okmotu_appointment_within_term"):
        services.end_appointment(appointment=chief, on=dt.date(2025, 1, 2), ground=ground("term_ended"))
    with refuses("act_later"):
        services.end_appointment(
            appointment=chief, on=LATER, ground=ground(), act=LegalActFactory(adopted_on=LATER + ONE_DAY)
        )
    ended = services.end_appointment(
        appointment=chief, on=dt.date(2025, 1, 1), ground=ground("term_ended"), order_number="9"
    )
    assert (ended.valid.upper, ended.end_ground.code, ended.version) == (dt.date(2025, 1, 1), "term_ended", 2)
    with refuses("already_ended", StateConflict):
        services.end_appointment(appointment=chief, on=LATER, ground=ground())


def test_an_appointment_of_the_past_is_recorded_with_its_end(okmotu):
    former = head(okmotu, until=LATER)
    assert (former.valid.upper, former.end_ground.code) == (LATER, "term_ended")
    assert head(okmotu, on=LATER).valid.upper is None
    with refuses("ayil_okmotu_appointment_valid_not_empty"):
        appointment(post(okmotu), until=FIRST)


def test_only_a_head_is_removed_on_the_grounds_of_the_law(okmotu):
    clerk = appointment(post(okmotu))
    with refuses("ayil_okmotu_appointment_removal"):
        services.end_appointment(appointment=clerk, on=LATER, ground=ground("loss_of_trust"))
    chief = head(okmotu)
    assert services.end_appointment(appointment=chief, on=LATER, ground=ground("loss_of_trust"))


def test_a_post_is_closed_when_nobody_holds_it(okmotu):
    desk = post(okmotu)
    clerk = appointment(desk)
    with refuses("post_occupied", StateConflict):
        services.close_post(post=desk, on=LATER)
    services.end_appointment(appointment=clerk, on=LATER, ground=ground())
    with refuses("ayil_okmotu_appointment_within_post"):
        services.close_post(post=desk, on=LATER - ONE_DAY)
    with refuses("ayil_okmotu_post_valid_not_empty"):
        services.close_post(post=desk, on=FIRST)
    assert services.close_post(post=desk, on=LATER, expected_version=1).valid.upper == LATER
    with refuses("already_ended", StateConflict):
        services.close_post(post=desk, on=LATER)


def test_a_post_is_renamed_in_its_place(okmotu):
    desk = post(okmotu, name={"ky": "Адис"})
    renamed = services.change_post(post=desk, name={"ky": "Башкы адис", "ru": "Главный специалист"})
    assert (renamed.pk, renamed.name_ru, renamed.version) == (desk.pk, "Главный специалист", 2)


def test_a_change_of_employment_continues_the_post_with_who_holds_it(okmotu):
    desk = post(okmotu, name={"ky": "Адис"})
    clerk = appointment(desk, term_years=3)
    ReserveCandidate.objects.create(
        post=desk, person=person("Талапкер"), place=1, valid=DateRange(FIRST, None)
    )
    new = services.change_post(post=desk, employment="contract", on=LATER, order_number="44")
    assert (new.former_id, new.employment, new.name_ky, new.valid.lower) == (
        desk.pk, "contract", "Адис", LATER,
    )  # fmt: skip
    clerk.refresh_from_db()
    assert (clerk.valid.upper, clerk.end_ground.code, clerk.end_order_number) == (LATER, "post_changed", "44")
    going_on = Appointment.objects.get(former=clerk)
    assert (going_on.post_id, going_on.person_id, going_on.valid.lower) == (new.pk, clerk.person_id, LATER)
    assert new.reserve.get().valid.lower == LATER
    assert Post.objects.get(pk=desk.pk).valid.upper == LATER
    with refuses("ayil_okmotu_appointment_within_term"):  # the term runs from the first of the two
        services.end_appointment(appointment=going_on, on=dt.date(2023, 1, 2), ground=ground("term_ended"))


def test_a_change_of_employment_needs_its_day_and_nothing_later(okmotu):
    desk = post(okmotu)
    with refuses("required"):
        services.change_post(post=desk, employment="contract")
    appointment(desk, on=LATER)
    with refuses("later_records", StateConflict):
        services.change_post(post=desk, employment="contract", on=LATER)


def test_what_no_column_can_hold_is_refused_in_words(okmotu):
    for code, write in (
        ("ayil_okmotu_post_kind", lambda: post(okmotu, "k" * 30)),
        ("ayil_okmotu_post_employment", lambda: post(okmotu, employment="e" * 30)),
        ("too_long", lambda: post(okmotu, name={"ky": "а" * 201})),
        ("ayil_okmotu_appointment_term", lambda: head(okmotu, term_years=40_000)),
        ("too_long", lambda: head(okmotu, order_number="1" * 41)),
        ("too_long", lambda: head(okmotu, concurrent_reason="а" * 501)),
        ("too_long", lambda: services.set_contact(body=okmotu, phone="1" * 41)),
    ):
        with refuses(code):
            write()


def test_a_body_that_has_ended_gets_no_post(okmotu):
    services.close_post(post=head_post(okmotu), on=LATER)
    ExecutiveBody.objects.filter(pk=okmotu.pk).update(valid=DateRange(FIRST, LATER))
    with refuses("ayil_okmotu_post_within_body"):
        post(okmotu, on=LATER)
