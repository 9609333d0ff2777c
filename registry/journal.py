"""What the journal tells of the register's records, and what its things are called there."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import visibility
from audit.visibility import Part, Subject
from lsg_portal.web import display
from lsg_portal.web.days import BISHKEK
from registry import sources, titles
from registry.models import Annulment, ChangeKind, ChangePart, LegalAct, Settlement, UnitVersion
from registry.queries import rows

CHANGES_OF_UNIT = """
    SELECT change_id FROM registry_changeunit WHERE unit_id = %(key)s::uuid
     UNION SELECT change_id FROM registry_changepart WHERE %(key)s::uuid IN (source_id, target_id)"""
PARTS_OF_UNIT = "SELECT id FROM registry_changepart WHERE %(key)s::uuid IN (source_id, target_id)"


def of(table: str, column: str, value: str = "= %(key)s::uuid") -> Part:
    """Return the rows of a table whose column names the record."""
    return Part(table, f"SELECT id::text FROM {table} WHERE {column} {value}")


def has_versions(user: Any, key: uuid.UUID) -> bool:
    """Whether a unit is or was on the map; a unit that a draft would begin is none yet."""
    return UnitVersion.objects.filter(unit_id=key).exists()


def declare() -> None:
    """Declare the records of the register that have a history."""
    visibility.subject(
        Subject(
            "unit",
            gettext_lazy("unit"),
            "registry_unit",
            may_see=has_versions,
            route="unit",
            parts=(
                of("registry_unitversion", "unit_id"),
                of("registry_unitcode", "unit_id"),
                of("registry_settlementassignment", "unit_id"),
                of("registry_population", "unit_id"),
                of("registry_publishedfigure", "unit_id"),
                of("registry_changeunit", "unit_id"),
                of("registry_changepart", "%(key)s::uuid", "IN (source_id, target_id)"),
                of("registry_changepartsettlement", "part_id", f"IN ({PARTS_OF_UNIT})"),
                of("registry_changeshare", "part_id", f"IN ({PARTS_OF_UNIT})"),
                of("registry_change", "id", f"IN ({CHANGES_OF_UNIT})"),
                of("registry_changeact", "change_id", f"IN ({CHANGES_OF_UNIT})"),
                of("registry_annulment", "change_id", f"IN ({CHANGES_OF_UNIT})"),
            ),
        )
    )
    visibility.subject(
        Subject(
            "settlement",
            gettext_lazy("settlement"),
            "registry_settlement",
            may_see=lambda user, key: Settlement.objects.filter(pk=key).exists(),
            parts=(
                of("registry_settlementcode", "settlement_id"),
                of("registry_settlementassignment", "settlement_id"),
                of("registry_population", "settlement_id"),
                of("registry_changepartsettlement", "settlement_id"),
            ),
        )
    )
    visibility.subject(
        Subject(
            "legal-act",
            gettext_lazy("legal act"),
            "registry_legalact",
            may_see=lambda user, key: LegalAct.objects.filter(pk=key).exists(),
            route="legal-act",
        )
    )
    visibility.subject(
        Subject(
            "person",
            gettext_lazy("person"),
            "registry_person",
            may_see=lambda user, key: bool(user) and user.has_perm("audit.view_entry"),
            parts=(
                Part("registry_personprivate", "SELECT person_id::text FROM registry_personprivate "
                     "WHERE person_id = %(key)s::uuid"),
            ),
        )
    )  # fmt: skip
    _tables()
    visibility.names("registry_unit", _units)
    visibility.names("registry_legalact", _acts)
    visibility.names("registry_change", _changes)
    visibility.names("registry_changepart", _parts)
    visibility.names("registry_annulment", _annulments)
    visibility.names("registry_settlement", _settlements)


def _tables() -> None:
    dated = {"source": _source}
    by_change = {
        "change_id": gettext_lazy("written by change"),
        "voided_by_id": gettext_lazy("voided by annulment"),
    }
    code = {"system": str.upper, **dated}
    visibility.table("registry_unit")
    visibility.table("registry_unitversion", write=dated)
    visibility.table("registry_unitcode", identity=("system", "code"), write=code)
    visibility.table("registry_settlement", write=dated)
    visibility.table("registry_settlementcode", identity=("system", "code"), write=code)
    visibility.table("registry_settlementassignment", identity=("settlement_id",), write=dated)
    visibility.table("registry_population", identity=("settlement_id", "on"), labels=by_change, write=dated)
    visibility.table("registry_publishedfigure", identity=("measure", "as_printed"), write=dated)
    visibility.table(
        "registry_legalact", identity=("kind", "number", "adopted_on"), write=dated, hidden=("key",)
    )
    visibility.table("registry_change", identity=("kind", "effective_on"), write=dated)
    visibility.table("registry_changeact", identity=("act_id",))
    visibility.table("registry_changeunit", identity=("unit_id", "role"))
    ways = {"source_id": gettext_lazy("from the unit"), "target_id": gettext_lazy("to the unit")}
    visibility.table("registry_changepart", identity=("source_id", "target_id"), labels=ways)
    visibility.table("registry_changepartsettlement", identity=("settlement_id",))
    visibility.table("registry_changeshare", identity=("measure",), write={"measure": _measure})
    visibility.table("registry_annulment", identity=("change_id",), persons=("by",), hidden=("by", "at"))
    visibility.table("registry_person", write=dated)
    visibility.table("registry_personprivate", identity=("person_id",), sealed=True)


LOADED = re.compile(r"[a-z_]+:[0-9]+", re.ASCII)
MEASURES = {
    "population": gettext_lazy("population"),
    "own_revenue": gettext_lazy("own revenue"),
    "staff": gettext_lazy("municipal staff"),
}


def _measure(value: str) -> str:
    return str(MEASURES.get(value, value))


def _source(value: str) -> str:
    """Write a source; the number a loader gave its own line says nothing to a reader."""
    return "" if LOADED.fullmatch(value) else sources.in_words(value)


# --- what things are called -----------------------------------------------------------------------------------


def _units(keys: list[str]) -> visibility.Names:
    found: dict[str, list[tuple[dt.date, str]]] = {}
    versions = rows(
        """SELECT unit_id, lower(valid) AS since, kind, name_ky, name_ru, name_en FROM registry_unitversion
            WHERE unit_id = ANY (%(keys)s::uuid[]) ORDER BY unit_id, voided_by_id IS NULL, valid""",
        {"keys": keys},
    )
    for row in versions:
        found.setdefault(str(row["unit_id"]), []).append((row["since"], titles.full_name(row)))
    return found


def _acts(keys: list[str]) -> visibility.Names:
    return {str(act.pk): titles.act_name(act) for act in LegalAct.objects.filter(pk__in=keys)}


def _changes(keys: list[str]) -> visibility.Names:
    found = rows(
        "SELECT id, kind, effective_on FROM registry_change WHERE id = ANY (%(keys)s::uuid[])", {"keys": keys}
    )
    return {str(row["id"]): change_words(row["kind"], row["effective_on"]) for row in found}


def change_words(kind: str, day: dt.date) -> str:
    """Return a change as the journal calls it: its kind and its day."""
    return f"{ChangeKind(kind).label}, {display.short_day(day)}"


def _annulments(keys: list[str]) -> visibility.Names:
    return {
        str(item.pk): _("annulment of %(day)s")
        % {"day": display.short_day(item.at.astimezone(BISHKEK).date())}
        for item in Annulment.objects.filter(pk__in=keys)
    }


def _settlements(keys: list[str]) -> visibility.Names:
    return {str(item.pk): display.name(item) for item in Settlement.objects.filter(pk__in=keys)}


def _parts(keys: list[str]) -> visibility.Names:
    parts = ChangePart.objects.filter(pk__in=keys).values_list("pk", "source_id", "target_id")
    found = {str(pk): (str(source), str(target)) for pk, source, target in parts}
    units = _units(sorted({unit for pair in found.values() for unit in pair}))

    def last(unit: str) -> str:
        known = units.get(unit)
        return known[-1][1] if known else ""

    return {pk: f"{last(source)} → {last(target)}" for pk, (source, target) in found.items()}
