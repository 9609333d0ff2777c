"""Executive bodies over territorial changes: ended, begun, and restored when the change is annulled."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ayil_okmotu import services
from ayil_okmotu.models import Appointment, ExecutiveBody, LocalBudget, Post, ReserveCandidate, StaffingReport
from ayil_okmotu.tests.factories import appointment, body, ground, head, head_post, person, post
from councils.tests.refusals import refuses
from councils.tests.test_ledger import annexation, merger, spec_of
from registry.errors import StateConflict
from registry.models import Provenance, Unit
from registry.services import PartSpec, UnitSpec, annul_change, record_change
from registry.tests.factories import LegalActFactory, aimak, city, district, place

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 5, 2)
EVE = DAY - dt.timedelta(days=1)
BEFORE = dt.date(2022, 1, 1)
AFTER = dt.date(2023, 9, 1)


def apply(spec):
    change = record_change(spec)
    return change, services.apply_change(change=change)


def annul(change):
    services.annul_change(annulment=annul_change(change=change, reason="ката", by="test", at=timezone.now()))


def body_of(unit, day=DAY):
    return ExecutiveBody.objects.on(day).get(unit=unit)


def village_of(unit):
    return unit.assignments.live().order_by("valid").first().settlement


def okmotu(home, *villages, residents=None):
    """An ayil aimak with a body, its head, a specialist and a head of every village."""
    unit = aimak(home, villages=villages)
    found = body(unit)
    head(found)
    appointment(post(found))
    for line in unit.assignments.select_related("settlement"):
        appointment(post(found, "village_head", settlement=line.settlement), name=line.settlement.name_ky)
    return unit


def report(of, filled, contract=0, on=BEFORE):
    return StaffingReport.objects.create(body=of, on=on, approved=filled, filled=filled, contract=contract)


def snapshot():
    """All that any day can say of executive bodies."""
    return tuple(
        sorted(
            (str(value) for value in model.objects.live().values_list(*fields)),
        )
        for model, fields in (
            (ExecutiveBody, ("pk", "unit", "kind", "valid", "closed_by")),
            (Post, ("pk", "body", "kind", "employment", "valid", "closed_by")),
            (
                Appointment,
                ("pk", "post", "person", "valid", "closed_by", "end_ground", "end_act", "end_order_number"),
            ),
            (ReserveCandidate, ("pk", "post", "valid", "closed_by")),
        )
    )


@pytest.fixture
def home():
    return district()


@pytest.fixture
def merged(home):
    """Two aimaks with their bodies and the change that merges them, by an act."""
    kara, suu = okmotu(home, "Кара-Суу", "Таш"), okmotu(home, "Ак-Суу")
    act = LegalActFactory(adopted_on=EVE)
    spec, new = merger(home, [kara, suu], on=DAY, act_ids=(act.pk,))
    return kara, suu, new, spec, act


def test_bodies_end_with_their_municipality_and_another_begins(merged):
    kara, suu, new, spec, _act = merged
    change, _effects = apply(spec)
    assert not ExecutiveBody.objects.on(DAY).filter(unit__in=[kara, suu]).exists()
    begun = body_of(new)
    assert (begun.kind, begun.valid.lower, begun.valid.upper) == ("ayil_okmotu", DAY, None)
    assert begun.change_id == change.pk
    seat = Post.objects.on(DAY).get(body=begun, kind="head")
    assert seat.employment == "staff"
    assert not seat.appointments.exists()


def test_appointments_end_by_the_act_of_the_change(merged):
    kara, _suu, _new, spec, act = merged
    old = body_of(kara, EVE)
    apply(spec)
    ended = Appointment.objects.filter(post__body=old)
    assert ended.count() == 4
    assert set(ended.values_list("end_ground__code", "end_act", "valid__endswith")) == {
        ("body_ended", act.pk, DAY)
    }
    assert set(Post.objects.filter(body=old).values_list("valid__endswith", flat=True)) == {DAY}


def test_village_heads_go_over_with_their_village_on_contract(merged):
    kara, _suu, new, spec, _act = merged
    old = Post.objects.get(body__unit=kara, settlement__name_ky="Таш")
    holder = old.appointments.get()
    ReserveCandidate.objects.create(post=old, person=person("Талапкер"), place=1, valid=(BEFORE, None))
    apply(spec)
    heads = Post.objects.on(DAY).filter(kind="village_head")
    assert set(heads.values_list("body", "employment")) == {(body_of(new).pk, "contract")}
    assert set(heads.values_list("settlement__name_ky", flat=True)) == {"Кара-Суу", "Таш", "Ак-Суу"}
    going_on = heads.get(former=old)
    assert going_on.appointments.values_list("person", "former", "order_number").get() == (
        holder.person_id, holder.pk, holder.order_number,
    )  # fmt: skip
    assert going_on.reserve.get().place == 1
    assert not ReserveCandidate.objects.on(DAY).filter(post=old).exists()


def test_a_preview_says_what_the_change_then_does(merged):
    kara, suu, new, spec, _act = merged
    report(body_of(kara, EVE), 30, 2)
    report(body_of(kara, EVE), 26, 3, on=EVE)
    report(body_of(suu, EVE), 20, 4)
    preview = services.effects_of(spec)
    with CaptureQueriesContext(connection) as queries:
        services.effects_of(spec)
    assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))]
    _change, done = apply(spec)
    assert preview == done
    assert [(one.unit_id, one.fate) for one in preview.of("begins")] == [(new.pk, "begins")]
    first = next(one for one in preview.of("ends") if one.unit_id == kara.pk)
    assert (len(first.heads), first.staff_posts, first.staff_appointments) == (1, 2, 1)
    assert (first.filled, first.contract, first.reported_on) == (26, 3, EVE)
    assert {(move.from_unit_id, move.to_unit_id) for move in preview.village_heads} == {
        (kara.pk, new.pk),
        (suu.pk, new.pk),
    }
    assert len(preview.village_heads) == 3
    assert preview.staff("ends") == (46, 7)
    assert preview.joins == (services.BudgetJoin(new.pk, (kara.pk, suu.pk)),)


def test_who_is_annexed_ends_and_the_other_keeps_its_body_and_its_head(home):
    stays, goes = okmotu(home, "Кара-Суу"), okmotu(home, "Ак-Суу")
    kept = body_of(stays)
    mayor = Appointment.objects.get(post=head_post(kept))
    _change, effects = apply(annexation(stays, [goes], on=DAY))
    assert body_of(stays).pk == kept.pk
    assert Appointment.objects.on(DAY).get(post__kind="head").pk == mayor.pk
    assert {one.unit_id: one.fate for one in effects.bodies} == {stays.pk: "goes_on", goes.pk: "ends"}
    villages = Post.objects.on(DAY).filter(body=kept, kind="village_head")
    assert set(villages.values_list("settlement__name_ky", "employment")) == {
        ("Кара-Суу", "staff"),
        ("Ак-Суу", "contract"),
    }


def test_a_village_that_is_transferred_takes_its_head_along(home):
    stays, gains = okmotu(home, "Кара-Суу", "Таш"), okmotu(home, "Ак-Суу")
    stone = stays.assignments.get(settlement__name_ky="Таш").settlement
    old = Post.objects.get(settlement=stone)
    spec = spec_of("transfer", [], [PartSpec(stays.pk, gains.pk, "part", (stone.pk,))], on=DAY)
    _change, effects = apply(spec)
    new = Post.objects.on(DAY).get(settlement=stone)
    assert (new.former_id, new.body_id, new.employment) == (old.pk, body_of(gains).pk, "contract")
    assert old.appointments.get().end_ground.code == "post_changed"
    assert not effects.of("ends")
    assert Appointment.objects.on(DAY).filter(post__kind="head").count() == 2
    assert [move.settlement_id for move in effects.village_heads] == [stone.pk]


def test_an_ayil_aimak_that_becomes_a_city_gets_a_mayors_office(home):
    unit = okmotu(home, "Раззаков")
    old = body_of(unit)
    services.change_body(body=old, address={"ky": "Борбордук көчө 1"})
    spec = spec_of("type_change", [UnitSpec(unit.pk, "alters", kind="city_district_level")], [], on=DAY)
    _change, effects = apply(spec)
    office = body_of(unit)
    assert (office.kind, office.address_ky) == ("mayors_office", "Борбордук көчө 1")
    assert ExecutiveBody.objects.get(pk=old.pk).valid.upper == DAY
    assert [one.fate for one in effects.bodies] == ["ends", "begins"]
    assert Post.objects.on(DAY).filter(body=office, kind="village_head").count() == 1
    assert not Appointment.objects.on(DAY).filter(post__kind="head").exists()
    assert effects.joins == ()


def test_a_change_of_name_leaves_the_body_alone(home):
    unit = okmotu(home, "Кара-Суу")
    before = snapshot()
    spec = spec_of("rename", [UnitSpec(unit.pk, "alters", name_ky="Жаңы", name_ru="Жаңы")], [], on=DAY)
    _change, effects = apply(spec)
    assert snapshot() == before
    assert effects.bodies == ()


def test_a_body_without_successor_ends_with_its_village_heads(home):
    unit = okmotu(home, "Кара-Суу")
    _change, effects = apply(spec_of("abolish", [UnitSpec(unit.pk, "ends")], [], on=DAY))
    assert not Appointment.objects.on(DAY).exists()
    assert [move.to_unit_id for move in effects.village_heads] == [None]
    assert effects.bodies[0].staff_posts == 3


def test_where_nobody_recorded_the_bodies_of_before_none_begins(home):
    spec, _new = merger(home, [aimak(home, villages=["А"]), aimak(home, villages=["Б"])], on=DAY)
    _change, effects = apply(spec)
    assert effects.bodies == ()
    assert not ExecutiveBody.objects.exists()


def test_a_municipality_created_from_nothing_gets_a_body(home):
    new = Unit.objects.create()
    line = UnitSpec(new.pk, "begins", kind="ayil_aimak", name_ky="Жаңы", name_ru="Жаңы", parent_id=home.pk)
    apply(spec_of("create", [line], [], on=DAY))
    assert body_of(new).posts.get().kind == "head"


def test_a_divided_municipality_gives_each_village_head_to_who_gets_the_village(home):
    unit = okmotu(home, "Кара-Суу", "Таш")
    east, west = aimak(home, villages=["Чыгыш"]), aimak(home, villages=["Батыш"])
    east_body, west_body = body(east), body(west)
    black, stone = (
        unit.assignments.get(settlement__name_ky=name).settlement.pk for name in ("Кара-Суу", "Таш")
    )
    spec = spec_of(
        "reorganise",
        [UnitSpec(unit.pk, "ends")],
        [PartSpec(unit.pk, east.pk, "part", (black,)), PartSpec(unit.pk, west.pk, "part", (stone,))],
        on=DAY,
    )
    _change, effects = apply(spec)
    heads = Post.objects.on(DAY).filter(kind="village_head")
    assert dict(heads.values_list("settlement", "body")) == {black: east_body.pk, stone: west_body.pk}
    assert effects.joins == ()  # no budget goes over whole


def test_what_goes_over_in_parts_joins_no_budgets(home):
    """Even where all the parts of a unit that ends go to the same one: no source calls it whole."""
    first, second = okmotu(home, "Кара-Суу"), okmotu(home, "Ак-Суу")
    part = PartSpec(first.pk, second.pk, "part", (village_of(first).pk,))
    _change, effects = apply(spec_of("reorganise", [UnitSpec(first.pk, "ends")], [part], on=DAY))
    assert effects.joins == ()
    assert [move.to_unit_id for move in effects.village_heads] == [second.pk]


def test_a_village_head_whose_term_has_run_out_does_not_go_on(home):
    first, second = okmotu(home, "Кара-Суу"), okmotu(home, "Ак-Суу")
    old = Post.objects.get(settlement=village_of(first)).appointments.get()
    Appointment.objects.filter(pk=old.pk).update(term_years=2)
    spec, _new = merger(home, [first, second], on=DAY)
    change, _effects = apply(spec)
    old.refresh_from_db()
    assert (old.end_ground.code, old.valid.upper) == ("term_ended", DAY)
    assert not Appointment.objects.filter(former=old).exists()
    assert Post.objects.on(DAY).get(settlement=village_of(first)).employment == "contract"
    annul(change)
    old.refresh_from_db()
    assert (old.end_ground, old.valid.upper) == (None, None)


def test_a_constructed_change_makes_constructed_bodies(home):
    spec, new = merger(
        home, [okmotu(home, "А"), okmotu(home, "Б")], on=DAY, provenance=Provenance.CONSTRUCTED
    )
    apply(spec)
    assert set(Post.objects.on(DAY).filter(body=body_of(new)).values_list("provenance", flat=True)) == {
        "constructed"
    }


@pytest.mark.parametrize("later", ["report", "appointment", "post", "body"])
def test_a_change_does_not_take_effect_before_what_is_recorded_of_later(merged, later):
    kara, _suu, _new, spec, _act = merged
    old = body_of(kara)
    if later == "report":
        report(old, 5, on=DAY)
    elif later == "appointment":
        appointment(post(old), on=DAY)
    elif later == "post":
        post(old, on=AFTER)
    else:
        chief = Appointment.objects.get(post=head_post(old))
        services.end_appointment(appointment=chief, on=AFTER, ground=ground())
    with refuses("later_records", StateConflict):
        apply(spec)


@pytest.mark.parametrize("kind", ["merger", "annexation", "transfer", "type_change"])
def test_annulment_restores_what_was(home, kind):
    first, second = okmotu(home, "Кара-Суу", "Таш"), okmotu(home, "Ак-Суу")
    stone = first.assignments.get(settlement__name_ky="Таш").settlement
    ReserveCandidate.objects.create(
        post=Post.objects.get(settlement=stone), person=person("Талапкер"), place=2, valid=(BEFORE, None)
    )
    before = snapshot()
    spec = {
        "merger": lambda: merger(home, [first, second], on=DAY)[0],
        "annexation": lambda: annexation(second, [first], on=DAY),
        "transfer": lambda: spec_of(
            "transfer", [], [PartSpec(first.pk, second.pk, "part", (stone.pk,))], on=DAY
        ),
        "type_change": lambda: spec_of(
            "type_change", [UnitSpec(first.pk, "alters", kind="city_district_level")], [], on=DAY
        ),
    }[kind]()
    change, _effects = apply(spec)
    assert snapshot() != before
    annul(change)
    assert snapshot() == before


def test_applied_again_after_an_annulment(merged):
    _kara, _suu, _new, spec, _act = merged
    change, first = apply(spec)
    annul(change)
    record = Unit.objects.create()
    units = [*(line for line in spec.units if line.role == "ends")]
    begins = next(line for line in spec.units if line.role == "begins")
    again = spec_of(
        "merge",
        [*units, UnitSpec(record.pk, "begins", "ayil_aimak", "Кайра", "Кайра", parent_id=begins.parent_id)],
        [PartSpec(line.unit_id, record.pk, "whole") for line in units],
        on=DAY,
    )
    _change, second = apply(again)
    assert len(second.village_heads) == len(first.village_heads) == 3


@pytest.mark.parametrize("later", ["head", "report", "budget", "end", "reserve", "post"])
def test_an_annulment_waits_for_what_rests_on_the_change(merged, later):
    kara, _suu, new, spec, _act = merged
    change, _effects = apply(spec)
    begun = body_of(new)
    village = Post.objects.on(DAY).get(settlement=village_of(kara))
    if later == "head":
        head(begun, on=AFTER)
    elif later == "report":
        report(begun, 12, on=AFTER)
    elif later == "budget":
        LocalBudget.objects.create(unit=new, year=2024)
    elif later == "end":
        services.end_appointment(appointment=village.appointments.get(), on=AFTER, ground=ground())
    elif later == "reserve":
        ReserveCandidate.objects.create(post=village, person=person("Т"), place=1, valid=(AFTER, None))
    else:
        post(begun, on=AFTER)
    with refuses("later_records_rest", StateConflict):
        annul(change)


def test_a_second_post_in_another_body_goes_on_beside(home):
    first, second = okmotu(home, "Кара-Суу"), okmotu(home, "Ак-Суу")
    elsewhere = body(city(home))
    who = Post.objects.get(settlement=village_of(first)).appointments.get().person
    appointment(post(elsewhere), who, on=BEFORE, concurrent_reason="жарым ставка")
    spec, _new = merger(home, [first, second], on=DAY)
    apply(spec)
    assert Appointment.objects.on(DAY).filter(person=who).count() == 2


def test_a_change_of_parcels_moves_no_village_head(home):
    first, second = okmotu(home, "Кара-Суу"), okmotu(home, "Ак-Суу")
    plot = place(first, "Контур № 544", kind="land_parcel")
    before = snapshot()
    spec = spec_of("transfer", [], [PartSpec(first.pk, second.pk, "part", (plot.pk,))], on=DAY)
    _change, effects = apply(spec)
    assert snapshot() == before
    assert effects.bodies == ()
