"""The desks: of one municipality's staff, and of the ministry with what waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegation import office_queries, quarters, rules, wording
from delegation.models import Succession
from delegation.page_queries import catalogue, disputes, transfers
from delegation.services.disputes import OPEN
from delegation.views.analysis import successions_table
from delegation.views.base import may_decide, overdue_mark, place_columns, power_column, status_column
from delegation.views.office.base import OfficePage, OfUnit, ShowPage
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, NUMBER, Column, Table
from lsg_portal.web.views import RegisterPage
from registry import cells, titles
from registry.queries import Row

OFFERED = 8


def quarter_choices(today: Any) -> list[tuple[str, str]]:
    """Return the quarters offered as workbooks, the last one that has ended first."""
    last = quarters.latest(today, OFFERED + 1)
    ordered = [last[1], last[0], *last[2:]]
    return [(f"{year}-{number}", wording.quarter(year, number)) for year, number in ordered]


class MinistryDesk(OfficePage, RegisterPage):
    """What waits for the ministry; staff are led to the desk of their municipality."""

    template_name = "delegation/office/desk.html"
    title = gettext_lazy("Delegated powers: desk")

    def admit(self) -> None:
        """Let in the ministry, and whoever keeps the powers of some municipality."""
        if not (may_decide(self.request.user) or self.units):
            raise PermissionDenied

    @property
    def units(self) -> set[Any]:
        """The municipalities the reader works for."""
        return rules.kept_units(self.request.user)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the public pages."""
        return [Crumb(_("State powers"), addresses.page(self.request, "state-powers"))]

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show what waits; lead staff on, or ask which municipality."""
        if self.decides:
            return super().get(request, *args, **kwargs)
        units = office_queries.units_of(self.units, request.today)
        if len(units) == 1:
            return redirect(addresses.page(request, "powers-office", units[0][0]))
        self.template_name = "delegation/office/choose.html"
        return self.render_to_response(self.get_context_data(units=units))

    def get_tables(self) -> Mapping[str, Table]:
        """Return what waits, by what is to be done with it."""
        today = self.request.today
        undecided = transfers.successions(today, outcome=Succession.Outcome.UNDECIDED)
        return {
            "waiting": self._waiting(office_queries.waiting(today)),
            "successions": successions_table(self.request, undecided, key="successions"),
            "disputes": self._disputes([row for row in disputes.disputes(today) if row["status"] in OPEN]),
            "requests": self._requests([row for row in disputes.requests(today) if row["status"] == "filed"]),
            "statute": self._statute(catalogue.statute_items()),
        }

    def _link(self, route: str, word: str) -> Column:
        """Return the column with the way to a page of each row."""
        return Column(
            "open",
            _("Step"),
            value=lambda row: word,
            link=lambda row: addresses.page(self.request, route, row["id"]),
            sortable=False,
        )

    def _waiting(self, rows: list[Row]) -> Table:
        def lacking(row: Row) -> str | None:
            words = []
            if row["unanswered"]:
                words.append(_("principles: %(count)s") % {"count": row["unanswered"]})
            if row["kinds_lacking"]:
                words.append(_("kinds of means: %(count)s") % {"count": row["kinds_lacking"]})
            return ", ".join(words) or None

        return Table(
            self.request,
            caption=_("Transfers that are not in force yet"),
            columns=[
                power_column(self.request),
                *place_columns(self.request, hide_oblast=True),
                status_column(),
                Column("begins", _("Begins"), DATE, value=lambda row: row["term"].lower),
                Column("lacking", _("Still lacking"), value=lacking, sortable=False),
                self._link("transfer-office", _("open")),
            ],
            rows=rows,
            constructed=cells.is_constructed,
            empty=_("Nothing waits."),
        )

    def _disputes(self, rows: list[Row]) -> Table:
        return Table(
            self.request,
            key="disputes",
            caption=_("Open disputes"),
            columns=[
                Column("number", _("Number")),
                power_column(self.request),
                *place_columns(self.request, hide_oblast=True),
                cells.Shown("due_on", _("To be decided by"), DATE, show=overdue_mark),
                self._link("dispute-office", _("open")),
            ],
            rows=rows,
            constructed=cells.is_constructed,
            empty=_("No dispute is open."),
        )

    def _requests(self, rows: list[Row]) -> Table:
        return Table(
            self.request,
            key="requests",
            caption=_("Requests not decided yet"),
            columns=[
                *place_columns(self.request, hide_oblast=True),
                Column("ground", _("Ground"), value=lambda row: wording.ground(row["ground"])),
                Column("missing", _("Thousand som lacking"), NUMBER, places=1),
                cells.Shown("due_on", _("To be decided by"), DATE, show=overdue_mark),
                self._link("request-decide", _("decide")),
            ],
            rows=rows,
            constructed=cells.is_constructed,
            empty=_("No request waits."),
        )

    def _statute(self, rows: list[Row]) -> Table:
        return Table(
            self.request,
            key="statute",
            caption=_("The statute’s list"),
            columns=[
                Column("article", _("Article")),
                Column(
                    "number", _("Item"), value=lambda row: str(row["number"]), sort=lambda row: row["number"]
                ),
                Column(
                    "power",
                    _("State power"),
                    value=lambda row: titles.capital(display.name(row)) if row["power_id"] else None,
                    link=lambda row: (
                        addresses.page(self.request, "power-office", row["power_id"])
                        if row["power_id"]
                        else None
                    ),
                ),
                Column(
                    "enter",
                    _("Enter"),
                    value=lambda row: None if row["power_id"] else _("enter a new power"),
                    link=lambda row: (
                        None if row["power_id"] else addresses.page(self.request, "power-new", item=row["id"])
                    ),
                    sortable=False,
                ),
                self._link("statute-item", _("choose a power")),
            ],
            rows=rows,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the quarters and how the reader came here."""
        return super().get_context_data(quarters=quarter_choices(self.request.today), **kwargs)


