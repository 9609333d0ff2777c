"""A table as a file: exactly the view on the screen, all its pages, stamped with day, filters and source.

CSV is for spreadsheets (``;``, byte order mark, the decimal sign of the page's language, so that Excel takes
5,4 for a number and not for the fifth of April); machines are better served by ``/api/v1/``. Every row
carries its day and source, since a file's rows get copied away from its name. XLSX has a second sheet
with the same, JSON an envelope.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import orjson
import xlsxwriter
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from .. import display
from ..shell import Citation
from .table import Table

EXPORT_FORMATS = ("json", "csv", "xlsx")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 2000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def export_response(table: Table, name: str, citation: Citation) -> HttpResponseBase:
    """Answer with the table in format ``name``; raise BadRequest for one that is not offered."""
    if name not in EXPORT_FORMATS or not table.exportable:
        raise BadRequest(_("This page is not offered in that format."))
    return getattr(Export(table, citation), name)()


def formula_safe(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def written(number: float | Decimal) -> str:
    """Write a number with all its digits and no exponent, which some readers take for a text."""
    return format(number if isinstance(number, Decimal) else Decimal(repr(number)), "f")


def _of_json(value: Any) -> str:
    return written(value) if isinstance(value, Decimal) else str(value)


class Export:
    """One table on its way to a file."""

    def __init__(self, table: Table, citation: Citation) -> None:
        self.table, self.citation = table, citation
        self.columns = table.visible

    def rows(self) -> Iterator[list[Any]]:
        """Yield the values of every row of all pages, in the order shown."""
        rows = self.table.ordered
        source: Iterable[Any] = rows.iterator(CHUNK) if isinstance(rows, QuerySet) else rows
        for row in source:
            yield [column.plain(row) for column in self.columns]

    def rows_and_total(self) -> Iterator[list[Any]]:
        """Yield the rows and last, as on the page, their total."""
        yield from self.rows()
        if total := self.table.plain_foot:
            yield total

    def stamp(self) -> list[tuple[str, str]]:
        """Return what the file says about itself."""
        filters = "; ".join(f"{item.label}: {item.value}" for item in self.table.filters.active)
        return [
            (_("Table"), str(self.table.caption)),
            (_("As of"), self.citation.day.isoformat()),
            (_("Filters"), filters or _("none")),
            (_("Source"), self.citation.permalink),
            (_("Data version"), self.citation.version),
            (_("Retrieved"), self.citation.retrieved.isoformat()),
        ]

    def json(self) -> HttpResponse:
        """Return the table as JSON, keyed by column; exact decimals are strings."""
        keys = [column.key for column in self.columns]
        document = {
            "title": str(self.table.caption),
            "at": self.citation.day,
            "source": self.citation.permalink,
            "versions": dict(self.citation.versions),
            "retrieved": self.citation.retrieved,
            "filters": {item.name: self.table.parameters[item.name] for item in self.table.filters.active},
            "columns": [{"key": column.key, "label": str(column.label)} for column in self.columns],
            "rows": [dict(zip(keys, row, strict=True)) for row in self.rows()],
            "total": {key: value for key, value in self.table.totals.items() if key in keys} or None,
        }
        body = orjson.dumps(document, default=_of_json)
        return self._named(HttpResponse(body, content_type="application/json"), "json")  # type: ignore[return-value]

    def csv(self) -> StreamingHttpResponse:
        """Return the table as CSV, row by row."""
        response = StreamingHttpResponse(self._csv_lines(), content_type="text/csv; charset=utf-8")
        return self._named(response, "csv")  # type: ignore[return-value]

    def _csv_lines(self) -> Iterator[bytes]:
        line = io.StringIO()
        writer = csv.writer(line, delimiter=";", lineterminator="\r\n")
        day, source = self.citation.day.isoformat(), self.citation.permalink
        comma = display.language() != "en"
        writer.writerow([*(str(column.label) for column in self.columns), _("As of"), _("Source")])
        yield b"\xef\xbb\xbf" + line.getvalue().encode()
        for row in self.rows_and_total():
            line.seek(0)
            line.truncate()
            writer.writerow([*(self._csv_cell(value, comma=comma) for value in row), day, source])
            yield line.getvalue().encode()

    @staticmethod
    def _csv_cell(value: Any, *, comma: bool) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, int | float | Decimal):
            return written(value).replace(".", ",") if comma else written(value)
        return value.isoformat() if isinstance(value, dt.date) else formula_safe(str(value))

    def xlsx(self) -> HttpResponse:
        """Return the table as a workbook: the rows, and a sheet that says where they are from."""
        file = io.BytesIO()
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, options) as book:
            bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
            dated = book.add_format({"num_format": "yyyy-mm-dd"})
            sheet = book.add_worksheet(_("Table")[:31])
            sheet.freeze_panes(1, 1)
            for index, column in enumerate(self.columns):
                sheet.set_column(index, index, 14 if column.is_figure else 30)
                sheet.write_string(0, index, str(column.label), bold)
            for number, row in enumerate(self.rows_and_total(), start=1):
                for index, value in enumerate(row):
                    self._write(sheet, number, index, value, dated)
            about = book.add_worksheet(_("Source")[:31])
            about.set_column(0, 0, 20)
            about.set_column(1, 1, 90)
            for number, (label, text) in enumerate(self.stamp()):
                about.write_string(number, 0, label, bold)
                about.write_string(number, 1, text)
        return self._named(HttpResponse(file.getvalue(), content_type=XLSX_TYPE), "xlsx")  # type: ignore[return-value]

    @staticmethod
    def _write(sheet: Any, row: int, column: int, value: Any, dated: Any) -> None:
        if value is None:
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float | Decimal):
            sheet.write_number(row, column, float(value) if isinstance(value, Decimal) else value)
        elif isinstance(value, dt.date):
            sheet.write_datetime(row, column, value, dated)
        else:
            sheet.write_string(row, column, str(value))

    def _named(self, response: HttpResponseBase, extension: str) -> HttpResponseBase:
        match = self.table.request.resolver_match
        parts = [
            match.url_name if match and match.url_name else "table",
            self.table.key,
            self.citation.day.isoformat(),
        ]
        name = "_".join(part for part in parts if part)
        response["Content-Disposition"] = f'attachment; filename="lsg_{name}.{extension}"'
        response["Link"] = f'<{self.citation.permalink}>; rel="canonical"'
        return response
