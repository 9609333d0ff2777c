"""Staff and residents of two days, by oblast, district or kind of municipality."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ayil_okmotu import statistics
from ayil_okmotu.page_queries import printed
from ayil_okmotu.views.base import ExecutivePage
from lsg_portal.web import charts, display
from lsg_portal.web.tables import NUMBER, PERCENT, Column, Table
from registry import cells
from registry.grouped_pages import LONGEST_OPEN_CHART, TwoDaysPage
from registry.queries import Row

STAFF_BEFORE, STAFF_AFTER = dt.date(2021, 6, 1), dt.date(2024, 11, 30)
"""The days compared where none are asked for and no source names any."""


class ComparisonPage(ExecutivePage, TwoDaysPage):
    """What the reform made of the staff, and how many residents there are to an employee."""

    template_name = "ayil_okmotu/comparison.html"
    title = gettext_lazy("Staff before and after the reform")
    section = "executive-comparison"
    list_route = "executive-bodies"
    route = "api-executive-statistics"

    @cached_property
    def printed(self) -> list[Row]:
        """What sources printed of the reduction."""
        return printed.reductions()

    def days_offered(self) -> tuple[dt.date, dt.date]:
        """Return the days that a source compared, so that its figure and that of the records stand side by side."""
        for row in self.printed:
            return row["first"], row["last"]
        return STAFF_BEFORE, STAFF_AFTER

    @cached_property
    def answer(self) -> dict[str, Any]:
        """Rows and total."""
        return statistics.between(self.question["before"], self.question["after"], self.grouping)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the figures by group."""
        change_in_staff = [
            Column("reduced", _("Fewer staff by"), NUMBER),
            Column(
                "change",
                _("Change in staff"),
                PERCENT,
                places=2,
                value=lambda row: change(row["reduction_percent"]),
            ),
        ]
        columns = [
            self.group_column(),
            *self._both("bodies", _("Executive bodies")),
            *self._both("staff", _("Staff")),
            *change_in_staff,
            *self._both("population_per_employee", _("Residents per employee"), places=1),
            *self._both("contract", _("By contract")),
            *self._both("headless", _("Without a head"), shown=False),
            *self._both("unreported", _("Have not reported"), shown=False),
        ]
        return {
            "staff": Table(
                self.request,
                caption=self.title,
                columns=columns,
                rows=self.answer["rows"],
                totals={column.key: column.of(self.answer["total"]) for column in columns[1:]},
                source=_("computed from the records of this register"),
                page_sizes=(100,),
            )
        }

    def _both(self, key: str, words: str, **more: Any) -> list[Column]:
        """Return the columns of a figure on both days."""
        return [
            Column(f"{key}_{side}", self.on_the_day(side, words), NUMBER, value=_figure(side, key), **more)
            for side in ("before", "after")
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the totals, what sources printed of them, and the charts."""
        total = self.answer["total"]
        return super().get_context_data(
            before=total["before"],
            after=total["after"],
            change=change(total["reduction_percent"]),
            printed=[self._printed(row) for row in self.printed],
            chart=self._chart("staff", _("Staff before and after"), None),
            served_chart=self._chart("population_per_employee", _("Residents per employee"), 1),
            chart_is_long=len(self.answer["rows"]) > LONGEST_OPEN_CHART,
            **kwargs,
        )

    def _printed(self, row: Row) -> dict[str, Any]:
        """Say what a source printed; ``same_days`` where the page compares the very days it speaks of."""
        asked = (self.question["before"], self.question["after"])
        return {
            "as_printed": row["as_printed"],
            "source": cells.source_text(row["source"]),
            "first": row["first"],
            "last": row["last"],
            "same_days": asked == (row["first"], row["last"]),
        }

    def _chart(self, key: str, title: str, places: int | None) -> SafeString | str:
        """Draw a figure of each group on both days."""
        bars = [
            charts.Bar(
                self.group_name(row),
                tuple(_drawn(row[side][key]) for side in ("before", "after")),
                self.group_link(row) or "",
            )
            for row in self.answer["rows"]
        ]
        if not bars:
            return ""
        series = tuple(display.short_day(self.question[side]) for side in ("before", "after"))
        return charts.bar_chart(bars, series=series, title=title, places=places)


def change(reduction: str | None) -> Decimal | None:
    """Return a reduction as a change: 45.17 of 100 fewer are −45.17."""
    return None if reduction is None else -Decimal(reduction)


def _drawn(value: int | str | None) -> float | None:
    """Return a figure as a chart takes it."""
    return float(value) if isinstance(value, str) else value


def _figure(side: str, key: str) -> Callable[[Mapping[str, Any]], Any]:
    """Return what reads a figure of one of the days."""

    def value(row: Mapping[str, Any]) -> Any:
        found = row[side][key]
        return Decimal(found) if isinstance(found, str) else found

    return value
