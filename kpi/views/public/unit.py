"""KPI of one municipality: its scores through time, its reports, its indicators beside those of its peers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kpi import scoring, wording
from kpi.models import ReportStatus
from kpi.page_queries import figures, methodologies, places, published, reports
from kpi.views.public.base import (
    QuarterPage,
    band_badge,
    category_column,
    figure_column,
    points_column,
    tones,
    value_of,
)
from kpi.views.public.series import OfMunicipality
from lsg_portal.web import addresses, charts, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, NUMBER, PERCENT, Column, Filters, Table
from registry import cells, titles
from registry.crumbs import down_to
from registry.models import ChangeKind
from registry.queries import Row


class UnitPage(OfMunicipality, QuarterPage):
    """Everything about the assessment of one municipality."""

    template_name = "kpi/unit.html"

    @cached_property
    def scores(self) -> list[Row]:
        """Its published scores, the latest quarter first."""
        return published.of_units([self.unit_id], self.request.day)

    @cached_property
    def runs(self) -> list[Row]:
        """The quarters in which it was scored."""
        return self.scores

    @cached_property
    def reports(self) -> list[Row]:
        """Its reports that the reader may see, each with its score."""
        scores = {row["report_id"]: row for row in self.scores}
        return [
            {**row, "scored": scores.get(row["id"])}
            for row in reports.of_unit(self.unit_id, self.request.day, self.sight)
        ]

    @cached_property
    def changes(self) -> list[Row]:
        """The changes of its territory between its first and its last score."""
        if not self.scores:
            return []
        return places.changes(self.unit_id, self.scores[-1]["last_day"], self.request.day)

    @cached_property
    def marks(self) -> dict[str, str]:
        """The marks of the bands."""
        return tones(methodologies.bands(self.run["methodology_id"])) if self.run else {}

    def get_title(self) -> str:
        """Return the name of the municipality."""
        return _("%(unit)s: KPI") % {"unit": titles.full_name(self.unit)}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the way down to the municipality."""
        return down_to(self.request, self.place["oblast"], self.place["district"], self.unit)

    def get_tables(self) -> Mapping[str, Table]:
        """Return indicators, scores and reports."""
        return {"indicators": self._indicators(), "scores": self._scores(), "reports": self._reports()}

    def _indicators(self) -> Table:
        request, run, unit = self.request, self.run, self.unit["id"]
        return Table(
            request,
            caption=_("Indicators, %(period)s") % {"period": wording.quarter(run["number"])}
            if run
            else _("Indicators"),
            columns=[
                Column(
                    "indicator",
                    _("Indicator"),
                    value=wording.indicator,
                    link=lambda row: addresses.page(request, "kpi-series", unit, row["code"]),
                ),
                category_column(shown=False),
                figure_column("value", _("Figure"), value_of),
                figure_column("before", _("Quarter before")),
                figure_column("middle", _("Median of the peer group")),
                points_column("normalised", _("Points"), note=_("of 100")),
                Column("weight", _("Weight"), NUMBER, value=lambda row: row["weight"].normalize()),
                Column(
                    "status",
                    _("State"),
                    value=lambda row: wording.published_status(row["status"]) if row["status"] else None,
                ),
            ],
            rows=figures.of_unit(run, self.unit_id, run["peer_group_id"]) if run else [],
            filters=Filters(request.GET, [self.period_filter()]),
            constructed=self.made,
            source=_("published report of the municipality"),
            empty=_("Nothing has been published of this municipality by this day."),
        )

    def _scores(self) -> Table:
        request = self.request
        return Table(
            request,
            key="scores",
            caption=_("Scores by quarter"),
            columns=[
                _period_column("number"),
                points_column(
                    "total", _("Points"), link=lambda row: addresses.page(request, "kpi-score", row["score"])
                ),
                cells.Shown(
                    "band",
                    _("Band"),
                    value=lambda row: display.name(row["band"]) or None,
                    show=lambda row: band_badge(row["band"], self.marks),
                ),
                Column(
                    "rank",
                    pgettext("in a ranking", "Place"),
                    NUMBER,
                    value=lambda row: display.NOT_APPLICABLE if row["rank"] is None else row["rank"],
                ),
                Column("of", _("Ranked in the group"), NUMBER),
                Column(
                    "peer_group",
                    _("Peer group"),
                    value=lambda row: titles.capital(display.name(row["peer_group"])) or None,
                ),
                Column("coverage", _("Covered weight"), PERCENT, places=0),
                cells.provenance_column(),
            ],
            rows=self.scores,
            constructed=cells.is_constructed,
            empty=_("Nothing has been published of this municipality by this day."),
        )

    def _reports(self) -> Table:
        request = self.request
        return Table(
            request,
            key="reports",
            caption=_("Reports"),
            columns=[
                _period_column("period_number"),
                Column(
                    "revision",
                    _("Revision"),
                    value=lambda row: str(row["revision"]),
                    link=lambda row: addresses.page(request, "kpi-report", row["id"]),
                ),
                cells.Shown(
                    "status",
                    _("State"),
                    value=lambda row: wording.report_status(row["status"]),
                    show=lambda row: cells.badge(
                        wording.report_status(row["status"]), wording.TONES[row["status"]]
                    ),
                ),
                cells.Shown(
                    "submitted",
                    _("Submitted on"),
                    DATE,
                    value=lambda row: _day_of(row["submitted_at"]),
                    show=lambda row: (
                        cells.badged(display.short_day(_day_of(row["submitted_at"])), _("late"), "warning")
                        if row["revision"] == 1 and row["first_on"] and row["first_on"] > row["due"]
                        else ""
                    ),
                ),
                Column("due", _("Due"), DATE),
                Column(
                    "published",
                    _("Published on"),
                    DATE,
                    value=lambda row: _day_of(row["published_at"]) or display.NOT_APPLICABLE,
                ),
                Column(
                    "amend_reason",
                    _("Reason of the amendment"),
                    value=lambda row: row["amend_reason"] or None,
                ),
                cells.provenance_column(),
            ],
            rows=self.reports,
            constructed=cells.is_constructed,
            empty=_("No report of this municipality has been published."),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the latest score and the chart."""
        run = self.run
        title = _("Points by quarter")
        place = self.place
        return super().get_context_data(
            district=place["district"],
            oblast=place["oblast"],
            district_name=titles.full_name(place["district"]),
            oblast_name=titles.full_name(place["oblast"]),
            score=run,
            total=scoring.said(run["total"]) if run else None,
            band=band_badge(run["band"], self.marks) if run else "",
            amended=self._amended(),
            peer_group=titles.capital(display.name(run["peer_group"])) if run else "",
            chart=line(self.scores, self.changes, titles.full_name(self.unit), title),
            chart_title=title,
            compare_url=addresses.page(self.request, "kpi-compare", unit=self.unit["id"]),
            rest_url=self._rest_url(),
            **kwargs,
        )

    def _amended(self) -> bool:
        """Whether another revision has been published since the one that was scored."""
        run = self.run
        if run is None:
            return False
        return any(
            row["status"] == ReportStatus.PUBLISHED
            and row["period_code"] == run["code"]
            and row["id"] != run["report_id"]
            for row in self.reports
        )

    def _rest_url(self) -> str:
        address = addresses.optional("api-kpi-values")
        return addresses.with_query(address, unit=self.unit["id"]) if address else ""


def _day_of(moment: dt.datetime | None) -> dt.date | None:
    """Return the day of a moment in Bishkek."""
    return None if moment is None else localtime(moment).date()


def _period_column(key: str) -> Column:
    """Return the column with the quarter of a row."""
    return Column(
        "period",
        _("Reporting period"),
        value=lambda row: wording.quarter(row[key]),
        sort=lambda row: row[key],
    )


def line(scores: Sequence[Row], changes: Sequence[Row], name: str, title: str) -> SafeString | str:
    """Draw the totals of a municipality through time, broken where its territory changed; empty for fewer than two."""
    totals = [row for row in reversed(scores) if row["total"] is not None]
    if len(totals) < 2:
        return ""
    points = tuple(charts.Point(row["last_day"], float(row["total"])) for row in totals)
    breaks = [
        charts.Break(row["effective_on"], str(ChangeKind(row["kind"]).label))
        for row in changes
        if row["effective_on"] > totals[0]["last_day"]
    ]
    return charts.line_chart([charts.Line(name, points)], title=title, breaks=breaks, places=1)
