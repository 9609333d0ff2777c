"""A district: its municipalities, and what became of those it had before the reform."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from kpi.views.public.base import decimal
from lsg_portal.pages import bands
from lsg_portal.pages.comparison import Comparison
from lsg_portal.pages.queries import units
from lsg_portal.pages.views.units import UnitPage, centre_name, farthest
from lsg_portal.web import addresses, display
from lsg_portal.web.tables import DATE, NUMBER, Column, Table
from registry import cells, lineage, titles
from registry.queries import Row


class DistrictPage(UnitPage):
    """Key figures, municipalities with centre and farthest village, the fate of former municipalities."""

    template_name = "pages/district.html"

    @cached_property
    def comparison(self) -> Comparison:
        """The two days."""
        return Comparison.of(self.request, kinds=False)

    @cached_property
    def municipalities(self) -> list[Row]:
        """The municipalities of the reader's day."""
        return units.children(self.unit["id"], self.request.day)

    @cached_property
    def kpi(self) -> Row | None:
        """The bands of KPI of the latest quarter published by the day, and the score of each municipality."""
        return bands.of_place(self.request, district=self.unit["id"])

    @cached_property
    def former(self) -> list[Row]:
        """The municipalities of the earlier day, each with where its territory lies on the reader's day."""
        if not self.comparison.shown:
            return []
        before, after = self.comparison.before, self.comparison.after
        found = units.former(self.unit["id"], before, after)
        projected = lineage.project_all([row["id"] for row in found], before, after)
        named = units.named(list({item.unit for items in projected.values() for item in items}), after)
        for row in found:
            row["targets"] = [
                {"unit": named[item.unit], "scope": item.scope, "on": item.effective_on}
                for item in projected[row["id"]]
                if item.unit in named
            ]
        return found

    def get_tables(self) -> Mapping[str, Table]:
        """Return the tables of the municipalities and of the former ones."""
        municipalities = Table(
            self.request,
            caption=_("Municipalities of the district"),
            columns=[
                cells.unit_column(self.request, label=_("Municipality")),
                Column("kind", _("Kind"), value=lambda row: titles.unit_kind(row["kind"])),
                Column("centre", _("Administrative centre"), value=lambda row: centre_name(row) or None),
                Column("settlements", _("Settlements"), NUMBER),
                cells.population_column(),
                Column(
                    "farthest",
                    _("Farthest settlement from the centre"),
                    value=farthest,
                    sort=lambda row: row["farthest_km"],
                ),
                *self._score_columns(),
                Column("since", _("As it is since"), DATE, value=lambda row: row["valid"].lower),
                cells.provenance_column(),
            ],
            rows=self.municipalities,
            totals={
                "settlements": sum(row["settlements"] for row in self.municipalities),
                "population": _sum(self.municipalities, "population"),
            },
            constructed=cells.is_constructed,
            empty=_("No municipality lay in the district on this day."),
        )
        if not self.comparison.shown:
            return {"municipalities": municipalities}
        former = Table(
            self.request,
            key="former",
            caption=_("What became of the municipalities of %(day)s")
            % {"day": display.short_day(self.comparison.before)},
            columns=[
                cells.unit_column(_On(self.request, self.comparison.before), label=_("Municipality then")),
                Column("kind", _("Kind"), value=lambda row: titles.unit_kind(row["kind"])),
                cells.population_column(),
                cells.Shown(
                    "fate",
                    _("What became of it"),
                    value=self._fate_in_words,
                    show=self._fate,
                    sort=lambda row: f"{not row['lives']} {self._fate_in_words(row)}",
                ),
                cells.Shown(
                    "changed_on", _("Since"), DATE, show=lambda row: "" if row["changed_on"] else "–"
                ),
                cells.provenance_column(),
            ],
            rows=self.former,
            constructed=lambda row: any(cells.is_constructed(target["unit"]) for target in row["targets"]),
            empty=_("No municipality lay in the district on that day."),
        )
        return {"municipalities": municipalities, "former": former}

    def _score_columns(self) -> list[Column]:
        """Return the columns of the latest score of each municipality; none where nothing has been published."""
        if self.kpi is None:
            return []
        scores, note = self.kpi["scores"], _("as of %(period)s") % {"period": self.kpi["period"]}

        def score(row: Row) -> Row:
            found: Row = scores.get(str(row["id"]), {})
            return found

        def link(row: Row) -> str | None:
            return addresses.page(self.request, "kpi-score", score(row)["id"]) if score(row) else None

        return [
            cells.MarkedNumber(
                "points",
                _("KPI, points"),
                NUMBER,
                value=lambda row: decimal(score(row).get("total")),
                places=2,
                link=link,
                note=note,
                made=lambda row: score(row).get("provenance") == cells.CONSTRUCTED,
            ),
            Column("band", _("KPI band"), value=lambda row: display.name(score(row)) or None),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the key figures."""
        rows = self.municipalities
        reduced = len(self.former) - len(rows)
        percent = 100 * reduced / len(self.former) if self.former else None
        return super().get_context_data(
            **kwargs,
            kpi=self.kpi,
            comparison=self.comparison,
            count=len(rows),
            former_count=len(self.former),
            reduction=percent,
            aimaks=sum(row["kind"] == "ayil_aimak" for row in rows),
            cities=sum(row["kind"] != "ayil_aimak" for row in rows),
            settlement_count=sum(row["settlements"] for row in rows),
            population=_sum(rows, "population"),
            made="constructed" if any(row["population_provenance"] == "constructed" for row in rows) else "",
            centre=centre_name(self.unit),
            comparison_kept=addresses.kept(self.request.GET, ("before", "former-page", "format", "table")),
        )

    def _fate(self, row: Row) -> str:
        """What became of a former municipality, with links."""
        if row["lives"] and len(row["targets"]) <= 1:
            return _state(row)
        links = format_html_join(
            ", ",
            '<a href="{}">{}</a>{}',
            (
                (
                    addresses.page(self.request, "unit", target["unit"]["id"]),
                    titles.full_name(target["unit"]),
                    "" if target["scope"] == lineage.WHOLE else format_html(" ({})", _("part")),
                )
                for target in row["targets"]
                if target["unit"]["id"] != row["id"]
            ),
        )
        if row["lives"]:
            return format_html(_("{}; a part now lies in {}"), _state(row), links)
        return format_html(_("now in {}"), links) if links else _("abolished, no successor on record")

    def _fate_in_words(self, row: Row) -> str:
        """What became of a former municipality, as files say it."""
        others = [target for target in row["targets"] if target["unit"]["id"] != row["id"]]
        names = ", ".join(titles.full_name(target["unit"]) for target in others)
        if row["lives"]:
            return f"{_state(row)}; → {names}" if names else _state(row)
        return f"→ {names}" if names else _("abolished, no successor on record")


class _On:
    """A request on another day, for links into the past."""

    def __init__(self, request: Any, day: dt.date) -> None:
        self.day, self.today = day, request.today


def _sum(rows: list[Row], key: str) -> int | None:
    """Add up what was reported; None where nothing was."""
    reported = [row[key] for row in rows if row[key] is not None]
    return sum(reported) if reported else None


def _state(row: Row) -> str:
    """How a municipality that still exists has changed."""
    if row["gained"] and row["lost"]:
        return _("exists, reshaped")
    if row["gained"]:
        return _("exists, enlarged")
    if row["lost"]:
        return _("exists, diminished")
    return _("exists, unchanged")
