"""Numbers, percentages, days and names as Kyrgyz, Russian and English readers write them.

Formatted here and not in the browser: Chromium has no Kyrgyz. Spaces inside a number do not break.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .days import last_day

NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"
NOT_REPORTED_SIGN: Final = "…"
NOT_APPLICABLE_SIGN: Final = "×"

Number = int | float | Decimal | str

_DECIMAL_SIGN = {"ky": ",", "ru": ",", "en": "."}
_GROUP_SIGN = {"ky": NBSP, "ru": NBSP, "en": ","}
_FALLBACK = {"ky": ("ky", "ru", "en"), "ru": ("ru", "ky", "en"), "en": ("en", "ru", "ky")}
_MONTHS = {
    "ky": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "en": "January February March April May June July August September October November December",
}


class _NotApplicable:
    """A figure that cannot exist for this row: neither zero nor missing."""

    def __repr__(self) -> str:
        return "NOT_APPLICABLE"


NOT_APPLICABLE: Final = _NotApplicable()


def language() -> str:
    """Return the active language as ``ky``, ``ru`` or ``en``."""
    code = (get_language() or "ky")[:2]
    return code if code in _MONTHS else "ky"


def number(value: Number | None, places: int | None = None, *, signed: bool = False) -> str:
    """Write a number: ``1 234,5``. Rounded half up where ``places`` is given, else as it is.

    None, which is a figure nobody reported, is ``…`` and never 0.
    """
    if value is None:
        return NOT_REPORTED_SIGN
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not exact.is_finite():
        return str(value)
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    whole, _dot, fraction = f"{abs(exact):f}".partition(".")
    code = language()
    grouped = f"{int(whole):,}".replace(",", _GROUP_SIGN[code])
    text = grouped + (_DECIMAL_SIGN[code] + fraction if fraction else "")
    if exact < 0:
        return MINUS + text
    return "+" + text if signed and exact > 0 else text


def typed(value: Number) -> str:
    """Write a number as it is typed into a field, so that ``lsg_portal.data.figures`` reads the same number back.

    Thousands are parted by spaces in every language: an English ``1,234`` would come back as 1.234.
    """
    return number(value).replace(_GROUP_SIGN["en"], NBSP) if language() == "en" else number(value)


def percent(value: Number | None, places: int | None = None) -> str:
    """Write a percentage given in percent: ``54.55`` is ``54,55 %`` (English ``54.55%``)."""
    if value is None:
        return NOT_REPORTED_SIGN
    return number(value, places) + ("%" if language() == "en" else f"{NBSP}%")


def day(value: dt.date | None) -> str:
    """Write a day in full: ``2026-ж. 21-ноябрь``, ``21 ноября 2026 г.``, ``21 November 2026``."""
    if value is None:
        return ""
    code = language()
    month = _MONTHS[code].split()[value.month - 1]
    if code == "ky":
        return f"{value.year}-ж. {value.day}-{month}"
    if code == "ru":
        return f"{value.day} {month} {value.year} г."
    return f"{value.day} {month} {value.year}"


def short_day(value: dt.date | None) -> str:
    """Write a day in figures, as tables do: ``21.11.2026``."""
    return "" if value is None else f"{value.day:02}.{value.month:02}.{value.year:04}"


def moment(value: dt.datetime | None) -> str:
    """Write a day and a time: ``21.11.2026, 14:05``. An aware time must already be in Bishkek's zone."""
    return "" if value is None else f"{short_day(value)}, {value:%H:%M}"


def period(first: dt.date | None, end: dt.date | None, *, short: bool = False) -> str:
    """Write a half-open range ``[first, end)`` with its last day, as people read it."""
    write = short_day if short else day
    last = last_day(end)
    if first is None and last is None:
        return _("at any time")
    if last is None:
        return _("since %(first)s") % {"first": write(first)}
    if first is None:
        return _("until %(last)s") % {"last": write(last)}
    if first == last:
        return write(first)
    return f"{write(first)} – {write(last)}"


def name(thing: Any, field: str = "name") -> str:
    """Return the name in the reader's language, else in the next best one; never an empty one if any exists.

    ``thing`` is a model instance or row with ``name_ky``, ``name_ru``, ``name_en``, a mapping of these, or
    ``{"ky": …, "ru": …, "en": …}`` itself.
    """
    if thing is None:
        return ""
    if isinstance(thing, str | Promise):
        return str(thing)
    for code in _FALLBACK[language()]:
        found = _get(thing, f"{field}_{code}") or (thing.get(code) if isinstance(thing, Mapping) else None)
        if found:
            return str(found)
    return str(_get(thing, field) or "")


def _get(thing: Any, key: str) -> Any:
    return thing.get(key) if isinstance(thing, Mapping) else getattr(thing, key, None)
