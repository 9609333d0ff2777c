"""Which unit is meant by an identifier or a code."""

from __future__ import annotations

import uuid
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from registry.errors import DomainError, Violation
from registry.models import UnitCode, UnitVersion

NOBODY = uuid.UUID(int=0)  # matches no unit


class UnknownUnit(DomainError):
    """No unit of that identifier was ever recorded (404)."""

    problem_status = 404
    code = "unknown_unit"


def must_exist(unit: uuid.UUID) -> None:
    """Raise UnknownUnit unless the unit has, or had, a version."""
    if not UnitVersion.objects.filter(unit_id=unit).exists():
        raise UnknownUnit(Violation("unknown_unit", _("There is no such unit in the register.")))


class Reference(Protocol):
    """A unit named by its identifier or by a code."""

    id: uuid.UUID | None
    code: str | None


def unit_id(reference: Reference) -> uuid.UUID:
    """Return the unit's identifier; of several units that bore a code over time the latest bearer.

    ``NOBODY`` where no unit ever bore it.
    """
    if reference.id is not None:
        return reference.id
    bearer = (
        UnitCode.objects.live()
        .filter(code=reference.code or "")
        .order_by("-valid", "id")
        .values_list("unit_id", flat=True)
    )
    return bearer.first() or NOBODY
