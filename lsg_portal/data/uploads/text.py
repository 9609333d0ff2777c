"""The cells of a CSV file, row by row. Runs in the child."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import IO, Any

from lsg_portal.data.uploads.archive import OLE, ZIP, Refused
from lsg_portal.data.uploads.limits import Limits

DELIMITERS = (";", ",", "\t")
BINARY = (ZIP, OLE, b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")
SHOWN_LINES, SHOWN = 3, 100
"""Lines of the preview, and characters of each."""


def rows_of(file: IO[bytes], limits: Limits) -> Iterator[Any]:
    """Yield what the file is, then each record that holds anything: its number, as a spreadsheet shows it, and its cells."""
    data = file.read(limits.size + 1)
    if data.startswith(BINARY):
        raise Refused("not_a_csv")
    text = _decoded(data)
    if "\0" in text:
        raise Refused("nul")
    yield {"sheet": "", "others": []}
    csv.field_size_limit(limits.text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    filled = 0
    try:
        for number, record in enumerate(reader, 1):
            cells = [cell.strip() or None for cell in record]
            while cells and cells[-1] is None:
                cells.pop()
            if not cells:
                continue
            if number > limits.rows:
                raise Refused("too_many_rows", cell=f"A{number}", most=limits.rows)
            if len(cells) > limits.columns:
                raise Refused("too_many_columns", cell=str(len(cells)), most=limits.columns)
            filled += len(cells) - cells.count(None)
            if filled > limits.cells:
                raise Refused("too_many_cells", most=limits.cells)
            yield number, cells
    except csv.Error as error:
        raise Refused("quotes", line=reader.line_num) from error


def _decoded(data: bytes) -> str:
    """Return the text of UTF-8, with or without a mark, or of UTF-16 with one; anything else is not guessed."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise Refused("utf16") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise Refused("nul") from error
        raise Refused("encoding", byte=error.start + 1, preview=_preview(data, error.start)) from error


def _preview(data: bytes, fault: int) -> str:
    """Return the first lines, and the one with the fault, as Windows-1251 would have them."""
    lines = data[: 64 * 1024].splitlines()[:SHOWN_LINES]
    if fault > sum(len(line) + 1 for line in lines):
        start = data.rfind(b"\n", 0, fault) + 1
        lines = [*lines[: SHOWN_LINES - 1], data[start : start + 4 * SHOWN].splitlines()[0]]
    shown = [line.decode("cp1251", "replace").strip() for line in lines]
    clean = ["".join(char if char.isprintable() else " " for char in line) for line in shown]
    return " / ".join(line[:SHOWN] + ("…" if len(line) > SHOWN else "") for line in clean if line)


def _delimiter(text: str) -> str:
    """Return what separates the headings: the sign that stands most often outside quotes in the first filled line."""
    line = next((line for line in io.StringIO(text, newline=None) if line.strip("\ufeff \t\r\n;,")), "")
    bare = "".join(line[:100_000].split('"')[::2])
    return max(DELIMITERS, key=lambda sign: (bare.count(sign), -DELIMITERS.index(sign)))
