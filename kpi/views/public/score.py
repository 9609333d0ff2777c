"""A score explained: every line that makes it, and what would move it to the next band."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from kpi import ranking, scoring, wording
from kpi.models import Direction, Report, Subject
from kpi.page_queries import methodologies
from kpi.views.public.base import (
    KpiPage,
    band_badge,
    category_column,
    figure_column,
    indicator_column,
    methodology_of,
    named,
    points_column,
    tones,
)
from lsg_portal.web import addresses, charts, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import NUMBER, Column, Table
from registry import cells, titles
from registry.queries import Row


class ScorePage(KpiPage):
    """One score of a run: published ones for everybody, an employee's for those whom it concerns."""

    template_name = "kpi/score.html"

    @cached_property
    def score(self) -> Row:
        """The score, if the reader may see it."""
        found = ranking.explain(uuid.UUID(str(self.kwargs["pk"])))
        if found is None or not self._may_see(found):
            raise Http404
        return found

    def _may_see(self, score: Row) -> bool:
        """Whether the reader may: what is not published the ministry alone, employees' results as their reports."""
        if score["appointment_id"] is None:
            return score["published_at"] is not None or self.sight.everything
        if score["published_at"] is None and not self.sight.private:
            return False
        report = Report.objects.select_related("appointment").get(pk=score["report_id"])
        return bool(self.request.user.has_perm("kpi.read_report", report))

    @cached_property
    def methodology(self) -> Row | None:
        """The methodology that the score was made by."""
        return methodology_of(self.score)

    @cached_property
    def lines(self) -> list[Row]:
        """The lines, each with its category and how much of the total it can give at most."""
        counting = sum(row["weight"] for row in self.score["lines"] if row["status"] in ("counted", "worst"))
        return [
            {
                **row,
                "category": {f"name_{code}": row[f"category_name_{code}"] for code in ("ky", "ru", "en")},
                "most_points": (
                    100 * row["weight"] / counting
                    if row["status"] in ("counted", "worst")
                    else display.NOT_APPLICABLE
                ),
            }
            for row in self.score["lines"]
        ]

    @property
    def unit(self) -> Row:
        """The municipality as of the last day of the period."""
        return {**self.score, "id": self.score["unit_id"]}

    def get_title(self) -> str:
        """Return municipality and quarter."""
        return _("%(unit)s: score, %(period)s") % {
            "unit": titles.full_name(self.unit),
            "period": wording.period(self.score["period_code"]),
        }

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the way over the ranking and the municipality."""
        request, score = self.request, self.score
        steps = [Crumb(_("KPI"), addresses.page(request, "kpi"))]
        if score["subject"] == Subject.HEAD:
            steps.append(
                Crumb(_("Ranking"), addresses.page(request, "kpi-ranking", period=score["period_code"]))
            )
        return [
            *steps,
            Crumb(titles.full_name(self.unit), addresses.page(request, "kpi-unit", score["unit_id"])),
        ]

    def get_tables(self) -> Mapping[str, Table]:
        """Return the lines."""
        return {"lines": self._lines()}

    def _lines(self) -> Table:
        score = self.score
        name = indicator_column(self.request, period=score["period_code"])
        if score["subject"] == Subject.EMPLOYEE:
            name = Column("indicator", _("Indicator"), value=wording.indicator)
        return Table(
            self.request,
            caption=_("How the score comes about"),
            columns=[
                name,
                category_column(shown=False),
                figure_column("raw", _("Figure"), value=lambda row: _raw(row, "raw")),
                figure_column("least", _("Minimum")),
                figure_column("most", _("Maximum")),
                figure_column(
                    "clamped", _("Within the thresholds"), lambda row: _raw(row, "clamped"), shown=False
                ),
                points_column(
                    "normalised", _("Points"), lambda row: _raw(row, "normalised"), note=_("of 100")
                ),
                Column("weight", _("Weight"), NUMBER, value=lambda row: row["weight"].normalize()),
                points_column(
                    "contribution",
                    _("Contribution"),
                    lambda row: _raw(row, "contribution"),
                    note=_("points × weight ÷ the sum of the weights that count"),
                ),
                points_column(
                    "most_points", _("At most"), note=_("points that it would give with 100 of 100")
                ),
                cells.Shown(
                    "status",
                    _("How it counts"),
                    value=lambda row: wording.line_status(row["status"]),
                    show=lambda row: (
                        cells.badged(
                            wording.line_status(row["status"]), _("corrected by an audit"), "warning"
                        )
                        if row["corrected"]
                        else ""
                    ),
                ),
                cells.Shown(
                    "to_next",
                    _("Figure for the next band"),
                    NUMBER,
                    value=lambda row: display.NOT_APPLICABLE if row["to_next"] is None else row["to_next"],
                    show=_needed,
                    note=_("all others as they are; × where this indicator alone cannot do it"),
                    shown=score["next_band"] is not None,
                ),
            ],
            rows=self.lines,
            totals={
                "weight": _counting(self.lines),
                "contribution": score["total"],
                "most_points": None if score["total"] is None else Decimal(100),
            },
            constructed=lambda row: cells.is_constructed(score),
            page_sizes=(100,),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the total, the next band and what names the run."""
        score = self.score
        bands = methodologies.bands(score["methodology_id"])
        band = {"code": score["band_code"], **named(score, "band")} if score["band_code"] else None
        title = _("What each indicator gives, and could give at most")
        history = {"history_type": "kpi-report", "history_key": score["report_id"]}
        return super().get_context_data(
            score=score,
            unit=self.unit,
            period_name=wording.period(score["period_code"]),
            band=band_badge(band, tones(bands)),
            total=scoring.said(score["total"]),
            gate=score["gate"].normalize(),
            peer_group=display.name(named(score, "group")),
            next_band=display.name(score["next_band"]) if score["next_band"] else "",
            next_from=score["next_band"]["least"] if score["next_band"] else None,
            gap=score["gap"],
            ways=[_way(row) for row in self.lines if row["to_next"] is not None],
            chart=self._chart(title),
            chart_title=title,
            run_number=str(score["run_number"]),
            rest_url=addresses.optional("api-kpi-score", score["score"]),
            **history,
            **kwargs,
        )

    def _chart(self, title: str) -> str:
        """Draw what each counting indicator gives beside what it could give."""
        bars = [
            charts.Bar(
                titles.capital(display.name(row)), (float(row["contribution"]), float(row["most_points"]))
            )
            for row in self.lines
            if row["contribution"] is not None
        ]
        if not bars:
            return ""
        return charts.bar_chart(bars, series=(_("gives"), _("at most")), title=title, places=2)


