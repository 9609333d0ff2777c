"""Municipalities side by side: figures, points and scores of a quarter, and their scores through time."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from itertools import groupby
from typing import Any

from django.core.exceptions import BadRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi import wording
from kpi.page_queries import figures, methodologies, published
from kpi.views.public.base import (
    QuarterPage,
    band_badge,
    category_column,
    decimal,
    figure_column,
    period_column,
    points_column,
    tones,
)
from lsg_portal.web import addresses, charts, display
from lsg_portal.web.tables import NUMBER, Column, Filters, Table
from registry import cells, titles
from registry.queries import Row

MOST = 4
"""As many as a chart tells apart."""


class ComparePage(QuarterPage):
    """Up to four municipalities, ``?unit=`` each."""

    template_name = "kpi/compare.html"
    title = gettext_lazy("Comparison of municipalities")
    section = "kpi-compare"

    @cached_property
    def offered(self) -> list[Row]:
        """The municipalities of the quarter's last day."""
        return published.municipalities(self.run) if self.run else []

    @cached_property
    def chosen(self) -> list[Row]:
        """Those asked for, each once, in the order asked."""
        known = {str(row["id"]): row for row in self.offered}
        asked = [text for text in dict.fromkeys(self.request.GET.getlist("unit")) if text]
        if len(asked) > MOST:
            raise BadRequest(_("At most %(most)s municipalities can be compared.") % {"most": MOST})
        found = []
        for text in asked:
            try:
                key = str(uuid.UUID(text))
            except ValueError:
                key = ""
            if key not in known:
                raise BadRequest(_("There is no such municipality in this quarter."))
            found.append(known[key])
        return found

    @cached_property
    def scores(self) -> dict[Any, list[Row]]:
        """The scores of those chosen, the latest quarter first."""
        found: dict[Any, list[Row]] = defaultdict(list)
        if self.chosen:
            for row in published.of_units([row["id"] for row in self.chosen], self.request.day):
                found[row["unit_id"]].append(row)
        return found

    @cached_property
    def found(self) -> list[Row]:
        """The indicators with the figures of those chosen."""
        return (
            figures.compared(self.run, [row["id"] for row in self.chosen]) if self.run and self.chosen else []
        )

    def get_tables(self) -> Mapping[str, Table]:
        """Return figures, points and scores."""
        return {"figures": self._figures(), "points": self._points(), "totals": self._totals()}

    def _named(self) -> Column:
        return Column("indicator", _("Indicator"), value=wording.indicator)

    def _figures(self) -> Table:
        return Table(
            self.request,
            caption=_("Figures"),
            columns=[
                self._named(),
                category_column(shown=False),
                *(figure_column(str(row["id"]), titles.full_name(row), _figure(row)) for row in self.chosen),
            ],
            rows=self.found,
            constructed=self.made,
            filters=Filters(self.request.GET, [self.period_filter()]),
            source=_("published reports of the municipalities named"),
            empty=_("Choose two to four municipalities.")
            if self.run
            else _("No ranking has been published by this day."),
        )

    def _points(self) -> Table:
        return Table(
            self.request,
            key="points",
            caption=_("Points of each indicator"),
            columns=[
                self._named(),
                Column("weight", _("Weight"), NUMBER, value=lambda row: row["weight"].normalize()),
                *(points_column(str(row["id"]), titles.full_name(row), _got(row)) for row in self.chosen),
            ],
            rows=self.found,
            constructed=self.made,
            empty=_("Choose two to four municipalities."),
        )

    def _totals(self) -> Table:
        return Table(
            self.request,
            key="totals",
            caption=_("Scores by quarter"),
            columns=[
                period_column(),
                *(points_column(str(row["id"]), titles.full_name(row), _total(row)) for row in self.chosen),
            ],
            rows=self._quarters(),
            constructed=cells.is_constructed,
            empty=_("Choose two to four municipalities."),
        )

    def _quarters(self) -> list[Row]:
        """Return the quarters in which any of those chosen was scored, with the totals by municipality."""
        if not self.chosen:
            return []
        totals: dict[int, dict[Any, Any]] = defaultdict(dict)
        made: set[int] = set()
        for unit, rows in self.scores.items():
            for row in rows:
                totals[row["number"]][unit] = row["total"]
                made |= {row["number"]} if cells.is_constructed(row) else set()
        return [
            {
                "number": number,
                "totals": totals[number],
                "provenance": cells.CONSTRUCTED if number in made else "",
            }
            for number in sorted(totals, reverse=True)
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what can be chosen, the cards of those chosen and the chart."""
        taken = {row["id"] for row in self.chosen}
        title = _("Points by quarter")
        return super().get_context_data(
            cards=[self._card(row) for row in self.chosen],
            offers=self._offers(taken) if len(taken) < MOST else [],
            kept=addresses.kept(self.request.GET, ("format", "table", "page")),
            chart=self._chart(title),
            chart_title=title,
            **kwargs,
        )

    @cached_property
    def marks(self) -> dict[str, str]:
        """The marks of the bands."""
        return tones(methodologies.bands(self.run["methodology_id"])) if self.run else {}

    def _card(self, row: Row) -> Row:
        """Return what stands above the tables about one municipality."""
        score = next(
            (one for one in self.scores[row["id"]] if self.run and one["number"] == self.run["number"]), None
        )
        others = [str(one["id"]) for one in self.chosen if one is not row]
        return {
            "name": titles.full_name(row),
            "url": addresses.page(self.request, "kpi-unit", row["id"]),
            "score": score,
            "score_url": addresses.page(self.request, "kpi-score", score["score"]) if score else "",
            "band": band_badge(score["band"], self.marks) if score else "",
            "peer_group": display.name(score["peer_group"]) if score else "",
            "remove": addresses.query(self.request.GET, unit=others),
        }

    def _offers(self, taken: set[Any]) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the municipalities left to choose from, under the names of their districts."""
        above = {row["id"]: titles.full_name(row) for row in self.upper}
        pairs = [
            (
                above.get(row["district_id"]) or above.get(row["oblast_id"]) or "",
                str(row["id"]),
                titles.full_name(row),
            )
            for row in self.offered
            if row["id"] not in taken
        ]
        pairs.sort(key=lambda pair: pair[0])
        return [
            (place, [(key, name) for _place, key, name in members])
            for place, members in groupby(pairs, key=lambda pair: pair[0])
        ]

    def _chart(self, title: str) -> SafeString | str:
        """Draw the totals of those chosen through time."""
        quarters = self._quarters()[::-1]
        if len(quarters) < 2:
            return ""
        days = {row["number"]: row["last_day"] for rows in self.scores.values() for row in rows}
        lines = [
            charts.Line(
                titles.full_name(row),
                tuple(
                    charts.Point(days[quarter["number"]], _float(quarter["totals"].get(row["id"])))
                    for quarter in quarters
                ),
            )
            for row in self.chosen
        ]
        return charts.line_chart(lines, title=title, places=1)


def _float(total: Any) -> float | None:
    return None if total is None else float(total)


def _figure(unit: Row) -> Any:
    """Return what tells the figure of a municipality in a row of indicators."""

    def figure(row: Row) -> Any:
        found = row["figures"][str(unit["id"])]
        return display.NOT_APPLICABLE if found["status"] == "x" else found["value"]

    return figure


def _got(unit: Row) -> Any:
    """Return what tells the points of a municipality in a row of indicators."""

    def points(row: Row) -> Any:
        found = row["figures"][str(unit["id"])]
        return display.NOT_APPLICABLE if found["status"] == "x" else decimal(found["points"])

    return points


def _total(unit: Row) -> Any:
    """Return what tells the total of a municipality in a row of quarters."""
    return lambda row: row["totals"].get(unit["id"])
