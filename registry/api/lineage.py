"""Lineage, projection and correspondence over REST: where territory came from and where it went."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.rest import shapes
from lsg_portal.rest.params import Param, refusal
from lsg_portal.rest.problems import Fault, NotVisible
from lsg_portal.rest.views import Query, ReadView
from registry import lineage
from registry.api.columns import DISTRICT, KINDS, OBLAST, UNIT
from registry.api.parts import SCOPE, SETTLEMENT, SHARE, UNIT_OF_A_DAY, settlement, shares, units_of_days
from registry.models import ChangeKind, ChangePart, ChangeUnit, Settlement, Unit, UnitRole, UnitVersion
from registry.resolving import must_exist, unit_id

FROM = Param("from", "date", gettext_lazy("The earlier day."), required=True)
TO = Param("to", "date", gettext_lazy("The later day."), required=True)
BY = Param("at", "date", gettext_lazy("Only changes in force by this day; without it all."))
KIND = {"type": "string", **KINDS}
HOLDING = shapes.record(
    unit=UNIT_OF_A_DAY,
    effective_on=shapes.DAY,
    change=shapes.UUID,
    scope=SCOPE,
    settlements=shapes.listed(SETTLEMENT),
    shares=shapes.listed(SHARE),
)


class _Neighbours(ReadView):
    """The parts by which territory came to a unit, or left it."""

    data = ("registry",)
    formats = ("json", "csv", "xlsx")
    params = (BY,)
    refusals = {"GET": (404,)}
    answer_schema = shapes.record(at=shapes.nullable(shapes.DAY), results=shapes.listed(HOLDING))
    backward = True

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show each part with the unit on its other side, as it was before or since."""
        must_exist(kwargs["pk"])
        unit = Unit(pk=kwargs["pk"])
        found = unit.predecessors() if self.backward else unit.successors()
        if query["at"]:
            found = found.filter(change__effective_on__lte=query["at"])
        parts = list(
            found.select_related("change").prefetch_related("part_settlements__settlement", "shares")
        )

        def other(part: ChangePart) -> tuple[uuid.UUID, dt.date]:
            if self.backward:
                return part.source_id, part.change.effective_on - dt.timedelta(days=1)
            return part.target_id, part.change.effective_on

        units = units_of_days(other(part) for part in parts)
        return {
            "at": query["at"],
            "results": [
                {
                    "unit": units[other(part)],
                    "effective_on": part.change.effective_on,
                    "change": str(part.change_id),
                    "scope": part.scope,
                    "settlements": [settlement(line.settlement) for line in part.part_settlements.all()],
                    "shares": shares(part),
                }
                for part in parts
            ],
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
        BY,
    )
    refusals = {"GET": (404,)}
    answer_schema = shapes.record(
        unit=shapes.UUID,
        at=shapes.nullable(shapes.DAY),
        nodes=shapes.listed(shapes.record(id=shapes.UUID, kind=KIND, name=shapes.NAME, valid=shapes.PERIOD)),
        edges=shapes.listed(
            shapes.record(
                source=shapes.UUID,
                target=shapes.UUID,
                effective_on=shapes.DAY,
                change=shapes.UUID,
                kind=shapes.choice(ChangeKind.values),
                scope=SCOPE,
            )
        ),
    )

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
            "at": query["at"],
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
    params = (FROM, TO)
    refusals = {"GET": (404,)}
    answer_schema = shapes.record(
        {"unit": shapes.UUID, "from": shapes.DAY, "to": shapes.DAY},
        results=shapes.listed(
            shapes.record(
                HOLDING["properties"],
                effective_on=shapes.nullable(shapes.DAY),
                change=shapes.nullable(shapes.UUID),
            )
        ),
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show every target; none of what was abolished without a successor. 404 if the unit was not there."""
        first, last = _ordered(query)
        if not UnitVersion.objects.on(first).filter(unit=kwargs["pk"]).exists():
            raise NotVisible(_("The unit did not exist on that day."))
        holdings = lineage.project(Unit(pk=kwargs["pk"]), first, last)
        units = units_of_days((item.unit, last) for item in holdings)
        wanted = {place for item in holdings for place in item.settlements}
        places = {place.pk: place for place in Settlement.objects.filter(pk__in=wanted)}
        return {
            "unit": str(kwargs["pk"]),
            "from": first,
            "to": last,
            "results": [
                _projected(item, units[item.unit, last], places)
                for item in holdings
                if units[item.unit, last]["kind"]
            ],
        }


def _projected(
    item: lineage.Holding, unit: dict[str, Any], places: Mapping[uuid.UUID, Settlement]
) -> dict[str, Any]:
    """A holding in the shape of the contract."""
    return {
        "unit": unit,
        "effective_on": item.effective_on,
        "change": str(item.change) if item.change else None,
        "scope": item.scope,
        "settlements": [
            settlement(places[place])
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


SIDE = {**UNIT_OF_A_DAY, "type": ["object", "null"]}


class Correspondence(ReadView):
    """The whole crosswalk between two days: every municipality of the earlier day and where it lies on the later.

    Unchanged municipalities have their row; what was abolished without a successor has no new side, what was
    created without a predecessor no old one.
    """

    data = ("registry",)
    formats = ("json", "csv", "xlsx")
    params = (FROM, TO, UNIT, OBLAST, DISTRICT)
    answer_schema = shapes.record(
        {"from": shapes.DAY, "to": shapes.DAY},
        count=shapes.COUNT,
        results=shapes.listed(
            shapes.record(
                old=SIDE,
                new=SIDE,
                scope=SCOPE,
                effective_on=shapes.nullable(shapes.DAY),
                change=shapes.nullable(shapes.UUID),
                settlements=shapes.COUNT,
            )
        ),
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show a row for each pair."""
        first, last = _ordered(query)
        ordered = _municipalities(query, first)
        begun = ChangeUnit.objects.live().filter(
            role=UnitRole.BEGINS,
            change__kind=ChangeKind.CREATE,
            change__effective_on__gt=first,
            change__effective_on__lte=last,
        )
        created = dict(begun.values_list("unit_id", "change_id"))
        fresh = [unit for unit in _municipalities(query, last) if unit in created] if created else []
        holdings = lineage.project_all(ordered, first, last)
        old = units_of_days((unit, first) for unit in ordered)
        lying = {item.unit for items in holdings.values() for item in items}
        new = units_of_days((unit, last) for unit in lying | set(fresh))
        results = [
            {
                "old": old[unit, first],
                "new": new[item.unit, last] if new[item.unit, last]["kind"] else None,
                "scope": item.scope,
                "effective_on": item.effective_on,
                "change": str(item.change) if item.change else None,
                "settlements": len(item.settlements),
            }
            for unit in ordered
            for item in holdings[unit]
        ]
        days = dict(begun.values_list("unit_id", "change__effective_on")) if fresh else {}
        results += [
            {
                "old": None,
                "new": new[unit, last],
                "scope": "whole",
                "effective_on": days[unit],
                "change": str(created[unit]),
                "settlements": 0,
            }
            for unit in fresh
        ]
        return {"from": first, "to": last, "count": len(results), "results": results}


def _municipalities(query: Query, day: dt.date) -> list[uuid.UUID]:
    """The municipalities of a day within the place asked for, by name."""
    units = Unit.objects.at(day).municipalities()
    for name in ("oblast", "district"):
        if query[name] is not None:
            units = units.within(Unit(pk=unit_id(query[name])), day)
    if query["unit"] is not None:
        units = units.filter(pk=unit_id(query["unit"]))
    return list(units.order_by("sort_ky", "id").values_list("id", flat=True))
