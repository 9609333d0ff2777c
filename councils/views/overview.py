"""The councils of a day, women in them, and their seats before and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import statistics, wording
from councils.models import CouncilKind
from councils.page_queries import bodies
from councils.views.base import CouncilsPage, council_link, share
from lsg_portal.web import addresses, charts, display
from lsg_portal.web.tables import NUMBER, Column, Filter, Filters, Table
from registry import cells, queries
from registry.grouped_pages import LONGEST_OPEN_CHART, GroupedPage, TwoDaysPage
from registry.place_filters import place_filters
from registry.queries import Row

SEATS_BEFORE, SEATS_AFTER = dt.date(2021, 6, 1), dt.date(2024, 11, 30)
"""The days compared where none are asked for: before the reform, and after the elections that followed it."""


class OverviewPage(CouncilsPage):
    """Every council of the day with its seats and who sits in them."""

    template_name = "councils/overview.html"
    title = gettext_lazy("Local councils")

    @cached_property
    def filters(self) -> Filters:
        """What the list is narrowed by."""
        places = place_filters(queries.upper_units(self.request.day))
        return Filters(
            self.request.GET,
            [
                Filter.text("q", _("Name of the municipality")),
                *places,
                Filter.choice("kind", _("Kind"), CouncilKind.choices),
            ],
        )

    @cached_property
    def found(self) -> list[Row]:
        """The councils that match."""
        keys = ("oblast", "district", "kind", "q")
        return bodies.councils(self.request.day, **{key: self.filters[key] for key in keys})

    @cached_property
    def sums(self) -> dict[str, Any]:
        """Totals over the councils that match."""
        sitting = sum(row["sitting"] or 0 for row in self.found)
        women = sum(row["women"] or 0 for row in self.found)
        convened = [row for row in self.found if row["convocation_id"]]
        return {
            "councils": len(self.found),
            "convened": len(convened),
            "seats_by_law": sum(row["seats_by_law"] for row in convened),
            "sitting": sitting,
            "women": women,
            "vacant": sum(row["vacant"] for row in convened),
            "share": share(women, sitting),
        }

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of councils."""
        request = self.request
        columns = [
            Column(
                "name",
                _("Council"),
                value=wording.council_of,
                sort=lambda row: display.name(row["unit"]),
                link=lambda row: council_link(request, row),
            ),
            Column("kind", _("Kind"), value=lambda row: wording.council_kind(row["kind"]), shown=False),
            cells.unit_column(request, "district", _("District"), of="district"),
            cells.unit_column(request, "oblast", _("Oblast"), of="oblast"),
            Column("seats_by_law", _("Seats by law"), NUMBER, value=lambda row: _figure(row, "seats_by_law")),
            Column("sitting", _("Deputies"), NUMBER, value=lambda row: _figure(row, "sitting")),
            Column("vacant", _("Vacant seats"), NUMBER, value=lambda row: _figure(row, "vacant")),
            Column("women", _("Women"), NUMBER, value=lambda row: _figure(row, "women")),
            cells.rounded_percent(
                "share",
                _("Women, %"),
                value=lambda row: share(row["women"], row["sitting"]) or display.NOT_APPLICABLE,
            ),
            Column("number", _("Convocation"), NUMBER, value=lambda row: _figure(row, "number"), shown=False),
            cells.provenance_column(),
        ]
        table = Table(
            request,
            caption=_("Councils"),
            columns=columns,
            rows=self.found,
            filters=self.filters,
            totals={key: self.sums[key] for key in ("seats_by_law", "sitting", "vacant", "women", "share")},
            constructed=cells.is_constructed,
            empty=_("No council of this day matches the filters."),
        )
        return {"councils": table}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the totals."""
        return super().get_context_data(sums=self.sums, rest_url=addresses.optional("api-councils"), **kwargs)


def _figure(row: Row, key: str) -> Any:
    """A figure of the convocation; where none sits there can be none."""
    return row[key] if row["convocation_id"] else display.NOT_APPLICABLE


class WomenPage(CouncilsPage, GroupedPage):
    """How many of the deputies of a day are women, by oblast, district or kind."""

    template_name = "councils/women.html"
    title = gettext_lazy("Women in councils")
    section = "women-in-councils"
    list_route = "councils"
    route = "api-councils-women"

    @cached_property
    def answer(self) -> dict[str, Any]:
        """Rows and total."""
        return statistics.women_by(self.grouping, self.request.day)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the figures by group."""
        columns = [
            self.group_column(),
            Column("councils", _("Councils"), NUMBER),
            Column("convened", _("With a convocation"), NUMBER, shown=False),
            Column("sitting", _("Deputies"), NUMBER),
            Column("women", _("Women"), NUMBER),
            Column("men", _("Men"), NUMBER, shown=False),
            Column(
                "not_stated", _("Sex not recorded"), NUMBER, shown=bool(self.answer["total"]["not_stated"])
            ),
            cells.rounded_percent("women_percent", _("Women, %"), value=_or_none("women_percent")),
            Column("councils_without_women", _("Councils without a woman"), NUMBER),
        ]
        return {
            "women": Table(
                self.request,
                caption=_("Women in councils"),
                columns=columns,
                rows=self.answer["rows"],
                totals=self.answer["total"],
                source=_("computed from the records of this register"),
                page_sizes=(100,),
            )
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the total, the chart and the addresses over REST."""
        rows = self.answer["rows"]
        bars = [
            charts.Bar(
                self.group_name(row),
                (float(row["women_percent"]) if row["women_percent"] else None,),
                self.group_link(row) or "",
            )
            for row in rows
            if row["sitting"]
        ]
        title = _("Women among deputies on %(day)s, %%") % {"day": display.short_day(self.request.day)}
        return super().get_context_data(
            total=self.answer["total"],
            chart=charts.bar_chart(bars, series=(str(title),), title=str(title), places=0) if bars else "",
            chart_title=title,
            chart_is_long=len(bars) > LONGEST_OPEN_CHART,
            rest=self.rest_links(at=self.request.day.isoformat(), group_by=self.grouping),
            **kwargs,
        )


class SeatsPage(CouncilsPage, TwoDaysPage):
    """The seats of councils on two days: what the reform and the elections made of them."""

    template_name = "councils/seats.html"
    title = gettext_lazy("Seats before and after")
    section = "council-seats"
    list_route = "councils"
    route = "api-councils-seats"

    def days_offered(self) -> tuple[dt.date, dt.date]:
        """Return a day before the reform and one after the elections that followed it."""
        return SEATS_BEFORE, SEATS_AFTER

    @cached_property
    def answer(self) -> dict[str, Any]:
        """Rows and total."""
        return statistics.seats_between(self.question["before"], self.question["after"], self.grouping)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the figures by group."""
        columns: Sequence[Column] = [
            self.group_column(),
            Column("councils_before", self.on_the_day("before", _("Councils")), NUMBER),
            Column("councils_after", self.on_the_day("after", _("Councils")), NUMBER),
            Column("by_law_before", self.on_the_day("before", _("Seats by law")), NUMBER),
            Column("by_law_after", self.on_the_day("after", _("Seats by law")), NUMBER),
            Column("before", self.on_the_day("before", _("Deputies")), NUMBER),
            Column("after", self.on_the_day("after", _("Deputies")), NUMBER),
            Column("vacant_before", self.on_the_day("before", _("Vacant")), NUMBER, shown=False),
            Column("vacant_after", self.on_the_day("after", _("Vacant")), NUMBER, shown=False),
            Column("reduced", _("Fewer deputies by"), NUMBER),
            cells.rounded_percent("reduction_percent", _("Reduction"), value=_or_none("reduction_percent")),
        ]
        return {
            "seats": Table(
                self.request,
                caption=_("Seats before and after"),
                columns=columns,
                rows=self.answer["rows"],
                totals=self.answer["total"],
                source=_("computed from the records of this register"),
                page_sizes=(100,),
            )
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the totals and the chart."""
        return super().get_context_data(
            total=self.answer["total"],
            chart=self.chart(),
            chart_is_long=len(self.answer["rows"]) > LONGEST_OPEN_CHART,
            **kwargs,
        )

    def chart(self) -> SafeString | str:
        """Draw the deputies of each group on both days."""
        if not self.answer["rows"]:
            return ""
        return charts.bar_chart(
            [
                charts.Bar(self.group_name(row), (row["before"], row["after"]), self.group_link(row) or "")
                for row in self.answer["rows"]
            ],
            series=(display.short_day(self.question["before"]), display.short_day(self.question["after"])),
            title=_("Deputies before and after"),
            places=None,
        )


def _or_none(key: str) -> Any:
    """Return what reads a percentage; of nothing there is none."""

    def value(row: Mapping[str, Any]) -> Any:
        return display.NOT_APPLICABLE if row[key] is None else row[key]

    return value
