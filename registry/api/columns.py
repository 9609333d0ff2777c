"""Columns and parameters that several resources of the register share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from lsg_portal.rest.columns import Column
from lsg_portal.rest.params import Param
from registry.models import Provenance, SettlementKind, UnitKind

KINDS = {"enum": list(UnitKind.values)}
SETTLEMENT_KINDS = {"enum": list(SettlementKind.values)}
PROVENANCE = {"enum": list(Provenance.values)}
OBLAST = Param(
    "oblast",
    "unit",
    gettext_lazy("Only what lies in this oblast, or in this city of republican significance."),
)
DISTRICT = Param("district", "unit", gettext_lazy("Only what lies in this district."))
UNIT = Param("unit", "unit", gettext_lazy("Only what belongs to this unit."))
TOUCHED = Param("unit", "unit", gettext_lazy("Only what touches this unit."))
SEARCH = Param("q", "text", gettext_lazy("Part of a name, or the beginning of a code."), max_length=100)


def names(path: str, alias: str, field: str = "name") -> tuple[Column, ...]:
    """A text in three languages."""
    return tuple(
        Column(f"{path}.{language}", f"{alias}.{field}_{language}", null=True)
        for language in ("ky", "ru", "en")
    )


def unit_columns(path: str, alias: str, *, null: bool = True) -> tuple[Column, ...]:
    """Another unit: its identifier, kind and name; null where there is none."""
    return (
        Column(f"{path}.id", f"{alias}.unit_id", "uuid", anchor=null),
        Column(f"{path}.kind", f"{alias}.kind", schema=KINDS),
        *names(f"{path}.name", alias),
    )


def version_join(alias: str, of: str, day: str = "u.seen") -> str:
    """The live version of the unit ``of`` on a day."""
    return (
        f"LEFT JOIN registry_unitversion {alias} ON {alias}.unit_id = {of}"
        f" AND {alias}.valid @> {day} AND {alias}.voided_by_id IS NULL"
    )


def lies_in(unit: str, day: str, name: str) -> str:
    """Return the condition that a unit lay, on a day, in the oblast or district ``%(name)s``, or was it."""
    return f"""EXISTS (
        SELECT FROM registry_unitversion w LEFT JOIN registry_unitversion above
               ON above.unit_id = w.parent_id AND above.valid @> ({day}) AND above.voided_by_id IS NULL
         WHERE w.unit_id = {unit} AND w.valid @> ({day}) AND w.voided_by_id IS NULL
           AND %({name})s::uuid IN (w.unit_id, w.parent_id, above.parent_id))"""


def texts(thing: Any, name: str) -> dict[str, str | None]:
    """A text of a record in three languages."""
    return {language: getattr(thing, f"{name}_{language}") or None for language in ("ky", "ru", "en")}
