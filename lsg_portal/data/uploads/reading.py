"""From an uploaded file to rows of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Literal

from lsg_portal.data.uploads.columns import BadCell, UploadColumn, Value
from lsg_portal.data.uploads.limits import Limits
from lsg_portal.data.uploads.process import lines_of
from lsg_portal.data.uploads.refusals import CellError, UploadRefused, clean_name

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KINDS = {".xlsx": "xlsx", ".csv": "csv"}
STANDARD = Limits()


@dataclass(frozen=True)
class UploadRow:
    """One row that holds anything: its number in the file, and its values by column key."""

    number: int
    values: Mapping[str, Value]
    sound: bool = True
    """Whether all of its cells could be taken; a cell that could not is None in ``values``."""

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def text(self, key: str) -> str:
        """Return the text of a cell, empty where the cell or its column is."""
        value = self.values.get(key)
        return "" if value is None else str(value)


@dataclass
class Table:
    """What a file holds: its rows, and what is wrong with single cells."""

    name: str
    sheet: str = ""
    """The sheet that was read, empty for a CSV."""

    other_sheets: list[str] = field(default_factory=list)
    """Visible sheets that were not read."""

    heading_row: int = 0
    letters: dict[str, str] = field(default_factory=dict)
    """The letter of each column that was found, by its key."""

    headings: dict[str, str] = field(default_factory=dict)
    """The heading of each column as it stands in the file, by its key."""

    ignored: list[str] = field(default_factory=list)
    """Headings that are not known and were left alone."""

    rows: list[UploadRow] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    """The first errors, as many as the limits tell."""

    error_count: int = 0
    """All errors, told or not."""

    def error(
        self, row: int, key: str, code: str, sentence: StrOrPromise, values: Mapping[str, Any] | None = None
    ) -> CellError:
        """Return an error of the app's own about a cell of this file; an empty key is the row as a whole."""
        place, heading = self.letters.get(key, ""), self.headings.get(key, "")
        return CellError(row, place, key, heading, code, values or {}, sentence)


def read_table(
    file: IO[bytes],
    *,
    name: str,
    columns: Sequence[UploadColumn],
    limits: Limits = STANDARD,
    unknown: Literal["refuse", "ignore"] = "refuse",
) -> Table:
    """Return the table of an uploaded XLSX or CSV file.

    ``name`` is the name the file was sent under; its ending says what it must be. The first row that holds
    anything is the row of headings. Columns that are not known are refused, or ignored and named. Raises UploadRefused for the
    file as a whole; errors of single cells are in the table, and their rows are not ``sound``.
    """
    shown = clean_name(name)
    kind = next((kind for ending, kind in KINDS.items() if shown.lower().endswith(ending)), None)
    if kind is None:
        raise UploadRefused("extension", name=shown)
    table = Table(name=shown)
    reading = _Reading(table, columns, limits)
    with closing(lines_of(file, kind, name=shown, limits=limits)) as lines:
        for said in lines:
            if isinstance(said, dict):
                table.sheet, table.other_sheets = said["sheet"], said["others"]
            elif table.heading_row:
                reading.take_row(*said)
            else:
                table.heading_row = said[0]
                reading.take_headings(said[1], refuse=unknown == "refuse")
    if not table.heading_row:
        raise UploadRefused("no_heading", name=shown)
    return table


def letter(index: int) -> str:
    """Return the letter of a column by its place, 0 for A."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


class _Reading:
    """A table on its way from the reading process: headings first, then row by row."""

    def __init__(self, table: Table, columns: Sequence[UploadColumn], limits: Limits) -> None:
        self.table, self.columns, self.limits = table, columns, limits
        self.places: dict[int, UploadColumn] = {}
        self.ignored: set[int] = set()

    def take_headings(self, cells: Sequence[Any], *, refuse: bool) -> None:
        """Find the columns by their headings; refuse the file with all that is wrong with them."""
        table = self.table
        texts = [
            cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell[1]) for cell in cells
        ]
        found: dict[str, list[int]] = {column.key: [] for column in self.columns}
        for place, text in enumerate(texts):
            column = next((column for column in self.columns if text and column.answers_to(text)), None)
            if column is not None:
                found[column.key].append(place)
            elif text:
                self.ignored.add(place)
        strange = sorted(self.ignored)
        faults: list[tuple[str, str, Mapping[str, Any]]] = []
        for column in self.columns:
            at = found[column.key]
            if not at and column.required:
                faults.append(("missing_column", column.key, {"heading": column.heading}))
            elif len(at) > 1:
                letters = ", ".join(letter(place) for place in at)
                faults.append(
                    ("duplicate_column", column.key, {"heading": texts[at[0]][:100], "letters": letters})
                )
            elif at:
                self.places[at[0]] = column
        if refuse:
            for place in strange[:20]:
                values = {"heading": texts[place][:100], "letters": letter(place)}
                faults.append(("unknown_column", letter(place), values))
        if faults:
            raise UploadRefused("headings", name=table.name, headings=faults)
        table.ignored = [texts[place][:100] for place in strange]
        for place, column in sorted(self.places.items()):
            table.letters[column.key], table.headings[column.key] = letter(place), texts[place][:100]

    def take_row(self, number: int, cells: Sequence[Any]) -> None:
        """Add one row; a cell that cannot be taken is an error, not the end."""
        values: dict[str, Value] = {}
        faults: list[tuple[int, str, str, Mapping[str, Any]]] = []
        for place, column in self.places.items():
            values[column.key] = None
            cell = cells[place] if place < len(cells) else None
            try:
                if isinstance(cell, str) and len(cell) > self.limits.longest:
                    raise BadCell("too_long", most=self.limits.longest)
                values[column.key] = column.take(cell)
            except BadCell as bad:
                faults.append((place, column.key, bad.code, bad.values))
        for place, cell in enumerate(cells):
            if cell is not None and place not in self.places and place not in self.ignored:
                faults.append((place, "", "beyond_heading", {}))
        table = self.table
        for place, key, code, figures in sorted(faults, key=lambda fault: fault[0]):
            table.error_count += 1
            if len(table.errors) < self.limits.errors:
                heading = table.headings.get(key, "")
                table.errors.append(CellError(number, letter(place), key, heading, code, figures))
        table.rows.append(UploadRow(number, values, sound=not faults))
