"""Transfers over territorial changes: ended, listed, and each decided by an explicit act."""

import datetime as dt

import pytest
from django.utils import timezone

from councils.tests.in_sql import change as change_in_sql
from councils.tests.refusals import refused, refuses
from councils.tests.test_ledger import annexation, merger
from delegation import services
from delegation.models import Succession, Transfer
from delegation.tests.factories import agreed, draft, in_force, power, provided
from registry.errors import StateConflict
from registry.services import annul_change, check_now, record_change
from registry.tests.factories import LegalActFactory, aimak, district

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 9, 5)
EVE = DAY - dt.timedelta(days=1)
DECIDED = dt.date(2024, 10, 1)


def apply(spec):
    change = record_change(spec)
    return change, services.apply_change(change=change)


@pytest.fixture
def home():
    return district()


@pytest.fixture
def merged(home):
    """Two aimaks with two powers each, merged: the new unit and what stands on the list."""
    sources = [aimak(home, villages=["А"]), aimak(home, villages=["Б"])]
    for unit in sources:
        in_force(unit)
        in_force(unit, of=power("education-premises"), agreement_number="2")
    spec, new = merger(home, sources)
    change, listed = apply(spec)
    return new, change, listed


def test_every_transfer_of_a_unit_that_ends_stands_on_the_list(merged):
    _new, change, listed = merged

    assert len(listed) == 4
    assert Transfer.objects.on(EVE).count() == 4
    assert not Transfer.objects.on(DAY).exists()
    assert {row.status for row in Transfer.objects.all()} == {"ended"}
    assert {row.outcome for row in services.undecided()} == {"undecided"}
    assert {row.due_on for row in services.undecided()} == {DAY + dt.timedelta(days=90)}
    assert services.undecided(DAY + dt.timedelta(days=90)).count() == 0
    assert services.undecided(DAY + dt.timedelta(days=91)).count() == 4
    assert {row.change for row in services.undecided()} == {change}


def test_a_transfer_that_a_change_ended_cannot_fall_off_the_list(merged):
    _new, _change, listed = merged

    with refused("delegation_transfer_has_succession"):
        row = Transfer.objects.get(pk=listed[0].transfer_id)
        row.successions.update(voided_by=annul_other().pk)
        change_in_sql(row, updated_at=timezone.now())


def annul_other():
    """An annulment of some other change."""
    home = district()
    spec, _new = merger(home, [aimak(home, villages=["В"]), aimak(home, villages=["Г"])])
    return annul_change(change=record_change(spec), reason="ката", by="test", at=timezone.now())


def test_a_unit_that_survives_keeps_its_transfers(home):
    stays, goes = aimak(home, villages=["А"]), aimak(home, villages=["Б"])
    kept, lost = in_force(stays), in_force(goes)

    _change, listed = apply(annexation(stays, [goes]))

    assert [row.transfer_id for row in listed] == [lost.pk]
    assert list(Transfer.objects.on(DAY)) == [kept]


def test_drafts_of_a_unit_that_ends_are_given_up(home):
    stays, goes = aimak(home, villages=["А"]), aimak(home, villages=["Б"])
    first, second = draft(goes), provided(agreed(goes))

    _change, listed = apply(annexation(stays, [goes]))

    assert listed == []
    for row in (first, second):
        row.refresh_from_db()
        assert row.status == "cancelled"


def test_a_transfer_passed_on_goes_on_from_the_day_of_the_change(merged):
    new, _change, listed = merged
    row = listed[0]

    done = services.pass_on(succession=row, to=new, on=DECIDED, order_number="15")

    assert done.outcome == "passed_on"
    assert done.new_transfer.valid.lower == DAY
    assert done.new_transfer.unit_id == new.pk
    assert done.new_transfer.former_id == row.transfer_id
    assert done.new_transfer.answers.count() == 9
    assert done.new_transfer.means.count() == 2
    assert services.undecided().count() == 3
    assert list(Transfer.objects.on(DAY)) == [done.new_transfer]


def test_the_second_of_one_power_cannot_be_passed_on_beside_the_first(merged):
    new, _change, listed = merged
    same = [row for row in listed if row.transfer.power == listed[0].transfer.power]
    services.pass_on(succession=same[0], to=new, on=DECIDED, order_number="15")

    with refuses("delegation_transfer_one_a_day"):
        services.pass_on(succession=same[1], to=new, on=DECIDED, order_number="15")
    done = services.end_for_good(succession=same[1], on=DECIDED, reason="Бириктирилди", order_number="16")

    assert done.outcome == "ended"


