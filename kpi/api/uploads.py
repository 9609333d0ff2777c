"""The workbook of a report over REST: out with what is on record, in again."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from councils.api.imports import LINES, as_line
from kpi import entry_queries
from kpi.importing import Outcome, Resolve, import_file, refuse_conflicts
from kpi.models import Report, ValueStatus
from kpi.sheets import sheet_response
from lsg_portal.rest import shapes
from lsg_portal.rest.problems import Forbidden, NotVisible
from lsg_portal.rest.uploads import FileField, FlagField, FormSerializer, UploadView
from lsg_portal.rest.views import Query, ReadView, stamp

SIDE = shapes.record(
    dict.fromkeys(("number", "numerator", "denominator"), shapes.nullable(shapes.DECIMAL)),
    status=shapes.nullable(shapes.choice(ValueStatus.values)),
    note=shapes.nullable(shapes.TEXT),
)
CHANGES = shapes.listed(
    shapes.record(
        row={"type": "integer", "minimum": 1},
        indicator=shapes.TEXT,
        record=SIDE,
        file=SIDE,
    )
)
COUNTED = ("rows", "empty_rows", "same", "written")
OUTCOME = shapes.record(
    dict.fromkeys(COUNTED, shapes.COUNT),
    report=shapes.UUID,
    file=shapes.TEXT,
    sheet=shapes.nullable(shapes.TEXT),
    other_sheets=shapes.listed(shapes.TEXT),
    ignored_columns=shapes.listed(shapes.TEXT),
    committed=shapes.BOOL,
    changes=CHANGES,
    conflicts=CHANGES,
    warnings=LINES,
    refused=shapes.record(count=shapes.COUNT, rows=LINES),
)
CONFLICTS: dict[str, Resolve] = {
    "refuse": refuse_conflicts,
    "keep": lambda _key: False,
    "overwrite": lambda _key: True,
}
"""What becomes of a value that somebody else has changed since the workbook was made."""


def entered(user: Any, pk: Any) -> Report:
    """Return a report that the user enters; NotVisible where it may not be read, Forbidden where it is not theirs."""
    report = entry_queries.report(pk)
    if report is None or not user.has_perm("kpi.read_report", report):
        raise NotVisible
    if not user.has_perm("kpi.enter", report):
        raise Forbidden
    return report


class ReportSheet(ReadView):
    """The workbook of a report to be completed and sent back, in the language asked for; for those who enter the report."""

    public = False
    permission_classes = (IsAuthenticated,)
    data = ("kpi.drafts", "registry")
    formats = ("xlsx",)
    answer_schema: ClassVar[dict[str, Any]] = {"type": "string"}
    refusals = {"GET": (403, 404)}

    def respond(self, request: HttpRequest, viewer: Any, **kwargs: Any) -> HttpResponseBase:
        """Return the workbook; it says of what day it is and is made anew each time."""
        query = self.read_query(request, viewer)
        report = entered(viewer, kwargs["pk"])
        return stamp(sheet_response(report, timezone.localdate()), query, None)


class SheetForm(FormSerializer):
    """A file of a report's values and what to do with it; without ``commit`` it is only tried."""

    file = FileField()
    commit = FlagField(default=False)
    conflicts = serializers.ChoiceField(choices=list(CONFLICTS), default="refuse")


class ReportUpload(UploadView[Outcome]):
    """Enter the values of a report from its workbook (XLSX, or CSV in UTF-8); with ``commit``, all rows or none.

    A row is one indicator. Columns: report, indicator, version (as they went out), and where known number, or numerator
    and denominator, status, note. An empty cell leaves what is on record. A value that was changed since the workbook was
    made is told in ``conflicts``; with ``commit`` its row is refused, keeps what is on record or is overwritten, as
    ``conflicts`` says. Refused rows are told in the report of a dry run; with ``commit`` they are 422 and nothing is written.
    """

    bodies = {"POST": SheetForm}
    answers = {"POST": OUTCOME}
    refusals = {"POST": (403, 404, 409)}

    def may_upload(self, request: Request) -> None:
        """Only those who enter the report."""
        self.report = entered(request.user, self.kwargs["pk"])

    def take(self, data: Any, user: Any) -> Outcome:
        """Enter the values, or try them."""
        return import_file(
            file=data["file"],
            name=data["file"].name,
            commit=data["commit"],
            at=timezone.now(),
            report=self.report,
            resolve=CONFLICTS[data["conflicts"]],
        )

    def show(self, result: Outcome, query: Query) -> Any:
        """Return the outcome."""
        return {
            "report": str(self.report.pk),
            "file": result.name,
            "sheet": result.sheet or None,
            "other_sheets": result.other_sheets,
            "ignored_columns": result.ignored,
            "committed": result.committed,
            **{name: getattr(result, name) for name in COUNTED},
            "changes": [_change(line) for line in result.lines],
            "conflicts": [_change(line) for line in result.conflicts],
            "warnings": [as_line(error) for error in result.warnings],
            "refused": {"count": result.refused_rows, "rows": [as_line(error) for error in result.refused]},
        }


def _change(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("row", "indicator", "record", "file")}
