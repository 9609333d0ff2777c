"""Which unit is meant by an identifier or a code."""

from __future__ import annotations

import uuid
from typing import Protocol

from registry.models import UnitCode

NOBODY = uuid.UUID(int=0)  # matches no unit


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
