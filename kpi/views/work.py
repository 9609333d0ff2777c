"""My work: what those who enter reports have to do now, what came back, what they were told, what they handed in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ayil_okmotu.models import Appointment
from kpi import entering, entry_cards, entry_queries, evidence, rules, services, wording
from kpi.errors import DomainError
from kpi.models import Period, Report, ReportStatus
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, Column, Table
from lsg_portal.web.views import RegisterPage
from registry import cells, titles
from registry.models import Unit
from registry.queries import Row
from registry.record_pages import KeeperPage, identifier

MOST_NOTICES = 10
MOST_RETURNED = 30
MOST_REPORTS = 400
FIRST = {"returned": 0, "draft": 1, "not_started": 2}
"""What comes first in the list: what came back, what is begun, what is to be begun."""


@dataclass
class Task:
    """A report that somebody owes now, begun or not."""

    number: int
    """The period's."""
    subject: str
    state: str
    filled: int
    fields: int
    due: dt.date | None
    until: dt.date | None
    """The last day on which values can be entered; None where no day ends it."""
    day: dt.date
    report_id: uuid.UUID | None
    post: str = ""
    period_code: str = ""
    unit_id: uuid.UUID | None = None
    appointment_id: uuid.UUID | None = None
    revision: int = 1
    review_url: str = ""
    """Where the reader reviews it; empty for whom it is not to review."""

    @property
    def quarter(self) -> str:
        """The period in words."""
        return wording.quarter(self.number)

    @property
    def status(self) -> str:
        """The state in words."""
        return _("not begun") if self.state == "not_started" else wording.report_status(self.state)

    @property
    def tone(self) -> str:
        """How the state is marked."""
        return "" if self.state == "not_started" else wording.TONES[ReportStatus(self.state)]

    @property
    def in_entry(self) -> bool:
        """Whether it waits for whoever enters it."""
        return self.state in FIRST and (self.until is None or self.day <= self.until)

    @property
    def overdue(self) -> bool:
        """Whether it should have been handed in."""
        return self.state in FIRST and self.due is not None and self.day > self.due

    @property
    def days_left(self) -> int | None:
        """Days until it is due, today not counted; None once it is handed in or overdue."""
        if self.due is None or self.state not in FIRST or self.overdue:
            return None
        return (self.due - self.day).days

    @property
    def said(self) -> str:
        """How much of it is filled in; empty where it is not begun."""
        return entry_cards.filled(self.filled, self.fields) if self.fields else ""

    @property
    def order(self) -> tuple[int, int, str]:
        """What comes first."""
        return FIRST.get(self.state, 9), self.number, self.subject


class Mine(KeeperPage):
    """A page for whoever enters reports: staff of municipalities, heads of bodies, employees."""

    def admit(self) -> None:
        """Let in who may have something to enter."""
        user = self.request.user
        if not (self.units or self.led or user.person_id):
            raise PermissionDenied

    @cached_property
    def units(self) -> set[uuid.UUID]:
        """The municipalities whose office's reports the reader enters."""
        return rules.kept_units(self.request.user)

    @cached_property
    def led(self) -> frozenset[uuid.UUID]:
        """The municipalities whose executive body the reader heads."""
        return rules.led_units(self.request.user)


