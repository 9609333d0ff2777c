"""The cells of a workbook, row by row. Runs in the child."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections.abc import Collection, Iterator
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE, builtin_format_code
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import WorkSheetParser

from lsg_portal.data.uploads.archive import Refused, open_archive
from lsg_portal.data.uploads.limits import Limits

LAST_ROW = 1_048_576
"""The last row of any sheet."""
_QUOTED = re.compile(r'"[^"]*"|\\.')
"""Signs of a number format that are only shown."""


def rows_of(file: IO[bytes], limits: Limits) -> Iterator[Any]:
    """Yield what the workbook is, then each row that holds anything: its number and its cells.

    The first visible sheet is read, and the names of the other visible ones are told. Rows come from the parser
    below openpyxl's own rows: those believe ``<dimension>``, fill gaps with empty rows and drop a row whose
    number is not above the last one's, all without a word.
    """
    warnings.simplefilter("ignore")  # of openpyxl, about what a workbook holds besides cells
    open_archive(file, limits).close()
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        sheets = [sheet for sheet in sheets if isinstance(sheet, ReadOnlyWorksheet)]
        if not sheets:
            raise Refused("no_sheet")
        sheet = sheets[0]
        sheet.reset_dimensions()
        yield {"sheet": sheet.title, "others": [other.title for other in sheets[1:21]]}
        yield from _rows(book, sheet, limits)
    except DefusedXmlException as error:
        raise Refused("entities") from error
    except (
        ParseError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        OSError,
        OverflowError,
    ) as error:
        raise Refused("damaged") from error


def _rows(book: Any, sheet: Any, limits: Limits) -> Iterator[tuple[int, list[Any]]]:
    last = filled = 0
    in_percent = _percent_styles(book)
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            data_only=False,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, found in parser.parse():
            if not last < number <= LAST_ROW:
                raise Refused("rows_out_of_order", row=number)
            last = number
            cells: dict[int, Any] = {}
            for cell in found:
                value = _plain(cell, in_percent)
                if value is None:
                    continue
                place, column = cell["row"], cell["column"]
                if place != number or column in cells:
                    raise Refused("rows_out_of_order", row=number)
                if number > limits.rows:
                    raise Refused(
                        "too_many_rows", cell=f"{get_column_letter(column)}{number}", most=limits.rows
                    )
                if column > limits.columns:
                    raise Refused("too_many_columns", cell=f"{_letter(column)}{number}", most=limits.columns)
                cells[column] = value
            filled += len(cells)
            if filled > limits.cells:
                raise Refused("too_many_cells", most=limits.cells)
            if cells:
                yield number, [cells.get(column) for column in range(1, max(cells) + 1)]


def _letter(column: int) -> str:
    return get_column_letter(min(column, 18_278))


def _percent_styles(book: Any) -> set[int]:
    """Return the styles under which a sheet shows 0.12 as 12 %."""
    formats = [_format_of(style.numFmtId, book) for style in book._cell_styles]
    return {style for style, written in enumerate(formats) if "%" in _QUOTED.sub("", written)}


def _format_of(number: int, book: Any) -> str:
    """Return a number format as it is written."""
    place = number - BUILTIN_FORMATS_MAX_SIZE
    if place < 0:
        return builtin_format_code(number) or ""
    return str(book._number_formats[place]) if place < len(book._number_formats) else ""


def _plain(cell: dict[str, Any], in_percent: Collection[int]) -> Any:
    """Return a cell as JSON can carry it: text as it is, anything else with a letter that says what it is."""
    kind, value = cell["data_type"], cell["value"]
    if kind == "f":
        return ["f", ""]
    if value is None or value == "":
        return None
    if kind == "e":
        return ["e", str(value)[:20]]
    if isinstance(value, bool):
        return ["b", value]
    number = "p" if cell["style_id"] in in_percent else "n"
    if isinstance(value, int):
        return [number, str(value) if abs(value) < 10**40 else "1e40"]
    if isinstance(value, float):
        return [number, repr(value)]
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return ["d", value.date().isoformat()]
        return ["t", value.isoformat()]
    if isinstance(value, dt.date):
        return ["d", value.isoformat()]
    if isinstance(value, (dt.time, dt.timedelta)):
        return ["t", str(value)]
    return str(value)
