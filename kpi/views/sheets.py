"""A report as a workbook: out with what is on record, in again after a dry run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kpi import entry_queries, wording
from kpi.errors import DomainError, conflict
from kpi.importing import Outcome, import_file
from kpi.models import EDITABLE, Indicator, Report
from kpi.services import indicators_of, may_enter
from kpi.sheet_file import AMOUNTS, COLUMNS, status_word
from kpi.sheets import sheet_response
from lsg_portal.data.uploads import UploadRefused
from lsg_portal.data.uploads.keeping import KeptFile
from lsg_portal.web import addresses, display
from lsg_portal.web.imports import ApplyPage, TryPage
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import Column, Table
from registry.record_pages import KeeperPage


class OfSheet(KeeperPage):
    """A page about the file of one report, for those who enter it.

    What the reader may not read does not exist; what they may read and not enter is refused.
    """

    @cached_property
    def kpi_report(self) -> Report:
        """The report; Http404 where there is none, or one that is not the reader's business."""
        found: Report = self.found(entry_queries.report(self.kwargs["pk"]))
        if not self.request.user.has_perm("kpi.read_report", found):
            raise Http404
        return found

    def admit(self) -> None:
        """Let in who enters the report."""
        if not self.request.user.has_perm("kpi.enter", self.kpi_report):
            raise PermissionDenied

    def turned_away(self) -> HttpResponseBase:
        """Ask a visitor to sign in; a file is not kept over it."""
        response: HttpResponseBase = self.handle_no_permission()
        return response

    @property
    def now(self) -> dt.datetime:
        """The moment at which values are entered."""
        return timezone.now()


class SheetDownload(OfSheet):
    """The workbook of a report."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Return it."""
        return sheet_response(self.kpi_report, timezone.localdate(self.now))


class OfUpload(OfSheet):
    """What the two pages of an upload share."""

    purpose = "kpi-report"
    refusals = (UploadRefused, DomainError)

    @property
    def start_url(self) -> str:
        """The page on which a file is sent."""
        return addresses.page(self.request, "kpi-upload", self.kpi_report.pk)

    @property
    def entry_url(self) -> str:
        """The page on which the report is entered."""
        return addresses.page(self.request, "kpi-entry", self.kpi_report.pk)

    @property
    def quarter(self) -> str:
        """The period in words."""
        return wording.quarter(self.kpi_report.period.number)

    @cached_property
    def subject(self) -> str:
        """Whose report it is."""
        report = self.kpi_report
        unit = entry_queries.unit_names([report.unit_id], report.period.last_day).get(report.unit_id, "")
        return unit if report.appointment_id is None else f"{entry_queries.employee_name(report)}. {unit}"

    @property
    def editable(self) -> bool:
        """Whether values of the report may change now."""
        report = self.kpi_report
        in_entry = report.closed_by_id is None and report.status in EDITABLE
        return in_entry and may_enter(report, timezone.localdate(self.now))

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the report."""
        return [
            Crumb(_("My work"), addresses.page(self.request, "kpi-work")),
            Crumb(_("KPI report, %(quarter)s") % {"quarter": self.quarter}, self.entry_url),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the report and its workbook."""
        found = {
            "subject": self.subject,
            "quarter": self.quarter,
            "editable": self.editable,
            "entry_url": self.entry_url,
            "template_url": addresses.page(self.request, "kpi-template", self.kpi_report.pk),
        }
        return super().get_context_data(**{**found, **kwargs})


class SheetUpload(OfUpload, TryPage):
    """Take a file of the report and try it; nothing is written."""

    template_name = "kpi/sheets/upload.html"
    title = gettext_lazy("Values from a file")
    columns = COLUMNS

    def try_file(self, form: Any) -> Outcome:
        """Try it."""
        file = form.cleaned_data["file"]
        return import_file(file=file, name=file.name, commit=False, at=self.now, report=self.kpi_report)

    def report_url(self, token: str) -> str:
        """Return the page of the dry run."""
        return addresses.page(self.request, "kpi-upload-report", self.kpi_report.pk, token)


