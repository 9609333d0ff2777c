"""An oblast: its districts before and after the reform, its cities."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lsg_portal.pages import bands
from lsg_portal.pages.comparison import Comparison, group_name
from lsg_portal.pages.queries import country
from lsg_portal.pages.views import regions
from lsg_portal.pages.views.units import UnitPage
from lsg_portal.web import addresses, charts
from lsg_portal.web.tables import NUMBER, Column, Table
from registry import cells, titles

OWN = ("cities", "aimaks", "settlements", "population")


class OblastPage(UnitPage):
    """Key figures, districts before and after, cities."""

    template_name = "pages/oblast.html"

    @cached_property
    def comparison(self) -> Comparison:
        """The two days."""
        return Comparison.of(self.request)

    @cached_property
    def composition(self) -> list[dict[str, Any]]:
        """What lay in the oblast on the reader's day."""
        return [row for row in country.composition(self.request.day) if row["oblast_id"] == self.unit["id"]]

    @cached_property
    def statistics(self) -> dict[str, Any]:
        """The statistics of the oblast by district."""
        return self.comparison.statistics("district", oblast=self.unit["id"])

    @cached_property
    def districts(self) -> list[dict[str, Any]]:
        """The districts, and the cities outside them as one row, with their figures."""
        found = regions.composed(self.composition, lambda row: str(row["district_id"]))
        return [{**row, **found[str(row["group"]["id"])]} for row in self.statistics["rows"]]

    def get_tables(self) -> Mapping[str, Table]:
        """Return the tables of the districts and of the cities."""
        districts = Table(
            self.request,
            caption=_("Municipalities by district"),
            columns=[
                regions.group_column(self.request, _("District")),
                *regions.comparison_columns(self.comparison),
                Column("cities", _("Cities"), NUMBER),
                Column("aimaks", _("Ayil aimaks"), NUMBER),
                Column("settlements", _("Settlements"), NUMBER),
                cells.population_column(),
            ],
            rows=self.districts,
            filters=self.comparison.filters,
            totals=regions.totals(self.statistics["total"], self.districts, OWN),
        )
        cities = Table(
            self.request,
            key="cities",
            caption=_("Cities"),
            columns=[
                cells.unit_column(self.request, label=_("City")),
                Column("kind", _("Kind"), value=lambda row: titles.unit_kind(row["kind"])),
                cells.unit_column(self.request, "district", _("District"), of="district"),
                Column("settlements", _("Settlements"), NUMBER),
                cells.population_column(),
                cells.provenance_column(),
            ],
            rows=country.cities(self.unit["id"], self.request.day),
            totals="sum",
            constructed=cells.is_constructed,
            empty=_("No city lay in the oblast on this day."),
        )
        return {"districts": districts, "cities": cities}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the figures and the chart."""
        total = regions.composed(self.composition, lambda _row: None)[None]
        return super().get_context_data(
            **kwargs,
            kpi=bands.of_place(self.request, oblast=self.unit["id"]),
            comparison=self.comparison,
            total=total,
            municipalities=total["cities"] + total["aimaks"],
            made=total["population_provenance"],
            change=self.statistics["total"],
            chart=self._chart(),
            chart_title=self._chart_title(),
        )

    def _chart(self) -> SafeString | str:
        """Draw the districts before and after; nothing where there are not two days."""
        rows = [row for row in self.districts if row["group"]["id"]]
        if not self.comparison.shown or not rows:
            return ""
        bars = [
            charts.Bar(
                group_name(row["group"]),
                (row["before"], row["after"]),
                addresses.page(self.request, "unit", row["group"]["id"]),
            )
            for row in rows
        ]
        series = (self.comparison.before_label, self.comparison.after_label)
        return charts.bar_chart(bars, series=series, title=self._chart_title())

    def _chart_title(self) -> str:
        return _("Number of municipalities on both days")
