"""Values of reports from a file: all rows or none, tried first; what somebody else has changed meanwhile is asked about."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import IO, Any

from django.db import transaction

from councils.importing import MOST_ERRORS, BadRow
from kpi import checking, reading, services
from kpi.errors import DomainError, RuleBroken, StateConflict
from kpi.models import Report, Value
from kpi.sheet_file import (
    AMOUNTS,
    COLUMNS,
    SENTENCES,
    WITHOUT,
    mark,
    of_record,
    statuses,
    version_of,
)
from lsg_portal.data import actor
from lsg_portal.data.uploads import CellError, RowsRefused, Table, UploadRow, read_table
from registry.names import clean, fold
from registry.record_pages import identifier

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


@dataclass
class Outcome:
    """What a file does, or would do, with the values of reports."""

    name: str
    about: str | None = None
    """The only report that the file was taken for."""
    committed: bool = False
    sheet: str = ""
    other_sheets: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    rows: int = 0
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
    refused: list[CellError] = field(default_factory=list)
    """Why rows are refused, of very many the first."""
    refused_rows: int = 0

    @property
    def changes(self) -> int:
        """Values that are written; before it is decided, those that are asked about count."""
        return self.written + (0 if self.committed else len(self.conflicts))

    def as_plain(self) -> dict[str, Any]:
        """Return the outcome in plain values, sentences as they are said now."""
        plain = asdict(self)
        for key in ("refused", "warnings"):
            plain[key] = [
                {**one, "sentence": str(error.sentence)}
                for one, error in zip(plain[key], getattr(self, key), strict=True)
            ]
        return plain

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Outcome:
        """Return the outcome that ``as_plain`` wrote; what has a sentence of ours is said in today's language."""
        known = dict(plain)
        for key in ("refused", "warnings"):
            known[key] = [
                CellError(**{**one, "sentence": SENTENCES.get(one["code"], one["sentence"])})
                for one in known[key]
            ]
        return cls(**known)


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
    table = read_table(file, name=name, columns=COLUMNS, unknown="ignore")
    outcome = Outcome(
        name=table.name,
        about=str(report.pk) if report else None,
        sheet=table.sheet,
        other_sheets=table.other_sheets,
        ignored=table.ignored,
        rows=len(table.rows),
    )
    with actor.because(f"import {table.name}" if commit else ""):
        errors = SheetImport(table, outcome, report, at, resolve if commit else None).run(commit=commit)
    outcome.refused = errors[:MOST_ERRORS]
    outcome.refused_rows = len(
        {error.row for error in errors} | {r.number for r in table.rows if not r.sound}
    )
    outcome.committed = commit and not outcome.refused_rows
    if commit and outcome.refused_rows:
        raise RowsRefused(outcome)
    return outcome


class SheetImport:
    """One import: what is on record is read at once, what differs goes to the services row by row."""

    def __init__(
        self, table: Table, outcome: Outcome, only: Report | None, at: dt.datetime, resolve: Resolve | None
    ) -> None:
        self.table, self.outcome, self.only, self.at, self.resolve = table, outcome, only, at, resolve
        self.statuses = statuses()
        self.first: dict[tuple[uuid.UUID, str], int] = {}
        named = {key for row in table.rows if (key := identifier(row.text("report")))}
        if only is not None:
            named &= {only.pk}
        self.reports = {one.pk: one for one in Report.objects.select_related("period").filter(pk__in=named)}
        found = Value.objects.filter(report__in=self.reports).select_related("indicator__measure")
        self.values: Known = {(one.report_id, one.indicator.measure.code): one for one in found}
        self.last: dict[uuid.UUID, dict[int, Value]] = {}

    @transaction.atomic
    def run(self, *, commit: bool) -> list[CellError]:
        """Write row by row; return why rows are refused. Nothing stays unless ``commit`` and no row is refused."""
        errors = list(self.table.errors)
        for row in self.table.rows:
            if row.sound:
                errors += self._tried(row)
        if errors or not commit:
            transaction.set_rollback(True)
        return sorted(errors, key=lambda error: error.row)

    def _tried(self, row: UploadRow) -> list[CellError]:
        """Write what a row says; return why it cannot be."""
        try:
            self._row(row)
        except BadRow as bad:
            return [self._error(row, bad.key, bad.code, SENTENCES[bad.code], bad.values)]
        except BadFigure as bad:
            return self._violations(row, bad.error, bad.key)
        except StateConflict as error:
            if self.only is not None:
                raise
            return self._violations(row, error)
        except DomainError as error:
            return self._violations(row, error)
        return []

    def _error(self, row: UploadRow, key: str, code: str, sentence: Any, values: Any = None) -> CellError:
        return self.table.error(row.number, key, code, sentence, values)

    def _violations(self, row: UploadRow, error: DomainError, key: str = "") -> list[CellError]:
        return [
            self._error(row, key or _column(one.code, row), one.code, str(one.message).replace("%", "%%"))
            for one in error.violations
        ]

    def _row(self, row: UploadRow) -> None:
        value = self._value(row)
        said = self._said(row, value)
        version = version_of(row.text("version"))
        if version is None:
            raise BadRow("version", "not_a_version", value=row.text("version"))
        if all(one is None for one in said.values()):
            self.outcome.empty_rows += 1
            return
        record = of_record(value)
        news = {name: one for name, one in said.items() if one is not None and one != record[name]}
        if not news or version[1] == mark(said):
            self.outcome.same += 1
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
            self.outcome.conflicts.append(line)
            if self.resolve is not None and not self.resolve(line["key"]):
                return
        written = services.enter_value(
            value=value, at=self.at, origin=Value.Origin.FILE, expected_version=value.version, **news
        )
        if conflict and self.resolve is None:
            return  # tried, to be asked about
        line |= {"record": _plain(record), "file": _plain(of_record(written))}
        self.outcome.written += 1
        self.outcome.lines.append(line)
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
                self.outcome.warnings.append(self._error(row, "note", warning.code, sentence))


class BadFigure(Exception):
    """A figure that cannot be read, with the column it stands in."""

    def __init__(self, key: str, error: RuleBroken) -> None:
        super().__init__(key)
        self.key, self.error = key, error


def _check(said: Mapping[str, Any], record: Mapping[str, Any], news: dict[str, Any]) -> None:
    """Refuse a row whose figure and state deny each other; half a ratio has no state yet."""
    given = {name for name in AMOUNTS if said[name] is not None}
    if said["status"] in WITHOUT:
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


def _column(code: str, row: UploadRow) -> str:
    """Return the column that a broken rule is about."""
    if code in PLACES:
        return PLACES[code]
    return next((name for name in AMOUNTS if row.text(name)), "indicator")
