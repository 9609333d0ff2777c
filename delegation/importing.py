"""Import of a quarter's reports from a file: all rows or none, tried first."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from delegation import quarters, services
from delegation.models import Funding, Performance, Transfer
from delegation.quarter_file import AMOUNTS, COLUMNS, PERFORMED, SENTENCES, results
from delegation.visibility import WITHHELD
from lsg_portal.data.uploads import CellError, Table, UploadRow
from registry.errors import Violation
from registry.names import clean, fold
from registry.record_pages import identifier
from registry.table_import import BadRow, ImportReport, TableImport

Key = tuple[uuid.UUID, int, int]


@dataclass(kw_only=True)
class Report(ImportReport):
    """What an import does, or would do, with a file of a quarter's reports."""

    COLUMNS = COLUMNS
    SENTENCES = SENTENCES

    empty_rows: int = 0
    """Rows that say nothing: they leave what stands."""
    money_new: int = 0
    money_changed: int = 0
    performance_new: int = 0
    performance_changed: int = 0
    same: int = 0
    """Rows that say what is on record already."""

    @property
    def changes(self) -> int:
        """Records the import writes."""
        return self.money_new + self.money_changed + self.performance_new + self.performance_changed


def import_file(
    *, file: IO[bytes], name: str, commit: bool, units: Collection[uuid.UUID] | None = None
) -> Report:
    """Record the quarters of a file; without ``commit`` only try it.

    ``units``, where given, are the only municipalities the file may hold. What a file says again as it stands changes
    nothing. Raises UploadRefused for a file that cannot be read, and RowsRefused, with ``commit``, where any row is refused.
    """
    table, report = Report.read(file, name)
    return QuarterImport(table, report, units).carry_out(commit=commit)


class QuarterImport(TableImport[Report]):
    """One import: what is on record is read at once, what differs goes to the services row by row."""

    def __init__(self, table: Table, report: Report, units: Collection[uuid.UUID] | None) -> None:
        super().__init__(table, report)
        self.units = units
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

    def column_at_fault(self, row: UploadRow, violation: Violation) -> str:
        """The columns have the names of what the services are given."""
        return violation.pointer.strip("/")

    def row(self, row: UploadRow) -> list[CellError]:
        """Write what a row says otherwise."""
        transfer, key = self._place(row)
        money, performed = self._money(row, key), self._performed(row, key)
        if money is None and performed is None:
            self.report.empty_rows += 1
            return []
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
        return []

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
