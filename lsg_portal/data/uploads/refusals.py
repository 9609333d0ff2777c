"""What is wrong with a file or a cell, in words a person can act on.

The reading process gives codes and figures only; the sentence is made where the reader's language is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lsg_portal.data.figures import SENTENCES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise
    from django_stubs_ext import StrOrPromise

REFUSALS: dict[str, tuple[int, _StrPromise]] = {
    "empty": (400, _("The file is empty.")),
    "damaged": (400, _("The file is damaged or cut off. Open it, save it again and send the new file.")),
    "entities": (
        400,
        _("The workbook declares XML entities or a document type. Save it again with Excel or LibreOffice."),
    ),
    "rows_out_of_order": (
        400,
        _(
            "Row %(row)s stands twice in the workbook, or out of its order. Save it again with Excel or LibreOffice."
        ),
    ),
    "nul": (
        400,
        _("The file holds NUL characters: it is no text in UTF-8. Save it as “CSV UTF-8” or as .xlsx."),
    ),
    "quotes": (400, _("Quotation marks do not match near line %(line)s of the file.")),
    "too_large": (413, _("The file is larger than %(most)s MB.")),
    "too_many_entries": (
        413,
        _("The workbook has more than %(most)s parts. Keep only the sheet with the table."),
    ),
    "inflates_too_much": (
        413,
        _("Unpacked, the workbook is larger than %(most)s MB. Keep only the sheet with the table."),
    ),
    "compressed_too_much": (
        413,
        _("A part of the workbook grows more than %(most)s times when it is unpacked. It is not opened."),
    ),
    "took_too_long": (
        413,
        _("The file takes more than %(most)s seconds to read. Divide it into smaller ones."),
    ),
    "too_much_memory": (413, _("The file needs too much memory to read. Divide it into smaller ones.")),
    "too_many_rows": (
        413,
        _(
            "Cell %(cell)s is not empty, and at most %(most)s rows are read. Delete what stands below the table."
        ),
    ),
    "too_many_columns": (
        413,
        _(
            "Cell %(cell)s is not empty, and at most %(most)s columns are read. Delete what stands beside the table."
        ),
    ),
    "too_many_cells": (413, _("More than %(most)s cells are filled. Divide the file into smaller ones.")),
    "too_much_text": (
        413,
        _("The cells hold more than %(most)s MB of text. Divide the file into smaller ones."),
    ),
    "extension": (415, _("Only files named .xlsx or .csv are read here.")),
    "not_a_workbook": (415, _("The file is named .xlsx but is no Excel workbook.")),
    "not_a_csv": (415, _("The file is named .csv but is no text: it may be a workbook under another name.")),
    "old_or_encrypted": (
        415,
        _(
            "The file is in the old .xls format or protected by a password. Save it as .xlsx without a password."
        ),
    ),
    "encrypted": (415, _("The file is encrypted. Save it without a password.")),
    "macros": (415, _("The workbook contains macros. Save it as “Excel workbook (.xlsx)” without macros.")),
    "binary_workbook": (415, _("The workbook is in the binary format. Save it as “Excel workbook (.xlsx)”.")),
    "external_links": (
        415,
        _(
            "The workbook refers to other files or data sources. Break the links, keep the values and save it again."
        ),
    ),
    "embedded": (415, _("The workbook contains other files (%(part)s). Remove them and save it again.")),
    "compression": (
        415,
        _("The workbook is packed in a way Excel does not use. Save it again with Excel or LibreOffice."),
    ),
    "encoding": (
        415,
        _(
            "The file is not UTF-8 (byte %(byte)s). Taken for Windows-1251 it would begin: «%(preview)s». Nothing is guessed, "
            "because that encoding has no ң, ө and ү. In Excel choose “Save as”, type “CSV UTF-8”; in LibreOffice “Edit "
            "filter settings” and “Unicode (UTF-8)”; or send an .xlsx file."
        ),
    ),
    "utf16": (415, _("The file begins like UTF-16 but is not. Save it as “CSV UTF-8” or as .xlsx.")),
    "no_sheet": (422, _("The workbook has no visible sheet with cells.")),
    "no_heading": (422, _("The file has no row of headings.")),
    "headings": (422, _("The headings of the columns do not fit.")),
}
"""HTTP status and sentence of every reason to refuse a whole file."""

HEADINGS: dict[str, _StrPromise] = {
    "missing_column": _("The column «%(heading)s» is missing."),
    "duplicate_column": _("The column «%(heading)s» stands in columns %(letters)s: keep one."),
    "unknown_column": _(
        "The column «%(heading)s» (%(letters)s) is not known here: remove it or correct its heading."
    ),
}

CELLS: dict[str, _StrPromise] = {
    "formula": _("The cell holds a formula. Replace it by its value (“Paste special”, “Values”)."),
    "error_value": _("The cell holds the error %(value)s."),
    "required": _("The cell must be filled."),
    "too_long": _("The text is longer than %(most)s characters."),
    "characters": _("The cell holds characters that cannot be stored."),
    "beyond_heading": _("The cell stands beside the table: its column has no heading."),
    "not_text": _(
        "Text is expected here, and the cell holds a date, a time or true/false. Give it the format “Text”."
    ),
    "imprecise": _(
        "The number has more than 15 digits, of which Excel keeps only 15. Give the cell the format “Text”."
    ),
    **SENTENCES,
    "number_as_day": _(
        "The cell holds the day %(value)s where a number is expected: the spreadsheet program has taken a number for a "
        "day. Give the cell the format “Text” and type the number again."
    ),
    "not_whole": _("«%(value)s» is not a whole number."),
    "not_a_day": _("«%(value)s» is not a day. Write it like 21.11.2026 or 2026-11-21."),
    "time_of_day": _("The cell holds a time of day; only the day is expected."),
}


@dataclass(frozen=True)
class Violation:
    """One thing wrong, in the form the REST interface shows."""

    code: str
    message: str
    pointer: str = ""


@dataclass(frozen=True)
class CellError:
    """One cell that cannot be taken: where it stands in the file, and why."""

    row: int
    column: str
    """The letter of the column."""

    key: str
    """The name of the column for programs, empty for a cell beside the table."""

    heading: str
    """The heading as it stands in the file."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    sentence: StrOrPromise = ""
    """The sentence of an app's own code; the codes of this package have theirs in ``CELLS``."""

    @property
    def reason(self) -> str:
        """What is wrong, without the place."""
        return str(self.sentence or CELLS[self.code]) % self.values

    @property
    def message(self) -> str:
        """What is wrong and where, in the language of the moment."""
        place = {"row": self.row, "column": self.column, "heading": self.heading}
        if self.heading:
            where = gettext("Row %(row)s, column %(column)s «%(heading)s»")
        else:
            where = gettext("Row %(row)s, column %(column)s") if self.column else gettext("Row %(row)s")
        return f"{where % place}: {self.reason}"

    @property
    def violation(self) -> Violation:
        """The error as the REST interface shows it."""
        pointer = "/".join(str(part) for part in ("/rows", self.row, self.key or self.column) if part)
        return Violation(self.code, self.message, pointer)


