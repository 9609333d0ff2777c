"""Import of local budgets over REST."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from ayil_okmotu import rules
from ayil_okmotu.api.budgets import CODES
from ayil_okmotu.api.keeping import must_keep_budget
from ayil_okmotu.importing import Report, import_file
from councils.api.imports import LINES, as_line
from lsg_portal.rest import shapes
from lsg_portal.rest.uploads import FileField, FlagField, FormSerializer, UploadView
from lsg_portal.rest.views import Query

COUNTED = ("rows", "empty_rows", "lines_written", "flagged")
REPORT = shapes.record(
    dict.fromkeys(COUNTED, shapes.COUNT),
    file=shapes.TEXT,
    sheet=shapes.nullable(shapes.TEXT),
    other_sheets=shapes.listed(shapes.TEXT),
    ignored_columns=shapes.listed(shapes.TEXT),
    committed=shapes.BOOL,
    budgets=shapes.record(new=shapes.COUNT, changed=shapes.COUNT, same=shapes.COUNT),
    findings=shapes.listed(
        shapes.record(unit=shapes.TEXT, year=shapes.COUNT, code=shapes.choice(CODES), detail=shapes.TEXT)
    ),
    unreadable=LINES,
    refused=shapes.record(count=shapes.COUNT, rows=LINES),
)


class BudgetImportForm(FormSerializer):
    """A file of budgets and what to do with it; without ``commit`` it is only tried."""

    file = FileField()
    commit = FlagField(default=False)
    keep_unreadable = FlagField(default=False)


class BudgetImports(UploadView[Report]):
    """Record local budgets from a file (XLSX, or CSV in UTF-8); with ``commit``, all rows or none.

    A row is a line of a budget; columns: unit (its code), year, line (its code), plan, actual. An unreadable figure is
    refused, naming its cell, unless ``keep_unreadable`` has it stored as printed; sums that do not add up are stored and
    told in ``findings``. Refused rows are told in the report of a dry run; with ``commit`` they are 422 and nothing is
    written. The staff of a municipality import its own budgets alone.
    """

    bodies = {"POST": BudgetImportForm}
    answers = {"POST": REPORT}

    def may_upload(self, request: Request) -> None:
        """Only those who keep some budget, or import them all."""
        if not request.user.has_perm("ayil_okmotu.import_budgets"):
            must_keep_budget(request.user, None)

    def take(self, data: Any, user: Any) -> Report:
        """Import the file, or try it."""
        everything = user.has_perm("ayil_okmotu.import_budgets")
        return import_file(
            file=data["file"],
            name=data["file"].name,
            commit=data["commit"],
            keep_unreadable=data["keep_unreadable"],
            units=None if everything else rules.kept_units(user),
        )

    def show(self, result: Report, query: Query) -> Any:
        """Return the report."""
        return {
            "file": result.name,
            "sheet": result.sheet or None,
            "other_sheets": result.other_sheets,
            "ignored_columns": result.ignored,
            "committed": result.committed,
            **{name: getattr(result, name) for name in COUNTED},
            "budgets": {
                "new": result.budgets_new,
                "changed": result.budgets_changed,
                "same": result.budgets_same,
            },
            "findings": [
                {"unit": one["unit"], "year": one["year"], "code": one["code"], "detail": one["sentence"]}
                for one in result.findings
            ],
            "unreadable": [as_line(error) for error in result.unreadable],
            "refused": {"count": result.refused_rows, "rows": [as_line(error) for error in result.refused]},
        }
