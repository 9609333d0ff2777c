"""Import of a classifier over REST."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from lsg_portal.data.uploads import CellError
from lsg_portal.rest import shapes
from lsg_portal.rest.problems import Forbidden
from lsg_portal.rest.uploads import DayField, FileField, FlagField, FormSerializer, UploadView
from lsg_portal.rest.views import Query
from registry.classifier_uploads import PERMISSION, SYSTEM, Report, import_file

LINES = shapes.listed(
    shapes.record(
        row={"type": "integer", "minimum": 1},
        column=shapes.nullable(shapes.TEXT),
        field=shapes.nullable(shapes.TEXT),
        code=shapes.TEXT,
        detail=shapes.TEXT,
    )
)
REPORT = shapes.record(
    file=shapes.TEXT,
    sheet=shapes.nullable(shapes.TEXT),
    other_sheets=shapes.listed(shapes.TEXT),
    ignored_columns=shapes.listed(shapes.TEXT),
    system=shapes.TEXT,
    valid_from=shapes.DAY,
    committed=shapes.BOOL,
    rows=shapes.COUNT,
    kinds=shapes.listed(
        shapes.record(kind=shapes.TEXT, rows=shapes.COUNT, matched=shapes.COUNT, new=shapes.COUNT)
    ),
    new=shapes.COUNT,
    matched=shapes.COUNT,
    codes_added=shapes.COUNT,
    names_filled=shapes.COUNT,
    refused=shapes.record(count=shapes.COUNT, rows=LINES),
    differences=shapes.record(count=shapes.COUNT, rows=LINES),
)


class ImportForm(FormSerializer):
    """A classifier and what to do with it; without ``commit`` it is only tried."""

    file = FileField()
    valid_from = DayField()
    skip_refused = FlagField(default=False)
    commit = FlagField(default=False)


class ClassifierImports(UploadView[Report]):
    """Match a classifier to the register as of a day; with ``commit`` write what is missing, all rows or none.

    The file is XLSX or CSV (UTF-8) with the columns code, type, name_ru, parent_code, and name_ky, name_en where they are
    known. Refused rows are told in the report of a dry run; with ``commit`` they are 422, unless ``skip_refused``
    leaves them out.
    """

    bodies = {"POST": ImportForm}
    answers = {"POST": REPORT}

    def may_upload(self, request: Request) -> None:
        """Only who may import."""
        if not request.user.has_perm(PERMISSION):
            raise Forbidden(_("Classifiers are imported by the reform team and administrators."))

    def take(self, data: Any, user: Any) -> Report:
        """Import the file, or try it."""
        return import_file(
            file=data["file"],
            name=data["file"].name,
            valid_from=data["valid_from"],
            commit=data["commit"],
            skip_refused=data["skip_refused"],
        )

    def show(self, result: Report, query: Query) -> Any:
        """Return the report."""
        return {
            "file": result.name,
            "sheet": result.sheet or None,
            "other_sheets": result.other_sheets,
            "ignored_columns": result.ignored,
            "system": SYSTEM,
            "valid_from": result.valid_from,
            "committed": result.committed,
            "rows": result.rows,
            "kinds": [
                {"kind": one.kind, "rows": one.rows, "matched": one.matched, "new": one.new}
                for one in result.kinds
            ],
            "new": result.new,
            "matched": result.matched,
            "codes_added": result.codes,
            "names_filled": result.names,
            "refused": {"count": result.refused_rows, "rows": [_line(error) for error in result.refused]},
            "differences": {
                "count": result.differing,
                "rows": [_line(error) for error in result.differences],
            },
        }


def _line(error: CellError) -> dict[str, Any]:
    return {
        "row": error.row,
        "column": error.column or None,
        "field": error.key or None,
        "code": error.code,
        "detail": error.reason,
    }
