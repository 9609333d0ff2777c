"""Disputes before the conciliation commission, and requests to cancel a decision."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from councils.services.locking import locked
from delegation.errors import conflict, refuse, told
from delegation.models import (
    CancellationRequest,
    Dispute,
    DisputeParty,
    Hearing,
    StateBody,
    StatePower,
    Transfer,
)
from registry.models import LegalAct, Provenance, Unit
from registry.names import clean

OPEN = (Dispute.Status.OPENED, Dispute.Status.HEARD)


@transaction.atomic
def open_dispute(
    *,
    number: str,
    power: StatePower,
    unit: Unit,
    subject: str,
    opened_on: dt.date,
    due_on: dt.date,
    transfer: Transfer | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Dispute:
    """Bring a dispute over a power before the conciliation commission, to be decided by ``due_on``."""
    row = Dispute(
        number=_text(number, 40, "/number"),
        power=power,
        unit=unit,
        transfer=transfer,
        subject=_text(subject, 1000, "/subject"),
        opened_on=opened_on,
        due_on=due_on,
        provenance=provenance,
        source=source,
    )
    if due_on < opened_on:
        refuse("delegation_dispute_due", pointer="/due_on")
    with told():
        row.save()
    return row


def _text(text: str, longest: int, pointer: str) -> str:
    words = clean(text)
    if not words:
        refuse("required", _("This field is required."), pointer)
    if len(words) > longest:
        refuse("too_long", _("At most %(most)s characters.") % {"most": longest}, pointer)
    return words


def _open(dispute: Dispute, expected_version: int | None) -> Dispute:
    row = locked(dispute, expected_version)
    if row.status not in OPEN:
        conflict("dispute_closed", _("The dispute is closed."))
    return row


@transaction.atomic
def add_party(
    *,
    dispute: Dispute,
    role: str,
    unit: Unit | None = None,
    state_body: StateBody | None = None,
    association: str = "",
    expected_version: int | None = None,
) -> DisputeParty:
    """Name who takes part: a municipality, a state body or an association, one of them."""
    row = _open(dispute, expected_version)
    party = DisputeParty(
        dispute=row, role=role, unit=unit, state_body=state_body, association=clean(association)[:300]
    )
    if sum((unit is not None, state_body is not None, bool(party.association))) != 1:
        refuse("delegation_disputeparty_one", pointer="/party")
    with told():
        party.save()
        row.version += 1
        row.save(update_fields=["version"])
    return party


@transaction.atomic
def remove_party(*, party: DisputeParty, at: dt.datetime | None = None) -> DisputeParty:
    """Take a party out of an open dispute; the record stays."""
    dispute = _open(party.dispute, None)
    row = DisputeParty.objects.select_for_update().get(pk=party.pk)
    row.removed_at = row.removed_at or at or timezone.now()
    row.save(update_fields=["removed_at"])
    dispute.version += 1
    dispute.save(update_fields=["version"])
    return row


@transaction.atomic
def record_hearing(
    *, dispute: Dispute, held_on: dt.date, minutes: str = "", expected_version: int | None = None
) -> Hearing:
    """Record a sitting of the commission, not before the dispute was opened."""
    row = _open(dispute, expected_version)
    if held_on < row.opened_on:
        refuse("delegation_hearing_days", pointer="/held_on")
    with told():
        hearing = Hearing.objects.create(dispute=row, held_on=held_on, minutes=clean(minutes)[:4000])
        row.status = Dispute.Status.HEARD
        row.version += 1
        row.save(update_fields=["status", "version"])
    return hearing


@transaction.atomic
def close_dispute(
    *, dispute: Dispute, status: str, on: dt.date, outcome: str, expected_version: int | None = None
) -> Dispute:
    """Close a dispute as settled, not settled or withdrawn, and say with what outcome."""
    row = _open(dispute, expected_version)
    if status in OPEN or status not in Dispute.Status.values:
        refuse("delegation_dispute_status", pointer="/status")
    last = Hearing.objects.filter(dispute=row).order_by("-held_on").values_list("held_on", flat=True).first()
    if on < max(row.opened_on, last or row.opened_on):
        refuse("delegation_hearing_days", pointer="/on")
    row.status, row.closed_on, row.outcome = status, on, _text(outcome, 1000, "/outcome")
    row.version += 1
    with told():
        row.save(update_fields=["status", "closed_on", "outcome", "version"])
    return row


@transaction.atomic
def file_request(
    *,
    unit: Unit,
    ground: str,
    justification: str,
    filed_on: dt.date,
    due_on: dt.date,
    transfer: Transfer | None = None,
    act: LegalAct | None = None,
    missing: Decimal | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> CancellationRequest:
    """Ask the Cabinet to cancel a decision: unlawful, or without means, then with the thousand som that are lacking."""
    if ground == CancellationRequest.Ground.NO_MEANS and missing is None:
        refuse("delegation_cancellationrequest_missing", pointer="/missing")
    if transfer is None and act is None:
        refuse("delegation_cancellationrequest_about", pointer="/transfer")
    if due_on < filed_on:
        refuse("delegation_cancellationrequest_due", pointer="/due_on")
    row = CancellationRequest(
        unit=unit,
        transfer=transfer,
        act=act,
        ground=ground,
        justification=_text(justification, 4000, "/justification"),
        missing=missing,
        filed_on=filed_on,
        due_on=due_on,
        provenance=provenance,
        source=source,
    )
    with told():
        row.save()
    return row


@transaction.atomic
def decide_request(
    *,
    request: CancellationRequest,
    status: str,
    on: dt.date,
    decision: str,
    expected_version: int | None = None,
) -> CancellationRequest:
    """Record what became of a request: granted, refused or withdrawn. A transfer it concerned is ended apart."""
    row = locked(request, expected_version)
    if row.status != CancellationRequest.Status.FILED:
        conflict("request_decided", _("The request has been decided."))
    if status == CancellationRequest.Status.FILED or status not in CancellationRequest.Status.values:
        refuse("delegation_cancellationrequest_status", pointer="/status")
    if on < row.filed_on:
        refuse("delegation_cancellationrequest_decided", pointer="/on")
    row.status, row.decided_on, row.decision = status, on, _text(decision, 1000, "/decision")
    row.version += 1
    with told():
        row.save(update_fields=["status", "decided_on", "decision", "version"])
    return row
