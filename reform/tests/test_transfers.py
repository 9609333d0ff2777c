"""What an event does to powers handed over: shown in the preview, done when it applies, given back by an annulment."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from delegation import services as delegation
from delegation.models import Practice, Succession, Transfer
from delegation.tests.factories import agreed, draft, in_force, power
from reform import services
from reform.checks import CHECKS, findings
from reform.tests.clients import EVENTS, client_with, post
from reform.tests.pages import *  # noqa: F403  (fixtures)
from reform.tests.pages import cells, text
from reform.tests.scenarios import DAY, EVE, annul, apply
from registry.errors import StateConflict
from registry.services import check_now, record_change

pytestmark = pytest.mark.django_db
SCHOOLS = "education-premises"
DECIDED = dt.date(2023, 6, 1)
DUE = DAY + dt.timedelta(days=90)


@pytest.fixture
def handed_over(place):
    """Two powers of the first aimak, one of the second, one of the third, which the merger leaves alone."""
    _where, (first, second, third) = place
    return {
        "land": in_force(first),
        "schools": in_force(first, of=power(SCHOOLS), agreement_number="2"),
        "second": in_force(second),
        "third": in_force(third),
    }


def found(day):
    return {check.code: [row.id for row in rows] for check, rows in findings(CHECKS, day)}


def statuses():
    return sorted(Transfer.objects.values_list("status", flat=True))


def test_the_preview_says_which_transfers_would_end_and_writes_nothing(merger, handed_over):
    (target,) = {part.target_id for part in merger.parts.all()}

    effects = services.preview(merger)["transfers"]

    assert {effect.transfer_id for effect in effects} == {
        handed_over[name].pk for name in ("land", "schools", "second")
    }
    assert {effect.successors for effect in effects} == {(target,)}
    assert statuses() == ["in_force"] * 4
    assert not Succession.objects.exists()


def test_the_page_of_the_preview_names_the_powers_and_who_can_take_them_over(team, merger, handed_over):
    response = team.get(f"/en/reform/events/{merger.pk}/preview/")

    assert response.status_code == 200
    head, *rows = cells(response, table=-1)
    assert head == ["Municipality", "State power", "Basis", "In force since", "Who can take it over"]
    assert len(rows) == 3
    assert {row[0][:2] for row in rows} == {"Ак", "Бе"}
    assert {row[2] for row in rows} == {"agreement"}
    assert {row[3] for row in rows} == {"01.04.2021"}
    assert all(row[4].startswith("Жаңы") for row in rows)
    assert f"/en/delegation/transfers/{handed_over['schools'].pk}/" in response.content.decode()
    assert "The ministry decides of each by 30 July 2023" in text(response)


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_the_page_of_the_preview_opens_in_both_languages(team, merger, handed_over, language):
    assert team.get(f"/{language}/reform/events/{merger.pk}/preview/").status_code == 200


def test_a_preview_without_transfers_has_no_table_of_them(team, merger, place):
    in_force(place[1][2])

    response = team.get(f"/en/reform/events/{merger.pk}/preview/")

    assert "State powers handed over" not in text(response)


def test_the_preview_costs_the_same_queries_however_many_transfers_end(team, merger, place, handed_over):
    address = f"/en/reform/events/{merger.pk}/preview/"
    team.get(address)  # what is read once for all
    with CaptureQueriesContext(connection) as three:
        team.get(address)
    in_force(place[1][1], of=power("special-needs"), agreement_number="3")
    in_force(place[1][1], of=power(SCHOOLS), agreement_number="4")
    with CaptureQueriesContext(connection) as five:
        assert len(cells(team.get(address), table=-1)) == 6

    assert len(five) == len(three)


def test_the_preview_over_rest_tells_the_transfers(merger, handed_over):
    answer = post(client_with("reform_team"), f"{EVENTS}{merger.pk}/preview/")

    assert answer.status_code == 200, answer.content
    told = {row["transfer"]: row for row in answer.json()["transfers"]}
    assert set(told) == {str(handed_over[name].pk) for name in ("land", "schools", "second")}
    row = told[str(handed_over["schools"].pk)]
    assert (row["power"], row["unit"]) == (str(power(SCHOOLS).pk), str(handed_over["schools"].unit_id))
    assert len(row["successors"]) == 1


def test_applying_puts_each_transfer_on_the_list_and_annulling_takes_it_off(merger, handed_over):
    event = apply(merger)

    listed = {row.transfer_id: row for row in delegation.undecided()}
    assert set(listed) == {handed_over[name].pk for name in ("land", "schools", "second")}
    assert {row.due_on for row in listed.values()} == {DUE}
    assert {row.change_id for row in listed.values()} == {event.change_id}
    assert set(Transfer.objects.on(EVE)) == set(handed_over.values())
    assert list(Transfer.objects.on(DAY)) == [handed_over["third"]]

    annul(event)

    assert not delegation.undecided().exists()
    assert set(Transfer.objects.on(DAY)) == set(handed_over.values())
    assert statuses() == ["in_force"] * 4


def test_drafts_and_practice_end_with_the_municipality(merger, place):
    first = place[1][0]
    given_up = [draft(first), agreed(first, of=power(SCHOOLS))]
    delegation.record_practice(power=power("special-needs"), unit=first, on=dt.date(2022, 1, 1))

    event = apply(merger)

    assert {Transfer.objects.get(pk=row.pk).status for row in given_up} == {"cancelled"}
    assert not delegation.undecided().exists()
    assert (Practice.objects.on(EVE).count(), Practice.objects.on(DAY).count()) == (1, 0)
    annul(event)
    assert Practice.objects.on(DAY).count() == 1
    assert {Transfer.objects.get(pk=row.pk).status for row in given_up} == {"cancelled"}


def test_an_event_is_not_annulled_once_a_transfer_has_been_passed_on(merger, handed_over):
    event = apply(merger)
    row = delegation.undecided().filter(transfer=handed_over["land"]).get()
    (target,) = {part.target for part in merger.parts.all()}
    delegation.pass_on(succession=row, to=target, on=DECIDED, order_number="15")
    check_now()  # as a transaction of its own would

    with pytest.raises(StateConflict) as refusal:
        annul(event)

    assert [violation.code for violation in refusal.value.violations] == ["transfers_decided"]
    event.refresh_from_db()
    assert event.status == "in_force"


def test_an_event_is_annulled_where_transfers_were_ended_for_good_and_they_go_on(merger, handed_over):
    event = apply(merger)
    row = delegation.undecided().filter(transfer=handed_over["land"]).get()
    delegation.end_for_good(succession=row, on=DECIDED, reason="Керек эмес", order_number="16")

    annul(event)

    assert Transfer.objects.get(pk=handed_over["land"].pk).status == "in_force"


def test_an_event_before_a_later_transfer_is_refused_in_preview_and_by_applying(merger, place):
    in_force(place[1][0], on=DECIDED)

    broken = services.preview(merger)["violations"]

    assert [violation.code for violation in broken] == ["later_transfers"]
    with pytest.raises(StateConflict):
        apply(merger)


def test_the_checks_find_what_is_undecided_past_its_deadline(merger, handed_over):
    apply(merger)
    late = DUE + dt.timedelta(days=1)
    ended = {handed_over[name].pk for name in ("land", "schools", "second")}

    assert found(DUE)["transfers_undecided"] == []
    assert set(found(late)["transfers_undecided"]) == ended
    for row in delegation.undecided():
        delegation.end_for_good(succession=row, on=DECIDED, reason="Керек эмес", order_number="16")
    assert found(late)["transfers_undecided"] == []


def test_the_checks_find_no_transfer_left_behind_after_an_event(merger, handed_over):
    assert found(EVE)["transfers_left_behind"] == []
    apply(merger)

    assert found(DAY)["transfers_left_behind"] == []


def test_the_checks_find_a_transfer_left_behind_by_a_change_that_no_event_made(merger, handed_over):
    """A change recorded past ``services.apply`` ends municipalities and leaves their transfers in force."""
    record_change(services.change_spec(merger))

    assert set(found(DAY)["transfers_left_behind"]) == {
        handed_over[name].pk for name in ("land", "schools", "second")
    }
