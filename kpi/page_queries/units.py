"""Names of municipalities on a day."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from registry.queries import Row, names, rows

NAMED = f"""
    SELECT u.unit_id AS id, u.kind, {names("u")}, u.provenance FROM registry_units_on(%(day)s::date) u
     WHERE u.unit_id = ANY (%(units)s::uuid[])"""


def named(units: Collection[uuid.UUID], day: dt.date) -> dict[uuid.UUID, Row]:
    """Return kind and names of municipalities on a day."""
    found = rows(NAMED, {"units": [str(unit) for unit in units], "day": day})
    return {row["id"]: row for row in found}
