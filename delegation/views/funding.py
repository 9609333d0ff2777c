"""Funding of delegated powers: the heat map at a glance, and the gap with its way down to one transfer."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from delegation import analysis
from delegation.page_queries import catalogue
from delegation.page_queries import transfers as queries
from delegation.views.base import (
    AMOUNTS,
    GAPS,
    UNIT_OF_MONEY,
    DelegationPage,
    money_columns,
    place_columns,
    power_column,
    status_column,
    transfer_link,
)
from lsg_portal.web import addresses, charts, display
from lsg_portal.web.tables import NUMBER, PERCENT, Column, Filter, Filters, Table
from registry import cells, titles
from registry.queries import Row

WAYS = {
    "power": gettext_lazy("by power"),
    "oblast": gettext_lazy("by oblast"),
    "district": gettext_lazy("by district"),
    "unit": gettext_lazy("by municipality"),
    "quarter": gettext_lazy("by quarter"),
}
BARS = 12
"""How many groups are drawn, those with the largest gap."""
OUTSIDE = gettext_lazy("cities outside districts")


def group_name(group: Mapping[str, Any], group_by: str) -> str:
    """Return what a group of the analysis is called."""
    name = {f"name_{language}": text for language, text in group["name"].items()}
    if group_by == "quarter":
        return _("quarter %(number)s") % {"number": group["id"]}
    if group["kind"] == "outside_districts":
        return f"{display.name(name)}: {OUTSIDE}"
    if group_by == "power":
        return titles.capital(display.name(name))
    return titles.full_name({"kind": group["kind"], **name})


class GapPage(DelegationPage):
    """The funding gap of a year by power, oblast, district, municipality or quarter; each row leads one step down."""

    template_name = "delegation/gap.html"
    title = gettext_lazy("Funding gap of delegated powers")
    section = "funding-gap"

    @cached_property
    def filters(self) -> Filters:
        """What the table is narrowed by."""
        powers = [(row["id"], titles.capital(display.name(row))) for row in self.powers]
        return Filters(
            self.request.GET,
            [
                self.year_filter(),
                Filter.choice("by", _("Shown"), list(WAYS.items()), _("by power")),
                Filter.unit("power", _("State power"), powers),
                *self.place_filters(),
                Filter("unit", _("Municipality"), "hidden", _uuid, lambda value: self.unit_name),
            ],
        )

    @cached_property
    def powers(self) -> list[Row]:
        """The powers of the catalogue."""
        return catalogue.powers(self.request.day)

    @cached_property
    def year(self) -> int:
        """The year shown."""
        return self.year_of(self.filters["year"])

    @cached_property
    def way(self) -> str:
        """What the rows are."""
        return str(self.filters["by"] or "power")

    @cached_property
    def unit(self) -> Row | None:
        """The municipality asked for."""
        asked = self.filters["unit"]
        if not asked:
            return None
        found = queries.unit(asked, self.request.day)
        if found is None:
            raise BadRequest(_("There is no such municipality."))
        return found

    @property
    def unit_name(self) -> str:
        """Its name."""
        return titles.full_name(self.unit["unit"]) if self.unit else ""

    @cached_property
    def found(self) -> dict[str, Any]:
        """The figures."""
        narrowed = {key: self.filters[key] for key in ("power", "oblast", "district", "unit")}
        return analysis.funding_gap(self.year, self.way, day=self.request.day, **narrowed)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of groups."""
        rows = [{**row, "name": group_name(row["group"], self.way)} for row in self.found["rows"]]
        total = self.found["total"]
        table = Table(
            self.request,
            caption=_("Funding gap, %(year)s") % {"year": str(self.year)},
            columns=[
                Column("name", titles.capital(str(WAYS[self.way])), link=self._down),
                Column("transfers", pgettext("of powers", "Transfers"), NUMBER, shown=False),
                *money_columns(),
                Column("covered", _("Received of the need"), PERCENT, places=0, value=_covered),
                Column("unreported", _("Unreported figures"), NUMBER, note=_("they count as 0 in the sums")),
            ],
            rows=rows,
            filters=self.filters,
            totals={key: total[key] for key in ("transfers", *AMOUNTS, *GAPS, "unreported")}
            | {"covered": _covered(total)},
            source=UNIT_OF_MONEY,
            empty=_("Nothing has been reported for this year."),
        )
        return {"gap": table}

    def _down(self, row: Row) -> str | None:
        """Return the address one step down: power → oblast → district → municipality → transfer."""
        key, way = row["group"]["id"], self.way
        if key is None or way == "quarter":
            return None
        below = {"power": "oblast", "oblast": "district", "district": "unit"}.get(way)
        if below:
            parameters = {way: key, "by": below, "page": None, "sort": None}
            return addresses.query(self.request.GET, **parameters)
        if self.filters["power"]:
            found = self._transfer(key)
            return transfer_link(self.request, {"id": found}) if found else None
        return addresses.query(self.request.GET, unit=key, by="power", page=None, sort=None)

    def _transfer(self, unit: str) -> Any:
        return self.transfers_of_power.get(str(unit))

    @cached_property
    def transfers_of_power(self) -> dict[str, Any]:
        """The transfers of the power asked for by municipality, one in force before one that ended."""
        found = queries.transfers(self.request.day, sight=self.sight, power=self.filters["power"])
        return {str(row["unit_id"]): row["id"] for row in reversed(found) if row["valid"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the chart and what the page is narrowed to."""
        rows = self.found["rows"]
        if self.way != "quarter":
            rows = sorted(rows, key=lambda row: -row["gap"])[:BARS]
        bars = [
            charts.Bar(
                group_name(row["group"], self.way),
                tuple(float(row[key]) for key in ("need", "planned", "received")),
            )
            for row in rows
        ]
        title = _("Need, plan and money received, thousand som")
        series = (_("Need"), _("Planned"), _("Received"))
        return super().get_context_data(
            total=self.found["total"],
            year=str(self.year),
            chart=charts.bar_chart(bars, series=series, title=title, places=0) if bars else "",
            chart_title=title,
            unit=self.unit,
            rest_url=addresses.with_query(
                addresses.optional("api-funding-gap"), year=self.year, group_by=self.way
            ),
            **kwargs,
        )


def _uuid(text: str) -> uuid.UUID:
    return uuid.UUID(text)


def _covered(row: Row) -> Decimal | None:
    """The share of the need that was received; None where no need is known."""
    return 100 * row["received"] / row["need"] if row["need"] else None


class MatrixPage(DelegationPage):
    """Powers against oblasts, districts of an oblast or municipalities of a district: the gap as a heat map."""

    template_name = "delegation/matrix.html"
    title = gettext_lazy("Funding of delegated powers at a glance")
    section = "funding-matrix"

    @cached_property
    def filters(self) -> Filters:
        """What the matrix is narrowed by."""
        return Filters(self.request.GET, [self.year_filter(), *self.place_filters()])

    @cached_property
    def year(self) -> int:
        """The year shown."""
        return self.year_of(self.filters["year"])

    @cached_property
    def across(self) -> str:
        """What the columns are."""
        if self.filters["district"]:
            return "unit"
        return "district" if self.filters["oblast"] else "oblast"

    @cached_property
    def place(self) -> dict[str, Any]:
        """The oblast and district asked for."""
        return {key: self.filters[key] for key in ("oblast", "district")}

    @cached_property
    def cells(self) -> dict[tuple[str, str], Row]:
        """The figures of each power in each place."""
        return analysis.matrix(self.year, self.across, day=self.request.day, **self.place)

    @cached_property
    def columns(self) -> list[tuple[str, str]]:
        """The places, in their order, by key and name."""
        found = analysis.funding_gap(self.year, self.across, day=self.request.day, **self.place)["rows"]
        present = {column for _power, column in self.cells}
        named = [(row["group"]["id"] or "", group_name(row["group"], self.across)) for row in found]
        outside = sorted(key for key in present if key.startswith("none:"))
        keys = [key for key, _name in named if key]
        return [(key, dict(named)[key]) for key in keys if key in present] + [
            (key, str(OUTSIDE)) for key in outside
        ]

    @cached_property
    def powers(self) -> list[tuple[str, str]]:
        """The powers with money, by key and name."""
        present = {power for power, _column in self.cells}
        return [
            (str(row["id"]), titles.capital(display.name(row)))
            for row in catalogue.powers(self.request.day)
            if str(row["id"]) in present
        ]

    def get_tables(self) -> Mapping[str, Table]:
        """Return the matrix as a table: a row for each power and place."""
        named = dict(self.columns)
        rows = [
            {
                "power": name,
                "power_id": power,
                "place": named[column],
                "url": self._down(power, column),
                **self.cells[power, column],
            }
            for power, name in self.powers
            for column in named
            if (power, column) in self.cells
        ]
        request = self.request
        table = Table(
            request,
            caption=_("Funding by power and place, %(year)s") % {"year": str(self.year)},
            columns=[
                Column(
                    "power",
                    _("State power"),
                    link=lambda row: addresses.page(request, "state-power", row["power_id"]),
                ),
                Column("place", _("Territory"), link=lambda row: row["url"]),
                Column("transfers", pgettext("of powers", "Transfers"), NUMBER, shown=False),
                *money_columns(spent=False),
                Column("covered", _("Received of the need"), PERCENT, places=0, value=_covered),
                Column("unreported", _("Unreported figures"), NUMBER),
            ],
            rows=rows,
            filters=self.filters,
            totals={
                key: sum(row[key] for row in rows)
                for key in ("need", "planned", "received", *GAPS, "unreported")
            },
            source=UNIT_OF_MONEY,
            empty=_("Nothing has been reported for this year."),
        )
        return {"cells": table}

    def _down(self, power: str, column: str) -> str:
        """Return the address of the gap of a power in a place."""
        if column.startswith("none:"):
            narrowed: dict[str, Any] = {"oblast": column.removeprefix("none:"), "by": "unit"}
        else:
            below = {"oblast": "district", "district": "unit", "unit": "quarter"}[self.across]
            narrowed = {self.across: column, "by": below}
        return addresses.page(self.request, "funding-gap", year=self.year, power=power, **narrowed)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the heat map: how much of the need was received."""
        shares = {
            key: charts.Cell(_number(_covered(figures)), self._down(*key))
            for key, figures in self.cells.items()
        }
        title = _("Received of the need, %(year)s") % {"year": str(self.year)}
        drawn = (
            charts.heat_map(
                self.powers,
                self.columns,
                shares,
                title=title,
                write=lambda value: display.percent(value, 0),
            )
            if shares
            else ""
        )
        return super().get_context_data(chart=drawn, chart_title=title, year=str(self.year), **kwargs)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


class TransfersPage(DelegationPage):
    """All transfers that the reader may see, of any state, by place."""

    template_name = "delegation/transfers.html"
    title = gettext_lazy("Transfers of state powers")
    section = "transfers"

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of transfers."""
        request = self.request
        filters = Filters(request.GET, [*self.place_filters(), Filter.flag("now", _("only those in force"))])
        found = queries.transfers(
            request.day,
            sight=self.sight,
            oblast=filters["oblast"],
            district=filters["district"],
            only_in_force=bool(filters["now"]),
        )
        table = Table(
            request,
            caption=_("Transfers of state powers"),
            columns=[
                power_column(request),
                *place_columns(request, hide_oblast=True),
                Column(
                    "number",
                    _("Number"),
                    value=lambda row: row["agreement_number"] or _("no number"),
                    link=lambda row: transfer_link(request, row),
                ),
                status_column(),
                cells.provenance_column(),
            ],
            rows=found,
            filters=filters,
            constructed=cells.is_constructed,
            empty=_("No transfer matches the filters."),
        )
        return {"transfers": table}
