"""Changes, lineage, projection and correspondence over REST."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import BOM, DELIMITER, Param, refusal
from lsg_portal.rest.problems import Fault, NotVisible
from lsg_portal.rest.views import Query, ReadView
from registry import lineage
from registry.api.columns import OBLAST, PROVENANCE, names
from registry.models import (
    Change,
    ChangeKind,
    ChangePart,
    Settlement,
    Unit,
    UnitCode,
    UnitVersion,
)
from registry.resolving import must_exist, unit_id

FROM = Param("from", "date", gettext_lazy("The earlier day."), required=True)
TO = Param("to", "date", gettext_lazy("The later day."), required=True)
RESULTS: dict[str, Any] = {
    "type": "object",
    "properties": {"results": {"type": "array", "items": {"type": "object"}}},
    "required": ["results"],
}

CODE = """(SELECT c.code FROM registry_unitcode c
            WHERE c.unit_id = {unit} AND c.system = %(system)s AND c.valid @> ({day}) AND c.voided_by_id IS NULL)"""
VERSION = """LEFT JOIN registry_unitversion {alias} ON {alias}.unit_id = r.{side} AND {alias}.valid @> ({day})
                   AND ({alias}.voided_by_id IS NULL OR {alias}.voided_by_id = r.annulment_id)"""
EVE = "r.effective_on - 1"

# Each part of a change, and each unit it ends, begins or alters without a part, as one row: old and new.
ROWS = """(
    SELECT c.id AS change_id, c.kind, c.effective_on, c.provenance, n.id AS annulment_id, x.scope, x.source_id, x.target_id,
           greatest(c.updated_at, n.at) AS updated_at,
           (SELECT jsonb_agg(a.act_id ORDER BY a.act_id) FROM registry_changeact a WHERE a.change_id = c.id) AS acts
      FROM registry_change c LEFT JOIN registry_annulment n ON n.change_id = c.id
      CROSS JOIN LATERAL (
            SELECT p.scope, p.source_id, p.target_id FROM registry_changepart p WHERE p.change_id = c.id
            UNION ALL
            SELECT u.role, CASE WHEN u.role <> 'begins' THEN u.unit_id END, CASE WHEN u.role <> 'ends' THEN u.unit_id END
              FROM registry_changeunit u
             WHERE u.change_id = c.id AND NOT EXISTS (
                   SELECT FROM registry_changepart p WHERE p.change_id = c.id
                      AND ((u.role = 'ends' AND p.source_id = u.unit_id) OR (u.role = 'begins' AND p.target_id = u.unit_id)))
      ) x) r"""


def _side(path: str, alias: str, side: str, day: str) -> tuple[Column, ...]:
    """The unit on one side of a row, with its code and name of that day."""
    return (
        Column(f"{path}.id", f"r.{side}", "uuid", anchor=True),
        Column(f"{path}.code", CODE.format(unit=f"r.{side}", day=day), null=True),
        *names(f"{path}.name", alias),
    )


class Changes(SqlListView):
    """Changes by row: old unit and code, new unit and code, day, kind, scope, acts; annulled ones are tombstones."""

    data = ("registry",)
    columns = (
        Column("change", "r.change_id", "uuid"),
        Column("kind", "r.kind", schema={"enum": list(ChangeKind.values)}),
        Column("effective_on", "r.effective_on", "date"),
        Column("scope", "r.scope", schema={"enum": ["whole", "part", "ends", "begins", "alters"]}),
        *_side("old", "o", "source_id", EVE),
        *_side("new", "n", "target_id", "r.effective_on"),
        Column(
            "acts",
            "coalesce(r.acts, '[]')",
            "json",
            schema={"type": "array", "items": {"type": "string", "format": "uuid"}},
        ),
        Column("annulled", "r.annulment_id IS NOT NULL", "bool"),
        Column("provenance", "r.provenance", schema=PROVENANCE),
    )
    params = (
        Param("from", "date", gettext_lazy("Only changes in force on or after this day.")),
        Param("to", "date", gettext_lazy("Only changes in force before this day.")),
        Param(
            "kind", "choice", gettext_lazy("Only these kinds."), choices=tuple(ChangeKind.values), many=True
        ),
        OBLAST,
        Param(
            "system",
            "choice",
            gettext_lazy("The system of the codes shown."),
            choices=("soate",),
            default="soate",
        ),
        Param("annulled", "bool", gettext_lazy("Annulled changes too."), default=False),
    )
    keys = {"effective_on": Key("r.effective_on", "date")}
    unique = Key(
        "r.change_id::text || coalesce(r.source_id::text, '-') || coalesce(r.target_id::text, '-') || r.scope"
    )
    default_ordering = ("effective_on",)
    updated = Key("r.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The rows of changes, narrowed."""
        joins = " ".join(
            (
                VERSION.format(alias="o", side="source_id", day=EVE),
                VERSION.format(alias="n", side="target_id", day="r.effective_on"),
            )
        )
        source = Source(ROWS, joins, args={"system": query["system"]})
        if not query["annulled"] and not query["updated_since"]:
            source.add("r.annulment_id IS NULL")
        if query["from"]:
            source.add("r.effective_on >= %(from)s::date", **{"from": query["from"]})
        if query["to"]:
            source.add("r.effective_on < %(to)s::date", to=query["to"])
        if query["kind"]:
            source.add("r.kind = ANY(%(kind)s::text[])", kind=list(query["kind"]))
        if query["oblast"] is not None:
            source.add(
                """(r.source_id IN (SELECT unit_id FROM registry_units_on(r.effective_on - 1) WHERE oblast_id = %(oblast)s::uuid)
                 OR r.target_id IN (SELECT unit_id FROM registry_units_on(r.effective_on) WHERE oblast_id = %(oblast)s::uuid))""",
                oblast=str(unit_id(query["oblast"])),
            )
        return source


