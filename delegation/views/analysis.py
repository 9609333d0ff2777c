"""Who works without agreement or money, what nobody uses or two perform, what it weighs in budgets, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegation import standing, wording
from delegation.models import Succession
from delegation.page_queries import transfers as queries
from delegation.views.base import (
    DelegationPage,
    may_decide,
    overdue_mark,
    place_columns,
    power_column,
    transfer_link,
)
from lsg_portal.web import addresses, display
from lsg_portal.web.tables import DATE, NUMBER, PERCENT, Column, Filter, Filters, Table
from registry import cells, titles
from registry.queries import Row


def _named(row: Row, prefix: str) -> Row:
    return {f"name_{language}": row[f"{prefix}_{language}"] for language in ("ky", "ru", "en")}


class WithoutPage(DelegationPage):
    """Municipalities that perform a power on the day without agreement or without money."""

    template_name = "delegation/without.html"
    title = gettext_lazy("Powers performed without agreement or money")
    section = "powers-without"

    @cached_property
    def filters(self) -> Filters:
        """What the list is narrowed by."""
        kinds = [
            (what, wording.what_is_lacking(what)) for what in ("no_agreement", "no_money", "not_reported")
        ]
        return Filters(
            self.request.GET, [Filter.choice("what", _("What is lacking"), kinds), *self.place_filters()]
        )

    @cached_property
    def found(self) -> list[Row]:
        """The rows, with their places."""
        place = {key: self.filters[key] for key in ("oblast", "district")}
        upper = {str(row["id"]): row for row in self.upper}
        asked = self.filters["what"]
        return [
            {
                **row,
                "power": _named(row, "power"),
                "unit": {"id": row["unit_id"], "kind": row["kind"], **_named(row, "name")},
                "district": upper.get(str(row["district_id"])),
                "oblast": upper.get(str(row["oblast_id"])),
            }
            for row in standing.without_agreement_or_money(self.request.day, **place)
            if asked in (None, row["what"])
        ]

    def get_tables(self) -> Mapping[str, Table]:
        """Return the list."""
        request = self.request
        table = Table(
            request,
            caption=self.title,
            columns=[
                cells.unit_column(request, "unit", _("Municipality"), of="unit"),
                cells.unit_column(request, "district", _("District"), of="district"),
                cells.unit_column(request, "oblast", _("Oblast"), of="oblast", shown=False),
                power_column(request),
                cells.Shown(
                    "what",
                    _("What is lacking"),
                    value=lambda row: wording.what_is_lacking(row["what"]),
                    show=lambda row: cells.badge(
                        wording.what_is_lacking(row["what"]), "" if row["what"] == "not_reported" else "error"
                    ),
                ),
                Column(
                    "need",
                    _("Need"),
                    NUMBER,
                    places=1,
                    note=_("of the quarters that ended in the year before"),
                ),
                Column("received", _("Received"), NUMBER, places=1),
                Column(
                    "transfer",
                    _("Transfer"),
                    value=lambda row: _("view") if row["transfer_id"] else None,
                    link=lambda row: transfer_link(request, row, "transfer_id"),
                ),
                cells.provenance_column(),
            ],
            rows=self.found,
            filters=self.filters,
            constructed=cells.is_constructed,
            source=_("thousand som, as reported"),
            empty=_("Nobody is known to work without agreement or money on this day."),
        )
        return {"without": table}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how many rows of each sort there are."""
        counts = {
            what: sum(row["what"] == what for row in self.found)
            for what in ("no_agreement", "no_money", "not_reported")
        }
        return super().get_context_data(
            counts=counts, rest_url=addresses.optional("api-delegation-without"), **kwargs
        )


