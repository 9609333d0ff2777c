"""A municipality: everything about one city or ayil aimak on one page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ayil_okmotu import wording as executive_wording
from ayil_okmotu.page_queries import summary
from councils import wording
from councils.page_queries import bodies
from delegation.page_queries import summary as delegated
from kpi import scoring
from kpi import wording as kpi_wording
from kpi.page_queries import published
from kpi.views.public.unit import line
from lsg_portal.pages.queries import lineage, units
from lsg_portal.pages.views import history
from lsg_portal.pages.views.units import UnitPage, centre_name
from lsg_portal.web import addresses, display
from lsg_portal.web.tables import DATE, NUMBER, Column, Table
from registry import cells, sources, titles
from registry.queries import Row, data_versions
from registry.views import act_status, status_badge


class MunicipalityPage(UnitPage):
    """Key facts, settlements, the story of the reform with its acts, the history of versions."""

    template_name = "pages/municipality.html"

    @cached_property
    def settlements(self) -> list[Row]:
        """The settlements of the reader's day."""
        return units.settlements(self.unit["id"], self.request.day)

    @cached_property
    def edges(self) -> list[Row]:
        """The parts of changes that touch the municipality itself."""
        return lineage.edges(self.unit["id"], depth=1)

    @cached_property
    def named(self) -> dict[uuid.UUID, Row]:
        """The units of these parts, and this one."""
        ends = {edge[side] for edge in self.edges for side in ("source_id", "target_id")}
        return units.named([*(ends | {self.unit["id"]})], self.request.day)

    @cached_property
    def populations(self) -> list[Row]:
        """Its residents through time."""
        return units.populations(self.unit["id"])

    @cached_property
    def council(self) -> dict[str, Any] | None:
        """Its council on the reader's day: name, address, who sits, who chairs."""
        found = bodies.of_unit(self.unit["id"], self.request.day)
        if found is None:
            return None
        chair = found["chair"]
        return found | {
            "name": wording.council_name(self.unit, found["kind"]),
            "chair_url": addresses.page(self.request, "deputy", chair["id"]) if chair else "",
        }

    @cached_property
    def executive(self) -> dict[str, Any] | None:
        """Its executive body on the reader's day: name, who heads it, how many work there, the latest budget."""
        found = summary.of_unit(self.unit["id"], self.request.day)
        if found is None:
            return None
        return found | {
            "name": executive_wording.body_name(self.unit, found["kind"]),
            "head_word": executive_wording.head_word(found["kind"]),
        }

    @cached_property
    def state_powers(self) -> dict[str, Any] | None:
        """The state powers it performs on the reader's day and the funding gap of the latest year; None where it has none."""
        day, unit = self.request.day, self.unit["id"]
        found = delegated.of_unit(unit, day)
        if not any(found.values()):
            return None
        return found | {
            "powers": [row | {"title": titles.capital(display.name(row))} for row in found["powers"]],
            "gap_url": addresses.page(self.request, "funding-gap", year=found["year"], unit=unit),
        }

    def get_versions(self) -> dict[str, int]:
        """Return the data versions of all that the page is made from."""
        return data_versions("registry", "reform", "councils", "ayil_okmotu", "delegation", "kpi")

    @cached_property
    def scores(self) -> list[Row]:
        """Its scores in the rankings published by the reader's day, the latest quarter first."""
        return published.of_units([self.unit["id"]], self.request.day)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the tables of settlements, lineage, acts, versions and residents."""
        back = [edge for edge in self.edges if edge["target_id"] == self.unit["id"]]
        forward = [edge for edge in self.edges if edge["source_id"] == self.unit["id"]]
        return {
            "settlement_table": self._settlements(),
            "predecessors": history.lineage_table(
                self.request,
                back,
                self.named,
                key="predecessors",
                caption=_("Where its territory came from"),
                hidden="target",
            ),
            "successors": history.lineage_table(
                self.request,
                forward,
                self.named,
                key="successors",
                caption=_("What went to others"),
                hidden="source",
            ),
            "acts": self._acts(),
            "versions": history.versions_table(self.request, units.versions(self.unit["id"])),
            "residents": self._residents(),
        }

    def _settlements(self) -> Table:
        coded = any(row["code"] for row in self.settlements)
        whole = (
            self.unit["kind"] == "ayil_aimak"
        )  # residents of a city mostly live in none of its settlements
        return Table(
            self.request,
            caption=_("Settlements"),
            columns=[
                cells.Shown("name", _("Settlement"), value=display.name, show=_settlement),
                Column("kind", _("Kind"), value=lambda row: titles.settlement_kind(row["kind"])),
                cells.population_column(),
                Column("distance_to_centre_km", _("To the centre, km"), NUMBER, places=1),
                Column("code", pgettext("of a settlement", "Code (SOATE)"), shown=coded),
                Column("since", _("Belongs here since"), DATE, value=lambda row: row["valid"].lower),
                cells.provenance_column(),
            ],
            rows=self.settlements,
            totals={"population": _sum(self.settlements)} if whole else None,
            constructed=cells.is_constructed,
            empty=_("No settlement is on file for this day."),
        )

    def _acts(self) -> Table:
        return Table(
            self.request,
            key="acts",
            caption=_("Legal acts"),
            columns=[
                Column(
                    "act",
                    _("Legal act"),
                    value=titles.act_name,
                    link=lambda row: addresses.page(self.request, "legal-act", row["id"]),
                ),
                Column("title", _("Title"), value=lambda row: display.name(row, "title")),
                cells.Shown(
                    "status",
                    _("Status"),
                    value=lambda row: act_status(row["status"]),
                    show=lambda row: status_badge(row["status"]),
                ),
                Column("effective_on", _("Change in force since"), DATE),
            ],
            rows=units.acts(self.unit["id"]),
            empty=_("No act on file has changed this municipality."),
        )

    def _residents(self) -> Table:
        return Table(
            self.request,
            key="residents",
            caption=_("Population through time"),
            columns=[
                Column("on", _("As of"), DATE),
                Column("value", _("Population"), NUMBER),
                cells.Shown(
                    "source",
                    _("Source"),
                    value=_population_source,
                    show=lambda row: cells.source_text(_population_source(row)),
                ),
                cells.provenance_column(),
            ],
            rows=self.populations,
            constructed=cells.is_constructed,
            empty=_("No figure is on file."),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the facts of the day and the diagram."""
        day = self.request.day
        codes = units.codes(self.unit)
        inhabited = [row for row in self.settlements if row["kind"] in ("village", "urban_type_settlement")]
        population = next((row for row in self.populations if row["on"] <= day), None)
        life = self.named[self.unit["id"]]
        return super().get_context_data(
            **kwargs,
            codes=[row for row in codes if day in row["valid"]],
            former_codes=[row for row in codes if day not in row["valid"]],
            population=population,
            population_source=cells.source_text(_population_source(population)) if population else "",
            source=cells.source_text(self.unit["source"]),
            district_name=titles.full_name(self.unit["district"]),
            oblast_name=titles.full_name(self.unit["oblast"]),
            note=display.name(self.unit, "note"),
            centre=centre_name(self.unit),
            council=self.council,
            executive=self.executive,
            state_powers=self.state_powers,
            score=self._score(),
            score_chart=line(self.scores, self.edges, titles.full_name(self.unit), self._score_title()),
            score_chart_title=self._score_title(),
            settlement_count=len(inhabited),
            farthest=max(
                (row for row in inhabited if row["distance_to_centre_km"]),
                key=lambda row: row["distance_to_centre_km"],
                default=None,
            ),
            inner=[
                {"title": titles.full_name(row), "url": addresses.page(self.request, "unit", row["id"])}
                for row in self.unit["inner"] or ()
            ],
            life_words=display.period(life["first_day"], life["end_day"]),
            diagram=self._diagram(),
            diagram_title=self._diagram_title(),
        )

    def _score(self) -> dict[str, Any] | None:
        """Return its latest score; None where none has been published by the day."""
        if not self.scores:
            return None
        latest = self.scores[0]
        return latest | {
            "period": kpi_wording.quarter(latest["number"]),
            "told": scoring.said(latest["total"]),
            "band_name": display.name(latest["band"]),
            "group": display.name(latest["peer_group"]),
        }

    def _score_title(self) -> str:
        return _("KPI of the municipality, points by quarter")

    def _diagram(self) -> SafeString | str:
        if not self.edges:
            return ""
        return history.diagram(self.request, self.edges, self.named, self.unit["id"], self._diagram_title())

    def _diagram_title(self) -> str:
        return _("%(name)s: origin and successors") % {"name": titles.full_name(self.unit)}


def _settlement(row: Row) -> str:
    """A settlement's name, marked where it is the centre."""
    if not row["is_centre"]:
        return display.name(row)
    return cells.badged(display.name(row), _("administrative centre"), "accent")


def _sum(rows: list[Row]) -> int | None:
    """Add up the residents of villages; None where nobody reported any."""
    reported = [row["population"] for row in rows if row["population"] is not None]
    return sum(reported) if reported else None


def _population_source(row: Row) -> str:
    """Say in words where a figure comes from; one that a change carried over names no source of its own."""
    return sources.in_words(row["source"])
