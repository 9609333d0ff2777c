"""Parts of changes and units of a day, as several resources show them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from lsg_portal.rest import shapes
from registry.api.columns import KINDS, SETTLEMENT_KINDS
from registry.models import ChangePart, PartScope, Settlement, UnitCode, UnitVersion

SCOPE = shapes.choice(PartScope.values)
SETTLEMENT = shapes.record(id=shapes.UUID, name=shapes.NAME, kind={"type": "string", **SETTLEMENT_KINDS})
SHARE = shapes.record(measure=shapes.TEXT, share=shapes.DECIMAL, basis=shapes.TEXT)
UNIT_OF_A_DAY = shapes.record(
    id=shapes.UUID,
    kind=shapes.nullable({"type": "string", **KINDS}),
    name=shapes.NAME,
    code=shapes.nullable(shapes.TEXT),
)


def settlement(place: Settlement) -> dict[str, Any]:
    """A settlement in a few words."""
    return {
        "id": str(place.pk),
        "name": {"ky": place.name_ky, "ru": place.name_ru, "en": place.name_en},
        "kind": place.kind,
    }


def shares(part: ChangePart) -> list[dict[str, str]]:
    """The shares of a part, as decimal text."""
    return [
        {"measure": share.measure, "share": f"{share.share.normalize():f}", "basis": share.basis}
        for share in part.shares.all()
    ]


def units_of_days(
    units: Iterable[tuple[uuid.UUID, dt.date]],
) -> Mapping[tuple[uuid.UUID, dt.date], dict[str, Any]]:
    """Each unit with its name, kind and code of a day, in two queries."""
    wanted = set(units)
    ids = {unit for unit, _day in wanted}
    versions = list(UnitVersion.objects.live().filter(unit__in=ids))
    codes = list(UnitCode.objects.live().filter(unit__in=ids, system="soate"))

    def held(row: Any, day: dt.date) -> bool:
        return bool(row.valid.lower <= day and (row.valid.upper is None or day < row.valid.upper))

    found = {}
    for unit, day in wanted:
        version = next((v for v in versions if v.unit_id == unit and held(v, day)), None)
        code = next((c.code for c in codes if c.unit_id == unit and held(c, day)), None)
        found[unit, day] = {
            "id": str(unit),
            "kind": version.kind if version else None,
            "name": {
                language: getattr(version, f"name_{language}") if version else None
                for language in ("ky", "ru", "en")
            },
            "code": code,
        }
    return found
