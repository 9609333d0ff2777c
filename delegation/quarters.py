"""Quarters of a year as reports name them: a pair of the year and 1 to 4."""

from __future__ import annotations

import datetime as dt
from typing import Any

Quarter = tuple[int, int]
YEARS = range(1991, 2101)


def of_day(day: dt.date) -> Quarter:
    """Return the quarter in which a day lies."""
    return day.year, (day.month + 2) // 3


def before(quarter: Quarter) -> Quarter:
    """Return the quarter before."""
    year, number = quarter
    return (year, number - 1) if number > 1 else (year - 1, 4)


def latest(day: dt.date, most: int) -> list[Quarter]:
    """Return the quarter of a day and those before it, the latest first."""
    found = [of_day(day)]
    while len(found) < most:
        found.append(before(found[-1]))
    return found


def days(quarter: Quarter) -> tuple[dt.date, dt.date]:
    """Return the first day of a quarter and the first day after it."""
    year, number = quarter
    end = dt.date(year, number * 3 + 1, 1) if number < 4 else dt.date(year + 1, 1, 1)
    return dt.date(year, number * 3 - 2, 1), end


def touches(quarter: Quarter, valid: Any) -> bool:
    """Whether a period ``[from, to)``, None for no days, has a day in the quarter."""
    first, end = days(quarter)
    return valid is not None and valid.lower < end and (valid.upper is None or valid.upper > first)


def parse(text: str) -> Quarter | None:
    """Return the quarter that ``2026-2`` names, None for anything else."""
    year, _dash, number = text.partition("-")
    if not (year.isascii() and year.isdigit() and len(year) == 4 and number in ("1", "2", "3", "4")):
        return None
    return (int(year), int(number)) if int(year) in YEARS else None
