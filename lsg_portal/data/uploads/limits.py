"""How much of a file is read before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds on one uploaded file; the defaults fit every form of the register several times over."""

    size: int = 10 * MEGABYTE
    """Bytes of the file as it was sent."""

    entries: int = 500
    """Parts of a workbook; Excel writes about ten and one more per sheet, picture and chart."""

    inflated: int = 50 * MEGABYTE
    """Bytes of all parts together once unpacked."""

    ratio: int = 100
    """How many times a part of more than a megabyte may grow when it is unpacked; sheets grow 5 to 30 times."""

    rows: int = 20_000
    """Number of the last row that may hold anything."""

    columns: int = 100
    """Number of the last column that may hold anything."""

    cells: int = 400_000
    """Cells that hold something."""

    text: int = 32 * MEGABYTE
    """Bytes of everything read from the file: one long text may stand in many cells."""

    longest: int = 32_767
    """Characters of one cell, as in Excel."""

    errors: int = 1000
    """Errors of single cells told at once."""

    memory: int = 384 * MEGABYTE
    """Address space of the process that reads the file."""

    seconds: float = 4.0
    """How long reading may take, by the clock and by the processor."""
