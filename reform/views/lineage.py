"""The lineage explorer: where a unit came from and what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.web import addresses, charts, display
from lsg_portal.web.tables import DATE, Column, Filter, Filters, Table
from lsg_portal.web.views import RegisterPage
from reform import page_queries, wording
from reform.views.base import ReformPage, unit_link
from registry import titles
from registry.lineage import Edge, lineage
from registry.models import ChangeKind, PartScope, Unit, UnitKind

DIRECTIONS = {
    "both": gettext_lazy("both ways"),
    "back": gettext_lazy("back: predecessors"),
    "forward": gettext_lazy("forward: successors"),
}
DEPTHS = ("1", "2", "3")
USUAL = {"depth": "2", "direction": "both"}


class LineagePage(ReformPage, RegisterPage):
    """Choose any unit that ever existed, and see its lineage as a diagram and a table."""

    section = "reform-lineage"
    template_name = "reform/lineage.html"
    title = gettext_lazy("Lineage of a unit")

    @cached_property
    def asked(self) -> Filters:
        """The words searched for, the unit chosen, how far and which way to look."""
        parameters = self.request.GET.copy()
        for key, value in USUAL.items():
            if not parameters.get(key):
                parameters[key] = value
        return Filters(
            parameters,
            [
                Filter.text("q", _("Name of the unit")),
                Filter("unit", _("Unit"), "text", uuid.UUID),
                Filter.choice("depth", _("Changes away"), [(depth, depth) for depth in DEPTHS]),
                Filter.choice("direction", _("Direction"), DIRECTIONS.items()),
            ],
        )

    @cached_property
    def found(self) -> list[dict[str, Any]]:
        """The units whose names hold the words asked for."""
        return page_queries.search_units(self.asked["q"]) if self.asked["q"] else []

    @cached_property
    def unit(self) -> uuid.UUID | None:
        """The only unit found, or the one chosen: words that were typed after choosing ask for another."""
        chosen: uuid.UUID | None = self.asked["unit"]
        if self.asked["q"]:
            chosen = self.found[0]["unit_id"] if len(self.found) == 1 else None
        return chosen

    @cached_property
    def edges(self) -> list[Edge]:
        """The changes that lead to the unit and from it, up to the day of the page."""
        if self.unit is None:
            return []
        depth, direction = int(self.asked["depth"]), self.asked["direction"]
        return lineage(Unit(pk=self.unit), self.request.day, depth=depth, direction=direction)

    @cached_property
    def states(self) -> dict[uuid.UUID, dict[str, Any]]:
        """Names and lives of the units of the lineage; 404 for a unit that never was."""
        units = {unit for edge in self.edges for unit in (edge.source, edge.target)}
        if self.unit is None:
            return {}
        states = page_queries.unit_states(units | {self.unit}, self.request.day)
        if self.unit not in states:
            raise Http404
        return states

    @cached_property
    def parts(self) -> dict[tuple[uuid.UUID, uuid.UUID, uuid.UUID], Any]:
        """The parts behind the edges, with the settlements that moved."""
        return page_queries.moved_settlements([edge.change for edge in self.edges])

    def name(self, unit: uuid.UUID) -> str:
        """Return what to call a unit."""
        return titles.full_name(self.states[unit]) if unit in self.states else ""

    def link(self, unit: uuid.UUID) -> str:
        """Return a unit's page on a day on which it exists."""
        state = self.states.get(unit)
        return unit_link(self.request, unit, state["last_day"], state["first_day"]) if state else ""

    def places(self, edge: Edge) -> list[dict[str, Any]]:
        """Return the settlements that moved."""
        part = self.parts.get((edge.change, edge.source, edge.target))
        return list(part.places) if part else []

    def get_tables(self) -> Mapping[str, Table]:
        """Return the changes of the lineage, once a unit is chosen."""
        if self.unit is None:
            return {}

        def event_link(edge: Edge) -> str | None:
            part = self.parts.get((edge.change, edge.source, edge.target))
            return (
                addresses.page(self.request, "reform-event", part.event_id)
                if part and part.event_id
                else None
            )

        return {
            "lineage": Table(
                self.request,
                caption=_("Lineage of %(unit)s") % {"unit": self.name(self.unit)},
                rows=self.edges,
                columns=[
                    Column(
                        "source",
                        _("From"),
                        value=lambda e: self.name(e.source),
                        link=lambda e: self.link(e.source),
                    ),
                    Column(
                        "target",
                        _("To"),
                        value=lambda e: self.name(e.target),
                        link=lambda e: self.link(e.target),
                    ),
                    Column("effective_on", _("Day"), DATE),
                    Column("kind", _("Change"), value=lambda e: ChangeKind(e.kind).label, link=event_link),
                    Column("scope", _("Scope"), value=lambda e: PartScope(e.scope).label),
                    Column(
                        "settlements",
                        _("Settlements"),
                        value=lambda e: wording.listed(display.name(place) for place in self.places(e)),
                    ),
                ],
                empty=_("No territory has come to this unit or left it by this day."),
            )
        }

    def diagram(self) -> SafeString | str:
        """Draw the lineage; empty where there is none."""
        if not self.edges:
            return ""
        units = dict.fromkeys(unit for edge in self.edges for unit in (edge.source, edge.target))
        nodes = [
            charts.LineageNode(
                str(unit),
                self.name(unit),
                self.life(unit),
                self.link(unit),
                unit == self.unit,
                self.has_ended(unit),
            )
            for unit in units
        ]
        edges = [
            charts.LineageEdge(
                str(edge.source),
                str(edge.target),
                edge.effective_on,
                edge.scope == PartScope.WHOLE,
                wording.named_settlements(self.places(edge)),
            )
            for edge in self.edges
        ]
        return charts.lineage_diagram(nodes, edges, title=_("Lineage"))

    def has_ended(self, unit: uuid.UUID) -> bool:
        """Tell whether the unit no longer exists on the day of the page."""
        last: Any = self.states[unit]["last_day"]
        return last is not None and last < self.request.day

    def life(self, unit: uuid.UUID) -> str:
        """Return the note under a unit's name: its last day where it has ended, else its kind."""
        if self.has_ended(unit):
            return _("until %(last)s") % {"last": display.short_day(self.states[unit]["last_day"])}
        return str(UnitKind(self.states[unit]["kind"]).label)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the search, its findings, and the diagram."""
        unit = self.unit
        return super().get_context_data(
            asked=self.asked,
            controls={control.name: control for control in self.asked.controls},
            kept=addresses.kept(self.request.GET, {*self.asked.names, "page", "sort", "format", "table"}),
            found=[self.finding(row) for row in self.found] if unit is None else [],
            searched=bool(self.asked["q"]) and unit is None,
            unit=unit,
            unit_name=self.name(unit) if unit else "",
            unit_url=self.link(unit) if unit else "",
            diagram=self.diagram() if unit else "",
            **kwargs,
        )

    def finding(self, row: Mapping[str, Any]) -> tuple[str, str, str, str]:
        """Return a unit found: where it leads, its name, where it lies, and its life."""
        url = self.request.path + addresses.query(self.request.GET, unit=row["unit_id"], q=None)
        parent = titles.full_name(row["parent"]) if row["parent"] else ""
        return (
            url,
            titles.full_name(row),
            parent,
            display.period(row["life"].lower, row["life"].upper, short=True),
        )