class SheetOutcome(OfUpload, ApplyPage):
    """What the file would enter; the button enters exactly this file.

    A value that somebody else has changed since the workbook was made keeps what is on record unless it is ticked.
    """

    template_name = "kpi/sheets/outcome.html"
    title = gettext_lazy("What the file would enter")
    report_class = Outcome

    def belongs(self, kept: KeptFile) -> bool:
        """Whether the file was sent for this report."""
        return bool(kept.details.get("about") == str(self.kpi_report.pk))

    @property
    def done_url(self) -> str:
        """Back to the report."""
        return self.entry_url

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the form."""
        return [*super().get_crumbs(), Crumb(SheetUpload.title, self.start_url)]

    def apply(self, form: Any) -> Outcome:
        """Enter it; what became a conflict after this page was shown is asked about first."""
        assert self.kept is not None
        shown = {line["key"] for line in self.report.conflicts}
        ticked = shown & set(self.request.POST.getlist("overwrite"))

        def resolve(key: str) -> bool:
            if key not in shown:
                conflict(
                    "changed_meanwhile",
                    _("Values have been changed since this page was shown. Send the file again."),
                )
            return key in ticked

        return import_file(
            file=self.kept.open(),
            name=self.kept.name,
            commit=True,
            at=self.now,
            report=self.kpi_report,
            resolve=resolve,
        )

    @cached_property
    def indicators(self) -> Mapping[str, Indicator]:
        """The indicators of the report by their codes."""
        return {one.code: one for one in indicators_of(self.kpi_report.methodology)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add both sides of every conflict in words."""
        conflicts = getattr(self.report, "conflicts", []) if self.kept is not None else []
        kwargs.setdefault("conflicts", [self.shown(line) for line in conflicts])
        return super().get_context_data(**kwargs)

    def get_tables(self) -> Mapping[str, Table]:
        """Return what changes, what is odd and what is refused."""
        lines = [self.shown(line) for line in self.report.lines]
        changes = Table(
            self.request,
            key="changes",
            caption=_("Values that change"),
            columns=[
                Column("row", _("Row"), value=lambda line: str(line["row"]), sort=lambda line: line["row"]),
                Column("indicator", _("Indicator"), value=lambda line: line["name"]),
                Column("record", pgettext("KPI", "On record"), value=lambda line: line["record"]),
                Column("file", _("In the file"), value=lambda line: line["file"]),
            ],
            rows=lines,
            empty=_("No value changes."),
            sort="row",
        )
        return {
            "changes": changes,
            "warnings": self.lines(
                "warnings",
                caption=_("Values that need a note"),
                errors=self.report.warnings,
                empty=_("No value needs a note."),
            ),
            "refused": self.refused_rows(),
        }

    def shown(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """Return a line in words."""
        indicator = self.indicators.get(line["indicator"])
        return {
            "key": line.get("key", ""),
            "row": line["row"],
            "name": wording.indicator(indicator) if indicator else line["indicator"],
            "record": said(line["record"]),
            "file": said(line["file"]),
        }


def said(side: Mapping[str, str | None]) -> str:
    """Write what is on record of a value, or what a file says of it: figure, state, note."""
    words = list(_figures(side))
    if side.get("status") not in (None, "normal") or not words:
        words.append(status_word(side.get("status") or "") or wording.value_status(""))
    if note := side.get("note"):
        words.append(f"«{note}»")
    return "; ".join(words)


def _figures(side: Mapping[str, str | None]) -> Iterable[str]:
    number, numerator, denominator = (side.get(name) for name in AMOUNTS)
    if number is not None:
        yield display.number(Decimal(number))
    if numerator is not None or denominator is not None:
        parts = (display.number(None if part is None else Decimal(part)) for part in (numerator, denominator))
        yield " ÷ ".join(parts)
