"""The workbook of a quarter: what is known of each transfer, to be completed and sent back."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from typing import Any

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from delegation import office_queries, wording
from delegation.models import Performance
from delegation.models.funding import LARGEST
from delegation.quarter_file import AMOUNTS, COLUMNS, heading
from delegation.quarters import Quarter
from lsg_portal.web import display
from registry import titles

LOCKED = ("transfer", "unit", "power", "year", "quarter")
WIDTHS = {"transfer": 14, "unit": 30, "power": 44, "year": 7, "quarter": 9, "material": 30, "obstacle": 40}
NUMBERS = (*AMOUNTS, "volume")


def workbook(*, quarter: Quarter, unit: uuid.UUID | None, day: dt.date) -> bytes:
    """Return the workbook of a quarter for one municipality, or for all; only what is reported can be typed over."""
    language = (get_language() or "ky")[:2]
    lines = [_line(row, quarter) for row in office_queries.quarter_rows(*quarter, unit)]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        fixed = book.add_format({"bg_color": "#eef1f4", "text_wrap": True, "valign": "top"})
        open_cell = {"locked": False, "border": 1, "border_color": "#9aa5b1", "valign": "top"}
        text, number = (
            book.add_format({**open_cell, "text_wrap": True}),
            book.add_format({**open_cell, "num_format": "#,##0.00"}),
        )
        sheet = book.add_worksheet(_("Quarter")[:31])
        for index, column in enumerate(COLUMNS):
            sheet.set_column(index, index, WIDTHS.get(column.key, 15))
            sheet.write_string(0, index, heading(column, language), head)
            dress = fixed if column.key in LOCKED else number if column.key in NUMBERS else text
            for row, line in enumerate(lines, start=1):
                _write(sheet, row, index, line[column.key], dress)
            if lines:
                _rule(sheet, column.key, index, len(lines))
        sheet.freeze_panes(1, 3)
        sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
        _about(book.add_worksheet(_("About this file")[:31]), head, quarter, day)
    return file.getvalue()


def _line(row: dict[str, Any], quarter: Quarter) -> dict[str, Any]:
    """Return what stands in each column of a row."""
    return {
        **row,
        "transfer": str(row["transfer"]),
        "unit": titles.full_name(row["unit"]),
        "power": titles.capital(display.name(row["power"])),
        "year": quarter[0],
        "quarter": quarter[1],
        "result": str(Performance.Result(row["result"]).label) if row["result"] else None,
    }


def _write(sheet: Any, row: int, column: int, value: Any, dress: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, dress)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, dress)
    else:
        sheet.write_number(row, column, float(value), dress)


def _rule(sheet: Any, key: str, column: int, rows: int) -> None:
    """Have the spreadsheet refuse at once what would be refused later."""
    if key in NUMBERS:
        most = LARGEST if key in AMOUNTS else 1_000_000_000
        rule: dict[str, Any] = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": most}
    elif key == "result":
        rule = {"validate": "list", "source": [str(one.label) for one in Performance.Result]}
    else:
        return
    sheet.data_validation(1, column, rows, column, rule)


def _about(sheet: Any, head: Any, quarter: Quarter, day: dt.date) -> None:
    """Say on a sheet of its own what the file is."""
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    lines = (
        (_("Report"), wording.quarter(*quarter)),
        (_("As of"), day.isoformat()),
        (_("Amounts"), _("in thousand som, for the quarter alone; an empty cell is not reported")),
        (_("How to send it"), _("fill in the bordered cells, save, send the file on the page of the import")),
    )
    for row, (label, words) in enumerate(lines):
        sheet.write_string(row, 0, label, head)
        sheet.write_string(row, 1, words)
    sheet.protect()
