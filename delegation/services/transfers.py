"""The life of a transfer: drafted, answered to the nine principles, given means, agreed, in force, ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.services.locking import locked, write_texts
from delegation.errors import conflict, refuse, told
from delegation.models import (
    Basis,
    Means,
    PowerStatus,
    Principle,
    PrincipleAnswer,
    StateBody,
    StatePower,
    Transfer,
    TransferStatus,
)
from registry.models import LegalAct, Provenance, Unit
from registry.names import clean

LARGEST = Decimal(100_000_000)
"""Thousand som a year."""


@transaction.atomic
def draft_transfer(
    *,
    power: StatePower,
    unit: Unit,
    state_body: StateBody,
    basis: str,
    begins: dt.date,
    ends: dt.date | None = None,
    act: LegalAct | None = None,
    agreement_number: str = "",
    signed_on: dt.date | None = None,
    reporting: Mapping[str, str] | None = None,
    former: Transfer | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Transfer:
    """Draft the transfer of a power to a municipality for the term ``[begins, ends)``.

    Raises RuleBroken, naming the article, where the power lies in a field that is not transferable.
    """
    _refuse_field(power)
    row = Transfer(
        power=power,
        unit=unit,
        state_body=state_body,
        basis=basis,
        act=act,
        agreement_number=clean(agreement_number),
        signed_on=signed_on,
        term=_term(begins, ends),
        former=former,
        provenance=provenance,
        source=source,
    )
    return _write(row, reporting)


def _refuse_field(power: StatePower) -> None:
    """Refuse a power of a field that the law keeps with the state."""
    if not power.field.transferable:
        refuse(
            "delegation_transfer_field",
            _("Powers of the field “%(field)s” cannot be handed over (law № %(article)s).")
            % {"field": power.field, "article": power.field.article},
            "/power",
        )


def _term(begins: dt.date, ends: dt.date | None) -> DateRange:
    if ends is not None and ends <= begins:
        refuse("delegation_transfer_term", pointer="/ends")
    return DateRange(begins, ends)


def _write(row: Transfer, reporting: Mapping[str, str] | None) -> Transfer:
    """Save a draft; an act is named where the basis is one."""
    if row.basis in (Basis.LAW, Basis.ACT) and row.act_id is None:
        refuse("delegation_transfer_basis_has_act", pointer="/act")
    for language in ("ky", "ru", "en") if reporting is not None else ():
        text = clean((reporting or {}).get(language))
        if len(text) > 1000:
            refuse("too_long", _("At most %(most)s characters.") % {"most": 1000}, f"/reporting_{language}")
        setattr(row, f"reporting_{language}", text or None)
    with told():
        row.save()
    row.refresh_from_db()
    return row


STATES = {
    TransferStatus.DRAFT: ("not_a_draft", gettext_lazy("Only a draft can be changed or agreed.")),
    TransferStatus.AGREED: ("not_agreed", gettext_lazy("Only an agreed transfer can enter into force.")),
    TransferStatus.IN_FORCE: ("not_in_force", gettext_lazy("Only a transfer in force can end.")),
}


def _in_state(transfer: Transfer, status: str, expected_version: int | None) -> Transfer:
    """Return the row, locked; raise Stale or StateConflict unless it is as the step demands."""
    row = locked(transfer, expected_version)
    if row.status != status:
        conflict(*STATES[TransferStatus(status)])
    return row


def _save(row: Transfer, *fields: str) -> Transfer:
    """Save a step of the life, and have the database look at once at what it rests on."""
    row.version += 1
    with told():
        row.save(update_fields=[*fields, "version"])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS delegation_agreed, delegation_agreed_later IMMEDIATE")
            cursor.execute("SET CONSTRAINTS delegation_agreed, delegation_agreed_later DEFERRED")
    return row


@transaction.atomic
def redraft_transfer(
    *,
    transfer: Transfer,
    state_body: StateBody | None = None,
    basis: str | None = None,
    begins: dt.date | None = None,
    ends: dt.date | None = None,
    act: LegalAct | None = None,
    agreement_number: str | None = None,
    signed_on: dt.date | None = None,
    reporting: Mapping[str, str] | None = None,
    expected_version: int | None = None,
) -> Transfer:
    """Change a draft; what is not given stays, but ``ends`` goes with ``begins``."""
    row = _in_state(transfer, TransferStatus.DRAFT, expected_version)
    given = {"state_body": state_body, "basis": basis, "act": act, "signed_on": signed_on}
    for key, value in given.items():
        if value is not None:
            setattr(row, key, value)
    if agreement_number is not None:
        row.agreement_number = clean(agreement_number)
    if begins is not None:
        row.term = _term(begins, ends)
    row.version += 1
    return _write(row, reporting)


@transaction.atomic
def answer_principle(
    *,
    transfer: Transfer,
    principle: int,
    kept: bool,
    note: str = "",
    expected_version: int | None = None,
) -> PrincipleAnswer:
    """Answer one of the nine principles of law 127; a new answer replaces the former. A "no" says why."""
    row = _in_state(transfer, TransferStatus.DRAFT, expected_version)
    if principle not in Principle.values:
        refuse("delegation_principleanswer_principle", pointer="/principle")
    note = clean(note)
    if not kept and not note:
        refuse("delegation_principleanswer_note", pointer="/note")
    if len(note) > 1000:
        refuse("too_long", _("At most %(most)s characters.") % {"most": 1000}, "/note")
    with told():
        answer, _new = PrincipleAnswer.objects.update_or_create(
            transfer=row, principle=principle, defaults={"kept": kept, "note": note}
        )
        row.version += 1
        row.save(update_fields=["version"])
    return answer


@transaction.atomic
def assign_means(
    *,
    transfer: Transfer,
    kind: str,
    what: Mapping[str, str],
    yearly: Decimal | None = None,
    expected_version: int | None = None,
) -> Means:
    """Assign means: money in thousand som a year (above 0, at most 100,000,000), or things."""
    row = locked(transfer, expected_version)
    if row.status not in (TransferStatus.DRAFT, TransferStatus.AGREED):
        conflict("means_settled", _("Means are assigned before a transfer enters into force."))
    if kind == Means.Kind.FINANCIAL and not (yearly is not None and 0 < yearly <= LARGEST):
        refuse("delegation_means_amount", pointer="/yearly")
    means = Means(transfer=row, kind=kind, yearly=yearly if kind == Means.Kind.FINANCIAL else None)
    write_texts(means, "what", what, longest=500)
    with told():
        means.save()
        row.version += 1
        row.save(update_fields=["version"])
    return means


@transaction.atomic
def remove_means(*, means: Means, at: dt.datetime | None = None) -> Means:
    """Take means back before the transfer enters into force; the record stays."""
    transfer = locked(means.transfer)
    if transfer.status not in (TransferStatus.DRAFT, TransferStatus.AGREED):
        refuse("delegation_means_frozen")
    row = Means.objects.select_for_update().get(pk=means.pk)
    row.removed_at = row.removed_at or at or timezone.now()
    row.save(update_fields=["removed_at"])
    transfer.version += 1
    transfer.save(update_fields=["version"])
    return row


@transaction.atomic
def record_consent(
    *, transfer: Transfer, on: dt.date, basis: str, expected_version: int | None = None
) -> Transfer:
    """Record that the association of municipalities has consented, and on what that rests."""
    row = _in_state(transfer, TransferStatus.DRAFT, expected_version)
    row.consent_on, row.consent_basis = on, clean(basis)[:500]
    if not row.consent_basis:
        refuse("delegation_transfer_consent_has_basis", pointer="/basis")
    return _save(row, "consent_on", "consent_basis")


def unanswered(transfer: Transfer) -> list[Principle]:
    """Return the principles that nobody has answered yet."""
    given = set(PrincipleAnswer.objects.filter(transfer=transfer).values_list("principle", flat=True))
    return [principle for principle in Principle if principle not in given]


def missing_means(transfer: Transfer) -> list[str]:
    """Return the kinds of means that are not assigned; law demands both."""
    given = set(Means.objects.present().filter(transfer=transfer).values_list("kind", flat=True))
    return [kind for kind in Means.Kind.values if kind not in given]


@transaction.atomic
def agree(
    *,
    transfer: Transfer,
    agreement_number: str = "",
    signed_on: dt.date | None = None,
    expected_version: int | None = None,
) -> Transfer:
    """Close the draft: all nine principles answered, an agreement signed, consent recorded where a law hands over."""
    row = _in_state(transfer, TransferStatus.DRAFT, expected_version)
    row.agreement_number = clean(agreement_number) or row.agreement_number
    row.signed_on = signed_on or row.signed_on
    _refuse_field(row.power)
    if left := unanswered(row):
        refuse(
            "delegation_transfer_principles",
            _("Not answered yet: %(principles)s.")
            % {"principles": "; ".join(str(principle.label) for principle in left)},
            "/principles",
        )
    if row.basis == Basis.AGREEMENT and not (row.agreement_number and row.signed_on):
        refuse("delegation_transfer_agreement_signed", pointer="/agreement_number")
    if row.basis == Basis.LAW and row.consent_on is None:
        refuse("delegation_transfer_law_needs_consent", pointer="/consent_on")
    row.status = TransferStatus.AGREED
    return _save(row, "agreement_number", "signed_on", "status")


@transaction.atomic
def enter_into_force(*, transfer: Transfer, on: dt.date, expected_version: int | None = None) -> Transfer:
    """Put an agreed transfer into force from ``on``; refused without financial and material means."""
    row = _in_state(transfer, TransferStatus.AGREED, expected_version)
    if row.power.status == PowerStatus.SUSPENDED:
        refuse("delegation_transfer_suspended", pointer="/power")
    if lacking := missing_means(row):
        kinds = "; ".join(str(Means.Kind(kind).label) for kind in lacking)
        refuse(
            "delegation_transfer_means",
            _("Without means no power is handed over (Constitution, art. 114 (2)). Lacking: %(kinds)s.")
            % {"kinds": kinds},
            "/means",
        )
    row.status, row.valid = TransferStatus.IN_FORCE, DateRange(on, None)
    return _save(row, "status", "valid")


@transaction.atomic
def end_transfer(
    *,
    transfer: Transfer,
    on: dt.date,
    reason: str,
    act: LegalAct | None = None,
    expected_version: int | None = None,
) -> Transfer:
    """End a transfer on ``on``, the first day on which the municipality no longer performs the power."""
    row = _in_state(transfer, TransferStatus.IN_FORCE, expected_version)
    row.end_reason, row.end_act = clean(reason)[:500], act
    if not row.end_reason:
        refuse("delegation_transfer_end_has_reason", pointer="/reason")
    if on <= row.valid.lower:
        refuse("ends_before_it_begins", _("It ends after it has entered into force."), "/on")
    row.status, row.valid = TransferStatus.ENDED, DateRange(row.valid.lower, on)
    return _save(row, "status", "valid", "end_reason", "end_act")


@transaction.atomic
def cancel_transfer(*, transfer: Transfer, reason: str, expected_version: int | None = None) -> Transfer:
    """Give a draft or an agreed transfer up; the record stays."""
    row = locked(transfer, expected_version)
    if row.status not in (TransferStatus.DRAFT, TransferStatus.AGREED):
        conflict("already_in_force", _("What has entered into force is ended, not cancelled."))
    row.end_reason = clean(reason)[:500]
    if not row.end_reason:
        refuse("delegation_transfer_end_has_reason", pointer="/reason")
    row.status = TransferStatus.CANCELLED
    return _save(row, "status", "end_reason")
