"""Import of a council's sessions and resolutions over REST."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.request import Request

from councils.api.keeping import must_keep
from councils.importing import Report, import_file
from councils.models import Council
from lsg_portal.data.uploads import CellError
from lsg_portal.rest import clock, shapes
from lsg_portal.rest.problems import Fault, RuleBroken
from lsg_portal.rest.uploads import FileField, FlagField, FormSerializer, UploadView
from lsg_portal.rest.views import Query

LINES = shapes.listed(
    shapes.record(
        row={"type": "integer", "minimum": 1},
        column=shapes.nullable(shapes.TEXT),
        field=shapes.nullable(shapes.TEXT),
        code=shapes.TEXT,
        detail=shapes.TEXT,
    )
)
COUNTED = ("sessions", "resolutions")
REPORT = shapes.record(
    {name: shapes.record(new=shapes.COUNT, matched=shapes.COUNT) for name in COUNTED},
    file=shapes.TEXT,
    sheet=shapes.nullable(shapes.TEXT),
    other_sheets=shapes.listed(shapes.TEXT),
    ignored_columns=shapes.listed(shapes.TEXT),
    council=shapes.UUID,
    committed=shapes.BOOL,
    rows=shapes.COUNT,
    agenda_items=shapes.COUNT,
    attendance=shapes.COUNT,
    refused=shapes.record(count=shapes.COUNT, rows=LINES),
)


class SessionImportForm(FormSerializer):
    """A file of sessions and resolutions and what to do with it; without ``commit`` it is only tried."""

    file = FileField()
    council = serializers.UUIDField()
    commit = FlagField(default=False)


class SessionImports(UploadView[Report]):
    """Record a council's sessions and resolutions from a file (XLSX, or CSV in UTF-8); with ``commit``, all rows or none.

    A row is an item of an agenda, with the resolution made on it. Columns: session_date, and where they are known session_number,
    session_kind, place, absent_excused, absent_unexcused, agenda_number, title_ky, title_ru, resolution_number,
    normative, majority, in_favour, against, abstained, registration_number, registered_on, published_on, published_in.
    Refused rows are told in the report of a dry run; with ``commit`` they are 422 and nothing is written.
    """

    bodies = {"POST": SessionImportForm}
    answers = {"POST": REPORT}

    def may_upload(self, request: Request) -> None:
        """Only secretaries import."""
        must_keep(request.user, None)

    def take(self, data: Any, user: Any) -> Report:
        """Import the file, or try it."""
        council = Council.objects.live().filter(pk=data["council"]).first()
        if council is None:
            detail = gettext_lazy("There is no such council.")
            raise RuleBroken(errors=[Fault("/council", "unknown", detail)])
        must_keep(user, council)
        return import_file(
            file=data["file"],
            name=data["file"].name,
            council=council,
            today=clock.today(),
            commit=data["commit"],
        )

    def show(self, result: Report, query: Query) -> Any:
        """Return the report."""
        return {
            "file": result.name,
            "sheet": result.sheet or None,
            "other_sheets": result.other_sheets,
            "ignored_columns": result.ignored,
            "council": result.council,
            "committed": result.committed,
            "rows": result.rows,
            "sessions": {"new": result.sessions_new, "matched": result.sessions_matched},
            "resolutions": {"new": result.resolutions_new, "matched": result.resolutions_matched},
            "agenda_items": result.agenda_items_new,
            "attendance": result.attendance_recorded,
            "refused": {"count": result.refused_rows, "rows": [as_line(error) for error in result.refused]},
        }


def as_line(error: CellError) -> dict[str, Any]:
    """Return what a report says of a refused cell."""
    return {
        "row": error.row,
        "column": error.column or None,
        "field": error.key or None,
        "code": error.code,
        "detail": error.reason,
    }
