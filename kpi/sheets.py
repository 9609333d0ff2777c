"""The workbook of a report: what is on record of each indicator, to be completed and sent back.

Cells to fill in are of the format “Text”: what is typed arrives as it was typed. In a cell for numbers a spreadsheet
program would make a day of ``4.5`` and 0.12 of ``12 %`` without a word.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from kpi import checking, entry_queries, wording
from kpi.models import Report, Value, ValueStatus
from kpi.services import due_day, last_day, values_of
from kpi.sheet_file import AMOUNTS, COLUMNS, heading, of_record, status_word, version_cell
from lsg_portal.web import display
from registry import titles

WIDTHS = {"category": 20, "name": 44, "what": 46, "status": 16, "note": 44, "indicator": 20, "version": 13}
FILLED_IN = (*AMOUNTS, "status", "note")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_NAME = 31
"""Characters that the name of a sheet may have."""


def workbook(report: Report, *, day: dt.date) -> bytes:
    """Return the workbook of a report in the language of the moment; only what is entered can be typed over."""
    language = display.language()
    values, before = values_of(report), checking.last_values(report)
    lines = [_line(report, value, before.get(value.indicator.measure_id)) for value in values]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        fixed = book.add_format({"bg_color": "#eef1f4", "text_wrap": True, "valign": "top"})
        free = {"locked": False, "border": 1, "border_color": "#9aa5b1", "valign": "top", "num_format": "@"}
        text = book.add_format({**free, "text_wrap": True})
        figure = book.add_format({**free, "align": "right"})
        sheet = book.add_worksheet(_("Report")[:SHEET_NAME])
        for place, column in enumerate(COLUMNS):
            hidden = {"hidden": True} if column.key == "report" else {}
            sheet.set_column(place, place, WIDTHS.get(column.key, 14), None, hidden)
            sheet.write_string(0, place, heading(column, language), head)
            for row, (value, line) in enumerate(zip(values, lines, strict=True), start=1):
                said = line[column.key]
                dress = _dress(column.key, value, fixed=fixed, figure=figure, text=text)
                if said:
                    sheet.write_string(row, place, said, dress)
                else:
                    sheet.write_blank(row, place, None, dress)
            if column.key == "status" and lines:
                words = [status_word(code) for code in ValueStatus.values]
                sheet.data_validation(1, place, len(lines), place, {"validate": "list", "source": words})
        sheet.ignore_errors({"number_stored_as_text": f"E2:G{len(lines) + 1}"})
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.protect("", {"format_columns": True, "format_rows": True})
        _about(book, head, report, day)
    return file.getvalue()


def sheet_response(report: Report, day: dt.date) -> HttpResponse:
    """Return the workbook of a report as a file to be saved."""
    answer = HttpResponse(workbook(report, day=day), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{file_name(report)}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def file_name(report: Report) -> str:
    """Return the name of the workbook: the period, whose it is, and the revision where it is not the first."""
    owner = report.appointment_id or report.unit_id
    revision = f"-r{report.revision}" if report.revision > 1 else ""
    return f"lsg_kpi_{report.period.code}_{str(owner)[:8]}{revision}.xlsx"


def _dress(key: str, value: Value, *, fixed: Any, figure: Any, text: Any) -> Any:
    """Return the look of a cell; what an indicator is not entered by stays locked."""
    if key in AMOUNTS:
        return figure if (key == "number") != value.indicator.has_parts else fixed
    return text if key in FILLED_IN else fixed


def _line(report: Report, value: Value, before: Value | None) -> dict[str, str]:
    """Return what stands in each column of a row."""
    indicator, said = value.indicator, of_record(value)
    last = checking.figure(before)
    return {
        "category": titles.capital(display.name(indicator.category)),
        "name": wording.indicator(indicator),
        "what": _what(value),
        "last": "" if last is None else checking.written(last),
        **{name: "" if said[name] is None else display.typed(said[name]) for name in AMOUNTS},
        "status": status_word(value.status),
        "note": value.note,
        "indicator": indicator.measure.code,
        "version": version_cell(value),
        "report": str(report.pk),
    }


def _what(value: Value) -> str:
    """Say what is entered: the parts of a ratio, the definition, what is demanded besides."""
    indicator = value.indicator
    words = []
    if indicator.has_parts:
        words = [
            _("A: %(part)s") % {"part": display.name(indicator, "numerator_name")},
            _("B: %(part)s") % {"part": display.name(indicator, "denominator_name")},
        ]
    if definition := display.name(indicator, "definition"):
        words.append(definition)
    if indicator.whole:
        words.append(_("whole numbers only"))
    if indicator.evidence_required:
        words.append(_("needs evidence, which is added on the page of the report"))
    return "\n".join(words)


def _about(book: Any, head: Any, report: Report, day: dt.date) -> None:
    """Say on a sheet of its own what the file is."""
    sheet = book.add_worksheet(_("About this file")[:SHEET_NAME])
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    of = report.period.last_day
    unit = entry_queries.unit_names([report.unit_id], of).get(report.unit_id, "")
    lines = [
        (_("Report"), wording.quarter(report.period.number)),
        (_("Municipality"), unit),
        (_("Revision"), str(report.revision)),
        (_("As of"), display.short_day(day)),
        (_("To be submitted until"), display.short_day(due_day(report.period, report.unit_id))),
        (_("Entered until"), display.short_day(last_day(report.period, report.unit_id))),
        (
            _("How figures are written"),
            _("like 1 234,5 or 1234.5; a per cent sign only where the figure is in per cent"),
        ),
        (_("Empty cells"), _("leave what is on record")),
        (
            _("How to send it"),
            _("fill in the bordered cells, save, and send the file on the page of the report"),
        ),
    ]
    if report.appointment_id is not None:
        lines.insert(2, (_("Employee"), entry_queries.employee_name(report)))
    for row, (label, words) in enumerate(lines):
        sheet.write_string(row, 0, label, head)
        sheet.write_string(row, 1, words)
    sheet.protect()