class WorkPage(Mine, RegisterPage):
    """The task list of the quarter, returned values, notices and the reader's reports so far."""

    http_method_names = ["get", "head", "options"]
    template_name = "kpi/entry/work.html"
    title = gettext_lazy("My work")

    def admit(self) -> None:
        """Let in who enters reports, and those who review them: they are led on."""
        if not self.request.user.has_perm("kpi.review_any"):
            super().admit()

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the public pages."""
        public = addresses.optional("kpi")
        return [Crumb(_("KPI"), public)] if public else []

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it; whoever only reviews is led to what waits for review."""
        inbox = addresses.optional("kpi-inbox")
        if inbox and not (self.units or self.led or request.user.person_id):
            return redirect(inbox)
        return super().get(request, *args, **kwargs)

    @cached_property
    def names(self) -> dict[uuid.UUID, str]:
        """What the municipalities of the page are called."""
        units = self.units | self.led | {found.unit_id for found in self.reports}
        return entry_queries.unit_names(units, self.request.today)

    @cached_property
    def reports(self) -> list[Report]:
        """Every report that the reader enters, begun ever, the latest first."""
        found = entry_queries.own_reports(self.units, self.request.user.person_id, self.led)
        return list(
            found.order_by("-period__number", "unit_id", "appointment_id", "-revision")[:MOST_REPORTS]
        )

    @cached_property
    def periods(self) -> list[Period]:
        """The periods in which something can be entered."""
        return entry_queries.open_periods(self.units | self.led, self.request.today)

    @cached_property
    def tasks(self) -> list[Task]:
        """What is to be done, the most urgent first."""
        offices = [
            self.task(row, period.number, self.names.get(row["unit_id"], ""), period.code)
            for period in self.periods
            if self.units
            for row in entry_queries.offices(period, self.units, self.request.today)
        ]
        numbers = {period.pk: period.number for period in self.periods}
        people = [
            self.task(row, numbers[row["period_id"]], display.name(row), row["code"])
            for row in entry_queries.employees(self.periods, self.request.user.person_id, self.led)
        ]
        shown = {task.report_id for task in (*offices, *people)}
        open_still = [
            self.of_report(report)
            for report in self.reports
            if report.status in FIRST and report.closed_by_id is None and report.pk not in shown
        ]
        return sorted((*offices, *people, *open_still), key=lambda task: task.order)

    def task(self, row: Row, number: int, subject: str, code: str) -> Task:
        """Return a row of what is owed as a task."""
        until = row["last_day"]
        if row["state"] == ReportStatus.RETURNED and row["correct_by"]:
            until = max(until, row["correct_by"])
        return Task(
            number=number,
            subject=subject,
            state=row["state"],
            filled=row["filled"],
            fields=row["fields"],
            due=row["correct_by"] if row["state"] == ReportStatus.RETURNED else row["due"],
            until=None if (row["revision"] or 1) > 1 else until,
            day=self.request.today,
            report_id=row["report_id"],
            post=row.get("post", ""),
            period_code=code,
            unit_id=row["unit_id"],
            appointment_id=row.get("appointment_id"),
            revision=row["revision"] or 1,
            review_url=self.review_url(row),
        )

    def review_url(self, row: Row) -> str:
        """Return where the head of the body reviews an employee's report that waits; empty else."""
        waits = row["state"] in (ReportStatus.SUBMITTED, ReportStatus.IN_REVIEW)
        mine = row.get("person_id") in (None, self.request.user.person_id)
        if not waits or mine or row["unit_id"] not in self.led:
            return ""
        return addresses.optional("kpi-review", row["report_id"])

    def of_report(self, report: Report) -> Task:
        """Return a report in entry whose period takes no others any more as a task."""
        return Task(
            number=report.period.number,
            subject=self.subject_of(report),
            state=report.status,
            filled=0,
            fields=0,
            due=report.correct_by if report.status == ReportStatus.RETURNED else None,
            until=None
            if report.revision > 1
            else report.correct_by or report.period.locks - dt.timedelta(days=1),
            day=self.request.today,
            report_id=report.pk,
            revision=report.revision,
        )

    def subject_of(self, report: Report) -> str:
        """Whose report it is."""
        if report.appointment_id is not None:
            return entry_queries.employee_name(report)
        return self.names.get(report.unit_id, "")

    def get_tables(self) -> Mapping[str, Table]:
        """Return the reader's reports so far."""
        return {
            "history": Table(
                self.request,
                caption=_("Reports so far"),
                columns=[
                    Column(
                        "period",
                        _("Period"),
                        value=lambda row: wording.quarter(row.period.number),
                        sort=lambda row: row.period.number,
                        link=lambda row: addresses.page(self.request, "kpi-entry", row.pk),
                    ),
                    Column("subject", _("Whose"), value=self.subject_of),
                    Column("revision", _("Revision"), value=lambda row: row.revision),
                    cells.Shown(
                        "status",
                        _("State"),
                        value=lambda row: wording.report_status(row.status),
                        show=lambda row: cells.badge(
                            wording.report_status(row.status), wording.TONES[ReportStatus(row.status)]
                        ),
                    ),
                    _moment("submitted", _("Submitted")),
                    _moment("approved", _("Approved")),
                    _moment("published", _("Published")),
                ],
                rows=self.reports,
                sort="-period",
                constructed=lambda row: row.provenance == "constructed",
                empty=_("No report has been begun yet."),
            )
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather what is to be done, what came back and what the reader was told."""
        found = {
            "tasks": [task for task in self.tasks if task.in_entry],
            "waiting": [task for task in self.tasks if not task.in_entry],
            "returned": self.returned(),
            "notices": self.notices(),
        }
        return super().get_context_data(**{**found, **kwargs})

    def notices(self) -> list[dict[str, Any]]:
        """Return what the reader was told, with the way to the report where it is one the reader enters."""
        own = {report.pk: self.subject_of(report) for report in self.reports}
        return [
            {
                "when": display.moment(timezone.localtime(notice.made_at)),
                "what": notice.get_kind_display(),
                "quarter": wording.quarter(notice.period.number),
                "subject": (own.get(notice.report_id) if notice.report_id else "")
                or self.names.get(notice.unit_id, ""),
                "url": addresses.page(self.request, "kpi-entry", notice.report_id)
                if notice.report_id in own
                else "",
            }
            for notice in entry_queries.notices(self.request.user, MOST_NOTICES)
        ]

    def returned(self) -> list[dict[str, Any]]:
        """Return the values that came back, each with its reason and the way to its field."""
        waiting = [r for r in self.reports if r.status == ReportStatus.RETURNED and r.closed_by_id is None]
        subjects = {report.pk: self.subject_of(report) for report in waiting}
        return [
            {
                "name": titles.capital(display.name(row.value.indicator)),
                "reason": row.reason,
                "quarter": wording.quarter(row.step.report.period.number),
                "subject": subjects[row.step.report_id],
                "corrected": row.value.version > row.value_version
                or evidence.changed_since(row.step, row.value.evidence.all()),
                "url": addresses.page(self.request, "kpi-entry", row.step.report_id)
                + f"#value-{row.value.indicator.code}",
            }
            for row in (entry_queries.returned_values(list(subjects), MOST_RETURNED) if subjects else [])
        ]


def _moment(step: str, label: str) -> Column:
    """Return the column with the day of a step; one not taken yet has none, which is nothing left unreported."""

    def day(report: Report) -> Any:
        moment: dt.datetime | None = getattr(report, f"{step}_at")
        return display.NOT_APPLICABLE if moment is None else timezone.localdate(moment)

    return cells.Shown(
        step, label, DATE, value=day, show=lambda row: "—" if day(row) is display.NOT_APPLICABLE else ""
    )


class OpenReport(Mine):
    """A report begun, or the one that was: ``period`` by its code, ``unit``, and ``appointment`` for an employee's."""

    http_method_names = ["post", "options"]

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Open it and go to its values."""
        sent = request.POST
        period = self.found(Period.objects.filter(code=sent.get("period", "")[:6]).first())
        unit = self.found(Unit.objects.filter(pk=identifier(sent.get("unit", ""))).first())
        appointment = None
        if sent.get("appointment"):
            wanted = Appointment.objects.live().filter(
                pk=identifier(sent["appointment"]), post__body__unit=unit
            )
            appointment = self.found(wanted.select_related("person").first())
        if not request.user.has_perm("kpi.enter", Report(unit=unit, appointment=appointment)):
            raise PermissionDenied
        try:
            report = services.open_report(
                period=period, unit=unit, appointment=appointment, by=request.user, at=timezone.now()
            )
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(addresses.page(request, "kpi-work"))
        return redirect(addresses.page(request, "kpi-entry", report.pk))


class NoticesSeen(Mine):
    """What the reader was told is marked as seen."""

    http_method_names = ["post", "options"]

    def admit(self) -> None:
        """Let in everybody who is signed in: each has only the own."""

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Mark them."""
        entering.notices_seen(request.user, at=timezone.now())
        return redirect(addresses.page(request, "kpi-work"))
