import datetime as dt
from decimal import Decimal

import pytest

from reform import services
from reform.models import Event
from reform.tests.scenarios import DAY, EVE, annul, apply, draft, merge_draft
from registry.errors import RuleBroken, Stale, StateConflict
from registry.lineage import project
from registry.models import (
    Change,
    Population,
    Settlement,
    SettlementAssignment,
    Unit,
    UnitCode,
    UnitVersion,
)
from registry.services import PartSpec, ShareSpec, UnitSpec
from registry.tests.factories import (
    LegalActFactory,
    aimak,
    city,
    code,
    district,
    names,
    place,
    villages_of,
)

pytestmark = pytest.mark.django_db


def snapshot():
    """Everything that can be asked of any day, as it stands."""
    live = {"voided_by__isnull": True}
    return (
        sorted(
            UnitVersion.objects.filter(**live).values_list(
                "unit", "name_ky", "kind", "parent", "centre", "valid"
            )
        ),
        sorted(SettlementAssignment.objects.filter(**live).values_list("settlement", "unit", "valid")),
        sorted(UnitCode.objects.filter(**live).values_list("unit", "code", "valid")),
        sorted(
            (str(unit), on, value)
            for unit, on, value in Population.objects.filter(**live, unit__isnull=False).values_list(
                "unit", "on", "value"
            )
        ),
    )


def test_a_merged_municipality_keeps_its_last_day():
    home = district()
    kara, suu = aimak(home, "Кара"), aimak(home, "Суу")
    event, _new = merge_draft([kara, suu], home, "Кара-Суу")

    apply(event)

    assert names(EVE) == ["Кара", "Суу"]
    assert names(DAY) == ["Кара-Суу"]


def test_villages_codes_and_residents_go_with_a_merger():
    home = district()
    kara = aimak(home, "Кара", villages=["К1", "К2"], residents=100)
    suu = aimak(home, "Суу", villages=["С1"], residents=40)
    code(kara, "41700000000001")
    event, new = merge_draft([kara, suu], home)

    apply(event)

    merged = Unit.objects.get(pk=new)
    assert villages_of(merged, DAY) == {"К1", "К2", "С1"}
    assert villages_of(kara, EVE) == {"К1", "К2"}
    assert UnitCode.objects.get(unit=kara).valid.upper == DAY
    assert Population.objects.get(unit=merged).value == 140


def kadamjay():
    """The Алга case: a unit ends into a new one, but one village goes to a city."""
    home = district(name="Кадамжай")
    alga = aimak(home, "Алга", residents=100)
    places = {name: place(alga, name, residents=n) for name, n in (("Алга", 70), ("Шак-Шак", 30))}
    sovet = aimak(home, "Совет", villages=["Советский"], residents=50)
    aidarken = city(home, "Айдаркен")
    Population.objects.create(unit=aidarken, on=dt.date(2020, 1, 1), value=1000)
    new = Unit(pk="00000000-0000-0000-0000-00000000000a")
    event = draft(
        "reorganise",
        units=[
            UnitSpec(alga.pk, "ends"),
            UnitSpec(sovet.pk, "ends"),
            UnitSpec(new.pk, "begins", kind="ayil_aimak", name_ky="Молдо Нияз", parent_id=home.pk),
        ],
        parts=[
            PartSpec(alga.pk, new.pk, "part", (places["Алга"].pk,)),
            PartSpec(alga.pk, aidarken.pk, "part", (places["Шак-Шак"].pk,)),
            PartSpec(sovet.pk, new.pk, "whole"),
        ],
    )
    return event, alga, aidarken, Unit(pk=new.pk), places


def test_a_projection_names_every_target_with_its_villages():
    event, alga, aidarken, moldo_niyaz, places = kadamjay()

    apply(event)

    found = {str(holding.unit): holding for holding in project(alga, EVE, DAY)}
    assert set(found) == {str(aidarken.pk), str(moldo_niyaz.pk)}
    assert found[str(aidarken.pk)].settlements == {places["Шак-Шак"].pk}
    assert found[str(moldo_niyaz.pk)].settlements == {places["Алга"].pk}
    assert {holding.scope for holding in found.values()} == {"part"}


def test_residents_of_a_part_follow_its_villages():
    event, _alga, aidarken, moldo_niyaz, _places = kadamjay()

    apply(event)

    figure = {str(p.unit_id): p.value for p in Population.objects.filter(on=DAY)}
    assert figure == {str(aidarken.pk): 1030, str(moldo_niyaz.pk): 120}


