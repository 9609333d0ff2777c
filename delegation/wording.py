"""What steps, groups and outcomes of delegated powers are called on pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from delegation.models import (
    Basis,
    CancellationRequest,
    Dispute,
    PowerGroup,
    PowerStatus,
    Succession,
    TransferStatus,
)

TONES = {
    TransferStatus.DRAFT: "",
    TransferStatus.AGREED: "accent",
    TransferStatus.IN_FORCE: "good",
    TransferStatus.ENDED: "",
    TransferStatus.CANCELLED: "",
}


def _label(choices: Any, value: str) -> str:
    return str(dict(choices.choices).get(value, value))


def group(value: str) -> str:
    """Return what a group of powers is called."""
    return _label(PowerGroup, value)


def power_status(value: str) -> str:
    """Return what a status of a power is called."""
    return _label(PowerStatus, value)


def basis(value: str) -> str:
    """Return what a basis of a transfer is called."""
    return _label(Basis, value)


def status(value: str) -> str:
    """Return what a state of a transfer is called."""
    return _label(TransferStatus, value)


def outcome(value: str) -> str:
    """Return what an outcome of a succession is called."""
    return _label(Succession.Outcome, value)


def dispute_status(value: str) -> str:
    """Return what a state of a dispute is called."""
    return _label(Dispute.Status, value)


def request_status(value: str) -> str:
    """Return what a state of a request is called."""
    return _label(CancellationRequest.Status, value)


def ground(value: str) -> str:
    """Return what a ground of a request is called."""
    return _label(CancellationRequest.Ground, value)


def what_is_lacking(value: str) -> str:
    """Return what is lacking where a power is performed."""
    return {
        "no_agreement": _("no agreement"),
        "no_money": _("no money"),
        "not_reported": _("money not reported"),
    }[value]


def quarter(year: int, number: int) -> str:
    """Return a quarter as it is written: "2 quarter 2024" in the reader's language."""
    return _("quarter %(quarter)s of %(year)s") % {"quarter": number, "year": str(year)}
