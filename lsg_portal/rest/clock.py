"""Days at the edge of the system.

The domain takes its day as an argument. The edge, which must choose one when the caller did not, asks here.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

FIRST_DAY = dt.date(1900, 1, 1)
LAST_DAY = dt.date(2199, 12, 31)
BISHKEK = ZoneInfo("Asia/Bishkek")


def today() -> dt.date:
    """Return today's date in the country."""
    return dt.datetime.now(BISHKEK).date()
