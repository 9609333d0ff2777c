"""What waits for review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi import rules, wording
from kpi.models import Period, ReportStatus, Subject
from kpi.page_queries import review as reads
from kpi.views.ministry.base import Desk, state, tone
from kpi.views.ministry.review import WAITING
from lsg_portal.web import addresses, display
from lsg_portal.web.tables import DATE, NUMBER, Column, Filter, Filters, Table
from lsg_portal.web.views import RegisterPage
from registry import cells, queries, titles
from registry.queries import Row

OFFERED = 12
"""Periods to choose from, the latest first."""
STATES: Mapping[str, Sequence[str]] = {
    "submitted": (ReportStatus.SUBMITTED,),
    "in_review": (ReportStatus.IN_REVIEW,),
    "returned": (ReportStatus.RETURNED,),
    "approved": (ReportStatus.APPROVED,),
    "published": (ReportStatus.PUBLISHED,),
}


class Inbox(Desk, RegisterPage):
    """Reports handed in, the one that has waited longest first; heads find those of their employees."""

    template_name = "kpi/ministry/inbox.html"
    title = gettext_lazy("KPI: review")
    section = "kpi-inbox"

    def admit(self) -> None:
        """Let in the ministry, and heads of executive bodies, who review their employees."""
        user = self.request.user
        if not (user.has_perm("kpi.read_unpublished") or rules.led_units(user)):
            raise PermissionDenied

    def get_tables(self) -> Mapping[str, Table]:
        """Return what waits, or what is in the state asked for."""
        periods = Period.objects.values_list("code", "number")[:OFFERED]
        upper = [
            (row["id"], titles.full_name(row))
            for row in queries.upper_units(self.request.today)
            if row["kind"] != "district"
        ]
        filters = Filters(
            self.request.GET,
            [
                Filter.choice(
                    "state",
                    _("State"),
                    [(key, titles.capital(state(key))) for key in STATES],
                    _("waiting: submitted or in review"),
                ),
                Filter.choice(
                    "period", _("Quarter"), [(code, wording.quarter(number)) for code, number in periods]
                ),
                Filter.choice("subject", _("Who is assessed"), Subject.choices),
                Filter.unit("oblast", _("Oblast"), upper),
                Filter.flag("mine", _("only those that I review")),
            ],
        )
        found = reads.inbox(
            self.sight,
            list(STATES.get(filters["state"] or "", WAITING)),
            period=filters["period"],
            subject=filters["subject"],
            oblast=filters["oblast"],
        )
        if filters["mine"]:
            found = [row for row in found if row["reviewed_by_id"] == self.request.user.pk]
        return {"reports": self._reports(found, filters)}

    def _reports(self, rows: list[Row], filters: Filters) -> Table:
        return Table(
            self.request,
            caption=_("Reports"),
            filters=filters,
            rows=rows,
            columns=[
                Column(
                    "subject",
                    _("Report"),
                    value=_whose,
                    sort=lambda row: display.name(row["unit"]),
                    link=lambda row: addresses.page(self.request, "kpi-review", row["id"]),
                ),
                cells.unit_column(self.request, "district", _("District"), of="district", shown=False),
                cells.unit_column(self.request, "oblast", _("Oblast"), of="oblast"),
                Column(
                    "period",
                    _("Quarter"),
                    value=lambda row: wording.quarter(row["period_number"]),
                    sort=lambda row: row["period_number"],
                ),
                cells.Shown("state", _("State"), value=lambda row: state(row["status"]), show=self._state),
                cells.Shown(
                    "submitted_on",
                    _("Submitted"),
                    DATE,
                    value=lambda row: row["submitted_at"] and day_of(row["submitted_at"]),
                    show=_submitted,
                ),
                Column("returns", _("Returns"), NUMBER),
                Column("reviewer", _("Reviewer")),
                Column("revision", _("Revision"), NUMBER, shown=False),
            ],
            constructed=cells.is_constructed,
            empty=_("No report waits."),
        )

    def _state(self, row: Row) -> SafeString:
        mark = cells.badge(state(row["status"]), tone(row["status"]))
        if row["submitted_by_id"] == self.request.user.pk:
            return format_html("{} {}", mark, cells.badge(_("submitted by you")))
        return mark


def day_of(moment: Any) -> Any:
    """Return the day of a moment in Bishkek."""
    return timezone.localdate(moment)


def _submitted(row: Row) -> str:
    if not (row["late"] and row["submitted_at"]):
        return ""
    return cells.badged(display.short_day(day_of(row["submitted_at"])), _("late"), "warning")


def _whose(row: Row) -> str:
    unit = titles.full_name(row["unit"])
    revision = _(", revision %(number)s") % {"number": row["revision"]} if row["revision"] > 1 else ""
    if row["appointment_id"] is None:
        return unit + revision
    return f"{display.name(row)} ({unit}){revision}"