class ChangeDetail(ReadView):
    """One change: its units, parts, shares, acts and, if so, its annulment."""

    data = ("registry",)
    refusals = {"GET": (404,)}
    answer_schema = {"type": "object"}

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show the change."""
        change = Change.objects.select_related("annulment").filter(pk=kwargs["pk"]).first()
        if change is None:
            raise NotVisible
        annulment = getattr(change, "annulment", None)
        parts = change.parts.prefetch_related("part_settlements__settlement", "shares").order_by("id")
        return {
            "id": str(change.pk),
            "kind": change.kind,
            "effective_on": change.effective_on,
            "acts": [str(act) for act in change.change_acts.order_by("id").values_list("act_id", flat=True)],
            "units": [
                {"unit": str(line.unit_id), "role": line.role} for line in change.change_units.order_by("id")
            ],
            "parts": [
                {
                    "source": str(part.source_id),
                    "target": str(part.target_id),
                    "scope": part.scope,
                    "settlements": [_settlement(line.settlement) for line in part.part_settlements.all()],
                    "shares": _shares(part),
                }
                for part in parts
            ],
            "annulled": {"at": annulment.at.isoformat(), "reason": annulment.reason} if annulment else None,
            "provenance": change.provenance,
        }


def _settlement(place: Settlement) -> dict[str, Any]:
    return {
        "id": str(place.pk),
        "name": {"ky": place.name_ky, "ru": place.name_ru, "en": place.name_en},
        "kind": place.kind,
    }


def _shares(part: ChangePart) -> list[dict[str, str]]:
    return [
        {"measure": share.measure, "share": f"{share.share.normalize():f}", "basis": share.basis}
        for share in part.shares.all()
    ]


def _unit_on(
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


class _Neighbours(ReadView):
    """The parts by which territory came to a unit, or left it."""

    data = ("registry",)
    formats = ("json", "csv", "xlsx")
    params = (BOM, DELIMITER)
    refusals = {"GET": (404,)}
    answer_schema = RESULTS
    backward = True

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show each part with the unit on its other side, as it was before or since."""
        must_exist(kwargs["pk"])
        unit = Unit(pk=kwargs["pk"])
        parts = list(
            (unit.predecessors() if self.backward else unit.successors())
            .select_related("change")
            .prefetch_related("part_settlements__settlement", "shares")
        )

        def other(part: ChangePart) -> tuple[uuid.UUID, dt.date]:
            if self.backward:
                return part.source_id, part.change.effective_on - dt.timedelta(days=1)
            return part.target_id, part.change.effective_on

        units = _unit_on(other(part) for part in parts)
        return {
            "results": [
                {
                    "unit": units[other(part)],
                    "effective_on": part.change.effective_on,
                    "change": str(part.change_id),
                    "scope": part.scope,
                    "settlements": [_settlement(line.settlement) for line in part.part_settlements.all()],
                    "shares": _shares(part),
                }
                for part in parts
            ]
        }


class Predecessors(_Neighbours):
    """Where a unit's territory came from, part by part."""


class Successors(_Neighbours):
    """Where a unit's territory went, part by part."""

    backward = False


