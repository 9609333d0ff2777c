"""What one event does, gathered for the pages that show it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lsg_portal.web import charts, display
from lsg_portal.web.tables import NUMBER, Column, Table
from reform import page_queries, wording
from reform.models import Event, EventUnit
from reform.views.base import unit_link
from registry import titles
from registry.models import PartScope, SettlementKind, UnitKind, UnitRole


class Picture:
    """An event's units and parts, with names, figures, words and a diagram; three queries.

    ``more`` are further units whose names the page needs (hand-overs name some).
    """

    def __init__(self, request: Any, event: Event, more: Sequence[uuid.UUID] = ()) -> None:
        self.request, self.event, self.more = request, event, more
        self.lines: list[EventUnit] = page_queries.lines(event)
        self.parts: list[Any] = page_queries.parts(event)
        self.states = page_queries.unit_states(self._all_units(), event.effective_on)
        self.lines_by_unit = {line.unit_id: line for line in self.lines}

    def _all_units(self) -> list[uuid.UUID]:
        parents = [line.parent_id for line in self.lines if line.parent_id]
        return [*self.touched, *parents, *self.more]

    @cached_property
    def touched(self) -> list[uuid.UUID]:
        """The units the event ends, begins, alters, takes from or gives to, in the order of the draft."""
        units = [line.unit_id for line in self.lines]
        for part in self.parts:
            units += [part.source_id, part.target_id]
        return list(dict.fromkeys(units))

    def name(self, unit: uuid.UUID) -> str:
        """Return what to call a unit: as on the event's day, or as the draft calls it."""
        line = self.lines_by_unit.get(unit)
        if line is not None and line.role == UnitRole.BEGINS:
            return titles.full_name(line)
        if unit in self.states:
            return titles.full_name(self.states[unit])
        return titles.full_name(line) if line is not None and line.name else _("a unit not in force")

    def link(self, unit: uuid.UUID) -> str:
        """Return the page of a unit, empty for one that exists on no day."""
        state = self.states.get(unit)
        return unit_link(self.request, unit, state["last_day"], state["first_day"]) if state else ""

    def role(self, unit: uuid.UUID) -> str:
        """Return what the event does to a unit."""
        line = self.lines_by_unit.get(unit)
        if line is not None:
            return str(line.get_role_display())
        gives = any(part.source_id == unit for part in self.parts)
        takes = any(part.target_id == unit for part in self.parts)
        if gives and takes:
            return _("gives and receives territory")
        return _("gives territory") if gives else _("receives territory")

    def kind(self, unit: uuid.UUID) -> str:
        """Return the kind of a unit in words."""
        line, state = self.lines_by_unit.get(unit), self.states.get(unit)
        kind = (line.kind if line else "") or (state["kind"] if state else "")
        return str(UnitKind(kind).label) if kind else ""

    def particulars(self, unit: uuid.UUID) -> str:
        """Return the particulars a unit has from the event on: name, kind, parent, centre, code."""
        line = self.lines_by_unit.get(unit)
        if line is None or line.role == UnitRole.ENDS:
            return ""
        found = []
        if line.role == UnitRole.ALTERS and line.name:
            found.append(_("name: %(name)s") % {"name": display.name(line)})
        if line.role == UnitRole.ALTERS and line.kind:
            found.append(_("kind: %(kind)s") % {"kind": line.get_kind_display()})
        if line.parent_id:
            found.append(_("in: %(parent)s") % {"parent": self.name(line.parent_id)})
        if line.centre_id:
            found.append(_("centre: %(centre)s") % {"centre": display.name(line.centre)})
        if line.code:
            found.append(f"{line.code_system.upper()} {line.code}")
        return "; ".join(found)

    @cached_property
    def sentence(self) -> str:
        """What the event does, in one sentence."""
        of_role: dict[str, list[str]] = {role: [] for role in UnitRole.values}
        for line in self.lines:
            of_role[line.role].append(self.name(line.unit_id))
        return wording.what_it_does(
            self.event.kind,
            self.event.effective_on,
            ends=of_role[UnitRole.ENDS],
            begins=of_role[UnitRole.BEGINS],
            alters=of_role[UnitRole.ALTERS],
            receives=[self.name(unit) for unit in dict.fromkeys(part.target_id for part in self.parts)],
        )

    @cached_property
    def part_sentences(self) -> list[str]:
        """What goes where, part by part, where not everything goes whole to one place."""
        if all(part.scope == PartScope.WHOLE for part in self.parts):
            return []
        return [
            f"{self.name(part.source_id)} → {self.name(part.target_id)}: {self.extent(part)}"
            for part in self.parts
        ]

    def extent(self, part: Any) -> str:
        """Return what of the source goes: all of it, or the settlements by kind and name."""
        if part.scope == PartScope.WHOLE:
            return _("all its territory")
        return named_by_kind(part.places) or _("no settlement named")

    @cached_property
    def diagram(self) -> SafeString | str:
        """The parts as a lineage; empty where no territory moves."""
        if not self.parts:
            return ""
        in_parts = dict.fromkeys(unit for part in self.parts for unit in (part.source_id, part.target_id))
        targets = {part.target_id for part in self.parts}
        nodes = [
            charts.LineageNode(
                str(unit),
                self.name(unit),
                self.role(unit),
                url=self.link(unit),
                focus=unit in targets and len(targets) == 1,
                ended=unit in self.lines_by_unit and self.lines_by_unit[unit].role == UnitRole.ENDS,
            )
            for unit in in_parts
        ]
        edges = [
            charts.LineageEdge(
                str(part.source_id),
                str(part.target_id),
                self.event.effective_on,
                part.scope == PartScope.WHOLE,
                wording.named_settlements(part.places),
            )
            for part in self.parts
        ]
        return charts.lineage_diagram(nodes, edges, title=_("What went where"))

    def units_table(self) -> Table:
        """Return the units with what happens to them and, where the event holds, their figures before and after."""
        applied = self.event.status == Event.Status.IN_FORCE

        columns = [
            Column("unit", _("Unit"), value=self.name, link=self.link),
            Column("role", _("What happens"), value=self.role),
            Column("kind", _("Kind"), value=self.kind),
            Column("particulars", _("From then on"), value=self.particulars),
            Column(
                "population_before", _("Population before"), NUMBER, value=self._before("population_before")
            ),
            Column(
                "settlements_before",
                _("Settlements before"),
                NUMBER,
                value=self._before("settlements_before"),
            ),
        ]
        if applied:
            columns[5:5] = [
                Column(
                    "population_after", _("Population after"), NUMBER, value=self._after("population_after")
                )
            ]
            columns.append(
                Column(
                    "settlements_after",
                    _("Settlements after"),
                    NUMBER,
                    value=self._after("settlements_after"),
                )
            )
        return Table(
            self.request,
            caption=_("Units of the event"),
            rows=self.touched,
            columns=columns,
            totals=self._totals([column.key for column in columns if column.kind is NUMBER]),
        )

    @cached_property
    def shared(self) -> list[str]:
        """The units that another event of the same day touches as well: their figures show both."""
        if self.event.status != Event.Status.IN_FORCE:
            return []
        return [self.name(unit) for unit in self.touched if self.states.get(unit, {}).get("changes", 0) > 1]

    def _before(self, key: str) -> Any:
        """A figure of the eve; "not applicable" for a unit that did not exist then."""
        return lambda unit: self._figure(unit, key, "existed")

    def _after(self, key: str) -> Any:
        """A figure of the day; "not applicable" for a unit that no longer exists then."""
        return lambda unit: self._figure(unit, key, "exists")

    def _figure(self, unit: uuid.UUID, key: str, condition: str) -> Any:
        state = self.states.get(unit)
        if state is None or not state[condition]:
            return display.NOT_APPLICABLE
        return state[key]

    def _totals(self, keys: Sequence[str]) -> dict[str, int | None]:
        totals: dict[str, int | None] = {}
        for key in keys:
            known = [self.states[unit][key] for unit in self.touched if unit in self.states]
            reported = [value for value in known if value is not None]
            totals[key] = sum(reported) if reported else None
        return totals

    def parts_table(self) -> Table:
        """Return the parts with the settlements and shares that move."""
        return Table(
            self.request,
            key="parts",
            caption=_("Territory that moves"),
            rows=self.parts,
            columns=[
                Column(
                    "source",
                    _("From"),
                    value=lambda part: self.name(part.source_id),
                    link=lambda part: self.link(part.source_id),
                ),
                Column(
                    "target",
                    _("To"),
                    value=lambda part: self.name(part.target_id),
                    link=lambda part: self.link(part.target_id),
                ),
                Column("scope", _("Scope"), value=lambda part: part.get_scope_display()),
                Column("settlements", _("Settlements"), value=lambda part: named_by_kind(part.places)),
                Column("shares", _("Shares"), value=lambda part: shares_in_words(part.known_shares)),
            ],
            empty=_("No territory moves."),
        )


def named_by_kind(places: Sequence[Mapping[str, Any]]) -> str:
    """Name settlements under their kinds: "villages: Какыр, Калача; land parcels: № 544"."""
    by_kind: dict[str, list[str]] = {}
    for place in places:
        by_kind.setdefault(place["kind"], []).append(display.name(place))
    if list(by_kind) == [SettlementKind.VILLAGE]:
        return wording.listed(by_kind[SettlementKind.VILLAGE])
    return "; ".join(
        f"{SettlementKind(kind).label}: {wording.listed(names)}" for kind, names in by_kind.items()
    )


def shares_in_words(shares: Sequence[Mapping[str, Any]]) -> str:
    """Write shares with their basis: "population 12,5 % (census)"."""
    return "; ".join(
        f"{wording.measure_name(share['measure'])} {display.percent(percent_of(share['share']))} ({share['basis']})"
        for share in shares
    )


def percent_of(share: Any) -> str:
    """Return a share of one as percents, without trailing zeros."""
    return f"{(Decimal(str(share)) * 100).normalize():f}"
