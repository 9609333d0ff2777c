"""Records from a table that people upload, whatever it holds: all rows or none, tried first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import IO, Any, ClassVar, Generic, Self, TypeVar

from django.db import transaction

from lsg_portal.data import actor
from lsg_portal.data.uploads import CellError, RowsRefused, Table, UploadColumn, UploadRow, read_table
from registry.errors import DomainError, Violation

MOST_ERRORS = 1000
"""Of more, the first are told."""


class BadRow(Exception):
    """A row that is refused: the column at fault, a code of the import's sentences and the figures of its sentence."""

    def __init__(self, key: str, code: str, /, **values: Any) -> None:
        super().__init__(code)
        self.key, self.code, self.values = key, code, values


@dataclass(kw_only=True)
class ImportReport:
    """What an import does, or would do, with a file."""

    COLUMNS: ClassVar[Sequence[UploadColumn]]
    """The columns it knows."""
    SENTENCES: ClassVar[Mapping[str, Any]]
    """What it says of a cell, by code."""
    CELLS: ClassVar[tuple[str, ...]] = ("refused",)
    """The fields that say something of cells."""

    name: str
    committed: bool = False
    sheet: str = ""
    other_sheets: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    rows: int = 0
    refused: list[CellError] = field(default_factory=list)
    """Why rows are refused, of very many the first."""
    refused_rows: int = 0

    @property
    def changes(self) -> int:
        """Records the import writes."""
        raise NotImplementedError

    @classmethod
    def read(cls, file: IO[bytes], name: str, **about: Any) -> tuple[Table, Self]:
        """Return the table of a file, and an empty report on it; raise UploadRefused for one that cannot be read."""
        table = read_table(file, name=name, columns=cls.COLUMNS, unknown="ignore")
        report = cls(
            name=table.name,
            sheet=table.sheet,
            other_sheets=table.other_sheets,
            ignored=table.ignored,
            rows=len(table.rows),
            **about,
        )
        return table, report

    def as_plain(self) -> dict[str, Any]:
        """Return the report in plain values, sentences as they are said now."""
        plain = asdict(self)
        for name in self.CELLS:
            plain[name] = [
                {**one, "sentence": str(error.sentence)}
                for one, error in zip(plain[name], getattr(self, name), strict=True)
            ]
        return plain

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Return the report that ``as_plain`` wrote; what has a sentence of ours is said in today's language."""
        known = dict(plain)
        for name in cls.CELLS:
            known[name] = [
                CellError(**{**one, "sentence": cls.SENTENCES.get(one["code"], one["sentence"])})
                for one in known[name]
            ]
        return cls(**known)


ReportT = TypeVar("ReportT", bound=ImportReport)


class TableImport(Generic[ReportT]):
    """One import: the rows of a table against what is on record. An app says what becomes of a row."""

    def __init__(self, table: Table, report: ReportT) -> None:
        self.table, self.report = table, report

    def row(self, row: UploadRow) -> Sequence[CellError]:
        """Take a row; return why it cannot be, or raise BadRow or DomainError."""
        raise NotImplementedError

    def complete(self) -> None:
        """Do what is left when no row was refused."""

    def column_at_fault(self, row: UploadRow, violation: Violation) -> str:
        """Return the key of the column that a broken rule is about; empty for the whole row."""
        return ""

    def carry_out(self, *, commit: bool) -> ReportT:
        """Record all rows and return the report; without ``commit`` only try them.

        Raises RowsRefused, with ``commit``, where any row is refused; nothing is written then.
        """
        with actor.because(f"import {self.table.name}" if commit else ""):
            errors = self._run(commit=commit)
        report = self.report
        report.refused = errors[:MOST_ERRORS]
        unsound = {row.number for row in self.table.rows if not row.sound}
        report.refused_rows = len({error.row for error in errors} | unsound)
        report.committed = commit and not report.refused_rows
        if commit and report.refused_rows:
            raise RowsRefused(report)
        return report

    @transaction.atomic
    def _run(self, *, commit: bool) -> list[CellError]:
        errors = list(self.table.errors)
        for row in self.table.rows:
            if row.sound:
                errors += self._tried(row)
        if not errors:
            self.complete()
        if errors or not commit:
            transaction.set_rollback(True)
        return sorted(errors, key=lambda error: error.row)

    def _tried(self, row: UploadRow) -> Sequence[CellError]:
        try:
            return self.row(row)
        except BadRow as bad:
            return [self.fault(row, bad.key, bad.code, bad.values)]
        except DomainError as error:
            return self.broken(row, error)

    def fault(
        self, row: UploadRow, key: str, code: str, values: Mapping[str, Any] | None = None
    ) -> CellError:
        """Return what the sentence of this code says of a cell."""
        return self.table.error(row.number, key, code, self.report.SENTENCES[code], values)

    def broken(self, row: UploadRow, error: DomainError, key: str = "") -> list[CellError]:
        """Return what the rules that a row breaks say, of the column ``key`` or of the one each is about."""
        return [
            self.table.error(
                row.number,
                key or self.column_at_fault(row, one),
                one.code,
                str(one.message).replace("%", "%%"),
            )
            for one in error.violations
        ]