class Lineage(ReadView):
    """The units before and after a unit, several changes deep, as nodes and edges."""

    data = ("registry",)
    params = (
        Param("depth", "int", gettext_lazy("How many changes to follow."), default=3, minimum=1, maximum=10),
        Param(
            "direction",
            "choice",
            gettext_lazy("Backward, forward or both."),
            choices=("back", "forward", "both"),
            default="both",
        ),
        Param("at", "date", gettext_lazy("Only changes in force by this day.")),
    )
    refusals = {"GET": (404,)}
    answer_schema = {
        "type": "object",
        "properties": {
            "unit": {"type": "string", "format": "uuid"},
            "nodes": {"type": "array", "items": {"type": "object"}},
            "edges": {"type": "array", "items": {"type": "object"}},
        },
        "required": ["unit", "nodes", "edges"],
    }

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show the graph."""
        must_exist(kwargs["pk"])
        unit = Unit(pk=kwargs["pk"])
        edges = lineage.lineage(unit, query["at"], depth=query["depth"], direction=query["direction"])
        ids = {unit.pk} | {edge.source for edge in edges} | {edge.target for edge in edges}
        nodes: dict[uuid.UUID, UnitVersion] = {}
        for version in UnitVersion.objects.live().filter(unit__in=ids).order_by("unit_id", "valid"):
            nodes[version.unit_id] = version
        return {
            "unit": str(unit.pk),
            "nodes": [
                {
                    "id": str(identifier),
                    "kind": version.kind,
                    "name": {"ky": version.name_ky, "ru": version.name_ru, "en": version.name_en},
                    "valid": {"from": version.valid.lower, "to": version.valid.upper},
                }
                for identifier, version in sorted(
                    nodes.items(), key=lambda item: (item[1].sort_ky, str(item[0]))
                )
            ],
            "edges": [
                {
                    "source": str(edge.source),
                    "target": str(edge.target),
                    "effective_on": edge.effective_on,
                    "change": str(edge.change),
                    "kind": edge.kind,
                    "scope": edge.scope,
                }
                for edge in edges
            ],
        }


def _ordered(query: Query) -> tuple[dt.date, dt.date]:
    """The two days; raise Malformed if they are the wrong way round."""
    if query["from"] > query["to"]:
        raise refusal(Fault("/from", "days_reversed", _("The earlier day must not lie after the later one.")))
    return query["from"], query["to"]


class Projection(ReadView):
    """Every unit in which the territory of a unit as of one day lies on a later day."""

    data = ("registry",)
    formats = ("json", "csv", "xlsx")
    params = (FROM, TO, BOM, DELIMITER)
    refusals = {"GET": (404,)}
    answer_schema = RESULTS

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show every target with its scope, settlements and shares; 404 if the unit did not exist on the day."""
        first, last = _ordered(query)
        if not UnitVersion.objects.on(first).filter(unit=kwargs["pk"]).exists():
            raise NotVisible(_("The unit did not exist on that day."))
        holdings = lineage.project(Unit(pk=kwargs["pk"]), first, last)
        return {
            "unit": str(kwargs["pk"]),
            "from": first,
            "to": last,
            "results": _projected({kwargs["pk"]: holdings}, last)[kwargs["pk"]],
        }


def _projected(
    holdings: Mapping[uuid.UUID, list[lineage.Holding]], day: dt.date
) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """Holdings in the shape of the contract."""
    units = _unit_on((item.unit, day) for items in holdings.values() for item in items)
    wanted = {place for items in holdings.values() for item in items for place in item.settlements}
    places = {place.pk: place for place in Settlement.objects.filter(pk__in=wanted)}
    return {
        origin: [
            {
                "unit": units[item.unit, day],
                "effective_on": item.effective_on,
                "change": str(item.change) if item.change else None,
                "scope": item.scope,
                "settlements": [
                    _settlement(places[place])
                    for place in sorted(item.settlements, key=lambda key: (places[key].sort_ky, str(key)))
                ],
                "shares": [
                    {
                        "measure": measure,
                        "share": f"{share.normalize():f}",
                        "basis": "; ".join(item.bases[measure]),
                    }
                    for measure, share in sorted(item.shares.items())
                    if share is not None
                ],
            }
            for item in items
        ]
        for origin, items in holdings.items()
    }


class Correspondence(ReadView):
    """The whole crosswalk between two days: every municipality of the earlier day and where it lies on the later."""

    data = ("registry",)
    formats = ("json", "csv", "xlsx")
    params = (FROM, TO, OBLAST, BOM, DELIMITER)
    answer_schema = RESULTS

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show a row for each pair, unchanged units too."""
        first, last = _ordered(query)
        units = Unit.objects.at(first).municipalities()
        if query["oblast"] is not None:
            units = units.within(Unit(pk=unit_id(query["oblast"])), first)
        ordered = list(units.order_by("sort_ky", "id").values_list("id", flat=True))
        holdings = lineage.project_all(ordered, first, last)
        old = _unit_on((unit, first) for unit in ordered)
        new = _unit_on((item.unit, last) for items in holdings.values() for item in items)
        return {
            "from": first,
            "to": last,
            "results": [
                {
                    "old": old[unit, first],
                    "new": new[item.unit, last],
                    "scope": item.scope,
                    "effective_on": item.effective_on,
                    "change": str(item.change) if item.change else None,
                    "settlements": len(item.settlements),
                }
                for unit in ordered
                for item in holdings[unit]
            ],
        }
