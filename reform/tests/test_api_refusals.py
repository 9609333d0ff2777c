"""What the register refuses is refused over REST too: with the rule's name and the field, and without a trace."""

from __future__ import annotations

import datetime as dt

import pytest

from reform.models import Event
from reform.tests.clients import EVENTS, client_with, merger, post, send
from reform.tests.scenarios import apply, merge_draft, programme
from reform.tests.test_apply_and_annul import snapshot
from registry.models import Change, Unit, UnitVersion
from registry.tests.factories import LegalActFactory, aimak, code, district, oblast, place
from registry.tests.rest import problem

pytestmark = pytest.mark.django_db
LATER = "2024-01-01"


@pytest.fixture
def team():
    return client_with("reform_team")


@pytest.fixture
def home():
    return district(oblast("Нарын"), "Ат-Башы")


@pytest.fixture
def three(home):
    return [aimak(home, name, villages=[f"{name}1", f"{name}2"], residents=10) for name in ("А", "Б", "В")]


@pytest.fixture
def refuse(team):
    """Draft the body, and see preview and apply refuse it for the rule, naming the field, leaving nothing."""

    def attempt(body, rule, pointer, status=422):
        answer = post(team, EVENTS, body)
        assert answer.status_code == 201, answer.content
        address = f"{EVENTS}{answer.json()['id']}/"
        before, changes = snapshot(), Change.objects.count()

        shown = post(team, f"{address}preview/").json()
        assert not shown["can_be_applied"]
        assert rule in [fault["code"] for fault in shown["violations"]]
        found = problem(post(team, f"{address}apply/", If_Match=answer["ETag"]), status, pointer)

        faults = {fault["code"]: fault for fault in found["errors"]}
        assert faults[rule]["pointer"].startswith(pointer)
        assert faults[rule]["detail"]
        assert faults[rule]["detail"] in found["detail"]
        assert snapshot() == before
        assert Change.objects.count() == changes
        event = team.get(address)
        assert (event.json()["status"], event["ETag"]) == ("draft", answer["ETag"])

    return attempt


def change(kind, parts=(), units=(), **more):
    return {
        "programme": programme().key,
        "title": {"ky": "Окуя"},
        "kind": kind,
        "effective_on": "2023-05-01",
        "units": list(units),
        "parts": list(parts),
    } | more


def part(source, target, *places, share=None):
    shares = [{"measure": "population", "share": share, "basis": "эсеп"}] if share else []
    return {
        "source": str(source.pk),
        "target": str(target.pk),
        "scope": "part",
        "settlements": [str(item.pk) for item in places],
        "shares": shares,
    }


def villages(unit):
    return [
        row.settlement
        for row in unit.assignments.select_related("settlement").order_by("settlement__name_ky")
    ]


def test_overlapping_versions(refuse, home, three):
    a, b, c = three
    apply(merge_draft([a, b], home, on=dt.date(2024, 6, 1))[0])

    refuse(merger(home, [a, c], programme()), "later_change", "/effective_on")


def test_a_unit_that_exists_already_cannot_begin(refuse, home, three):
    a, b, c = three
    body = merger(home, [a, b], programme())
    body["units"][2]["unit"] = str(c.pk)

    refuse(body, "registry_changeunit_begins_once", "/units")


def test_a_source_that_ends_twice(refuse, home, three):
    a, b, c = three
    apply(merge_draft([a, b], home)[0])

    refuse(merger(home, [a, c], programme(), effective_on=LATER), "registry_change_days", "/parts")


def test_a_merge_of_one(refuse, home, three):
    refuse(merger(home, three[:1], programme()), "registry_change_kind_fits", "/kind")


def test_a_cycle(refuse, home, three):
    a, b, c = three
    event, new = merge_draft([a, b], home)
    apply(event)
    body = merger(home, [Unit.objects.get(pk=new), c], programme(), effective_on=LATER)
    body["units"][2]["unit"] = str(a.pk)  # what the merger is made of ends, and begins again from it

    refuse(body, "registry_changeunit_begins_once", "/units")


def test_a_cycle_within_one_change(refuse, home, three):
    a, b, _c = three
    body = merger(home, [a, b], programme(), kind="reorganise")
    new = "22222222-2222-4222-8222-222222222222"
    body["units"][2]["unit"] = new
    body["parts"].append({"source": new, "target": str(a.pk), "scope": "whole"})

    refuse(body, "registry_change_direction", "/parts")


def test_a_village_in_two_units_on_one_day(refuse, three):
    a, b, c = three
    village = villages(a)[0]

    refuse(
        change("transfer", [part(a, b, village), part(a, c, village)]),
        "registry_settlementassignment_one_a_day",
        "/parts",
    )


