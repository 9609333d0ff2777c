"""Pages of the register's lists: legal acts, settlements, what sources printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from lsg_portal.web import addresses, display
from lsg_portal.web.tables import DATE, NUMBER, Column, Filter, Filters, Table
from lsg_portal.web.views import RegisterPage
from registry import cells, queries, sources, titles
from registry.models import LegalAct, PublishedFigure, SettlementKind


class RegistryPage(RegisterPage):
    """A page made from the register alone."""

    def get_versions(self) -> dict[str, int]:
        """Return the data version of the register."""
        return queries.data_versions("registry")


class LegalActsPage(RegistryPage):
    """The legal acts adopted by the reader's day."""

    template_name = "registry/legal_acts.html"
    title = gettext_lazy("Legal acts")

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of acts."""
        filters = Filters(
            self.request.GET,
            [
                Filter.text("q", _("Number or words of the title")),
                Filter.choice("kind", _("Kind"), LegalAct.Kind.choices),
                Filter.choice("status", _("Status"), LegalAct.Status.choices),
            ],
        )
        rows = queries.legal_acts(
            self.request.day, kind=filters["kind"], status=filters["status"], q=filters["q"]
        )
        columns = [
            Column(
                "act",
                _("Legal act"),
                value=titles.act_name,
                sort=lambda row: f"{row['kind']} {row['number']:>10} {row['adopted_on']}",
                link=lambda row: addresses.page(self.request, "legal-act", row["id"]),
            ),
            Column("title", _("Title"), value=lambda row: display.name(row, "title")),
            Column("adopted_on", _("Adopted"), DATE),
            cells.Shown(
                "status",
                _("Status"),
                value=lambda row: act_status(row["status"]),
                show=lambda row: status_badge(row["status"]),
            ),
            Column("changes", _("Territorial changes that rest on it"), NUMBER),
            Column(
                "kind",
                _("Kind"),
                value=lambda row: str(dict(LegalAct.Kind.choices)[row["kind"]]),
                shown=False,
            ),
            Column("number", _("Number"), shown=False),
            cells.provenance_column(),
        ]
        table = Table(
            self.request,
            caption=self.title,
            columns=columns,
            rows=rows,
            filters=filters,
            constructed=cells.is_constructed,
            empty=_("No act adopted by this day matches the filters."),
        )
        return {"acts": table}


def act_status(status: str) -> str:
    """Return the status of an act in words."""
    return str(dict(LegalAct.Status.choices).get(status, status))


def status_badge(status: str) -> SafeString:
    """Return the status of an act as a mark: in force, repealed, draft."""
    return cells.badge(act_status(status), {"in_force": "good", "repealed": "error"}.get(status, ""))


class SettlementsPage(RegistryPage):
    """The settlements of the reader's day with the municipality each lay in."""

    template_name = "registry/settlements.html"
    title = gettext_lazy("Settlements")

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of settlements."""
        upper = queries.upper_units(self.request.day)
        oblasts = [(row["id"], titles.full_name(row)) for row in upper if row["kind"] != "district"]
        named = dict(oblasts)
        districts = [
            (row["id"], f"{titles.full_name(row)} ({named.get(row['oblast_id'], '')})")
            for row in upper
            if row["kind"] == "district"
        ]
        filters = Filters(
            self.request.GET,
            [
                Filter.text("q", _("Name or code")),
                Filter.unit("oblast", _("Oblast"), oblasts),
                Filter.unit("district", _("District"), districts),
                Filter.choice("kind", _("Kind"), SettlementKind.choices),
            ],
        )
        rows = queries.settlements(
            self.request.day, **{key: filters[key] for key in ("q", "oblast", "district", "kind")}
        )
        columns = [
            Column(
                "name",
                _("Settlement"),
                value=display.name,
                link=lambda row: addresses.page(self.request, "history", "settlement", row["id"]),
            ),
            Column("kind", _("Kind"), value=lambda row: titles.settlement_kind(row["kind"])),
            cells.unit_column(self.request, "municipality", _("Municipality"), of="municipality"),
            cells.unit_column(self.request, "district", _("District"), of="district"),
            cells.unit_column(self.request, "oblast", _("Oblast"), of="oblast"),
            cells.population_column(),
            Column("distance_to_centre_km", _("To the centre, km"), NUMBER, places=1),
            Column("code", pgettext("of a settlement", "Code (SOATE)"), shown=False),
            cells.provenance_column(),
        ]
        table = Table(
            self.request,
            caption=self.title,
            columns=columns,
            rows=rows,
            filters=filters,
            constructed=cells.is_constructed,
            empty=_("No settlement of this day matches the filters."),
        )
        return {"settlements": table}


class PublishedFiguresPage(RegistryPage):
    """What sources printed beside what the records say, with the difference; neither is corrected."""

    template_name = "registry/published_figures.html"
    title = gettext_lazy("Published figures")

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of figures."""
        measures = dict(PublishedFigure.Measure.choices)
        filters = Filters(
            self.request.GET, [Filter.choice("measure", _("Measure"), PublishedFigure.Measure.choices)]
        )
        rows = [
            {
                **row,
                "difference": None
                if row["recorded"] is None or row["value"] is None
                else row["recorded"] - row["value"].normalize(),
            }
            for row in queries.published_figures(self.request.day)
            if filters["measure"] in (None, row["measure"])
        ]
        columns = [
            Column(
                "measure", _("Measure"), value=lambda row: str(measures.get(row["measure"], row["measure"]))
            ),
            Column(
                "scope",
                _("Territory"),
                value=lambda row: titles.full_name(row["unit"]) or _("Kyrgyz Republic"),
                link=lambda row: (
                    addresses.page(self.request, "unit", row["unit"]["id"]) if row["unit"] else None
                ),
            ),
            Column("day", _("As of"), value=_when, sort=lambda row: row["day"] or row["interval"].lower),
            Column("as_printed", _("As printed"), sort=lambda row: row["value"]),
            cells.Shown("recorded", _("By the records"), NUMBER, show=_not_computed),
            cells.Shown("difference", _("Difference"), NUMBER, signed=True, show=_difference),
            cells.Shown(
                "source",
                _("Source"),
                value=lambda row: sources.in_words(row["source"]),
                show=lambda row: cells.source_text(row["source"]),
            ),
            cells.provenance_column(),
        ]
        table = Table(
            self.request,
            caption=self.title,
            columns=columns,
            rows=rows,
            filters=filters,
            constructed=cells.is_constructed,
            empty=_("No published figure is on file."),
        )
        return {"figures": table}


def _when(row: Mapping[str, Any]) -> str:
    """The day or the interval that a figure speaks of."""
    if row["day"]:
        return display.short_day(row["day"])
    return display.period(row["interval"].lower, row["interval"].upper, short=True)


def _not_computed(row: Mapping[str, Any]) -> str:
    """Say of a measure that the register cannot count that it cannot yet."""
    return _("not computed yet") if row["recorded"] is None else ""


def _difference(row: Mapping[str, Any]) -> str:
    """Make a difference stand out, and say where there is none."""
    if row["difference"] is None:
        return "–"
    if row["difference"] == 0:
        return _("none")
    return format_html("<strong>{}</strong>", display.number(row["difference"], signed=True))