def test_annulling_restores_every_day_and_keeps_both_records():
    home = district()
    kara = aimak(home, "Кара", villages=["К1"], residents=10)
    suu = aimak(home, "Суу", villages=["С1"], residents=20)
    code(kara, "41700000000001")
    before = snapshot()
    event, _new = merge_draft([kara, suu], home)
    event = apply(event)
    after = snapshot()
    first = event.change

    event = annul(event)

    assert snapshot() == before
    assert event.status == Event.Status.ANNULLED
    assert Change.objects.filter(pk=first.pk, annulment__isnull=False).exists()

    event = apply(event)

    assert snapshot() == after
    assert Change.objects.count() == 2
    assert event.applications.count() == 2


def test_annulling_under_a_later_change_is_refused():
    home = district()
    a, b, c = (aimak(home, name) for name in "АБВ")
    first, new = merge_draft([a, b], home, "АБ")
    first = apply(first)
    later, _ = merge_draft([Unit.objects.get(pk=new), c], home, "АБВ", on=dt.date(2024, 1, 1))
    apply(later)

    with pytest.raises(StateConflict) as refusal:
        annul(first)
    assert refusal.value.violations[0].code == "later_change_rests"


def test_an_annulment_needs_a_reason():
    home = district()
    event, _ = merge_draft([aimak(home), aimak(home)], home)
    event = apply(event)

    with pytest.raises(RuleBroken):
        annul(event, reason="  ")
    assert Event.objects.get(pk=event.pk).status == Event.Status.IN_FORCE


def refused(rule, event):
    """The event is refused for that rule and nothing is left of the attempt."""
    before = snapshot()
    with pytest.raises((RuleBroken, StateConflict)) as refusal:
        apply(event)
    assert rule in [violation.code for violation in refusal.value.violations]
    assert snapshot() == before
    assert not Change.objects.filter(event=event).exists()
    assert Event.objects.get(pk=event.pk).status == Event.Status.DRAFT


def test_a_merge_of_one_is_refused():
    home = district()
    event, _ = merge_draft([aimak(home)], home)

    refused("registry_change_kind_fits", event)


def test_a_source_that_has_ended_cannot_end_again():
    home = district()
    a, b, c = (aimak(home, name) for name in "АБВ")
    apply(merge_draft([a, b], home)[0])

    refused("registry_change_days", merge_draft([a, c], home, on=dt.date(2024, 1, 1))[0])


def test_an_event_before_its_act_is_refused():
    home = district()
    act = LegalActFactory(adopted_on=DAY + dt.timedelta(days=1))

    refused("registry_change_after_act", merge_draft([aimak(home), aimak(home)], home, act_ids=(act.pk,))[0])


def test_a_village_cannot_go_to_two_units():
    home = district()
    a, b, c = (aimak(home, name) for name in "АБВ")
    village = place(a)
    place(a)
    event = draft(
        "transfer",
        parts=[PartSpec(a.pk, b.pk, "part", (village.pk,)), PartSpec(a.pk, c.pk, "part", (village.pk,))],
    )

    refused("registry_settlementassignment_one_a_day", event)


def test_parts_that_exhaust_a_unit_that_stays_are_refused():
    home = district()
    a, b = aimak(home), aimak(home)
    village = place(a)

    refused(
        "registry_change_exhausts", draft("transfer", parts=[PartSpec(a.pk, b.pk, "part", (village.pk,))])
    )


def test_shares_that_do_not_sum_to_one_are_refused():
    home = district()
    a = aimak(home, villages=[])
    v1, v2 = place(a, "1"), place(a, "2")
    b, c = aimak(home), aimak(home)
    event = draft(
        "reorganise",
        units=[UnitSpec(a.pk, "ends")],
        parts=[
            PartSpec(a.pk, b.pk, "part", (v1.pk,), (ShareSpec("population", Decimal("0.5"), "census"),)),
            PartSpec(a.pk, c.pk, "part", (v2.pk,), (ShareSpec("population", Decimal("0.4"), "census"),)),
        ],
    )

    refused("registry_change_shares", event)


def test_a_district_cannot_end_under_its_aimaks():
    home = district()
    aimak(home)

    refused("registry_unitversion_within_parent", draft("abolish", units=[UnitSpec(home.pk, "ends")]))


def test_an_event_under_a_later_change_is_refused():
    home = district()
    a, b, c = (aimak(home, name) for name in "АБВ")
    apply(merge_draft([a, b], home, on=dt.date(2024, 1, 1))[0])

    refused("later_change", merge_draft([a, c], home)[0])


