"""Small tables from what a view has already computed: CSV and XLSX of a document's rows.

Long lists are written by PostgreSQL instead, see ``exports``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
import xlsxwriter

BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""


def rows_of(document: Any) -> list[Mapping[str, Any]]:
    """Return the rows of an answer: ``results``, or ``rows`` with ``total`` last, else itself as one row."""
    if isinstance(document, Mapping):
        for name in ("results", "rows"):
            if isinstance(document.get(name), (list, tuple)):
                total = document.get("total")
                return [*document[name], *([total] if isinstance(total, Mapping) else [])]
        return [document]
    return list(document) if isinstance(document, (list, tuple)) else []


def flat(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the cells of a row: ``{"name": {"ky": …}}`` is the column ``name_ky``."""
    for name, value in row.items():
        label = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from flat(value, f"{label}_")
        elif isinstance(value, (list, tuple)):
            yield label, ", ".join(map(_word, value))
        else:
            yield label, value


def _word(value: Any) -> str:
    return orjson.dumps(value, default=str).decode() if isinstance(value, (Mapping, list)) else str(value)


def gathered(rows: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the header, in order of first appearance, and the rows as cells by name."""
    cells = [dict(flat(row)) for row in rows]
    names: dict[str, None] = {}
    for row in cells:
        names.update(dict.fromkeys(row))
    # {"parent": null} in one row and {"parent": {…}} in another: the object's own columns stand for it
    header = [
        name
        for name in names
        if not any(other.startswith(f"{name}_") for other in names) or _filled(cells, name)
    ]
    return header, cells


def _filled(cells: Iterable[Mapping[str, Any]], name: str) -> bool:
    return any(row.get(name) is not None for row in cells)


def safe(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: text only, numbers may well be negative."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(FORMULA) and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdecimal() and text.isascii()


def to_csv(
    header: Sequence[str], rows: Iterable[Mapping[str, Any]], *, delimiter: str = ";", bom: bool = True
) -> bytes:
    """Return the table as CSV in UTF-8."""
    out = io.StringIO(newline="")
    if bom:
        out.write(BOM)
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([safe(row.get(name)) for name in header] for row in rows)
    return out.getvalue().encode()


def to_xlsx(header: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the table as a workbook with one sheet; every text stays text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "nan_inf_to_errors": True,
        },
    )
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, header, book.add_format({"bold": True}))
    sheet.freeze_panes(1, 0)
    for index, row in enumerate(rows, start=1):
        for column, name in enumerate(header):
            value = row.get(name)
            if isinstance(value, bool):
                sheet.write_boolean(index, column, value)
            elif isinstance(value, (int, float)):
                sheet.write_number(index, column, value)
            elif value is not None:
                sheet.write_string(index, column, str(value))
    book.close()
    return out.getvalue()