class MunicipalityDesk(OfUnit, ShowPage):
    """One municipality as its staff work on its powers, always as of today."""

    template_name = "delegation/office/municipality.html"

    def get_title(self) -> str:
        """Say whose powers."""
        return _("State powers: %(unit)s") % {"unit": self.unit_name}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the desk."""
        return list(super().get_crumbs())[:1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather transfers, reports due, practices, disputes and requests."""
        today = self.request.today
        unit = self.unit_id
        ended = quarters.before(quarters.of_day(today))
        due = office_queries.reports_due(unit, *ended)
        return super().get_context_data(
            quarter=wording.quarter(*ended),
            due_year=str(ended[0]),
            due_quarter=str(ended[1]),
            due=[self._named(row) for row in due if not (row["money"] and row["performed"])],
            transfers=[
                {
                    **self._named(row),
                    "status": wording.status(row["status"]),
                    "tone": wording.TONES[row["status"]],
                    "days": row["valid"] or row["term"],
                }
                for row in transfers.transfers(today, sight=rules.sight(self.request.user), unit=unit)
            ],
            practices=[self._named(row) for row in transfers.practices(unit, today)],
            disputes=[
                {**self._named(row), "status": wording.dispute_status(row["status"])}
                for row in disputes.disputes(today, unit=unit)
            ],
            requests=[
                {
                    **row,
                    "ground": wording.ground(row["ground"]),
                    "waits": row["status"] == "filed",
                    "status": wording.request_status(row["status"]),
                }
                for row in disputes.requests(today, unit=unit)
            ],
            quarters=quarter_choices(today),
            public_url=addresses.optional("municipality-powers", unit),
            **kwargs,
        )

    def _named(self, row: Row) -> Row:
        """Return a row with the power as it is called."""
        return {**row, "power_name": titles.capital(display.name(row["power"]))}
