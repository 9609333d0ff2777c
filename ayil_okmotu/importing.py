"""Import of local budgets from a file: all rows or none, tried first."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import IO, Any

from ayil_okmotu import budgets
from ayil_okmotu.budget_file import COLUMNS, SENTENCES
from ayil_okmotu.errors import DomainError
from ayil_okmotu.models import BudgetItem
from ayil_okmotu.services.budgets import Amounts, BudgetEntry, check_amount, read_figure, write_budgets
from ayil_okmotu.services.employees import YEARS
from lsg_portal.data.uploads import CellError, Table, UploadRow
from registry.models import UnitCode, UnitVersion
from registry.names import fold
from registry.table_import import MOST_ERRORS, BadRow, ImportReport, TableImport


@dataclass(kw_only=True)
class Report(ImportReport):
    """What an import does, or would do, with a file of budgets."""

    COLUMNS = COLUMNS
    SENTENCES = SENTENCES
    CELLS = ("refused", "unreadable")

    empty_rows: int = 0
    """Rows without any amount: they leave what stands."""
    budgets_new: int = 0
    budgets_changed: int = 0
    budgets_same: int = 0
    lines_written: int = 0
    unreadable: list[CellError] = field(default_factory=list)
    """Figures that are no numbers and were kept as printed."""
    flagged: int = 0
    """Budgets that do not add up, or not in every figure."""
    findings: list[dict[str, Any]] = field(default_factory=list)
    """What does not: unit as the file names it, year, code and sentence; of very many the first."""

    @property
    def changes(self) -> int:
        """Budgets that the import writes."""
        return self.budgets_new + self.budgets_changed


def import_file(
    *,
    file: IO[bytes],
    name: str,
    commit: bool,
    keep_unreadable: bool = False,
    units: Collection[uuid.UUID] | None = None,
) -> Report:
    """Record the local budgets of a file; without ``commit`` only try it.

    A figure that is no number is refused with its cell, or kept as printed with ``keep_unreadable``. ``units``, where
    given, are the only ones the file may hold. What a file says again as it stands changes nothing. Raises
    UploadRefused for a file that cannot be read, and RowsRefused, with ``commit``, where any row is refused.
    """
    table, report = Report.read(file, name)
    return BudgetImport(table, report, keep_unreadable, units).carry_out(commit=commit)


class BudgetImport(TableImport[Report]):
    """One import: its rows gathered into budgets, these written at once."""

    def __init__(
        self,
        table: Table,
        report: Report,
        keep_unreadable: bool,
        units: Collection[uuid.UUID] | None,
    ) -> None:
        super().__init__(table, report)
        self.keep_unreadable, self.units = keep_unreadable, units
        self.lines: dict[tuple[uuid.UUID, int], dict[str, Amounts]] = defaultdict(dict)
        self.first: dict[tuple[uuid.UUID, int, str], int] = {}
        self.called: dict[tuple[uuid.UUID, int], str] = {}
        """How the file names the unit of a budget."""
        self.items: dict[str, str] = {}
        for item in BudgetItem.objects.all():
            for text in (item.code, item.name_ky, item.name_ru):
                self.items[fold(text or "")] = item.code
        self._read_units()

    def _read_units(self) -> None:
        """Read which unit bore each code of the file, on which days, and when each unit existed."""
        codes = {row.text("unit") for row in self.table.rows}
        self.bearers: dict[str, list[tuple[uuid.UUID, Any]]] = defaultdict(list)
        found = UnitCode.objects.live().filter(code__in=codes).order_by("valid", "pk")
        for code, unit, valid in found.values_list("code", "unit_id", "valid"):
            self.bearers[code].append((unit, valid))
        named = {unit for bearers in self.bearers.values() for unit, _valid in bearers}
        named |= {key for code in codes if (key := _identifier(code))}
        self.lives: dict[uuid.UUID, list[Any]] = defaultdict(list)
        for unit, valid in UnitVersion.objects.live().filter(unit__in=named).values_list("unit_id", "valid"):
            self.lives[unit].append(valid)

    def row(self, row: UploadRow) -> list[CellError]:
        """Take a row into its budget; return the figures of it that cannot be."""
        year = row["year"]
        if year not in YEARS:
            raise BadRow("year", "ayil_okmotu_localbudget_year")
        unit = self._unit(row, year)
        item = self.items.get(fold(row.text("line")))
        if item is None:
            raise BadRow("line", "not_a_line", value=row.text("line"))
        first = self.first.setdefault((unit, year, item), row.number)
        if first != row.number:
            raise BadRow("line", "line_twice", row=first)
        figures: dict[str, Any] = {}
        errors: list[CellError] = []
        for key in ("plan", "actual"):
            value, printed = read_figure(row.text(key))
            errors += self._faults(row, key, value, printed)
            figures |= {key: value, f"{key}_as_printed": printed}
        amounts = Amounts(**figures)
        if amounts == Amounts():
            self.report.empty_rows += 1
        else:
            self.lines[unit, year][item] = amounts
            self.called.setdefault((unit, year), row.text("unit"))
        return errors

    def _faults(self, row: UploadRow, key: str, value: Any, printed: str) -> list[CellError]:
        """Return what is wrong with a figure; one that is no number may be kept as printed."""
        if printed:
            unread = self.fault(row, key, "unreadable", {"value": printed})
            if not self.keep_unreadable:
                return [unread]
            self.report.unreadable.append(unread)
        try:
            check_amount(value, printed)
        except DomainError as error:
            return self.broken(row, error, key)
        return []

    def _unit(self, row: UploadRow, year: int) -> uuid.UUID:
        """Return the unit of a row: of several that bore the code in the year, the last."""
        code = row.text("unit")
        first, end = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
        unit = _identifier(code)
        if unit is None or unit not in self.lives:
            bearers = [unit for unit, valid in self.bearers.get(code, ()) if _touches(valid, first, end)]
            if not bearers:
                raise BadRow("unit", "unknown_unit", value=code, year=year)
            unit = bearers[-1]
        if self.units is not None and unit not in self.units:
            raise BadRow("unit", "not_your_unit")
        if not any(_touches(valid, first, end) for valid in self.lives[unit]):
            raise BadRow("year", "ayil_okmotu_localbudget_within_unit")
        return unit

    def complete(self) -> None:
        """Write the budgets, and look at what does not add up in them as they stand then."""
        entries = [
            BudgetEntry(unit, year, lines, source=self.table.name, partial=True)
            for (unit, year), lines in self.lines.items()
        ]
        written = write_budgets(entries=entries)
        report = self.report
        report.budgets_new, report.budgets_changed = len(written.new), len(written.changed)
        report.budgets_same, report.lines_written = len(written.same), written.lines
        found = budgets.findings(written.keys.values())
        for key, budget in written.keys.items():
            report.flagged += bool(found[budget])
            report.findings += [
                {"unit": self.called[key], "year": key[1], "code": one.code, "sentence": one.sentence}
                for one in found[budget]
            ]
        del report.findings[MOST_ERRORS:]


def _identifier(text: str) -> uuid.UUID | None:
    """Return a unit's identifier; None where the text is none, and so may be a code."""
    try:
        return uuid.UUID(text) if len(text) >= 32 else None
    except ValueError:
        return None


def _touches(valid: Any, first: dt.date, end: dt.date) -> bool:
    """Whether a period has a day in ``[first, end)``."""
    return bool((valid.lower is None or valid.lower < end) and (valid.upper is None or valid.upper > first))
