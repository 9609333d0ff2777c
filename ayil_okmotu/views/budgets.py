"""The local budgets of a year, shown as reported; how many have something odd is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ayil_okmotu import budgets
from ayil_okmotu.page_queries import budgets as queries
from ayil_okmotu.views.amounts import SHOWN_TOTALS, amount, odd, total
from ayil_okmotu.views.base import ExecutivePage
from lsg_portal.web import addresses, display
from lsg_portal.web.tables import NUMBER, Column, Filter, Filters, Table
from registry import cells, titles
from registry.models import MUNICIPALITY_KINDS
from registry.queries import Row


class BudgetsPage(ExecutivePage):
    """The budgets of a year: those of municipalities, and the sums that sources printed of oblasts and districts."""

    template_name = "ayil_okmotu/budgets.html"
    title = gettext_lazy("Local budgets")
    section = "local-budgets"

    @cached_property
    def years(self) -> list[int]:
        """The years on file, the latest first."""
        return queries.years(self.request.day)

    @cached_property
    def filters(self) -> Filters:
        """What the list is narrowed by."""
        years = [(str(year), str(year)) for year in self.years]
        latest = _("the latest: %(year)s") % {"year": self.years[0]} if self.years else ""
        return Filters(
            self.request.GET,
            [
                Filter.choice("year", _("Year"), years, any_label=latest),
                *self.place_filters(),
                Filter.flag("odd", _("only those with something odd")),
            ],
        )

    @cached_property
    def year(self) -> int | None:
        """The year shown; None where no budget is on file."""
        asked = self.filters["year"]
        return int(asked) if asked else next(iter(self.years), None)

    @cached_property
    def found(self) -> list[Row]:
        """The budgets that match, each with what is odd in it."""
        if self.year is None:
            return []
        place = {key: self.filters[key] for key in ("oblast", "district")}
        rows = queries.of_year(self.year, self.request.day, **place)
        findings = budgets.findings([row["id"] for row in rows])
        told = [{**row, "findings": findings[row["id"]]} for row in rows]
        return [row for row in told if row["findings"]] if self.filters["odd"] else told

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of municipalities and that of the sums printed."""
        own = [row for row in self.found if row["unit"]["kind"] in MUNICIPALITY_KINDS]
        printed = [row for row in self.found if row["unit"]["kind"] not in MUNICIPALITY_KINDS]
        sums = {key: _sum(own, key) for key in ("own_revenue", "transfer", *SHOWN_TOTALS)}
        return {
            "budgets": self._table(own, _("Local budgets"), filters=self.filters, totals=sums),
            "printed": self._table(printed, _("Sums that sources printed"), key="printed"),
        }

    def _table(self, rows: Sequence[Row], caption: str, **more: Any) -> Table:
        request = self.request

        def link(row: Row) -> str:
            return addresses.page(request, "local-budget", row["unit_id"], year=row["year"])

        labelled = any(row["label"] for row in rows)
        return Table(
            request,
            caption=caption,
            columns=[
                Column("unit", _("Unit"), value=lambda row: titles.full_name(row["unit"]),
                       sort=lambda row: display.name(row["unit"]), link=link),
                cells.unit_column(request, "district", _("District"), of="district"),
                cells.unit_column(request, "oblast", _("Oblast"), of="oblast", shown=False),
                Column("label", _("Period as the source names it"), shown=labelled),
                amount("own_revenue", _("Own revenue")),
                amount("transfer", _("Transfers")),
                total("total_revenue", _("Revenue as reported")),
                total("total_expenditure", _("Expenditure as reported")),
                total("surplus", _("Surplus as reported")),
                total("executed", _("Executed as reported"), shown=labelled),
                cells.Shown("findings", _("What is odd"), NUMBER, value=lambda row: len(row["findings"]),
                            show=lambda row: odd(len(row["findings"]))),
                cells.provenance_column(),
            ],
            rows=rows,
            constructed=cells.is_constructed,
            source=_("budgets as reported, million som"),
            empty=_("No budget on file matches the filters."),
            **more,
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the year and how many budgets have something odd."""
        return super().get_context_data(
            year=str(self.year or ""),
            odd=sum(bool(row["findings"]) for row in self.found),
            count=len(self.found),
            **kwargs,
        )


def _sum(rows: Sequence[Row], key: str) -> Decimal | None:
    figures = [row[key] for row in rows if row[key] is not None]
    return sum(figures, Decimal(0)) if figures else None
