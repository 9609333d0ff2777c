"""Workbooks of any length in flat memory: PostgreSQL sends the cells, this dresses them as XML and zips them.

The rows travel in one column each, their cells marked off by control characters that no text may contain;
whole chunks are then escaped and dressed with ``bytes.replace``, without a Python object per row or cell.
"""

from __future__ import annotations

import zipfile
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, cast
from xml.sax.saxutils import escape

from lsg_portal.data.copy import Export

TEXT, END_TEXT, NUMBER, END_NUMBER, ROW, END_ROW, QUOTE = (chr(code) for code in range(1, 8))
MARKS = "".join((TEXT, END_TEXT, NUMBER, END_NUMBER, ROW, END_ROW, QUOTE))
EMPTY = "\x0e"
LARGEST = 1_048_575
"""Rows a sheet can hold below its header."""

COPY_OPTIONS = f"WITH (FORMAT csv, QUOTE '{QUOTE}', DELIMITER '\x0f')"
"""No backslash escapes, and a quote character that the dressing takes away again."""

_DRESS: tuple[tuple[bytes, bytes], ...] = (
    (b"&", b"&amp;"),
    (b"<", b"&lt;"),
    (b">", b"&gt;"),
    (TEXT.encode(), b'<c t="inlineStr"><is><t xml:space="preserve">'),
    (END_TEXT.encode(), b"</t></is></c>"),
    (NUMBER.encode(), b"<c><v>"),
    (END_NUMBER.encode(), b"</v></c>"),
    (EMPTY.encode(), b"<c/>"),
    (ROW.encode(), b"<row>"),
    (END_ROW.encode(), b"</row>"),
)
_FORBIDDEN = bytes([0x07, 0x08, 0x0B, 0x0C, *range(0x0F, 0x20)])
"""Control characters XML has no place for, and the quote."""

_NS = "http://schemas.openxmlformats.org"
_RELATION = f"{_NS}/officeDocument/2006/relationships"
_CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_NS}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_CONTENT}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_CONTENT}.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_NS}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>"
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_NS}/spreadsheetml/2006/main" xmlns:r="{_RELATION}">'
        '<sheets><sheet name="data" sheetId="1" r:id="r1"/></sheets>'
        "</workbook>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_NS}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>"
    ),
}
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_HEAD = (
    f'{_DECLARATION}<worksheet xmlns="{_NS}/spreadsheetml/2006/main"><sheetViews>'
    '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>"
)
_FOOT = "</sheetData></worksheet>"


@dataclass(frozen=True)
class Cell:
    """A column of the sheet: an SQL expression, and whether its values are numbers."""

    sql: str
    number: bool = False


def row_sql(cells: Sequence[Cell]) -> str:
    """Return the SQL expression for a whole row, marked off."""
    parts = [_cell_sql(cell) for cell in cells]
    return f"'{ROW}' || {' || '.join(parts)} || '{END_ROW}'"


def _cell_sql(cell: Cell) -> str:
    if cell.number:
        return f"coalesce('{NUMBER}' || ({cell.sql})::text || '{END_NUMBER}', '{EMPTY}')"
    clean = f"translate(({cell.sql})::text, '{MARKS}{EMPTY}', '')"
    return f"coalesce('{TEXT}' || {clean} || '{END_TEXT}', '{EMPTY}')"


class Workbook(Export):
    """The bytes of a workbook around the rows of an export made with ``row_sql`` and ``COPY_OPTIONS``."""

    def __init__(self, header: Sequence[str], rows: Export) -> None:
        self._rows = rows
        self._pieces = _zipped(header, rows)

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """End the export behind it."""
        self._pieces.close()
        self._rows.close()


class _Sink:
    """Where the zip is written to until it is sent; it cannot ``seek``, so the zip is made for streaming."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken


def _zipped(header: Sequence[str], rows: Iterator[bytes]) -> Generator[bytes, None, None]:
    sink = _Sink()
    count = 0
    with zipfile.ZipFile(cast(IO[bytes], sink), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, _DECLARATION + text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write((_HEAD + _header(header)).encode())
            yield sink.take()
            for chunk in rows:
                count += chunk.count(END_ROW.encode())
                if count > LARGEST:
                    raise OverflowError("more rows than a sheet can hold")
                sheet.write(_dressed(chunk))
                if piece := sink.take():
                    yield piece
            sheet.write(_FOOT.encode())
    yield sink.take()


def _dressed(chunk: bytes) -> bytes:
    chunk = chunk.translate(None, _FORBIDDEN)
    for mark, markup in _DRESS:
        chunk = chunk.replace(mark, markup)
    return chunk


def _header(names: Sequence[str]) -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{escape(name)}</t></is></c>' for name in names)
    return f"<row>{cells}</row>"