class UnusedPage(DelegationPage):
    """Powers that nobody performs by transfer, and functions that a state body performs beside municipalities."""

    template_name = "delegation/unused.html"
    title = gettext_lazy("Unused powers and functions performed twice")
    section = "powers-unused"

    def get_tables(self) -> Mapping[str, Table]:
        """Return both lists."""
        request = self.request
        unused = Table(
            request,
            key="unused",
            caption=_("Powers that no municipality performs by transfer"),
            columns=[
                Column(
                    "power",
                    _("State power"),
                    value=lambda row: titles.capital(display.name(row)),
                    link=lambda row: addresses.page(request, "state-power", row["id"]),
                ),
                Column("group", _("Group"), value=lambda row: titles.capital(wording.group(row["group"]))),
                Column("status", _("Status"), value=lambda row: wording.power_status(row["status"])),
                Column(
                    "last_used",
                    _("Last transfer until"),
                    DATE,
                    value=lambda row: row["last_used"] or display.NOT_APPLICABLE,
                    note=_("the first day without one; ×: never"),
                ),
            ],
            rows=standing.unused_powers(request.day),
            empty=_("Every power of the catalogue is performed somewhere."),
        )
        both = Table(
            request,
            key="both",
            caption=_("Functions that both perform"),
            columns=[
                Column(
                    "power",
                    _("State power"),
                    value=lambda row: titles.capital(display.name(_named(row, "power"))),
                    link=lambda row: addresses.page(request, "state-power", row["power_id"]),
                ),
                Column("what", _("What both perform"), value=lambda row: display.name(row, "what")),
                Column("body", _("State body"), value=lambda row: display.name(_named(row, "body"))),
                Column("municipalities", _("Municipalities by transfer"), NUMBER),
                Column("in_fact", _("Municipalities in fact"), NUMBER),
                Column("since", _("Since"), DATE),
                cells.provenance_column(),
            ],
            rows=standing.performed_by_both(request.day),
            constructed=cells.is_constructed,
            empty=_("No function is known to be performed by both on this day."),
        )
        return {"unused": unused, "both": both}


class SharePage(DelegationPage):
    """What municipalities spent on powers in a year, and its share of their budget's expenditure."""

    template_name = "delegation/share.html"
    title = gettext_lazy("Delegated powers in local budgets")
    section = "budget-share"

    @cached_property
    def filters(self) -> Filters:
        """What the list is narrowed by."""
        return Filters(self.request.GET, [self.year_filter(self.last_year), *self.place_filters()])

    @cached_property
    def last_year(self) -> int:
        """The latest year of which budgets can be on file."""
        before = [year for year in self.years if year < self.request.day.year]
        return next(iter(before), self.request.day.year - 1)

    @cached_property
    def year(self) -> int:
        """The year shown."""
        return self.year_of(self.filters["year"]) if self.filters["year"] else self.last_year

    @cached_property
    def found(self) -> list[Row]:
        """The municipalities with what they spent."""
        place = {key: self.filters[key] for key in ("oblast", "district")}
        upper = {str(row["id"]): row for row in self.upper}
        return [
            {
                **row,
                "unit": {"id": row["unit_id"], "kind": row["kind"], **_named(row, "name")},
                "district": upper.get(str(row["district_id"])),
                "oblast": upper.get(str(row["oblast_id"])),
            }
            for row in standing.share_of_budgets(self.year, **place)
        ]

    def get_tables(self) -> Mapping[str, Table]:
        """Return the list."""
        request, rows = self.request, self.found
        both = [row for row in rows if row["percent"] is not None]
        spent, whole = sum(row["spent"] for row in both), sum(row["expenditure"] for row in both)
        table = Table(
            request,
            caption=_("Share of delegated powers in expenditure, %(year)s") % {"year": str(self.year)},
            columns=[
                cells.unit_column(request, "unit", _("Municipality"), of="unit"),
                cells.unit_column(request, "district", _("District"), of="district"),
                cells.unit_column(request, "oblast", _("Oblast"), of="oblast", shown=False),
                Column("received", _("Received"), NUMBER, places=1),
                Column("spent", _("Spent"), NUMBER, places=1),
                Column("expenditure", _("Expenditure of the budget"), NUMBER, places=1),
                Column("percent", _("Share"), PERCENT, places=2, value=lambda row: _decimal(row["percent"])),
            ],
            rows=rows,
            filters=self.filters,
            totals={
                "spent": sum(row["spent"] or 0 for row in rows),
                "received": sum(row["received"] or 0 for row in rows),
                "expenditure": whole,
                "percent": 100 * spent / whole if whole else None,
            },
            source=_("thousand som, as reported; the share is of municipalities that report both"),
            empty=_("No spending on powers has been reported for this year."),
        )
        return {"shares": table}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the year."""
        return super().get_context_data(year=str(self.year), **kwargs)


def _decimal(text: str | None) -> Any:
    return None if text is None else Decimal(text)


class SuccessionsPage(DelegationPage):
    """What became of the transfers of municipalities that ended; what is undecided stands first, with its deadline."""

    template_name = "delegation/successions.html"
    title = gettext_lazy("Powers of municipalities that ended")
    section = "successions"

    @cached_property
    def filters(self) -> Filters:
        """What the list is narrowed by."""
        outcome = Filter.choice("outcome", _("Outcome"), Succession.Outcome.choices)
        return Filters(
            self.request.GET,
            [outcome, Filter.flag("overdue", _("only those past their deadline")), *self.place_filters()],
        )

    @cached_property
    def found(self) -> list[Row]:
        """The rows."""
        place = {key: self.filters[key] for key in ("outcome", "oblast", "district")}
        return queries.successions(self.request.day, **place, overdue=self.filters["overdue"])

    def get_tables(self) -> Mapping[str, Table]:
        """Return the list."""
        return {"successions": successions_table(self.request, self.found, self.filters)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how many have each outcome."""
        counts = dict.fromkeys(Succession.Outcome.values, 0)
        for row in self.found:
            counts[row["outcome"]] += 1
        return super().get_context_data(
            counts=counts,
            overdue=sum(bool(row["overdue"]) for row in self.found),
            rest_url=addresses.optional("api-successions"),
            may_decide=may_decide(self.request.user),
            **kwargs,
        )


