"""A classifier of units as a file: its columns, its rows, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from lsg_portal.data.uploads import CellError, Table, UploadColumn, read_table

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

COLUMNS = (
    UploadColumn("code"),
    UploadColumn("type"),
    UploadColumn("name_ru"),
    UploadColumn("name_ky", required=False),
    UploadColumn("name_en", required=False),
    UploadColumn("parent_code"),
)
"""The columns of the classifier's layout; any others are left alone."""

SENTENCES: dict[str, _StrPromise] = {
    "not_a_code": _("«%(code)s» is not a code of 14 digits."),
    "code_twice": _("The code stands in row %(row)d already."),
    "not_a_kind": _("«%(kind)s» is not a kind of unit."),
    "name_missing": _("The Russian name is missing."),
    "name_too_long": _("A name is longer than 200 characters."),
    "parent_missing": _("Its parent %(code)s is not there."),
    "unit_ambiguous": _("Several units could be meant by «%(name)s»."),
    "settlement_ambiguous": _("Several settlements could be meant by «%(name)s»."),
    "name_differs": _("The register says «%(ours)s», the file «%(theirs)s»."),
    "place_differs": _("Kind or parent differ from the register: record a change for it."),
}
"""What is said of a row, by code."""


@dataclass
class Row:
    """One row of the file with its number (the heading is row 1)."""

    number: int
    code: str
    type: str
    name_ru: str
    name_ky: str
    name_en: str
    parent_code: str


@dataclass
class Classifier:
    """A classifier as it was read: the table with its faulty cells, and the rows that could be read whole."""

    table: Table
    rows: list[Row]

    def __len__(self) -> int:
        return len(self.table.rows)

    def says(self, row: int, key: str, code: str, /, **values: Any) -> CellError:
        """Return what is to be said of a row."""
        return self.table.error(row, key, code, SENTENCES[code], values)


def read(path: Path) -> Classifier:
    """Read the classifier's layout from a file on this machine; raise UploadRefused if it is no such file."""
    with path.open("rb") as file:
        return read_file(file, name=path.name)


def read_file(file: IO[bytes], *, name: str) -> Classifier:
    """Read the classifier's layout, columns by name; raise UploadRefused if it is no such file."""
    table = read_table(file, name=name, columns=COLUMNS, unknown="ignore")
    rows = [
        Row(row.number, **{column.key: row.text(column.key) for column in COLUMNS})
        for row in table.rows
        if row.sound
    ]
    return Classifier(table, rows)