def test_a_renewal_names_the_new_agreement(merged):
    new, _change, listed = merged
    row = listed[0]
    fresh = draft(new, of=row.transfer.power, begins=DAY, former=row.transfer)
    with refuses("not_agreed"):
        services.renew(succession=row, new_transfer=fresh, on=DECIDED)
    other = provided(agreed(new, of=row.transfer.power, begins=DAY))
    with refuses("delegation_succession_successor"):
        services.renew(succession=row, new_transfer=other, on=DECIDED)
    services.cancel_transfer(transfer=other, reason="Ката")
    services.cancel_transfer(transfer=fresh, reason="Ката")
    right = agreed(new, of=row.transfer.power, begins=DAY, former=row.transfer)

    done = services.renew(succession=row, new_transfer=right, on=DECIDED)

    assert (done.outcome, done.new_transfer, done.order_number) == ("renewed", right, "1")


def test_nobody_takes_over_who_got_no_territory(merged, home):
    _new, _change, listed = merged
    stranger = aimak(home, villages=["Д"])

    with refuses("delegation_succession_successor"):
        services.pass_on(succession=listed[0], to=stranger, on=DECIDED, order_number="15")
    foreign = in_force(stranger, of=listed[0].transfer.power)
    with refused("delegation_succession_successor"):
        change_in_sql(
            listed[0], outcome="passed_on", decided_on=DECIDED, order_number="1", new_transfer_id=foreign.pk
        )


def test_a_decision_needs_its_act_and_a_day_after_the_change(merged):
    new, _change, listed = merged

    with refuses("delegation_succession_decided"):
        services.pass_on(succession=listed[0], to=new, on=DECIDED)
    with refuses("before_the_change"):
        services.pass_on(succession=listed[0], to=new, on=EVE, order_number="1")
    with refuses("delegation_succession_decided"):
        services.end_for_good(succession=listed[0], on=DECIDED, reason="", order_number="1")
    assert services.undecided().count() == 4
    act = LegalActFactory()
    assert services.pass_on(succession=listed[0], to=new, on=DECIDED, act=act).act == act


def test_what_is_decided_stays(merged):
    _new, _change, listed = merged
    done = services.end_for_good(succession=listed[0], on=DECIDED, reason="Керек эмес", order_number="1")

    with refuses("succession_decided", StateConflict):
        services.end_for_good(succession=done, on=DECIDED, reason="Керек", order_number="2")
    with refused("delegation_succession_frozen"):
        change_in_sql(done, order_number="2")
    with refused("delegation_succession_frozen"):
        change_in_sql(done, outcome="undecided", decided_on=None)


def test_an_annulment_restores_the_transfers(merged):
    _new, change, _listed = merged

    annulment = annul_change(change=change, reason="ката", by="test", at=timezone.now())
    services.annul_change(annulment=annulment)

    assert Transfer.objects.on(DAY).count() == 4
    assert {row.status for row in Transfer.objects.all()} == {"in_force"}
    assert not services.undecided().exists()
    assert Succession.objects.filter(voided_by=annulment).count() == 4


def test_an_annulment_is_refused_once_something_was_passed_on(merged):
    new, change, listed = merged
    services.pass_on(succession=listed[0], to=new, on=DECIDED, order_number="15")
    check_now()  # as a transaction of its own would

    with refuses("transfers_decided", StateConflict):
        services.annul_change(
            annulment=annul_change(change=change, reason="ката", by="test", at=timezone.now())
        )


def test_the_preview_names_what_would_end(home):
    sources = [aimak(home, villages=["А"]), aimak(home, villages=["Б"])]
    transfers = {in_force(unit).pk: unit.pk for unit in sources}
    spec, new = merger(home, sources)

    effects = services.effects_of(spec)

    assert {effect.transfer_id: effect.unit_id for effect in effects} == transfers
    assert {effect.successors for effect in effects} == {(new.pk,)}
    assert Transfer.objects.filter(status="in_force").count() == 2


def test_a_change_before_later_transfers_is_refused(home):
    stays, goes = aimak(home, villages=["А"]), aimak(home, villages=["Б"])
    in_force(goes, on=DECIDED)

    with refuses("later_transfers", StateConflict):
        apply(annexation(stays, [goes]))
