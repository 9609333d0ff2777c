"""A line through mergers: what a municipality, and before it those it was formed from, reported of an indicator."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from delegation.page_queries import transfers
from kpi import series, wording
from kpi.models import Aggregation, Subject
from kpi.page_queries import places
from kpi.views.public.base import KpiPage, figure_column, methodology_of
from lsg_portal.web import addresses, charts, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, Column, Table
from registry import cells, titles
from registry.crumbs import down_to
from registry.models import ChangeKind
from registry.queries import Row

SHOWN = (series.OWN, series.JOINED)
TONES = {
    series.OWN: "",
    series.JOINED: "accent",
    series.INCOMPLETE: "warning",
    series.NOT_COMPARABLE: "error",
}


class OfMunicipality(KpiPage):
    """A page about one municipality, as of the reader's day or the day of its life nearest to it."""

    @cached_property
    def place(self) -> Row:
        """The municipality with its district and oblast."""
        found = transfers.unit(uuid.UUID(str(self.kwargs["pk"])), self.request.day)
        if found is None:
            raise Http404
        return found

    @property
    def unit(self) -> Row:
        """The municipality."""
        found: Row = self.place["unit"]
        return found

    @property
    def unit_id(self) -> uuid.UUID:
        """Its identifier."""
        return uuid.UUID(str(self.unit["id"]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the municipality."""
        return super().get_context_data(unit=self.unit, unit_name=titles.full_name(self.unit), **kwargs)


class SeriesPage(OfMunicipality):
    """The series of one indicator for the territory of one municipality."""

    template_name = "kpi/series.html"

    @cached_property
    def found(self) -> series.Series:
        """The points and breaks by the reader's day; 404 for what is no indicator of municipalities."""
        found = series.series(self.unit_id, str(self.kwargs["code"]), self.request.day)
        if found is None or found.indicator.measure.subject != Subject.HEAD:
            raise Http404
        return found

    @cached_property
    def methodology(self) -> Row | None:
        """The methodology that defines the indicator now."""
        version = self.found.indicator.category.methodology
        return methodology_of(
            {
                "methodology_id": version.pk,
                "methodology_number": version.number,
                "act_id": version.act_id,
                "methodology_provenance": version.provenance,
            }
        )

    @cached_property
    def named(self) -> dict[uuid.UUID, Row]:
        """The units whose figures make the points."""
        units = {part.unit_id for point in self.found.points for part in point.parts}
        return places.named(units, self.request.day) if units else {}

    @property
    def name(self) -> str:
        """The indicator with its unit of measure."""
        return wording.indicator(self.found.indicator)

    def get_title(self) -> str:
        """Return municipality and indicator."""
        return _("%(unit)s: %(indicator)s") % {"unit": titles.full_name(self.unit), "indicator": self.name}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the way down to the municipality, and its KPI."""
        above = down_to(self.request, self.place["oblast"], self.place["district"], self.unit)
        return [*above, Crumb(_("KPI"), addresses.page(self.request, "kpi-unit", self.unit["id"]))]

    def get_tables(self) -> Mapping[str, Table]:
        """Return the points and the breaks."""
        return {"points": self._points(), "breaks": self._breaks()}

    def _points(self) -> Table:
        status = self._status
        return Table(
            self.request,
            caption=self.get_title(),
            columns=[
                Column(
                    "period",
                    _("Reporting period"),
                    value=lambda point: wording.quarter(point.period),
                    sort=lambda point: point.period,
                ),
                figure_column("value", self.name),
                cells.Shown(
                    "status",
                    _("How it comes about"),
                    value=lambda point: status(point.status),
                    show=lambda point: (
                        cells.badge(status(point.status), TONES[point.status])
                        if point.status in TONES and point.status != series.OWN
                        else ""
                    ),
                ),
                Column("parts", _("Made from"), value=self._parts, sortable=False),
            ],
            rows=self.found.points,
            constructed=lambda point: any(
                point.period in self.named[part.unit_id]["constructed"] for part in point.parts
            ),
            sort="-period",
            source=_("published reports of the municipalities named"),
            empty=_("Nothing has been published of this indicator for this territory by this day."),
        )

    def _breaks(self) -> Table:
        return Table(
            self.request,
            key="breaks",
            caption=_("Changes of the territory"),
            columns=[
                Column("day", _("Since"), DATE),
                Column(
                    "kind",
                    _("Change"),
                    value=lambda item: _kind(item.kind),
                    link=lambda item: addresses.page(self.request, "unit-lineage", self.unit["id"]),
                ),
                Column("gave", _("Territory came from"), value=self._gave, sortable=False),
            ],
            rows=self.found.breaks,
            empty=_("The territory has not changed in this time."),
        )

    def _gave(self, item: series.Break) -> str | None:
        """Return whose territory came in a change, of those whose figures make the points."""
        names = [titles.full_name(row) for row in self.named.values() if item.change_id in row["gave"]]
        return ", ".join(sorted(names)) or None

    def _status(self, status: str) -> str:
        """Say in words how a point comes about."""
        return {
            series.OWN: _("reported by the municipality"),
            series.JOINED: _("put together: %(rule)s")
            % {"rule": wording.aggregation(self.found.indicator.aggregation)},
            series.INCOMPLETE: _("incomplete: not all of the territory has a figure"),
            series.NOT_COMPARABLE: _("not comparable: an index cannot be put together"),
            series.NONE: _("not reported"),
        }[status]

    def _parts(self, point: series.Point) -> str | None:
        """Return whose figures make a point, where it is not the municipality's own."""
        if point.status == series.OWN or not point.parts:
            return None
        return "; ".join(self._part(part) for part in point.parts)

    def _part(self, part: series.Part) -> str:
        words = f"{titles.full_name(self.named.get(part.unit_id))}: {wording.figure(part.value)}"
        if part.share is None:
            return _("%(part)s (share not recorded)") % {"part": words}
        if part.share == 1:
            return words
        return _("%(part)s (share %(share)s)") % {
            "part": words,
            "share": display.percent(part.share * 100, 1),
        }

    def _chart(self, title: str) -> SafeString | str:
        """Draw own figures and those put together; points that cannot be compared are gaps."""
        points = self.found.points
        if not any(point.status in SHOWN for point in points):
            return ""
        names = {series.OWN: _("the municipality"), series.JOINED: _("put together")}
        lines = [
            charts.Line(
                names[status],
                tuple(
                    charts.Point(
                        point.last_day,
                        float(point.value) if point.status == status and point.value is not None else None,
                    )
                    for point in points
                ),
            )
            for status in SHOWN
            if any(point.status == status for point in points)
        ]
        breaks = [charts.Break(item.day, _kind(item.kind)) for item in self.found.breaks]
        return charts.line_chart(lines, title=title, breaks=breaks, write=wording.figure)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the chart and the rule."""
        about = self.found.indicator
        title = _("%(indicator)s, by quarter") % {"indicator": self.name}
        return super().get_context_data(
            chart=self._chart(title),
            chart_title=title,
            indicator_name=self.name,
            rule=wording.aggregation(about.aggregation),
            not_aggregable=about.aggregation == Aggregation.NONE,
            broken=bool(self.found.breaks),
            rest_url=self._rest_url(),
            **kwargs,
        )

    def _rest_url(self) -> str:
        address = addresses.optional("api-kpi-series")
        if not address:
            return ""
        return addresses.with_query(address, unit=self.unit["id"], indicator=self.found.measure)


def _kind(kind: str) -> str:
    return str(ChangeKind(kind).label)
