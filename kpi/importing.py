"""Values of reports from a file: all rows or none, tried first; what somebody else has changed meanwhile is asked about."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

from kpi import checking, reading, services
from kpi.errors import DomainError, RuleBroken, StateConflict
from kpi.models import WITHOUT_FIGURE, Report, Value
from kpi.sheet_file import (
    AMOUNTS,
    COLUMNS,
    SENTENCES,
    mark,
    of_record,
    statuses,
    version_of,
)
from lsg_portal.data.uploads import CellError, Table, UploadRow
from registry.errors import Violation
from registry.names import clean, fold
from registry.record_pages import identifier
from registry.table_import import BadRow, ImportReport, TableImport

Resolve = Callable[[str], bool]
"""Whether a conflict, by its key, is resolved for the file; raises to refuse."""
PLACES = {
    "kpi_value_note": "note",
    "too_long": "note",
    "kpi_value_status": "status",
    "kpi_value_denominator": "denominator",
    "stale": "version",
}
"""The column that a rule is about, where it is not the figure."""
Known = dict[tuple[uuid.UUID, str], Value]


@dataclass(kw_only=True)
class Outcome(ImportReport):
    """What a file does, or would do, with the values of reports."""

    COLUMNS = COLUMNS
    SENTENCES = SENTENCES
    CELLS = ("refused", "warnings")

    about: str | None = None
    """The only report that the file was taken for."""
    empty_rows: int = 0
    """Rows that say nothing: they leave what is on record."""
    same: int = 0
    """Rows that say what is on record, or what they said when they went out."""
    written: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)
    """Values that change, row by row: row, report, indicator, what is on record and what the file says."""
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    """Values that somebody else has changed meanwhile, as lines, each with its key."""
    warnings: list[CellError] = field(default_factory=list)
    """What is odd about a value and not answered by a note."""

    @property
    def changes(self) -> int:
        """Values that are written; before it is decided, those that are asked about count."""
        return self.written + (0 if self.committed else len(self.conflicts))


def refuse_conflicts(key: str) -> bool:
    """Refuse the row of a value that somebody else has changed."""
    raise BadRow("version", "stale")


def import_file(
    *,
    file: IO[bytes],
    name: str,
    commit: bool,
    at: dt.datetime,
    report: Report | None = None,
    resolve: Resolve = refuse_conflicts,
) -> Outcome:
    """Enter the values of a file; without ``commit`` only try it.

    ``report``, where given, is the only one the file may hold. Raises UploadRefused for a file that cannot be read,
    StateConflict where that report is not in entry, and RowsRefused, with ``commit``, where any row is refused.
    """
    table, outcome = Outcome.read(file, name, about=str(report.pk) if report else None)
    return SheetImport(table, outcome, report, at, resolve if commit else None).carry_out(commit=commit)


class SheetImport(TableImport[Outcome]):
    """One import: what is on record is read at once, what differs goes to the services row by row."""

    def __init__(
        self, table: Table, outcome: Outcome, only: Report | None, at: dt.datetime, resolve: Resolve | None
    ) -> None:
        super().__init__(table, outcome)
        self.only, self.at, self.resolve = only, at, resolve
        self.statuses = statuses()
        self.first: dict[tuple[uuid.UUID, str], int] = {}
        named = {key for row in table.rows if (key := identifier(row.text("report")))}
        if only is not None:
            named &= {only.pk}
        self.reports = {one.pk: one for one in Report.objects.select_related("period").filter(pk__in=named)}
        found = Value.objects.filter(report__in=self.reports).select_related("indicator__measure")
        self.values: Known = {(one.report_id, one.indicator.measure.code): one for one in found}
        self.last: dict[uuid.UUID, dict[int, Value]] = {}

    def broken(self, row: UploadRow, error: DomainError, key: str = "") -> list[CellError]:
        """A report that is not in entry refuses the whole file where the file is taken for it alone."""
        if isinstance(error, StateConflict) and self.only is not None:
            raise error
        return super().broken(row, error, key)

    def column_at_fault(self, row: UploadRow, violation: Violation) -> str:
        """The figure that the row gives, where the rule is about no other column."""
        if violation.code in PLACES:
            return PLACES[violation.code]
        return next((name for name in AMOUNTS if row.text(name)), "indicator")

    def row(self, row: UploadRow) -> list[CellError]:
        """Enter what a row says otherwise; return which of its figures cannot be read."""
        try:
            self._enter(row)
        except BadFigure as bad:
            return self.broken(row, bad.error, bad.key)
        return []

    def _enter(self, row: UploadRow) -> None:
        value = self._value(row)
        said = self._said(row, value)
        version = version_of(row.text("version"))
        if version is None:
            raise BadRow("version", "not_a_version", value=row.text("version"))
        if all(one is None for one in said.values()):
            self.report.empty_rows += 1
            return
        record = of_record(value)
        news = {name: one for name, one in said.items() if one is not None and one != record[name]}
        if not news or version[1] == mark(said):
            self.report.same += 1
            return
        _check(said, record, news)
        line: dict[str, Any] = {
            "row": row.number,
            "report": str(value.report_id),
            "indicator": value.indicator.measure.code,
        }
        conflict = version[0] != value.version
        if conflict:
            line |= {"key": f"{value.pk}:{value.version}", "record": _plain(record), "file": _plain(said)}
            self.report.conflicts.append(line)
            if self.resolve is not None and not self.resolve(line["key"]):
                return
        written = services.enter_value(
            value=value, at=self.at, origin=Value.Origin.FILE, expected_version=value.version, **news
        )
        if conflict and self.resolve is None:
            return  # tried, to be asked about
        line |= {"record": _plain(record), "file": _plain(of_record(written))}
        self.report.written += 1
        self.report.lines.append(line)
        self._warn(row, value, written)

    def _value(self, row: UploadRow) -> Value:
        """Return the value that a row is about."""
        key = identifier(row.text("report"))
        if self.only is not None and key != self.only.pk:
            raise BadRow("report", "other_report")
        if key is None or key not in self.reports:
            raise BadRow("report", "unknown_report", value=row.text("report"))
        value = self.values.get((key, row.text("indicator")))
        if value is None:
            raise BadRow("indicator", "unknown_indicator", value=row.text("indicator"))
        first = self.first.setdefault((key, row.text("indicator")), row.number)
        if first != row.number:
            raise BadRow("indicator", "row_twice", row=first)
        return value

    def _said(self, row: UploadRow, value: Value) -> dict[str, Any]:
        """Return what a row says, by column; None where it says nothing."""
        said: dict[str, Any] = {}
        for name in AMOUNTS:
            try:
                said[name] = reading.amount(value.indicator, name, row.text(name))
            except RuleBroken as error:
                raise BadFigure(name, error) from error
        said["note"] = clean(row.text("note")) or None
        said["status"] = None
        if text := row.text("status"):
            said["status"] = self.statuses.get(fold(text))
            if said["status"] is None:
                raise BadRow("status", "not_a_status", value=text[:100])
        return said

    def _warn(self, row: UploadRow, value: Value, written: Value) -> None:
        """Note what is odd about a value; a note answers it."""
        report = self.reports[value.report_id]
        if report.pk not in self.last:
            self.last[report.pk] = checking.last_values(report)
        for warning in checking.warnings(written, self.last[report.pk].get(value.indicator.measure_id)):
            if not warning.answered:
                sentence = warning.sentence.replace("%", "%%")
                self.report.warnings.append(self.table.error(row.number, "note", warning.code, sentence))


class BadFigure(Exception):
    """A figure that cannot be read, with the column it stands in."""

    def __init__(self, key: str, error: RuleBroken) -> None:
        super().__init__(key)
        self.key, self.error = key, error


def _check(said: Mapping[str, Any], record: Mapping[str, Any], news: dict[str, Any]) -> None:
    """Refuse a row whose figure and state deny each other; half a ratio has no state yet."""
    given = {name for name in AMOUNTS if said[name] is not None}
    if said["status"] in WITHOUT_FIGURE:
        if given:
            raise BadRow("status", "figure_and_none")
        return
    after = {name: said[name] if name in given else record[name] for name in AMOUNTS}
    complete = after["number"] is not None or None not in (after["numerator"], after["denominator"])
    if said["status"] is not None and not complete:
        if not given:
            raise BadRow("status", "figure_missing")
        news.pop("status", None)


def _plain(said: Mapping[str, Any]) -> dict[str, str | None]:
    return {
        name: format(one, "f") if isinstance(one, Decimal) else None if one is None else str(one)
        for name, one in said.items()
    }
