"""Seats over mergers, annexations and changes of kind: carried over, counted, restored."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from councils import services
from councils.ledger import ledger
from councils.models import (
    Convocation,
    Council,
    CouncilPost,
    DecisionRule,
    EndReason,
    Mandate,
    SeatConflict,
    Session,
)
from councils.tests.factories import convocation, council, deputy, draft, held_session, person, seat
from registry.errors import StateConflict
from registry.models import ChangeUnit, Unit
from registry.services import ChangeSpec, PartSpec, UnitSpec, annul_change, record_change
from registry.tests.factories import LegalActFactory, aimak, city, district, oblast, place

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 9, 5)
EVE = DAY - dt.timedelta(days=1)


def spec_of(kind, units, parts, on=DAY, **more):
    return ChangeSpec(kind=kind, effective_on=on, units=tuple(units), parts=tuple(parts), **more)


def merger(home, sources, name="Жаңы", on=DAY, **more):
    """A merger of whole units into a new ayil aimak, and the new unit."""
    new = Unit.objects.create()
    units = [
        *(UnitSpec(unit.pk, "ends") for unit in sources),
        UnitSpec(new.pk, "begins", kind="ayil_aimak", name_ky=name, name_ru=name, parent_id=home.pk),
    ]
    return spec_of("merge", units, [PartSpec(unit.pk, new.pk, "whole") for unit in sources], on, **more), new


def annexation(target, sources, on=DAY, **more):
    return spec_of(
        "absorb",
        [UnitSpec(unit.pk, "ends") for unit in sources],
        [PartSpec(unit.pk, target.pk, "whole") for unit in sources],
        on,
        **more,
    )


def apply(spec, **more):
    change = record_change(spec)
    return change, services.apply_change(change=change, **more)


def annul(change):
    services.annul_change(annulment=annul_change(change=change, reason="ката", by="test", at=timezone.now()))


def council_of(unit, day=DAY):
    return Council.objects.on(day).get(unit=unit)


def snapshot():
    """All that any day can say of councils."""
    live = {"voided_by__isnull": True}
    return (
        sorted(Council.objects.filter(**live).values_list("pk", "unit", "kind", "valid", "closed_by")),
        sorted(Convocation.objects.filter(**live).values_list("pk", "number", "valid", "closed_by")),
        sorted(Mandate.objects.filter(**live).values_list("pk", "person", "valid", "end_reason", "end_act")),
        sorted(CouncilPost.objects.filter(**live).values_list("pk", "person", "valid", "closed_by")),
        sorted(Session.objects.values_list("pk", "status", "closed_by")),
    )


def aimak_with(home, deputies, seats=None, **more):
    unit = aimak(home, **more)
    return unit, convocation(unit, seats=seats or deputies, deputies=deputies)


@pytest.mark.parametrize("sizes", [(11, 11, 11), (11, 21), (21, 11, 21), (11, 11)])
def test_a_merger_carries_every_seat_with_its_origin(sizes):
    home = district()
    sources = [aimak_with(home, size)[0] for size in sizes]
    origins = {unit.pk: council_of(unit, EVE).pk for unit in sources}
    spec, new = merger(home, sources)

    apply(spec)

    found = ledger(council_of(new).pk, DAY)
    assert (found.sitting, found.own, found.by_law, found.vacant) == (sum(sizes), 0, max(sizes), 0)
    assert {(one.unit, one.council, one.seats, one.carried_over, one.ended) for one in found.origins} == {
        (unit.pk, origins[unit.pk], size, size, 0) for unit, size in zip(sources, sizes, strict=True)
    }
    assert found.conflict["code"] == "more_deputies_than_seats"


def test_a_merged_council_ends_with_its_convocation_and_its_mandates():
    home = district()
    (kara, old), (suu, _other) = aimak_with(home, 3), aimak_with(home, 2)
    spec, _new = merger(home, [kara, suu])

    change, _effects = apply(spec)

    row = Council.objects.get(unit=kara)
    old.refresh_from_db()
    assert row.valid.upper == old.valid.upper == DAY
    assert row.closed_by_id == old.closed_by_id == change.pk
    assert set(old.mandates.values_list("end_reason__code", "valid__endswith")) == {("carried_over", DAY)}
    assert Mandate.objects.on(EVE).filter(convocation=old).count() == 3
    assert not Mandate.objects.on(DAY).filter(convocation=old).exists()


def test_a_carried_seat_names_the_mandate_it_continues():
    home = district()
    (kara, _old), (suu, _other) = aimak_with(home, 1), aimak_with(home, 1)
    spec, new = merger(home, [kara, suu])

    change, _effects = apply(spec)

    for mandate in Mandate.objects.on(DAY).filter(convocation__council__unit=new):
        assert mandate.basis == "carried_over"
        assert mandate.former.person_id == mandate.person_id
        assert mandate.former.convocation.council == mandate.origin
        assert mandate.change_id == change.pk


def test_the_seats_given_count_where_they_are_given():
    home = district()
    (kara, _old), (suu, _other) = aimak_with(home, 11), aimak_with(home, 11)
    spec, new = merger(home, [kara, suu])

    apply(spec, seats_by_law={new.pk: 31})

    found = ledger(council_of(new).pk, DAY)
    assert (found.by_law, found.sitting, found.vacant, found.conflict) == (31, 22, 9, None)


def bishkek():
    """A city of 45 deputies that annexes eight aimaks with 198 seats, eight of them vacant."""
    home = district()
    capital = city(None, "Бишкек", kind="city_republican")
    convocation(capital, seats=45, deputies=45)
    sizes = (31, 31, 31, 21, 21, 21, 21, 21)
    sources = [aimak_with(home, size - 1, seats=size)[0] for size in sizes]
    return capital, sources


def test_an_annexation_is_an_explained_conflict():
    capital, sources = bishkek()
    act = LegalActFactory()
    own = council_of(capital, EVE)
    SeatConflict.objects.create(
        council=own, act=act, article="31", statement_ky="45", statement_ru="45", order=1
    )
    SeatConflict.objects.create(council=own, article="42 (2)(3)", statement_ky="бүтөт", order=2)

    _change, effects = apply(annexation(capital, sources))

    found = ledger(own.pk, DAY)
    assert (found.sitting, found.by_law, found.own, found.vacant) == (235, 45, 45, 0)
    assert sum(one.carried_over for one in found.origins) == 190
    assert sum(one.seats for one in found.origins) == 198
    assert [source["article"] for source in found.conflict["sources"]] == ["31", "42 (2)(3)"]
    assert found.conflict["sources"][0]["act"] == act.pk
    assert ledger(own.pk, EVE).as_dict()["conflict"] is None
    assert [(effect.own, effect.sitting, effect.new) for effect in effects] == [(45, 235, False)]


def test_after_the_election_the_ledger_is_that_of_the_elected():
    capital, sources = bishkek()
    apply(annexation(capital, sources))
    act = LegalActFactory(adopted_on=dt.date(2024, 9, 6))
    services.dissolve(act=act, on=dt.date(2024, 9, 7), reason="Жарлык № 256")
    own = council_of(capital)
    between = ledger(own.pk, dt.date(2024, 10, 1))
    services.begin_convocation(council=own, on=dt.date(2024, 11, 17), seats_by_law=51)
    seat(own.convocations.get(number=2), 51)

    found = ledger(own.pk, dt.date(2024, 11, 18))

    assert (between.sitting, between.by_law, between.origins) == (0, 45, ())
    assert (found.sitting, found.by_law, found.own, found.vacant, found.conflict) == (51, 51, 51, 0, None)


def test_an_aimak_that_becomes_a_city_gets_a_city_council_of_the_same_deputies():
    home = district()
    unit, old = aimak_with(home, 11)
    spec = spec_of("type_change", [UnitSpec(unit.pk, "alters", kind="city_district_level")], [])

    _change, effects = apply(spec)

    new = council_of(unit)
    assert new.kind == "city"
    assert Council.objects.on(EVE).get(unit=unit).kind == "ayil"
    assert (ledger(new.pk, DAY).sitting, ledger(new.pk, DAY).by_law) == (11, 11)
    assert ledger(new.pk, DAY).origins[0].council == old.council_id
    assert new.convocations.get().system == "proportional"
    assert [effect.new for effect in effects] == [True]


def test_a_city_that_only_rises_keeps_its_council():
    home = oblast()
    unit = city(district(home))
    before = convocation(unit, deputies=3)
    spec = spec_of("type_change", [UnitSpec(unit.pk, "alters", kind="city_oblast", parent_id=home.pk)], [])

    _change, effects = apply(spec)

    assert effects == []
    assert council_of(unit).pk == before.council_id


def test_a_transfer_of_a_part_moves_no_seat():
    home = district()
    unit, _old = aimak_with(home, 11)
    moved, _kept = place(unit, "А"), place(unit, "Б")
    capital = city(home)
    convocation(capital, deputies=5)
    spec = spec_of("transfer", [], [PartSpec(unit.pk, capital.pk, "part", (moved.pk,))])
    before = snapshot()

    _change, effects = apply(spec)

    assert effects == []
    assert snapshot() == before


def test_an_abolished_unit_loses_its_mandates():
    home = district()
    unit, old = aimak_with(home, 3)
    act = LegalActFactory()
    spec = spec_of("abolish", [UnitSpec(unit.pk, "ends")], [], act_ids=(act.pk,))

    _change, effects = apply(spec)

    assert set(old.mandates.values_list("end_reason__code", "end_act")) == {("council_ended", act.pk)}
    assert [(effect.unit_id, effect.origins[0].ended) for effect in effects] == [(None, 3)]
    assert not Mandate.objects.on(DAY).exists()


def split(home):
    """An aimak divided in two new ones; its centre goes to the smaller."""
    unit = aimak(home)
    centre, other, third = place(unit, "Борбор"), place(unit, "Б"), place(unit, "В")
    version = unit.versions.get()
    version.centre = centre
    version.save()
    convocation(unit, seats=11, deputies=11)
    small, large = Unit.objects.create(), Unit.objects.create()
    units = [UnitSpec(unit.pk, "ends")] + [
        UnitSpec(new.pk, "begins", kind="ayil_aimak", name_ky=name, parent_id=home.pk)
        for new, name in ((small, "Кичи"), (large, "Чоң"))
    ]
    parts = [
        PartSpec(unit.pk, large.pk, "part", (other.pk, third.pk)),
        PartSpec(unit.pk, small.pk, "part", (centre.pk,)),
    ]
    return spec_of("split", units, parts), small, large


def test_seats_of_a_divided_council_go_with_the_centre():
    spec, small, large = split(district())

    apply(spec)

    assert ledger(council_of(small).pk, DAY).sitting == 11
    assert ledger(council_of(large).pk, DAY).as_dict() | {"at": None} == {
        "at": None,
        "by_law": None,
        "own": 0,
        "sitting": 0,
        "origins": [],
        "vacant": None,
        "conflict": None,
    }


def test_without_a_known_centre_seats_go_to_most_villages():
    home = district()
    spec, _small, large = split(home)
    Unit.objects.get(pk=spec.units[0].unit_id).versions.update(centre=None)

    apply(spec)

    assert ledger(council_of(large).pk, DAY).sitting == 11


def test_who_sits_in_both_councils_goes_over_once():
    home = district()
    both = person("Эки")
    (kara, first), (suu, second) = aimak_with(home, 2, seats=11), aimak_with(home, 2, seats=11)
    deputy(first, person=both)
    deputy(second, person=both)
    spec, new = merger(home, [kara, suu])

    apply(spec)

    found = ledger(council_of(new).pk, DAY)
    assert found.sitting == 5
    assert sorted((one.carried_over, one.ended) for one in found.origins) == [(2, 1), (3, 0)]
    assert Mandate.objects.on(DAY).filter(person=both).count() == 1


def test_the_preview_says_what_applying_does():
    home = district()
    (kara, _first), (suu, _second) = aimak_with(home, 3), aimak_with(home, 2)
    spec, _new = merger(home, [kara, suu])
    before = snapshot()

    foreseen = services.effects_of(spec)

    assert snapshot() == before
    _change, effects = apply(spec)
    assert foreseen == effects
    assert [(effect.sitting, effect.by_law, effect.new) for effect in effects] == [(5, 3, True)]


def busy():
    """Two aimaks with posts, a committee and a planned session, and the merger of both."""
    home = district()
    (kara, first), (suu, _second) = aimak_with(home, 3, seats=5), aimak_with(home, 2)
    chair = first.mandates.first().person
    services.appoint(convocation=first, kind="chair", person=chair, on=first.valid.lower)
    services.plan_session(convocation=first, held_on=DAY + dt.timedelta(days=20))
    services.end_mandate(
        mandate=first.mandates.last(), on=dt.date(2022, 5, 1), reason=EndReason.objects.get(code="death")
    )
    return merger(home, [kara, suu])


def test_annulling_restores_every_seat_post_and_session():
    spec, _new = busy()
    before = snapshot()
    change, _effects = apply(spec)
    assert snapshot() != before
    assert Session.objects.get().status == "cancelled"

    annul(change)

    assert snapshot() == before


def test_an_annulled_change_can_be_applied_again():
    spec, _new = busy()
    change, first = apply(spec)
    annul(change)
    ChangeUnit.objects.filter(change=change)

    _again, second = apply(spec)

    assert [(one.unit_id, one.sitting) for one in second] == [(one.unit_id, one.sitting) for one in first]


def test_annulling_an_annexation_leaves_the_citys_own():
    capital, sources = bishkek()
    before = snapshot()
    change, _effects = apply(annexation(capital, sources))

    annul(change)

    assert snapshot() == before
    assert ledger(council_of(capital).pk, DAY).sitting == 45


def test_annulling_a_change_of_kind_restores_the_ayil_council():
    home = district()
    unit, _old = aimak_with(home, 4)
    before = snapshot()
    change, _effects = apply(
        spec_of("type_change", [UnitSpec(unit.pk, "alters", kind="city_district_level")], [])
    )

    annul(change)

    assert snapshot() == before


def session_held(term):
    held_session(term, DAY + dt.timedelta(days=9))


def session_planned(term):
    services.plan_session(convocation=term, held_on=DAY + dt.timedelta(days=9))


def mandate_ended(term):
    reason = EndReason.objects.get(code="death")
    services.end_mandate(mandate=term.mandates.first(), on=DAY + dt.timedelta(days=9), reason=reason)


def elected(term):
    services.begin_convocation(council=term.council, on=DAY + dt.timedelta(days=70), seats_by_law=21)


def dissolved(term):
    services.dissolve(act=LegalActFactory(), on=DAY + dt.timedelta(days=2), reason="Жарлык")


def chaired(term):
    services.appoint(convocation=term, kind="chair", person=term.mandates.first().person, on=DAY)


def resolved(term):
    rule = DecisionRule.objects.get(code="simple")
    services.draft_resolution(council=term.council, title={"ky": "Долбоор"}, rule=rule)


@pytest.mark.parametrize(
    "later", [session_held, session_planned, mandate_ended, elected, dissolved, chaired, resolved]
)
def test_a_change_on_which_later_records_rest_is_not_annulled(later):
    home = district()
    (kara, _first), (suu, _second) = aimak_with(home, 3), aimak_with(home, 2)
    spec, new = merger(home, [kara, suu])
    change, _effects = apply(spec)
    later(council_of(new).convocations.get())

    with pytest.raises(StateConflict) as refusal:
        annul(change)

    assert refusal.value.violations[0].code == "later_records_rest"


def test_a_session_of_the_city_since_rests_on_the_annexation():
    capital, sources = bishkek()
    change, _effects = apply(annexation(capital, sources))
    term = council_of(capital).convocations.get()
    held_session(term, DAY + dt.timedelta(days=9))

    with pytest.raises(StateConflict) as refusal:
        annul(change)

    assert refusal.value.violations[0].code == "later_records_rest"


def test_a_change_before_what_is_already_recorded_is_refused():
    home = district()
    (kara, first), (suu, _second) = aimak_with(home, 3), aimak_with(home, 2)
    held_session(first, DAY + dt.timedelta(days=1))
    spec, _new = merger(home, [kara, suu])

    with pytest.raises(StateConflict) as refusal:
        apply(spec)

    assert refusal.value.violations[0].code == "later_records"


def test_a_council_dissolved_that_day_brings_nobody():
    home = district()
    (kara, first), (suu, _second) = aimak_with(home, 3), aimak_with(home, 2)
    services.dissolve(act=LegalActFactory(), on=DAY, reason="Жарлык", convocation_ids=[first.pk])
    spec, new = merger(home, [kara, suu])

    apply(spec)

    assert ledger(council_of(new).pk, DAY).sitting == 2


def test_a_register_without_councils_stays_without():
    home = district()
    spec, _new = merger(home, [aimak(home), aimak(home)])

    _change, effects = apply(spec)

    assert effects == []
    assert not Council.objects.exists()


def test_a_council_founded_for_a_new_unit_awaits_its_election():
    spec, _small, large = split(district())
    apply(spec)
    new = council_of(large)

    services.begin_convocation(council=new, on=DAY + dt.timedelta(days=70), seats_by_law=11)

    assert ledger(new.pk, DAY + dt.timedelta(days=70)).vacant == 11


def test_a_change_costs_a_fixed_number_of_statements(django_assert_max_num_queries):
    capital, sources = bishkek()
    change = record_change(annexation(capital, sources))

    with django_assert_max_num_queries(34):
        services.apply_change(change=change)


def test_seats_of_a_council_carried_twice_keep_their_way():
    home = district()
    (kara, _a), (suu, _b), (too, _c) = (aimak_with(home, 2) for _number in range(3))
    first, middle = merger(home, [kara, suu], on=dt.date(2023, 5, 1))
    apply(first)
    second, last = merger(home, [middle, too])

    apply(second)

    found = ledger(council_of(last).pk, DAY)
    assert {(one.unit, one.carried_over) for one in found.origins} == {(middle.pk, 4), (too.pk, 2)}
    deep = Mandate.objects.on(DAY).filter(origin__unit=middle).first()
    assert deep.former.former.convocation.council.unit_id in (kara.pk, suu.pk)


def test_no_unit_is_named_twice():
    assert uuid.uuid4() != uuid.uuid4()
    assert council(aimak(district())).kind == "ayil"


def test_a_draft_of_an_ended_council_stays_with_it():
    home = district()
    (kara, first), (suu, _second) = aimak_with(home, 3), aimak_with(home, 2)
    session = held_session(first, EVE)
    row = draft(session)
    spec, _new = merger(home, [kara, suu])

    apply(spec)

    row.refresh_from_db()
    assert row.council == Council.objects.get(unit=kara)
