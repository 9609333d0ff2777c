"""What a territorial change does to transfers, and what people decide of each of them afterwards."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from councils.ranges import unending, until
from councils.services.locking import locked
from councils.services.planning import Territory
from delegation.errors import conflict, refuse, told
from delegation.models import (
    Means,
    Practice,
    PrincipleAnswer,
    Succession,
    Transfer,
    TransferStatus,
)
from registry.models import Annulment, Change, ChangePart, LegalAct, Provenance, Unit
from registry.names import clean
from registry.services import ChangeSpec

DECIDE_WITHIN = dt.timedelta(days=90)
"""How long the ministry has for each transfer of a municipality that ended: our own term, no law gives one."""


@dataclass(frozen=True)
class TransferEffect:
    """A transfer that a change would end, and who could take it over."""

    transfer_id: uuid.UUID
    power_id: uuid.UUID
    unit_id: uuid.UUID
    successors: tuple[uuid.UUID, ...]


def effects_of(spec: ChangeSpec) -> list[TransferEffect]:
    """Return the transfers that a change would end; reads only."""
    territory = Territory.of_spec(spec)
    return [
        TransferEffect(
            transfer.pk,
            transfer.power_id,
            transfer.unit_id,
            tuple(dict.fromkeys(p.target_id for p in territory.parts if p.source_id == transfer.unit_id)),
        )
        for transfer in _in_force(territory).order_by("unit_id", "power_id")
    ]


def _in_force(territory: Territory) -> QuerySet[Transfer]:
    return Transfer.objects.live().filter(unit__in=territory.ends, status=TransferStatus.IN_FORCE)


@transaction.atomic
def apply_change(*, change: Change) -> list[Succession]:
    """End the transfers of municipalities that end, and put each on the list of what is to be decided.

    Drafts and agreed transfers of theirs are given up, what they perform in fact ends with them. Raises
    StateConflict where one entered into force later.
    """
    territory = Territory.of_change(change)
    if not territory.ends:
        return []
    ending = list(_in_force(territory).select_for_update())
    later = Transfer.objects.live().filter(
        Q(valid__startswith__gte=change.effective_on) | Q(valid__endswith__gt=change.effective_on),
        unit__in=territory.ends,
    )
    if later.exists():
        conflict(
            "later_transfers",
            _("Transfers of powers to the municipalities are recorded after %(day)s.")
            % {"day": f"{change.effective_on:%d.%m.%Y}"},
        )
    act = change.acts.order_by("change_acts__id").first()
    with told():
        Transfer.objects.live().filter(
            unit__in=territory.ends, status__in=[TransferStatus.DRAFT, TransferStatus.AGREED]
        ).update(status=TransferStatus.CANCELLED, closed_by=change, version=F("version") + 1)
        Transfer.objects.filter(pk__in=[row.pk for row in ending]).update(
            status=TransferStatus.ENDED,
            valid=until(change.effective_on),
            closed_by=change,
            end_act=act,
            version=F("version") + 1,
        )
        Practice.objects.live().filter(unit__in=territory.ends, valid__upper_inf=True).update(
            valid=until(change.effective_on), closed_by=change, version=F("version") + 1
        )
        return Succession.objects.bulk_create(
            Succession(
                change=change,
                transfer=row,
                due_on=change.effective_on + DECIDE_WITHIN,
                provenance=_provenance(change, row),
            )
            for row in ending
        )


def _provenance(change: Change, row: Transfer) -> str:
    """What a documented change does to a constructed transfer is constructed too."""
    constructed = Provenance.CONSTRUCTED in (change.provenance, row.provenance)
    return Provenance.CONSTRUCTED if constructed else Provenance.DOCUMENTED


@transaction.atomic
def annul_change(*, annulment: Annulment) -> None:
    """Void what a change wrote and open again what it ended; StateConflict once something has been decided on it.

    Drafts that were given up stay given up: nobody was bound by them.
    """
    change = annulment.change
    if Succession.objects.filter(change=change, voided_by__isnull=True, new_transfer__isnull=False).exists():
        conflict(
            "transfers_decided",
            _("Transfers of powers have been renewed or passed on after the change."),
        )
    with told():
        Succession.objects.filter(change=change, voided_by__isnull=True).update(
            voided_by=annulment, version=F("version") + 1
        )
        Practice.objects.filter(closed_by=change).update(
            valid=unending(), closed_by=None, version=F("version") + 1
        )
        Transfer.objects.filter(closed_by=change, status=TransferStatus.ENDED).update(
            status=TransferStatus.IN_FORCE,
            valid=unending(),
            closed_by=None,
            end_act=None,
            version=F("version") + 1,
        )


def _undecided(succession: Succession, expected_version: int | None) -> Succession:
    row = locked(succession, expected_version)
    if row.voided_by_id is not None:
        conflict("succession_voided", _("The change has been annulled."))
    if row.outcome != Succession.Outcome.UNDECIDED:
        conflict("succession_decided", _("The outcome has already been decided."))
    return row


def _decided(row: Succession, outcome: str, on: dt.date, act: LegalAct | None, number: str) -> Succession:
    """Write a decision down; it needs an act or the number of a decision."""
    row.outcome, row.decided_on, row.act, row.order_number = outcome, on, act, clean(number)[:40]
    if act is None and not row.order_number:
        refuse("delegation_succession_decided", pointer="/act")
    if on < row.change.effective_on:
        refuse("before_the_change", _("It is decided on the day of the change or later."), "/on")
    row.version += 1
    with told():
        row.save()
    return row


@transaction.atomic
def pass_on(
    *,
    succession: Succession,
    to: Unit,
    on: dt.date,
    act: LegalAct | None = None,
    order_number: str = "",
    expected_version: int | None = None,
) -> Succession:
    """Pass a transfer on as it is, from the day of the change: the successor takes over basis, means and answers."""
    row = _undecided(succession, expected_version)
    _refuse_stranger(row, to)
    old = row.transfer
    new = Transfer(
        power=old.power,
        unit=to,
        state_body=old.state_body,
        basis=old.basis,
        act=old.act,
        agreement_number=old.agreement_number,
        signed_on=old.signed_on,
        term=DateRange(row.change.effective_on, old.term.upper)
        if old.term.upper is None or old.term.upper > row.change.effective_on
        else DateRange(row.change.effective_on, None),
        consent_on=old.consent_on,
        consent_basis=old.consent_basis,
        reporting_ky=old.reporting_ky,
        reporting_ru=old.reporting_ru,
        reporting_en=old.reporting_en,
        status=TransferStatus.IN_FORCE,
        valid=DateRange(row.change.effective_on, None),
        former=old,
        provenance=old.provenance,
        source=old.source,
    )
    _refuse_second(new)
    with told():
        new.save()
        PrincipleAnswer.objects.bulk_create(
            PrincipleAnswer(
                transfer=new, principle=given.principle, kept=given.kept, note=given.note,
                provenance=given.provenance, source=given.source,
            )
            for given in old.answers.all()
        )  # fmt: skip
        Means.objects.bulk_create(
            Means(
                transfer=new, kind=given.kind, yearly=given.yearly, what_ky=given.what_ky,
                what_ru=given.what_ru, what_en=given.what_en, provenance=given.provenance, source=given.source,
            )
            for given in old.means.present()
        )  # fmt: skip
    row.new_transfer = new
    return _decided(row, Succession.Outcome.PASSED_ON, on, act, order_number)


def _refuse_stranger(row: Succession, to: Unit) -> None:
    """Refuse a municipality that got nothing of the one that ended."""
    parts = ChangePart.objects.live().filter(change=row.change, source=row.transfer.unit_id, target=to.pk)
    if not parts.exists():
        refuse("delegation_succession_successor", pointer="/unit")


def _refuse_second(new: Transfer) -> None:
    """Refuse where the successor performs the power already."""
    held = Transfer.objects.live().filter(power=new.power, unit=new.unit, valid__overlap=new.valid)
    if held.exists():
        refuse("delegation_transfer_one_a_day", pointer="/unit")


@transaction.atomic
def renew(
    *,
    succession: Succession,
    new_transfer: Transfer,
    on: dt.date,
    act: LegalAct | None = None,
    order_number: str = "",
    expected_version: int | None = None,
) -> Succession:
    """Name the new transfer, agreed anew with a successor, that continues the one that ended."""
    row = _undecided(succession, expected_version)
    new = locked(new_transfer)
    _refuse_stranger(row, new.unit)
    if new.former_id != row.transfer_id or new.power_id != row.transfer.power_id:
        refuse("delegation_succession_successor", pointer="/new_transfer")
    if new.status not in (TransferStatus.AGREED, TransferStatus.IN_FORCE):
        refuse("not_agreed", _("The new transfer is not agreed yet."), "/new_transfer")
    row.new_transfer = new
    return _decided(row, Succession.Outcome.RENEWED, on, act, order_number or new.agreement_number)


@transaction.atomic
def end_for_good(
    *,
    succession: Succession,
    on: dt.date,
    reason: str,
    act: LegalAct | None = None,
    order_number: str = "",
    expected_version: int | None = None,
) -> Succession:
    """Decide that nobody takes the transfer over, and why."""
    row = _undecided(succession, expected_version)
    row.reason = clean(reason)[:500]
    if not row.reason:
        refuse("delegation_succession_decided", pointer="/reason")
    return _decided(row, Succession.Outcome.ENDED, on, act, order_number)


def undecided(day: dt.date | None = None) -> QuerySet[Succession]:
    """Return what is still to be decided; with a day, only what is overdue on it."""
    rows = Succession.objects.filter(voided_by__isnull=True, outcome=Succession.Outcome.UNDECIDED)
    if day is not None:
        rows = rows.filter(due_on__lt=day)
    return rows.select_related("transfer__power", "change")
