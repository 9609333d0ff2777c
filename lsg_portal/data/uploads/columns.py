"""The columns an app knows, and what one cell of each may hold."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from lsg_portal.data import figures
from lsg_portal.data.figures import BadNumber, shown

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Kind = Literal["text", "figure", "number", "integer", "day"]
Value = str | Decimal | int | dt.date | None

_FOLD = str.maketrans("ңөүёҢӨҮЁ_\u00a0\u202f\ufeff", "ноуеноуе    ")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_WRITTEN_DAY = re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})", re.ASCII)
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
EXACT = 10**15
"""Above this a spreadsheet, which keeps 15 digits, may have rounded what was typed."""

LARGEST = Decimal(10) ** 30
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2199, 12, 31)


class BadCell(ValueError):
    """The cell cannot be taken: a code of ``refusals.CELLS`` and the figures of its sentence."""

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True)
class UploadColumn:
    """One column: its name for programs, the headings it is known by, and what its cells hold.

    ``headings`` are compared without regard to case, spaces, underscores and the letters ң ө ү ё; ``key`` itself
    always counts, so that a file with the names of the REST interface is read too. ``required`` is about the column, ``filled``
    about every cell of it. A ``figure`` is a number left as it is written (``12 %``), for ``lsg_portal.data.figures`` to
    read where only the row tells in what unit it is.
    """

    key: str
    headings: Sequence[StrOrPromise] = ()
    kind: Kind = "text"
    required: bool = True
    filled: bool = False
    longest: int = 32_767

    @property
    def heading(self) -> str:
        """The heading to name where the column is missing, in the language of the moment."""
        return str(self.headings[0]) if self.headings else self.key

    def answers_to(self, heading: str) -> bool:
        """Tell whether a heading of the file means this column."""
        return folded(heading) in {folded(self.key), *(folded(str(name)) for name in self.headings)}

    def take(self, cell: Any) -> Value:
        """Return the value of a cell as the reading process gave it; raise BadCell."""
        sign: str
        raw: Any
        sign, raw = ("s", cell) if isinstance(cell, str) else cell or ("", None)
        if sign == "f":
            raise BadCell("formula")
        if sign == "e":
            raise BadCell("error_value", value=raw)
        if sign == "s":
            if _UNSTORABLE.search(raw):
                raise BadCell("characters")
            raw = unicodedata.normalize("NFC", raw).strip()
        if raw is None or raw == "":
            if self.filled:
                raise BadCell("required")
            return None
        value: Value
        if self.kind == "text":
            value = self._text(sign, raw)
        elif self.kind == "figure":
            value = self._figure(sign, raw)
        elif self.kind == "day":
            value = _day(sign, raw)
        else:
            value = _number(sign, raw, whole=self.kind == "integer")
        return value

    def _text(self, sign: str, raw: Any) -> str:
        if sign in ("n", "p"):
            number = Decimal(raw)
            if abs(number) >= EXACT:
                raise BadCell("imprecise")
            raw = _plain(number)
        elif sign != "s":
            raise BadCell("not_text")
        text = str(raw)
        if len(text) > self.longest:
            raise BadCell("too_long", most=self.longest)
        return text

    def _figure(self, sign: str, raw: Any) -> str:
        if sign == "s":
            if len(raw) > self.longest:
                raise BadCell("too_long", most=self.longest)
            return str(raw)
        number = _of_sheet(sign, raw)
        return f"{_plain(number * 100)} %" if sign == "p" else _plain(number)


def folded(heading: str) -> str:
    """Return a heading as headings are compared."""
    return _SPACES.sub(" ", heading.translate(_FOLD)).strip().casefold()


def _plain(number: Decimal) -> str:
    """Write a number of the sheet as it looks there: 15 digits at most, no exponent, no trailing zeros."""
    rounded = Decimal(f"{number:.15g}")
    return f"{rounded.normalize():f}"


def _of_sheet(sign: str, raw: Any) -> Decimal:
    """Return the number that a cell of a sheet holds as a number, in the 15 digits that a sheet keeps."""
    if sign in ("d", "t"):
        raise BadCell("number_as_day", value=shown(raw))
    if sign not in ("n", "p"):
        raise BadCell("not_a_number", value=shown(raw))
    number = Decimal(raw)
    if not number.is_finite() or abs(number) >= LARGEST:
        raise BadCell("not_a_number", value=shown(raw))
    return Decimal(_plain(number))


def _number(sign: str, raw: Any, *, whole: bool) -> Decimal | int:
    if sign == "p":
        raise BadCell("percent_sign", value=f"{_plain(_of_sheet(sign, raw) * 100)} %")
    try:
        number = figures.read(raw) if sign == "s" else _of_sheet(sign, raw)
    except BadNumber as bad:
        raise BadCell(bad.code, **bad.values) from bad
    if abs(number) >= LARGEST:
        raise BadCell("not_a_number", value=shown(raw))
    if not whole:
        return number
    if number != number.to_integral_value():
        raise BadCell("not_whole", value=shown(raw))
    return int(number)


def _day(sign: str, raw: Any) -> dt.date:
    if sign == "t":
        raise BadCell("time_of_day")
    parts: tuple[str, ...] | None = None
    if sign in ("s", "d"):
        if iso := _ISO_DAY.fullmatch(raw):
            parts = iso.groups()
        elif written := _WRITTEN_DAY.fullmatch(raw):
            parts = written.groups()[::-1]
    try:
        day = dt.date(*map(int, parts)) if parts else None
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise BadCell("not_a_day", value=shown(raw))
    return day
