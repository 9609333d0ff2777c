"""One indicator in one quarter: the map of the districts, the districts and the municipalities in figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kpi import wording
from kpi.models import Aggregation
from kpi.page_queries import figures, methodologies
from kpi.views.public.base import QuarterPage, figure_column, methodology_of, told, value_of
from kpi.views.public.maps import district_map, place_of
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import NUMBER, Column, Filters, Table
from registry import cells, titles
from registry.queries import Row


class IndicatorPage(QuarterPage):
    """What municipalities published of an indicator."""

    template_name = "kpi/indicator.html"

    @property
    def code(self) -> str:
        """The code of the measure."""
        return str(self.kwargs["code"])

    @cached_property
    def version(self) -> Row:
        """The methodology that defines it: that of the quarter shown, before any is published the latest."""
        found = [self.run] if self.run else methodologies.versions_of(self.code)
        if not found:
            raise Http404
        return found[0]

    @cached_property
    def methodology(self) -> Row | None:
        """That methodology, as pages name it."""
        return methodology_of(self.version)

    @cached_property
    def indicator(self) -> Row:
        """What that methodology says of the measure."""
        found = figures.indicator(self.version["methodology_id"], self.code)
        if found is None:
            raise Http404
        return found

    @cached_property
    def found(self) -> list[Row]:
        """Every municipality of the quarter's last day with its figure."""
        return figures.quarter(self.run, self.indicator["measure_id"]) if self.run else []

    @cached_property
    def by_place(self) -> dict[str, list[Row]]:
        """The municipalities by the tile of the map; those without one under the key of their oblast."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in self.found:
            groups[place_of(row) or f"outside {row['oblast_id']}"].append(row)
        return groups

    def get_title(self) -> str:
        """Return the name of the indicator and the quarter."""
        name = wording.indicator(self.indicator)
        if self.run is None:
            return name
        return _("%(indicator)s: %(period)s") % {
            "indicator": name,
            "period": wording.quarter(self.run["number"]),
        }

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the indicators of the quarter."""
        return [Crumb(_("KPI"), addresses.page(self.request, "kpi"))]

    @cached_property
    def filters(self) -> Filters:
        """What the list of municipalities is narrowed by."""
        return Filters(self.request.GET, [self.period_filter(), *self.place_filters()])

    def get_tables(self) -> Mapping[str, Table]:
        """Return the municipalities and the places."""
        return {"municipalities": self._municipalities(), "places": self._places()}

    def _municipalities(self) -> Table:
        request, about = self.request, self.indicator
        shown = [
            row
            for row in self.found
            if self.filters["oblast"] in (None, row["oblast_id"])
            and self.filters["district"] in (None, row["district_id"])
        ]
        parts = about["formula"] != "number"
        additive = about["aggregation"] != Aggregation.NONE
        return Table(
            request,
            caption=self.get_title(),
            columns=[
                Column(
                    "name",
                    _("Municipality"),
                    value=titles.full_name,
                    sort=display.name,
                    link=lambda row: addresses.page(request, "kpi-series", row["id"], self.code),
                ),
                cells.unit_column(request, "district", _("District"), of="district"),
                cells.unit_column(request, "oblast", _("Oblast"), of="oblast", shown=False),
                figure_column("value", wording.indicator(about), value_of),
                *(
                    figure_column(key, titles.capital(display.name(about, f"{key}_name")), shown=False)
                    for key in ("numerator", "denominator")
                    if parts
                ),
                Column(
                    "status",
                    _("State"),
                    value=lambda row: wording.published_status(row["status"]) if row["status"] else None,
                ),
                Column(
                    "report",
                    _("Report"),
                    value=lambda row: _("view") if row["report_id"] else None,
                    link=lambda row: (
                        addresses.page(request, "kpi-report", row["report_id"]) if row["report_id"] else None
                    ),
                    sortable=False,
                ),
                cells.provenance_column(),
            ],
            rows=shown,
            filters=self.filters,
            totals={"value": told(figures.together(about, shown))} if additive and shown else None,
            constructed=cells.is_constructed,
            source=_("published reports of municipalities"),
            empty=_("No municipality matches the filters.")
            if self.run
            else _("No ranking has been published by this day."),
        )

    def _places(self) -> Table:
        about = self.indicator
        named = {str(row["id"]): row for row in self.upper}
        rows = [
            {
                "key": key,
                "place": named.get(key.removeprefix("outside ")),
                "municipalities": len(members),
                "reported": sum(row["value"] is not None for row in members),
                "value": figures.together(about, members),
            }
            for key, members in self.by_place.items()
        ]
        return Table(
            self.request,
            key="places",
            caption=_("By district"),
            columns=[
                Column(
                    "name",
                    _("District"),
                    value=_place_name,
                    sort=lambda row: display.name(row["place"]),
                    link=self._place_link,
                ),
                Column("municipalities", _("Municipalities"), NUMBER),
                Column("reported", _("With a figure"), NUMBER),
                figure_column(
                    "value",
                    wording.indicator(about),
                    note=self._rule(),
                ),
            ],
            rows=rows,
            sort="name",
            constructed=self.made,
            page_sizes=(100,),
            source=_("published reports of municipalities"),
            empty=_("No ranking has been published by this day."),
        )

    def _rule(self) -> str:
        """Say how figures of a district are made."""
        if self.indicator["aggregation"] == Aggregation.NONE:
            return _("the median of its municipalities: an index cannot be added up")
        return wording.aggregation(self.indicator["aggregation"])

    def _place_link(self, row: Row) -> str | None:
        if row["place"] is None or row["key"].startswith("outside"):
            return None
        return self._url(row["place"])

    def _url(self, place: Row) -> str:
        """Return this page with the municipalities of one place."""
        key = "district" if place["kind"] == "district" else "oblast"
        period = self.run["code"] if self.run else None
        address = addresses.page(
            self.request, "kpi-indicator", self.code, period=period, **{key: place["id"]}
        )
        return f"{address}#municipalities"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the indicator is, the country's figure and the map."""
        about = self.indicator
        title = _("%(indicator)s by district") % {"indicator": wording.indicator(about)}
        return super().get_context_data(
            about=about,
            category=titles.capital(display.name(about["category"])),
            direction=wording.direction(about["direction"]),
            formula=wording.formula(about["formula"]),
            parts=[display.name(about, key) for key in ("numerator_name", "denominator_name")],
            aggregation=wording.aggregation(about["aggregation"]),
            data_source=wording.data_source(about["data_source"]),
            missing=wording.missing_policy(about["missing_policy"]),
            weight=about["weight"].normalize(),
            least=wording.figure(about["least"]),
            most=wording.figure(about["most"]),
            flag=display.name(about, "flag"),
            definition=display.name(about, "definition"),
            country=wording.figure(figures.together(about, self.found)),
            rule=self._rule(),
            reported=sum(row["value"] is not None for row in self.found),
            total=len(self.found),
            map=self._map(title),
            map_title=title,
            rest_url=self._rest_url(),
            **kwargs,
        )

    def _rest_url(self) -> str:
        address = addresses.optional("api-kpi-values")
        if not address or self.run is None:
            return ""
        return addresses.with_query(address, period=self.run["code"], indicator=self.code)

    def _map(self, title: str) -> SafeString | str:
        """Draw the districts; nothing where nothing has been published."""
        if self.run is None:
            return ""
        together = {key: figures.together(self.indicator, rows) for key, rows in self.by_place.items()}
        values = {key: None if value is None else float(value) for key, value in together.items()}
        return district_map(self.upper, values, title=title, url=self._url, write=wording.figure)


def _place_name(row: Row) -> str:
    """Return the name of a place; what lies outside districts as that."""
    name = titles.full_name(row["place"])
    if row["key"].startswith("outside"):
        return _("%(oblast)s: cities outside districts") % {"oblast": name}
    return name
