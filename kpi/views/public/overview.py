"""The entrance to KPI: the latest quarter by band, place and indicator, and the calendar of reporting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi import scoring, wording
from kpi.page_queries import figures, methodologies, published
from kpi.views.public.base import (
    QuarterPage,
    category_column,
    figure_column,
    indicator_column,
    period_column,
    points_column,
)
from kpi.views.public.maps import district_map, place_of
from lsg_portal.web import addresses, charts, display
from lsg_portal.web.tables import DATE, NUMBER, Column, Filters, Table
from registry import cells, titles
from registry.queries import Row

NONE = "none"
QUARTILES = ("low", "middle", "high")


class OverviewPage(QuarterPage):
    """What was published of a quarter, and when the next is due."""

    template_name = "kpi/overview.html"
    title = gettext_lazy("Assessment of local self-government bodies (KPI)")

    @cached_property
    def bands(self) -> list[Row]:
        """The bands of the methodology, from the highest down."""
        return methodologies.bands(self.run["methodology_id"]) if self.run else []

    @cached_property
    def municipalities(self) -> list[Row]:
        """The municipalities of the quarter's last day, each with the band of its score."""
        return published.municipalities(self.run) if self.run else []

    @cached_property
    def counts(self) -> Counter[str]:
        """How many municipalities lie in each band."""
        return Counter(row["band"] or NONE for row in self.municipalities)

    @cached_property
    def indicators(self) -> list[Row]:
        """The indicators with their spread."""
        return figures.spread(self.run) if self.run else []

    def get_tables(self) -> Mapping[str, Table]:
        """Return bands by oblast and district, the indicators and the calendar."""
        oblasts = [row for row in self.upper if row["kind"] != "district"]
        districts = [row for row in self.upper if row["kind"] == "district"]
        return {
            "oblasts": self._places("", _("Bands by oblast"), oblasts, "oblast_id", "oblast"),
            "districts": self._places(
                "districts", _("Bands by district"), districts, "district_id", "district"
            ),
            "indicators": self._indicators(),
            "calendar": self._calendar(),
        }

    def _places(self, key: str, caption: str, places: list[Row], group: str, route: str) -> Table:
        counted: dict[Any, Counter[str]] = {row["id"]: Counter() for row in places}
        for row in self.municipalities:
            if row[group] in counted:
                counted[row[group]][row["band"] or NONE] += 1
        rows = [{**row, "counts": counted[row["id"]]} for row in places]
        period = self.run and self.run["code"]

        def link(row: Row) -> str:
            return addresses.page(self.request, "kpi-ranking", period=period, **{route: row["id"]})

        def count(code: str) -> Any:
            return lambda row: row["counts"][code]

        columns = [
            Column("name", _("Oblast") if not key else _("District"), value=titles.full_name, link=link),
            Column("municipalities", _("Municipalities"), NUMBER, value=lambda row: row["counts"].total()),
            *(
                Column(band["code"], titles.capital(display.name(band)), NUMBER, value=count(band["code"]))
                for band in self.bands
            ),
            Column(NONE, _("Without a score"), NUMBER, value=count(NONE)),
        ]
        return Table(
            self.request,
            key=key,
            caption=caption,
            columns=columns,
            rows=rows,
            filters=Filters(self.request.GET, [self.period_filter()]) if not key else None,
            totals="sum",
            constructed=self.made,
            page_sizes=(100,),
            empty=_("No ranking has been published by this day."),
        )

    def _indicators(self) -> Table:
        period = self.run and self.run["code"]

        def quartile(key: str, label: str) -> Column:
            return points_column(f"{key}_points", label, lambda row: _points(row, key))

        return Table(
            self.request,
            key="indicators",
            caption=_("Indicators of the quarter"),
            columns=[
                indicator_column(self.request, period=period),
                category_column(),
                Column("weight", _("Weight"), NUMBER, value=lambda row: row["weight"].normalize()),
                Column("reported", _("Municipalities with a figure"), NUMBER),
                figure_column("low", _("Lower quarter"), note=_("a quarter of the municipalities lie below")),
                figure_column("middle", _("Median")),
                figure_column(
                    "high", _("Upper quarter"), note=_("a quarter of the municipalities lie above")
                ),
                quartile("low", _("Lower quarter, points")),
                quartile("middle", _("Median, points")),
                quartile("high", _("Upper quarter, points")),
            ],
            rows=self.indicators,
            constructed=self.made,
            source=_("published reports of municipalities"),
            empty=_("No ranking has been published by this day."),
        )

    def _calendar(self) -> Table:
        day = self.request.day
        return Table(
            self.request,
            key="calendar",
            caption=_("Reporting periods"),
            columns=[
                period_column(),
                Column("status", _("State"), value=lambda row: wording.period_status(row["status"])),
                Column("opens", _("Opens"), DATE),
                Column("due", _("Due"), DATE),
                Column("locks", _("Closed to entry from"), DATE),
                Column("owed", _("Municipalities that report"), NUMBER),
                Column("published", _("Published reports"), NUMBER),
                Column(
                    "published_on",
                    _("Published on"),
                    DATE,
                    value=lambda row: (
                        row["published_on"]
                        if row["published_on"] and row["published_on"] <= day
                        else display.NOT_APPLICABLE
                    ),
                ),
                cells.provenance_column(),
            ],
            rows=published.calendar(day),
            constructed=cells.is_constructed,
            empty=_("No reporting period has opened by this day."),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the key figures and the charts."""
        title = _("Quartiles of each indicator between its thresholds, points")
        return super().get_context_data(
            counts=[
                (
                    titles.capital(display.name(band)),
                    self.counts[band["code"]],
                    addresses.page(
                        self.request,
                        "kpi-ranking",
                        period=self.run["code"] if self.run else None,
                        band=band["code"],
                    ),
                )
                for band in self.bands
            ],
            without=self.counts[NONE],
            total=len(self.municipalities),
            map=self._map(),
            map_title=self._map_title(),
            chart=self._chart(title),
            chart_title=title,
            rest_url=addresses.optional("api-kpi-rankings"),
            **kwargs,
        )

    @property
    def _upper_bands(self) -> list[Row]:
        """The upper half of the bands."""
        return self.bands[: (len(self.bands) + 1) // 2]

    def _map_title(self) -> str:
        return _("Municipalities in the bands %(bands)s, per cent") % {
            "bands": ", ".join(f"«{display.name(band)}»" for band in self._upper_bands)
        }

    def _map(self) -> SafeString | str:
        """Draw the share of municipalities in the upper bands; nothing where nothing has been published."""
        if not self.run:
            return ""
        upper = {band["code"] for band in self._upper_bands}
        scored: Counter[str] = Counter()
        good: Counter[str] = Counter()
        for row in self.municipalities:
            if row["band"]:
                scored[place_of(row)] += 1
                good[place_of(row)] += row["band"] in upper
        values = {place: 100 * good[place] / number for place, number in scored.items() if place}
        code = self.run["code"]

        def url(row: Row) -> str:
            kept = "district" if row["kind"] == "district" else "oblast"
            return addresses.page(self.request, "kpi-ranking", period=code, **{kept: row["id"]})

        return district_map(
            self.upper,
            values,
            title=self._map_title(),
            url=url,
            write=lambda value: display.percent(value, 0),
        )

    def _chart(self, title: str) -> SafeString | str:
        """Draw where the quartiles of each indicator lie between its thresholds."""
        bars = [
            charts.Bar(
                titles.capital(display.name(row)),
                tuple(None if (found := _points(row, key)) is None else float(found) for key in QUARTILES),
                addresses.page(self.request, "kpi-indicator", row["code"], period=self.run["code"]),
            )
            for row in self.indicators
            if self.run
        ]
        if not bars:
            return ""
        series = (_("Lower quarter"), _("Median"), _("Upper quarter"))
        return charts.bar_chart(bars, series=series, title=title, places=0)


def _points(row: Row, key: str) -> Decimal | None:
    """The points that a quartile of an indicator would give."""
    raw = wording.exact(row[key])
    if raw is None:
        return None
    rule = scoring.Rule(row["direction"], row["formula"], row["least"], row["most"], row["weight"])
    return scoring.points(rule, raw)[1]
