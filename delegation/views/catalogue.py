"""The catalogue of state powers, and one power with its items, municipalities and money."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from councils.views.base import act_of
from delegation import analysis, wording
from delegation.models import PowerGroup, PowerStatus
from delegation.page_queries import catalogue
from delegation.page_queries import transfers as queries
from delegation.views.base import (
    DelegationPage,
    may_decide,
    money_columns,
    place_columns,
    status_column,
    transfer_link,
)
from lsg_portal.web import addresses, charts, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, NUMBER, Column, Filter, Filters, Table
from registry import cells, titles
from registry.queries import Row


class CataloguePage(DelegationPage):
    """The state powers that may be handed over, and what of the statute's list waits to be entered."""

    template_name = "delegation/catalogue.html"
    title = gettext_lazy("Delegated state powers")

    @cached_property
    def filters(self) -> Filters:
        """What the list is narrowed by."""
        return Filters(
            self.request.GET,
            [
                Filter.text("q", _("Name")),
                Filter.choice("group", _("Group"), PowerGroup.choices),
                Filter.choice("status", _("Status"), PowerStatus.choices),
            ],
        )

    def get_tables(self) -> Mapping[str, Table]:
        """Return the catalogue and the statute's list."""
        return {"powers": self._powers(), "statute": self._statute()}

    def _powers(self) -> Table:
        request = self.request
        found = catalogue.powers(request.day, **{key: self.filters[key] for key in ("group", "status", "q")})
        return Table(
            request,
            caption=_("State powers"),
            columns=[
                Column(
                    "name",
                    _("State power"),
                    value=lambda row: titles.capital(display.name(row)),
                    link=lambda row: addresses.page(request, "state-power", row["id"]),
                ),
                Column("group", _("Group"), value=lambda row: titles.capital(wording.group(row["group"]))),
                Column(
                    "field",
                    _("Field of activity"),
                    value=lambda row: titles.capital(display.name(row["field"])),
                ),
                Column(
                    "responsible",
                    _("Responsible state body"),
                    value=lambda row: display.name(row["responsible"]) or None,
                ),
                Column("status", _("Status"), value=lambda row: wording.power_status(row["status"])),
                Column("transfers", _("Transfers in force"), NUMBER),
                Column(
                    "in_fact",
                    _("Performed in fact"),
                    NUMBER,
                    note=_("municipalities that say so, handed over or not"),
                ),
                cells.provenance_column(),
            ],
            rows=found,
            filters=self.filters,
            constructed=cells.is_constructed,
            empty=_("No power matches the filters."),
        )

    def _statute(self) -> Table:
        request = self.request

        def power(row: Row) -> str | None:
            return titles.capital(display.name(row)) if row["power_id"] else None

        return Table(
            request,
            key="statute",
            caption=_("The statute’s list"),
            columns=[
                Column(
                    "number", _("Item"), value=lambda row: str(row["number"]), sort=lambda row: row["number"]
                ),
                Column(
                    "power",
                    _("State power"),
                    value=lambda row: power(row) or _("not entered yet"),
                    link=lambda row: (
                        addresses.page(request, "state-power", row["power_id"]) if row["power_id"] else None
                    ),
                ),
                Column(
                    "disputed",
                    _("Count"),
                    value=lambda row: (
                        _("in one of two counts only") if row["disputed"] else _("in both counts")
                    ),
                ),
            ],
            rows=catalogue.statute_items(),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how much of the statute's list has been entered."""
        statute = catalogue.statute()
        return super().get_context_data(
            statute_counts=statute,
            undisputed=statute["items"] - statute["disputed"],
            left=statute["items"] - statute["entered"],
            edit_url=addresses.optional("delegation-office") if may_decide(self.request.user) else "",
            rest_url=addresses.optional("api-state-powers"),
            **kwargs,
        )


class PowerPage(DelegationPage):
    """One power: its basis and items, the municipalities that perform it, the money by year."""

    template_name = "delegation/power.html"

    @cached_property
    def power(self) -> Row:
        """The power."""
        found = catalogue.power(uuid.UUID(str(self.kwargs["pk"])), self.request.day)
        if found is None:
            raise Http404
        return found

    @cached_property
    def money(self) -> list[Row]:
        """Need, plan and money of the years on file."""
        return [
            {
                "year": year,
                "name": str(year),
                **analysis.funding_gap(year, "power", day=self.request.day, power=self.power["id"])["total"],
            }
            for year in self.years[:5]
        ]

    def get_title(self) -> str:
        """Return the name of the power."""
        return titles.capital(display.name(self.power))

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the catalogue."""
        return [Crumb(_("State powers"), addresses.page(self.request, "state-powers"))]

    def get_tables(self) -> Mapping[str, Table]:
        """Return the transfers in force, the money by year and who else performs the power."""
        return {"transfers": self._transfers(), "money": self._money(), "overlaps": self._overlaps()}

    def _transfers(self) -> Table:
        request = self.request
        filters = Filters(request.GET, self.place_filters())
        found = queries.transfers(
            request.day,
            sight=self.sight,
            power=self.power["id"],
            oblast=filters["oblast"],
            district=filters["district"],
            only_in_force=True,
        )
        return Table(
            request,
            caption=_("Transfers in force on the day shown"),
            columns=[
                *place_columns(request),
                Column("basis", _("Basis"), value=lambda row: titles.capital(wording.basis(row["basis"]))),
                Column(
                    "agreement",
                    _("Number"),
                    value=lambda row: row["agreement_number"] or None,
                    link=lambda row: transfer_link(request, row),
                ),
                Column("since", _("Since"), DATE, value=lambda row: row["valid"].lower),
                Column(
                    "yearly", _("Thousand som a year"), NUMBER, places=1, note=_("as assigned with the power")
                ),
                status_column(),
                cells.provenance_column(),
            ],
            rows=found,
            filters=filters,
            totals={"yearly": sum(row["yearly"] or 0 for row in found)},
            constructed=cells.is_constructed,
            empty=_("On this day no municipality performs the power by transfer."),
        )

    def _money(self) -> Table:
        request = self.request
        return Table(
            request,
            key="money",
            caption=_("Money by year"),
            columns=[
                Column(
                    "name",
                    _("Year"),
                    sort=lambda row: row["year"],
                    link=lambda row: addresses.page(
                        request, "funding-gap", year=row["year"], power=self.power["id"], by="oblast"
                    ),
                ),
                Column("transfers", pgettext("of powers", "Transfers"), NUMBER),
                *money_columns(),
                Column("unreported", _("Unreported figures"), NUMBER),
            ],
            rows=self.money,
            source=_("reports of municipalities, thousand som"),
            empty=_("No money has been reported."),
        )

    def _overlaps(self) -> Table:
        return Table(
            self.request,
            key="overlaps",
            caption=_("State bodies that perform it too"),
            columns=[
                Column("body", _("State body"), value=lambda row: display.name(row["body"])),
                Column("what", _("What both perform"), value=lambda row: display.name(row, "what")),
                Column("since", _("Since"), DATE, value=lambda row: row["valid"].lower),
                cells.provenance_column(),
            ],
            rows=catalogue.overlaps(self.power["id"], self.request.day),
            constructed=cells.is_constructed,
            empty=_("Nobody else is known to perform it."),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the items and the chart."""
        power = self.power
        series = (_("Need"), _("Planned"), _("Received"))
        bars = [
            charts.Bar(row["name"], tuple(float(row[key]) for key in ("need", "planned", "received")))
            for row in reversed(self.money)
        ]
        title = _("Need, plan and money received by year, thousand som")
        chart = charts.bar_chart(bars, series=series, title=title, places=0) if bars else ""
        return super().get_context_data(
            power=power,
            group=wording.group(power["group"]),
            power_status=wording.power_status(power["status"]),
            act=act_of(power),
            power_note=display.name(power, "note"),
            power_source=cells.source_text(power["source"]),
            items=catalogue.items(power["id"]),
            chart=chart,
            chart_title=title,
            edit_url=addresses.optional("power-edit", power["id"]) if may_decide(self.request.user) else "",
            rest_url=addresses.optional("api-state-power", power["id"]),
            **kwargs,
        )
