"""The day a page speaks of: read from ``?at=``, today in Bishkek without it."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

BISHKEK = ZoneInfo("Asia/Bishkek")
FIRST_DAY = dt.date(1900, 1, 1)
LAST_DAY = dt.date(2199, 12, 31)

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class InvalidDay(ValueError):
    """The text names no day the register can speak of; the message is meant for the reader."""


def today() -> dt.date:
    """Return the calendar day in Bishkek. Only the edge (middleware, commands) may ask."""
    return dt.datetime.now(BISHKEK).date()


def parse_day(text: str) -> dt.date:
    """Read ``YYYY-MM-DD`` between 1900-01-01 and 2199-12-31; raise InvalidDay otherwise."""
    if not _ISO_DAY.fullmatch(text):
        raise InvalidDay(_("Write the day as YYYY-MM-DD, for example 2024-09-06."))
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidDay(_("There is no such day in the calendar.")) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidDay(_("The register knows the days from 1900-01-01 to 2199-12-31."))
    return day


def last_day(end: dt.date | None) -> dt.date | None:
    """Return the last day before ``end``, the open bound of a half-open range, as people write it."""
    return None if end is None else end - dt.timedelta(days=1)
