"""The front page: the country on a day, before and after the reform."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.pages import bands
from lsg_portal.pages.comparison import Comparison, group_name
from lsg_portal.pages.queries import country
from lsg_portal.pages.views import regions
from lsg_portal.web import addresses, charts, display
from lsg_portal.web.tables import NUMBER, Column, Table
from lsg_portal.web.views import RegisterPage
from registry import cells, tile_layout, titles
from registry.queries import data_versions

SHADES = ("number", "reduction", "population")
OWN = ("districts", "cities", "aimaks", "settlements", "population")


class CountryPage(RegisterPage):
    """Key figures of the day, the tile map, the oblasts and districts before and after the reform."""

    template_name = "pages/country.html"
    title = gettext_lazy("Local self-government of the Kyrgyz Republic")

    def get_versions(self) -> dict[str, int]:
        """Return the data versions of the register and of the reform."""
        return data_versions("registry", "reform", "kpi")

    @cached_property
    def comparison(self) -> Comparison:
        """The two days."""
        return Comparison.of(self.request)

    @cached_property
    def composition(self) -> list[dict[str, Any]]:
        """What lay where on the reader's day."""
        return country.composition(self.request.day)

    @cached_property
    def by_district(self) -> dict[str, Any]:
        """The statistics by district."""
        return self.comparison.statistics("district")

    @cached_property
    def oblasts(self) -> list[dict[str, Any]]:
        """The oblasts and cities of republican significance with their figures."""
        found = regions.composed(self.composition, lambda row: str(row["oblast_id"]))
        return [{**row, **found[str(row["group"]["id"])]} for row in self.by_oblast["rows"]]

    @cached_property
    def by_oblast(self) -> dict[str, Any]:
        """The statistics by oblast."""
        return self.comparison.statistics("oblast")

    @cached_property
    def districts(self) -> list[dict[str, Any]]:
        """The districts, and for each oblast its cities outside them, with their figures."""
        found = regions.composed(self.composition, _district_key)
        return [{**row, **found[_group_key(row["group"])]} for row in self.by_district["rows"]]

    @cached_property
    def shade(self) -> str:
        """What the map is shaded by."""
        wanted = self.request.GET.get("shade", SHADES[0])
        if wanted not in SHADES:
            raise BadRequest(_("The map cannot be shaded by this."))
        return str(wanted)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the tables of the oblasts and of the districts."""
        own = [
            Column("districts", _("Districts"), NUMBER),
            Column("cities", _("Cities"), NUMBER),
            Column("aimaks", _("Ayil aimaks"), NUMBER),
            Column("settlements", _("Settlements"), NUMBER),
            cells.population_column(),
        ]
        compared = regions.comparison_columns(self.comparison)
        total = regions.totals(self.by_oblast["total"], self.oblasts, OWN)
        oblasts = Table(
            self.request,
            caption=_("Municipalities by oblast"),
            columns=[regions.group_column(self.request, _("Oblast")), *compared, *own],
            rows=self.oblasts,
            filters=self.comparison.filters,
            totals=total,
            page_sizes=(100,),
        )
        districts = Table(
            self.request,
            key="districts",
            caption=_("Municipalities by district"),
            columns=[
                regions.group_column(self.request, _("District")),
                Column("oblast", _("Oblast"), value=_oblast_name),
                *regions.comparison_columns(self.comparison, classes=False),
                *own[1:3],
                Column("settlements", _("Settlements"), NUMBER, shown=False),
                own[-1],
            ],
            rows=self.districts,
            totals=total,
            page_sizes=(100,),
        )
        return {"oblast_table": oblasts, "district_table": districts}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the figures, the map and the latest events."""
        total = regions.composed(self.composition, lambda _row: None)[None]
        kinds = [row["kind"] for row in self.composition for _unit in range(row["units"])]
        events = country.latest_events(self.request.day)
        for event in events:
            event["url"] = addresses.optional("reform-event", event["id"])
        return super().get_context_data(
            **kwargs,
            kpi=bands.of_place(self.request),
            comparison=self.comparison,
            total=total,
            municipalities=total["cities"] + total["aimaks"],
            oblast_count=kinds.count("oblast"),
            made=total["population_provenance"],
            change=self.by_oblast["total"],
            shades=[(shade, self._shade_name(shade)) for shade in self._shades()],
            shade=self.shade,
            map=self._map(),
            map_title=self._map_title(),
            events=events,
            reform_url=addresses.optional("reform"),
        )

    def _shades(self) -> list[str]:
        return [shade for shade in SHADES if shade != "reduction" or self.comparison.shown]

    def _shade_name(self, shade: str) -> str:
        return {
            "number": _("number of municipalities"),
            "reduction": _("reduction of their number"),
            "population": _("population"),
        }[shade]

    def _map_title(self) -> str:
        return {
            "number": _("Municipalities by district on %(day)s"),
            "reduction": _(
                "Reduction of the number of municipalities by district between %(before)s and %(day)s"
            ),
            "population": _("Population by district on %(day)s"),
        }[self.shade] % {
            "day": display.short_day(self.comparison.after),
            "before": display.short_day(self.comparison.before),
        }

    def _map(self) -> SafeString | str:
        """Draw the districts and the cities of republican significance; empty where the day has none."""
        rows = [row for row in self.districts if row["group"]["id"]]
        rows += [row for row in self.oblasts if row["group"]["kind"] == "city_republican"]
        if not rows:
            return ""
        units = [{"name_ky": row["group"]["name"]["ky"], "oblast": _map_oblast(row)} for row in rows]
        write = (lambda value: display.percent(value, 0)) if self.shade == "reduction" else None
        tiles = [
            charts.Tile(
                *place,
                name=titles.short_name(row["group"]["name"]) if unit["oblast"] else group_name(row["group"]),
                value=self._value(row),
                url=addresses.page(self.request, "unit", row["group"]["id"]),
                group=unit["oblast"] or unit["name_ky"],
                note=_oblast_name(row),
            )
            for row, unit, place in zip(rows, units, tile_layout.places(units), strict=True)
        ]
        return charts.tile_map(tiles, title=self._map_title(), write=write)

    def _value(self, row: Mapping[str, Any]) -> float | None:
        """Return what a tile is shaded by."""
        if self.shade == "reduction":
            return None if row["reduction_percent"] is None else float(row["reduction_percent"])
        value = row["population" if self.shade == "population" else "after"]
        return None if value is None else float(value)


def _oblast_name(row: Mapping[str, Any]) -> str:
    """The oblast of a district's row; empty for a city of republican significance."""
    oblast = row["group"].get("oblast")
    return group_name(oblast) if oblast and oblast["id"] != row["group"]["id"] else ""


def _map_oblast(row: Mapping[str, Any]) -> str:
    """The Kyrgyz name of the oblast as the layout of the map knows it."""
    oblast = row["group"].get("oblast")
    return oblast["name"]["ky"] if row["group"]["kind"] == "district" and oblast else ""


def _district_key(row: Mapping[str, Any]) -> str:
    """The group of the statistics by district in which a row of the composition counts."""
    return str(row["district_id"]) if row["district_id"] else f"outside {row['oblast_id']}"


def _group_key(group: Mapping[str, Any]) -> str:
    return str(group["id"]) if group["id"] else f"outside {(group['oblast'] or {}).get('id')}"
