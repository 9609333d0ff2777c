"""Import of a quarter's reports from a file: all rows or none, tried first."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import IO, Any

from django.db import transaction

from councils.importing import MOST_ERRORS, BadRow
from delegation import quarters, services
from delegation.errors import DomainError
from delegation.models import Funding, Performance, Transfer
from delegation.quarter_file import AMOUNTS, COLUMNS, PERFORMED, SENTENCES, results
from delegation.visibility import WITHHELD
from lsg_portal.data import actor
from lsg_portal.data.uploads import CellError, RowsRefused, Table, UploadRow, read_table
from registry.names import clean, fold
from registry.record_pages import identifier

Key = tuple[uuid.UUID, int, int]


@dataclass
class Report:
    """What an import does, or would do, with a file."""

    name: str
    committed: bool = False
    sheet: str = ""
    other_sheets: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    rows: int = 0
    empty_rows: int = 0
    """Rows that say nothing: they leave what stands."""
    money_new: int = 0
    money_changed: int = 0
    performance_new: int = 0
    performance_changed: int = 0
    same: int = 0
    """Rows that say what is on record already."""
    refused: list[CellError] = field(default_factory=list)
    """Why rows are refused, of very many the first."""
    refused_rows: int = 0

    @property
    def changes(self) -> int:
        """Records the import writes."""
        return self.money_new + self.money_changed + self.performance_new + self.performance_changed

    def as_plain(self) -> dict[str, Any]:
        """Return the report in plain values, sentences as they are said now."""
        plain = asdict(self)
        plain["refused"] = [
            {**one, "sentence": str(error.sentence)}
            for one, error in zip(plain["refused"], self.refused, strict=True)
        ]
        return plain

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Report:
        """Return the report that ``as_plain`` wrote; what has a sentence of ours is said in today's language."""
        known = dict(plain)
        known["refused"] = [
            CellError(**{**one, "sentence": SENTENCES.get(one["code"], one["sentence"])})
            for one in known["refused"]
        ]
        return cls(**known)


def import_file(
    *, file: IO[bytes], name: str, commit: bool, units: Collection[uuid.UUID] | None = None
) -> Report:
    """Record the quarters of a file; without ``commit`` only try it.

    ``units``, where given, are the only municipalities the file may hold. What a file says again as it stands changes
    nothing. Raises UploadRefused for a file that cannot be read, and RowsRefused, with ``commit``, where any row is refused.
    """
    table = read_table(file, name=name, columns=COLUMNS, unknown="ignore")
    report = Report(
        name=table.name,
        sheet=table.sheet,
        other_sheets=table.other_sheets,
        ignored=table.ignored,
        rows=len(table.rows),
    )
    with actor.because(f"import {table.name}" if commit else ""):
        errors = QuarterImport(table, report, units).run(commit=commit)
    report.refused = errors[:MOST_ERRORS]
    report.refused_rows = len({error.row for error in errors} | {r.number for r in table.rows if not r.sound})
    report.committed = commit and not report.refused_rows
    if commit and report.refused_rows:
        raise RowsRefused(report)
    return report


class QuarterImport:
    """One import: what is on record is read at once, what differs goes to the services row by row."""

    def __init__(self, table: Table, report: Report, units: Collection[uuid.UUID] | None) -> None:
        self.table, self.report, self.units = table, report, units
        self.results = results()
        self.first: dict[Key, int] = {}
        named = {key for row in table.rows if (key := identifier(row.text("transfer")))}
        self.transfers = {
            one.pk: one for one in Transfer.objects.live().exclude(status__in=WITHHELD).filter(pk__in=named)
        }
        self.money: dict[Key, Funding] = self._known(Funding)
        self.performed: dict[Key, Performance] = self._known(Performance)

    def _known(self, model: Any) -> dict[Key, Any]:
        found = model.objects.filter(transfer__in=list(self.transfers))
        return {(one.transfer_id, one.year, one.quarter): one for one in found}

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
            return [self.table.error(row.number, bad.key, bad.code, SENTENCES[bad.code], bad.values)]
        except DomainError as error:
            return [
                self.table.error(
                    row.number, one.pointer.strip("/"), one.code, str(one.message).replace("%", "%%")
                )
                for one in error.violations
            ]
        return []

    def _row(self, row: UploadRow) -> None:
        transfer, key = self._place(row)
        money, performed = self._money(row, key), self._performed(row, key)
        if money is None and performed is None:
            self.report.empty_rows += 1
            return
        about: dict[str, Any] = {
            "transfer": transfer,
            "year": key[1],
            "quarter": key[2],
            "source": self.table.name,
        }
        if money:
            services.report_funding(**about, **money)
        if performed:
            services.report_performance(**about, **performed)
        report = self.report
        report.same += not money and not performed
        report.money_new += bool(money) and key not in self.money
        report.money_changed += bool(money) and key in self.money
        report.performance_new += bool(performed) and key not in self.performed
        report.performance_changed += bool(performed) and key in self.performed

    def _place(self, row: UploadRow) -> tuple[Transfer, Key]:
        """Return the transfer of a row, and the quarter in which it was in force."""
        text, year, quarter = row.text("transfer"), row["year"], row["quarter"]
        transfer = self.transfers.get(identifier(text) or uuid.UUID(int=0))
        if transfer is None:
            raise BadRow("transfer", "unknown_transfer", value=text)
        if self.units is not None and transfer.unit_id not in self.units:
            raise BadRow("transfer", "not_your_unit")
        if not (year in quarters.YEARS and 1 <= quarter <= 4):
            raise BadRow("quarter", "delegation_funding_quarter")
        if not quarters.touches((year, quarter), transfer.valid):
            raise BadRow("quarter", "delegation_funding_within")
        key = (transfer.pk, year, quarter)
        first = self.first.setdefault(key, row.number)
        if first != row.number:
            raise BadRow("transfer", "row_twice", row=first)
        return transfer, key

    def _money(self, row: UploadRow, key: Key) -> dict[str, Any] | None:
        """Return what a row says otherwise of money; empty where it says what stands, None where it says nothing."""
        said: dict[str, Any] = {name: row.values.get(name) for name in AMOUNTS}
        for name, value in said.items():
            if value is not None and value != round(Decimal(value), 2):
                raise BadRow(name, "too_precise")
        said["material"] = clean(row.text("material")) or None
        return _news(said, self.money.get(key))

    def _performed(self, row: UploadRow, key: Key) -> dict[str, Any] | None:
        """Return the whole performance where a row says anything new of it, as a report replaces the one before."""
        said: dict[str, Any] = {name: clean(row.text(name)) or None for name in PERFORMED}
        said["volume"] = row.values.get("volume")
        if said["result"]:
            code = self.results.get(fold(said["result"]))
            if code is None:
                raise BadRow("result", "not_a_result", value=said["result"])
            said["result"] = code
        known = self.performed.get(key)
        news = _news(said, known)
        if not news:
            return news
        if known is None and not said["result"]:
            raise BadRow("result", "result_missing")
        whole = {name: getattr(known, name) for name in PERFORMED} if known else {}
        return {**{name: value for name, value in whole.items() if value is not None}, **news}


def _news(said: Mapping[str, Any], known: Any) -> dict[str, Any] | None:
    """Return what is said and not on record; None where nothing is said."""
    given = {name: value for name, value in said.items() if value is not None}
    if not given:
        return None
    return {name: value for name, value in given.items() if known is None or getattr(known, name) != value}
