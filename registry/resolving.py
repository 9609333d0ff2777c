"""Which unit is meant by an identifier or a code."""

from __future__ import annotations

import uuid
from typing import Protocol

from django.utils.translation import gettext as _

from registry.errors import DomainError, Violation
from registry.models import UnitCode, UnitVersion


class UnknownUnit(DomainError):
    """No unit of that identifier was ever recorded (404)."""

    problem_status = 404
    code = "unknown_unit"


class UnknownCode(DomainError):
    """No unit ever bore the code (400)."""

    problem_status = 400
    code = "unknown_code"


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

    Raises UnknownCode where no unit ever bore it: a mistyped code must not look like an empty answer.
    """
    if reference.id is not None:
        return reference.id
    bearer = (
        UnitCode.objects.live()
        .filter(code=reference.code or "")
        .order_by("-valid", "id")
        .values_list("unit_id", flat=True)
    )
    found = bearer.first()
    if found is None:
        raise UnknownCode(
            Violation("unknown_code", _("No unit ever bore the code %(code)s.") % {"code": reference.code})
        )
    return found
