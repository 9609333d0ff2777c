"""What the public pages of delegated powers share: their place in the site, columns, links."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from delegation import rules, wording
from delegation.page_queries import catalogue
from delegation.visibility import Sight
from lsg_portal.web import addresses, display
from lsg_portal.web.sections import SectionedPage
from lsg_portal.web.tables import NUMBER, Column, Filter
from lsg_portal.web.views import RegisterPage
from registry import cells, queries, titles
from registry.place_filters import place_filters
from registry.queries import Row, data_versions

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SECTIONS: tuple[tuple[str, StrOrPromise], ...] = (
    ("state-powers", gettext_lazy("Powers")),
    ("transfers", pgettext_lazy("of powers", "Transfers")),
    ("funding-matrix", gettext_lazy("Funding at a glance")),
    ("funding-gap", gettext_lazy("Funding gap")),
    ("powers-without", gettext_lazy("Without agreement or money")),
    ("powers-unused", gettext_lazy("Unused and performed twice")),
    ("budget-share", gettext_lazy("Share of budgets")),
    ("successions", gettext_lazy("After the reform")),
    ("disputes", gettext_lazy("Disputes")),
)
APPS = ("registry", "ayil_okmotu", "delegation")
AMOUNTS = ("need", "planned", "received", "spent")
GAPS = ("plan_gap", "execution_gap", "gap")
UNIT_OF_MONEY = gettext_lazy("thousand som, as reported")


class DelegationPage(SectionedPage, RegisterPage):
    """A page about delegated powers, with their own menu."""

    sections = SECTIONS
    section = "state-powers"
    sections_home = gettext_lazy("State powers")
    sections_label = gettext_lazy("Pages of delegated powers")

    def get_versions(self) -> Mapping[str, int]:
        """Name the data the page is made from."""
        return data_versions(*APPS)

    @cached_property
    def sight(self) -> Sight:
        """How far the reader sees beyond what is public."""
        return rules.sight(self.request.user)

    @cached_property
    def upper(self) -> list[Row]:
        """The oblasts and districts of the reader's day."""
        return queries.upper_units(self.request.day)

    def place_filters(self) -> list[Filter]:
        """Return the filters by oblast and district."""
        return place_filters(self.upper)

    @cached_property
    def years(self) -> list[int]:
        """The years of which money has been reported by the reader's day, the latest first."""
        return [year for year in catalogue.years() if year <= self.request.day.year]

    def year_filter(self, shown: int | None = None) -> Filter:
        """Return the filter by year; ``shown`` is the year where none is asked for, else the latest on file."""
        shown = shown or next(iter(self.years), None)
        latest = _("the latest: %(year)s") % {"year": str(shown)} if shown else ""
        return Filter.choice("year", _("Year"), [(str(year), str(year)) for year in self.years], latest)

    def year_of(self, asked: str | None) -> int:
        """Return the year asked for, else the latest on file, else that of the day."""
        return int(asked) if asked else next(iter(self.years), self.request.day.year)


def power_column(request: Any, **more: Any) -> Column:
    """Return the column with the power of a row."""
    return Column(
        "power",
        _("State power"),
        value=lambda row: titles.capital(display.name(row["power"])),
        link=lambda row: addresses.page(request, "state-power", row["power_id"]),
        **more,
    )


def place_columns(request: Any, *, hide_district: bool = False, hide_oblast: bool = False) -> list[Column]:
    """Return municipality, district and oblast of a row."""
    return [
        cells.unit_column(request, "unit", _("Municipality"), of="unit"),
        cells.unit_column(request, "district", _("District"), of="district", shown=not hide_district),
        cells.unit_column(request, "oblast", _("Oblast"), of="oblast", shown=not hide_oblast),
    ]


def money_columns(*, spent: bool = True) -> list[Column]:
    """Return the amounts and gaps of a row, in thousand som."""
    words = {
        "need": _("Need"),
        "planned": _("Planned"),
        "received": _("Received"),
        "spent": _("Spent"),
        "plan_gap": _("Plan gap"),
        "execution_gap": _("Execution gap"),
        "gap": _("Gap"),
    }
    notes = {
        "need": _("normative need"),
        "plan_gap": _("need − planned"),
        "execution_gap": _("planned − received"),
        "gap": _("need − received"),
    }
    shown = [*AMOUNTS[: None if spent else 3], *GAPS]
    return [Column(key, words[key], NUMBER, places=1, note=notes.get(key, "")) for key in shown]


def status_column() -> Column:
    """Return the column with the state of a transfer."""
    return cells.Shown(
        "status",
        _("State"),
        value=lambda row: wording.status(row["status"]),
        show=lambda row: cells.badge(wording.status(row["status"]), wording.TONES[row["status"]]),
    )


def transfer_link(request: Any, row: Mapping[str, Any], key: str = "id") -> str | None:
    """Return the page of the transfer of a row on the reader's day."""
    return addresses.page(request, "transfer", row[key]) if row[key] else None


def overdue_mark(row: Mapping[str, Any]) -> str:
    """Return the deadline of a row, marked where it has passed."""
    day = display.short_day(row["due_on"])
    return cells.badged(day, _("overdue"), "error") if row["overdue"] else ""


def may_decide(user: Any) -> bool:
    """Tell whether the reader takes the ministry's steps."""
    return bool(user.is_authenticated and user.has_perm("delegation.decide"))


def may_keep(user: Any, unit_id: Any) -> bool:
    """Tell whether the reader drafts and reports for a municipality."""
    return bool(user.is_authenticated and user.has_perm("delegation.keep", unit_id))