def _raw(row: Row, key: str) -> Any:
    """Return a figure of a line; where the indicator does not apply there can be none."""
    return display.NOT_APPLICABLE if row["status"] == "not_applicable" else row[key]


def _counting(lines: list[Row]) -> Any:
    return sum(row["weight"] for row in lines if row["status"] in ("counted", "worst")).normalize()


def _needed(row: Row) -> str:
    """Write the figure that an indicator would have to come to, rounded to the side on which it suffices."""
    if row["to_next"] is None:
        return ""
    rounding = ROUND_CEILING if row["direction"] == Direction.HIGHER else ROUND_FLOOR
    step = Decimal(1) if row["whole"] else scoring.CENT
    return wording.figure(row["to_next"].quantize(step, rounding=rounding, context=scoring.PRECISION))


def _way(row: Row) -> str:
    """Say what an indicator would have to come to: «Jobs created: 31 jobs instead of 24»."""
    words = {
        "name": titles.capital(display.name(row)),
        "needed": _needed(row),
        "unit": display.name(row, "unit_of_measure"),
        "now": wording.figure(row["raw"]),
    }
    if row["raw"] is None:
        return _("%(name)s: %(needed)s %(unit)s") % words
    return _("%(name)s: %(needed)s %(unit)s instead of %(now)s") % words
