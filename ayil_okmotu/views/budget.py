"""Local budgets: those of a year, and that of one unit with its history. Shown as reported; what is odd is said."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ayil_okmotu import budgets, wording
from ayil_okmotu.models import BudgetItem
from ayil_okmotu.page_queries import budgets as queries
from ayil_okmotu.rules import kept_units
from ayil_okmotu.views.base import APPS, ExecutivePage
from lsg_portal.web import addresses, charts, collation, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import NUMBER, PERCENT, Column, Filter, Filters, Table
from lsg_portal.web.views import RegisterPage
from registry import cells, titles
from registry.crumbs import down_to
from registry.models import MUNICIPALITY_KINDS
from registry.queries import Row, data_versions

SHOWN_TOTALS = ("total_revenue", "total_expenditure", "surplus")
HUNDREDTH = Decimal("0.01")


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


class BudgetPage(RegisterPage):
    """The budget of a unit for ``?year=``, the latest by the reader's day where none is asked for."""

    template_name = "ayil_okmotu/budget.html"

    @cached_property
    def unit(self) -> Row:
        """The unit on the reader's day, or nearest to it."""
        found = queries.unit(self.kwargs["pk"], self.request.day)
        if found is None:
            raise Http404
        return found

    @cached_property
    def history(self) -> list[Row]:
        """The budgets of the unit itself by the reader's day, the latest first."""
        return queries.of_unit(self.unit["id"], self.request.day.year)

    @cached_property
    def years(self) -> list[budgets.Year]:
        """Its budgets year by year; for years before it began, the sums of those it came from."""
        return budgets.joined(self.unit["id"], self.request.day)

    @cached_property
    def budget(self) -> Row | None:
        """The budget shown; None where the unit itself has none."""
        asked = self.request.GET.get("year", "")
        if not asked:
            return next(iter(self.history), None)
        found = [row for row in self.history if str(row["year"]) == asked]
        if not found:
            raise BadRequest(_("No budget of this year is on file."))
        return found[0]

    @cached_property
    def lines(self) -> list[Row]:
        """The lines of the budget."""
        return queries.lines(self.budget["id"]) if self.budget else []

    @cached_property
    def findings(self) -> dict[uuid.UUID, list[budgets.Finding]]:
        """What is odd in each budget of the unit."""
        return budgets.findings([row["id"] for row in self.history])

    @cached_property
    def joined_units(self) -> dict[uuid.UUID, Row]:
        """The units whose budgets were added up, by identifier."""
        ids = {part.unit_id for year in self.years for part in year.parts}
        ids |= {unit for year in self.years for unit in year.missing}
        return queries.named([*(ids - {self.unit["id"]})], self.request.day)

    def get_title(self) -> str:
        """Return the name of the unit with what the page is about."""
        return _("Local budget: %(unit)s") % {"unit": titles.full_name(self.unit)}

    def get_versions(self) -> Mapping[str, int]:
        """Name the data of the register and of the executive bodies."""
        return data_versions(*APPS)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the units it lies in and itself."""
        return down_to(self.request, self.unit["grandparent"], self.unit["parent"], self.unit)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the lines of the budget and the history."""
        return {"lines": self._lines(), "history": self._history()}

    def _lines(self) -> Table:
        sides = dict(BudgetItem.Side.choices)
        return Table(
            self.request,
            caption=_("Lines of the budget"),
            columns=[
                Column("name", _("Line"), value=display.name, sortable=False),
                Column("side", _("Part"), value=lambda row: titles.capital(str(sides[row["side"]]))),
                printed("plan", _("Plan")),
                printed("actual", _("Actual")),
                Column("execution", _("Of the plan"), PERCENT, places=1, value=_execution),
                cells.provenance_column(),
            ],
            rows=self.lines,
            constructed=cells.is_constructed,
            source=_("budgets as reported, million som"),
            empty=_("No budget is on file."),
        )

    def _history(self) -> Table:
        sides = queries.sides()
        rows = [self._year(year, sides) for year in self.years]
        return Table(
            self.request,
            key="history",
            caption=_("Year by year"),
            columns=[
                Column("year", _("Year"), value=lambda row: row["name"], sort=lambda row: row["year"],
                       link=lambda row: row["url"]),
                amount("own_revenue", _("Own revenue")),
                amount("transfer", _("Transfers")),
                amount("total_revenue", _("Revenue as reported")),
                amount("total_expenditure", _("Expenditure as reported")),
                amount("surplus", _("Surplus as reported")),
                cells.Shown("parts", _("Added up from"), value=lambda row: ", ".join(self._names(row["parts"])) or None,
                            show=self._parts, shown=any(row["joined"] for row in rows)),
                cells.Shown("findings", _("What is odd"), NUMBER, value=lambda row: row["findings"],
                            show=lambda row: odd(row["findings"])),
            ],
            rows=rows,
            constructed=lambda row: row["constructed"],
            source=_("budgets as reported, million som"),
            empty=_("No budget is on file."),
        )  # fmt: skip

    def _year(self, year: budgets.Year, sides: Mapping[str, str]) -> Row:
        """Return a year of the history as a row."""
        found = len(self.findings.get(year.budget_id, ())) if year.budget_id else 0
        here = year.budget_id is not None
        return {
            "year": year.year,
            "name": str(year.year),
            "url": addresses.query(self.request.GET, year=year.year, format=None, table=None)
            if here
            else None,
            "joined": year.joined,
            "parts": [part.unit_id for part in year.parts] if year.joined else [],
            "missing": list(year.missing),
            "findings": found if here else display.NOT_APPLICABLE,
            "constructed": any(part.constructed for part in year.parts),
            **{side: side_sum(year, sides, side) for side in ("own_revenue", "transfer")},
            **{code: year.lines[code].actual if code in year.lines else None for code in SHOWN_TOTALS},
        }

    def _names(self, units: Sequence[uuid.UUID]) -> list[str]:
        own = {self.unit["id"]: self.unit}
        names = [titles.full_name((self.joined_units | own)[unit]) for unit in units]
        return sorted(names, key=collation.kyrgyz_key)

    def _parts(self, row: Row) -> str:
        """The units that were added up, and those of which nothing is on file."""
        if not row["joined"]:
            return ""
        told = ", ".join(self._names(row["parts"]))
        if not row["missing"]:
            return told
        missing = _("not on file: %(units)s") % {"units": ", ".join(self._names(row["missing"]))}
        return format_html('{} <span class="muted">({})</span>', told, missing)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the findings and the charts."""
        budget = self.budget
        found = self.findings[budget["id"]] if budget else []
        return super().get_context_data(
            unit=self.unit,
            budget=budget,
            budget_year=str(budget["year"]) if budget else "",
            label=budget["label"] if budget and budget["label"] != str(budget["year"]) else "",
            budget_source=cells.source_text(budget["source"]) if budget else "",
            totals=_totals(budget),
            years_on_file=[
                (
                    str(row["year"]),
                    addresses.query(self.request.GET, year=row["year"], format=None),
                    row is budget,
                )
                for row in self.history
            ],
            body_name=wording.body_name(self.unit, self.unit["body_kind"]) if self.unit["body_id"] else "",
            found=found,
            revenue_chart=self._chart(_("Revenue by source: plan and actual"), ("own_revenue", "transfer")),
            expenditure_chart=self._chart(_("Expenditure by group: plan and actual"), ("expenditure",)),
            history_chart=self._history_chart(),
            any_joined=any(year.joined for year in self.years),
            edit_url=self._edit(),
            rest_url=addresses.optional("api-budget", budget["id"]) if budget else "",
            **kwargs,
        )

    def _chart(self, title: str, sides: Sequence[str]) -> dict[str, Any] | None:
        bars = [
            charts.Bar(display.name(row), (_float(row["plan"]), _float(row["actual"])))
            for row in self.lines
            if row["side"] in sides
        ]
        if not bars:
            return None
        drawn = charts.bar_chart(bars, series=(_("Plan"), _("Actual")), title=title, places=1)
        return {"title": title, "svg": drawn}

    def _history_chart(self) -> dict[str, Any] | None:
        """Draw what came in and what went out, year by year; added-up years are marked in their name."""
        title = _("Revenue and expenditure as reported, million som")
        bars = []
        for year in self.years:
            values = tuple(
                _float(year.lines[code].actual) if code in year.lines else None
                for code in ("total_revenue", "total_expenditure")
            )
            name = f"{year.year} ({_('added up')})" if year.joined else str(year.year)
            bars.append(charts.Bar(name, values))
        if len(bars) < 2:
            return None
        drawn = charts.bar_chart(bars, series=(_("revenue"), _("expenditure")), title=title, places=1)
        return {"title": title, "svg": drawn}

    def _edit(self) -> str:
        """Return the page where the municipality corrects the budget; empty for everybody else."""
        user, budget = self.request.user, self.budget
        if not budget or not self.unit["body_id"] or not user.is_authenticated:
            return ""
        own = self.unit["id"] in kept_units(user) or user.has_perm("ayil_okmotu.import_budgets")
        return addresses.optional("my-budget", self.unit["body_id"], budget["id"]) if own else ""


def amount(key: str, label: Any, **more: Any) -> Column:
    """Return a column of million som."""
    return Column(key, label, NUMBER, places=1, **more)


def total(key: str, label: Any, **more: Any) -> Column:
    """Return a column of a total as reported; what cannot be read stands as it was printed."""
    return cells.Shown(
        key,
        label,
        NUMBER,
        places=1,
        value=lambda row: row[key] if row[key] is not None else row[f"{key}_printed"],
        sort=lambda row: row[key],
        show=lambda row: as_printed(row[f"{key}_printed"]),
        **more,
    )


def printed(key: str, label: Any) -> Column:
    """Return a column of a line; what cannot be read stands as it was printed."""
    return cells.Shown(
        key,
        label,
        NUMBER,
        places=1,
        value=lambda row: row[key] if row[key] is not None else (row[f"{key}_as_printed"] or None),
        sort=lambda row: row[key],
        show=lambda row: as_printed(row[f"{key}_as_printed"]),
    )


def as_printed(text: str | None) -> SafeString | str:
    """Return a figure that cannot be read as the source printed it, marked; empty for none."""
    if not text:
        return ""
    return format_html("{} {}", _("“%(text)s”") % {"text": text}, cells.badge(_("as printed"), "warning"))


def odd(count: Any) -> str:
    """Return a number of findings as a mark; empty for none and where there is nothing to look at."""
    return cells.badge(display.number(count), "warning") if isinstance(count, int) and count else ""


def side_sum(year: budgets.Year, sides: Mapping[str, str], side: str) -> Decimal | None:
    """Return what the lines of a side come to; None where there are none and where one cannot be read."""
    of_side = [line for code, line in year.lines.items() if sides.get(code) == side]
    if any(line.actual_unreadable for line in of_side):
        return None
    figures = [line.actual for line in of_side if line.actual is not None]
    return sum(figures, Decimal(0)) if figures else None


def _totals(budget: Row | None) -> list[dict[str, Any]]:
    """Return the key figures of a budget."""
    if budget is None:
        return []
    words = {
        "own_revenue": _("Own revenue"),
        "transfer": _("Transfers"),
        "total_revenue": _("Revenue as reported"),
        "total_expenditure": _("Expenditure as reported"),
        "surplus": _("Surplus as reported"),
        "executed": _("Executed as reported"),
    }
    figures = [
        {"label": label, "value": budget[key], "printed": as_printed(budget.get(f"{key}_printed"))}
        for key, label in words.items()
    ]
    return [figure for figure in figures if figure["value"] is not None or figure["printed"]]


def _execution(row: Row) -> Any:
    """Return the actual in percent of the plan; of no plan there is none."""
    if row["plan"] is None or row["actual"] is None:
        return None
    if not row["plan"]:
        return display.NOT_APPLICABLE
    return (row["actual"] * 100 / row["plan"]).quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _sum(rows: Sequence[Row], key: str) -> Decimal | None:
    figures = [row[key] for row in rows if row[key] is not None]
    return sum(figures, Decimal(0)) if figures else None
