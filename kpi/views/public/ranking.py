"""The ranking of a quarter in its peer groups, with how far the weights decide each place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kpi import ranking, wording
from kpi.page_queries import methodologies
from kpi.views.public.base import QuarterPage, band_badge, named, points_column, tones
from lsg_portal.web import addresses, charts, display
from lsg_portal.web.tables import NUMBER, PERCENT, Column, Filter, Filters, Table
from registry import cells, titles
from registry.names import fold
from registry.queries import Row


class RankingPage(QuarterPage):
    """Who ranks where among its peers."""

    template_name = "kpi/ranking.html"
    section = "kpi-ranking"

    def get_title(self) -> str:
        """Name the quarter."""
        if self.run is None:
            return _("Ranking of municipalities")
        return _("Ranking of municipalities, %(period)s") % {"period": wording.quarter(self.run["number"])}

    @cached_property
    def groups(self) -> list[Row]:
        """The peer groups of the methodology."""
        return methodologies.peer_groups(self.run["methodology_id"]) if self.run else []

    @cached_property
    def bands(self) -> list[Row]:
        """The bands of the methodology, from the highest down."""
        return methodologies.bands(self.run["methodology_id"]) if self.run else []

    @cached_property
    def filters(self) -> Filters:
        """What the ranking is narrowed by."""
        return Filters(
            self.request.GET,
            [
                self.period_filter(),
                Filter.choice("peer_group", _("Peer group"), _choices(self.groups)),
                *self.place_filters(),
                Filter.choice("band", _("Band"), _choices(self.bands)),
                Filter.text("q", _("Municipality")),
            ],
        )

    @cached_property
    def found(self) -> list[Row]:
        """The rows that the filters leave, each with its district and oblast."""
        if self.run is None:
            return []
        asked, upper = self.filters, {row["id"]: row for row in self.upper}
        group = next((row["id"] for row in self.groups if row["code"] == asked["peer_group"]), None)
        words = fold(asked["q"] or "")
        return [
            {
                **row,
                "unit": {**row, "id": row["unit_id"]},
                "district": upper.get(row["district_id"]),
                "oblast": upper.get(row["oblast_id"]),
            }
            for row in ranking.table(self.run["run_id"], group)
            if asked["oblast"] in (None, row["oblast_id"])
            and asked["district"] in (None, row["district_id"])
            and asked["band"] in (None, row["band_code"])
            and (not words or any(words in fold(row[f"name_{code}"] or "") for code in ("ky", "ru", "en")))
        ]

    def get_tables(self) -> Mapping[str, Table]:
        """Return the ranking."""
        return {"ranking": self._ranking()}

    def _ranking(self) -> Table:
        request, marks = self.request, tones(self.bands)
        several = self.filters["peer_group"] is None
        columns = [
            Column(
                "name",
                _("Municipality"),
                value=lambda row: titles.full_name(row["unit"]),
                sort=lambda row: display.name(row["unit"]),
                link=lambda row: addresses.page(request, "kpi-unit", row["unit_id"]),
            ),
            cells.unit_column(request, "district", _("District"), of="district"),
            cells.unit_column(request, "oblast", _("Oblast"), of="oblast", shown=False),
            Column(
                "peer_group",
                _("Peer group"),
                value=lambda row: titles.capital(display.name(named(row, "group"))) or None,
                sort=lambda row: row["group_order"],
                shown=several,
            ),
            cells.Shown(
                "rank",
                pgettext("in a ranking", "Place"),
                NUMBER,
                value=lambda row: display.NOT_APPLICABLE if row["rank"] is None else row["rank"],
                show=lambda row: _place(row),
                note=_(
                    "among those ranked in the peer group; × is not ranked: too little of the weight is covered"
                ),
            ),
            cells.Shown(
                "rank_low",
                _("Places if one weight changes by a tenth"),
                NUMBER,
                value=lambda row: display.NOT_APPLICABLE if row["rank"] is None else row["rank_low"],
                show=_swing,
                note=_(
                    "the best and the worst place when each weight in turn is made a tenth larger or smaller"
                ),
            ),
            Column("rank_high", _("Worst of these places"), NUMBER, shown=False),
            points_column(
                "total", _("Points"), link=lambda row: addresses.page(request, "kpi-score", row["score"])
            ),
            cells.Shown(
                "band",
                _("Band"),
                value=lambda row: display.name(named(row, "band")) or None,
                sort=lambda row: row["total"],
                show=lambda row: band_badge(_band(row), marks),
            ),
            Column("coverage", _("Covered weight"), PERCENT, places=0),
            Column("of", _("Ranked in the group"), NUMBER, shown=False),
            Column(
                "report",
                _("Report"),
                value=lambda row: _("view"),
                link=lambda row: addresses.page(request, "kpi-report", row["report_id"]),
                sortable=False,
            ),
            cells.provenance_column(),
        ]
        return Table(
            request,
            caption=self.get_title(),
            columns=columns,
            rows=self.found,
            filters=self.filters,
            constructed=cells.is_constructed,
            source=_("published reports of municipalities, scored by the methodology named above"),
            empty=_("No municipality matches the filters.")
            if self.run
            else _("No ranking has been published by this day."),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the figures and the chart of the bands."""
        ranked = sum(row["rank"] is not None for row in self.found)
        firm = sum(row["rank"] is not None and row["rank_low"] == row["rank_high"] for row in self.found)
        title = _("Municipalities by band")
        return super().get_context_data(
            scored=len(self.found),
            ranked=ranked,
            firm=firm,
            chart=self._chart(title),
            chart_title=title,
            run_number=str(self.run["run_number"]) if self.run else "",
            rest_url=self._rest_url(),
            **kwargs,
        )

    def _rest_url(self) -> str:
        address = addresses.optional("api-kpi-rankings")
        if not address or self.run is None:
            return ""
        return addresses.with_query(address, period=self.run["code"], peer_group=self.filters["peer_group"])

    def _chart(self, title: str) -> str:
        """Draw how many of those found lie in each band."""
        if not self.found:
            return ""
        bars = [
            charts.Bar(
                titles.capital(display.name(band)),
                (sum(row["band_code"] == band["code"] for row in self.found),),
                addresses.query(self.request.GET, band=band["code"], page=None, format=None),
            )
            for band in self.bands
        ]
        return charts.bar_chart(bars, series=(_("Municipalities"),), title=title)


def _choices(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row["code"], titles.capital(display.name(row))) for row in rows]


def _band(row: Row) -> Row | None:
    return {"code": row["band_code"], **named(row, "band")} if row["band_code"] else None


def _place(row: Row) -> str:
    """Return the place with the size of the group: «3 of 41»."""
    if row["rank"] is None:
        return ""
    return _("%(rank)s of %(of)s") % {"rank": display.number(row["rank"]), "of": display.number(row["of"])}


def _swing(row: Row) -> str:
    """Return the places that weights a tenth away would give: «2 – 5»; one place where weights change nothing."""
    if row["rank"] is None or row["rank_low"] == row["rank_high"]:
        return ""
    return f"{display.number(row['rank_low'])} – {display.number(row['rank_high'])}"