def test_a_second_application_is_a_conflict():
    home = district()
    event, _ = merge_draft([aimak(home), aimak(home)], home)
    apply(event)

    with pytest.raises(StateConflict) as refusal:
        apply(event)
    assert refusal.value.violations[0].code == "already_in_force"


def test_a_stale_version_is_refused():
    home = district()
    event, _ = merge_draft([aimak(home), aimak(home)], home)

    with pytest.raises(Stale):
        services.adopt(event=event, expected_version=event.version + 1)


def test_a_preview_writes_nothing_and_tells_what_would_be():
    event, alga, aidarken, _moldo_niyaz, _places = kadamjay()
    before = snapshot()

    found = services.preview(event)

    assert snapshot() == before
    assert found["violations"] == []
    assert found["totals"]["before"] == {"municipalities": 3, "population": 1150, "settlements": 3}
    assert found["totals"]["after"] == {"municipalities": 2, "population": 1150, "settlements": 3}
    assert {row["unit"] for row in found["units"]} >= {alga.pk, aidarken.pk}


def test_a_preview_names_every_rule_that_would_break():
    home = district()
    act = LegalActFactory(adopted_on=DAY + dt.timedelta(days=1))
    event, _ = merge_draft([aimak(home)], home, act_ids=(act.pk,))

    codes = [violation.code for violation in services.preview(event)["violations"]]

    assert codes == ["registry_change_kind_fits", "registry_change_after_act"]


def test_a_village_may_come_back_later():
    home = district()
    a, b = aimak(home, "А", villages=["Үй"]), aimak(home, "Б", villages=["Башка"])
    village = place(a, "Кезген")
    apply(draft("transfer", parts=[PartSpec(a.pk, b.pk, "part", (village.pk,))]))
    apply(draft("transfer", parts=[PartSpec(b.pk, a.pk, "part", (village.pk,))], on=dt.date(2024, 1, 1)))

    found = project(a, EVE, dt.date(2024, 6, 1))

    assert [(holding.unit, holding.scope) for holding in found] == [(a.pk, "whole")]
    assert Settlement.objects.count() == 3


def test_a_transfer_dated_before_a_recorded_one_of_the_same_unit_is_refused():
    """Figures carried by the later change would be wrong: residents would be lost or doubled."""
    home = district()
    a, b, c = (aimak(home, name, residents=100) for name in "АБВ")
    first, second = place(a, "1"), place(a, "2")
    place(a, "3")
    share = (ShareSpec("population", Decimal("0.1"), "census"),)
    apply(draft("transfer", parts=[PartSpec(a.pk, b.pk, "part", (first.pk,), share)]))
    earlier = draft(
        "transfer", parts=[PartSpec(a.pk, c.pk, "part", (second.pk,), share)], on=dt.date(2022, 1, 1)
    )

    refused("later_change", earlier)


def test_a_municipality_cannot_become_part_of_a_district():
    home = district()
    a = aimak(home, villages=["а"])
    other = district(name="Башка")

    refused(
        "registry_change_level",
        draft("absorb", units=[UnitSpec(a.pk, "ends")], parts=[PartSpec(a.pk, other.pk, "whole")]),
    )


def test_a_merger_of_municipalities_cannot_make_a_district():
    home = district()
    a, b = aimak(home), aimak(home)
    event, new = merge_draft([a, b], home)
    event.event_units.filter(unit_id=new).update(kind="district", parent=None)

    refused("registry_change_level", event)


@pytest.mark.parametrize("kind", ["rename", "recode", "reparent", "type_change"])
def test_a_change_of_one_particular_must_alter_it(kind):
    unit = aimak(district(), "Ат")

    refused("registry_change_kind_fits", draft(kind, units=[UnitSpec(unit.pk, "alters", name_ky="Ат")]))


def test_a_renaming_alters_nothing_but_the_name():
    unit = aimak(district(), "Ат")
    other = district(name="Башка")

    refused(
        "registry_change_kind_fits",
        draft("rename", units=[UnitSpec(unit.pk, "alters", name_ky="Жаңы", parent_id=other.pk)]),
    )


def test_a_change_before_the_register_begins_is_refused():
    home = district()
    event, _ = merge_draft([aimak(home), aimak(home)], home, on=dt.date(2020, 1, 1))

    refused("before_the_register", event)


def test_a_title_of_invisible_characters_is_no_title():
    with pytest.raises(RuleBroken):
        services.draft(
            content=services.EventDraft(
                programme_id=merge_draft([aimak(district())], district())[0].programme_id,
                kind="create",
                effective_on=DAY,
                titles={"ky": "\u200b\u202e", "ru": ""},
            ),
            by=None,
        )