def test_a_village_from_a_unit_it_does_not_belong_to(refuse, three):
    a, b, c = three

    refuse(change("transfer", [part(a, b, villages(c)[0])]), "registry_change_settlements", "/parts")


@pytest.mark.parametrize(("one", "two"), [("0.5", "0.4"), ("0.5", "0.6"), ("0.3333333333", "0.6666666666")])
def test_shares_that_do_not_sum_to_one(refuse, three, one, two):
    a, b, c = three
    first, second = villages(a)

    refuse(
        change(
            "reorganise",
            [part(a, b, first, share=one), part(a, c, second, share=two)],
            [{"role": "ends", "unit": str(a.pk)}],
        ),
        "registry_change_shares",
        "/parts",
    )


def test_a_child_outside_its_parents_life(refuse, home, three):
    gone = district(oblast("Чүй"), "Бүткөн", valid=(dt.date(2020, 1, 1), dt.date(2022, 1, 1)))

    refuse(merger(gone, three[:2], programme()), "registry_unitversion_within_parent", "/units")


def test_a_parent_that_ends_under_its_children(refuse, home, three):
    refuse(
        change("abolish", units=[{"role": "ends", "unit": str(home.pk)}]),
        "registry_unitversion_within_parent",
        "/units",
    )


def test_a_unit_in_a_parent_of_the_wrong_kind(refuse, three):
    a, b, c = three

    refuse(merger(c, [a, b], programme()), "registry_unitversion_parent_fits", "/units")


def test_an_event_before_its_act(refuse, home, three):
    act = LegalActFactory(adopted_on=dt.date(2023, 5, 2))

    refuse(merger(home, three[:2], programme(), acts=[str(act.pk)]), "registry_change_after_act", "/acts")


def test_parts_that_leave_nothing_to_a_unit_that_stays(refuse, three):
    a, b, _c = three

    refuse(change("transfer", [part(a, b, *villages(a))]), "registry_change_exhausts", "/parts")


def test_a_code_that_another_unit_bears(refuse, home, three):
    a, b, c = three
    code(c, "41704215999000")
    body = merger(home, [a, b], programme())
    body["units"][2]["code"] = {"system": "soate", "code": "41704215999000"}

    refuse(body, "registry_unitcode_one_bearer_a_day", "")


def test_several_broken_rules_are_told_at_once(team, home, three):
    act = LegalActFactory(adopted_on=dt.date(2023, 5, 2))
    answer = post(team, EVENTS, merger(home, three[:1], programme(), acts=[str(act.pk)]))

    found = problem(
        post(team, f"{EVENTS}{answer.json()['id']}/apply/", If_Match=answer["ETag"]), 422, "/acts"
    )

    assert {fault["pointer"] for fault in found["errors"]} == {"/kind", "/acts"}


def test_refusals_speak_the_language_of_the_request(team, home, three):
    answer = post(team, EVENTS, merger(home, three[:1], programme()))
    address = f"{EVENTS}{answer.json()['id']}/apply/"
    said = {}
    for language in ("ky", "ru", "en"):
        refusal = post(team, f"{address}?lang={language}", If_Match=answer["ETag"])
        problem(refusal, 422, "/kind")
        assert refusal["Content-Language"] == language
        said[language] = refusal.json()["errors"][0]

    assert len({fault["code"] for fault in said.values()}) == 1


def test_a_refused_attempt_can_be_repeated_under_its_key_once_it_is_mended(team, home, three):
    a, b, _c = three
    answer = post(team, EVENTS, merger(home, [a], programme()))
    address = f"{EVENTS}{answer.json()['id']}/"
    problem(post(team, f"{address}apply/", If_Match=answer["ETag"], Idempotency_Key="once"), 422)
    body = merger(home, [a, b], programme())
    mended = send(
        team, "PATCH", address, {"units": body["units"], "parts": body["parts"]}, If_Match=answer["ETag"]
    )

    applied = post(team, f"{address}apply/", If_Match=mended["ETag"], Idempotency_Key="once")

    assert applied.status_code == 200, applied.content
    assert Event.objects.get().status == "in_force"
    assert UnitVersion.objects.filter(name_ky="Жаңы").count() == 1


def test_parcels_move_like_villages(team, home, three):
    a, b, _c = three
    parcel = place(a, "контур № 544", "land_parcel")
    answer = post(team, EVENTS, change("transfer", [part(a, b, parcel)]))

    applied = post(team, f"{EVENTS}{answer.json()['id']}/apply/", If_Match=answer["ETag"])

    assert applied.status_code == 200, applied.content
    assert parcel.assignments.live().get(valid__upper_inf=True).unit == b