class UploadRefused(Exception):
    """The file as a whole is not read; ``problem_status`` is the HTTP status that says why.

    413 where it is too much, 415 where it is something else than a plain XLSX or a CSV in Unicode, 400 where it
    is damaged, 422 where its columns do not fit.
    """

    def __init__(
        self,
        code: str,
        *,
        name: str,
        values: Mapping[str, Any] | None = None,
        headings: Sequence[tuple[str, str, Mapping[str, Any]]] = (),
    ) -> None:
        """Take the code, the name of the file, the figures of the sentence, and what is wrong with headings."""
        self.code, self.name, self.values = code, name, dict(values or {})
        self.headings = headings
        self.problem_status = REFUSALS[code][0]
        super().__init__(code)

    def __str__(self) -> str:
        return self.message

    @property
    def message(self) -> str:
        """The name of the file, if it was read, and all reasons, in the language of the moment."""
        text = str(REFUSALS[self.code][1]) % self.values
        faults = [str(HEADINGS[code]) % values for code, _key, values in self.headings]
        reasons = " ".join([text, *faults])
        return f"{self.name}: {reasons}" if self.name else reasons

    @property
    def violations(self) -> list[Violation]:
        """What is wrong, as the REST interface shows it."""
        if not self.headings:
            return [Violation(self.code, self.message, "/file")]
        return [
            Violation(code, str(HEADINGS[code]) % values, f"/columns/{key}")
            for code, key, values in self.headings
        ]


class RowsRefused(Exception):
    """Rows of the file cannot be taken, and nothing was written (422); the violations name them.

    ``report`` is the app's own account of the attempt, with ``refused`` errors of cells in ``refused_rows`` rows.
    """

    problem_status = 422
    code = "rows_refused"

    def __init__(self, report: Any) -> None:
        super().__init__(f"{report.refused_rows} rows refused")
        self.report = report
        self.violations: list[Violation] = [error.violation for error in report.refused]


def clean_name(name: str) -> str:
    """Return the name of a file as it can be shown and stored: without folders and odd characters, cut short."""
    base = str(name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(char for char in base if char.isprintable() and not "\ud800" <= char <= "\udfff").strip()
    if len(shown) > 100:
        shown = f"{shown[:80]}…{shown[-19:]}"
    return shown or "?"