def successions_table(request: Any, rows: list[Row], filters: Filters | None = None, key: str = "") -> Table:
    """Return successions as a table."""
    decide = may_decide(request.user)

    def outcome(row: Row) -> str:
        tone = "warning" if row["outcome"] == Succession.Outcome.UNDECIDED else "good"
        return cells.badge(wording.outcome(row["outcome"]), tone)

    def step(row: Row) -> str | None:
        if decide and row["outcome"] == Succession.Outcome.UNDECIDED:
            return addresses.optional("succession-decide", row["id"]) or None
        return None

    return Table(
        request,
        key=key,
        caption=_("Transfers of municipalities that ended"),
        columns=[
            power_column(request),
            *place_columns(request, hide_district=True, hide_oblast=True),
            Column("effective_on", _("Ended on"), DATE),
            cells.Shown(
                "outcome", _("Outcome"), value=lambda row: wording.outcome(row["outcome"]), show=outcome
            ),
            cells.Shown("due_on", _("To be decided by"), DATE, show=overdue_mark),
            Column(
                "decided_on",
                _("Decided on"),
                DATE,
                value=lambda row: row["decided_on"] or display.NOT_APPLICABLE,
            ),
            cells.unit_column(request, "new_unit", _("Taken over by"), of="new_unit"),
            Column(
                "transfer",
                _("Transfer"),
                value=lambda row: _("view"),
                link=lambda row: transfer_link(request, row, "transfer_id"),
                sortable=False,
            ),
            Column(
                "decide",
                _("Decision"),
                value=lambda row: _("decide") if step(row) else None,
                link=step,
                shown=decide,
                sortable=False,
            ),
            cells.provenance_column(),
        ],
        rows=rows,
        filters=filters,
        constructed=cells.is_constructed,
        empty=_("No transfer matches the filters."),
    )
