"""A column: where its values come from, how they read, how they sort, what they add up to."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .. import collation, display

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Kind(enum.Enum):
    """What a column holds; figures stand right-aligned in tabular numerals."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    FLAG = "flag"


TEXT, NUMBER, PERCENT, DATE, FLAG = Kind.TEXT, Kind.NUMBER, Kind.PERCENT, Kind.DATE, Kind.FLAG
_FIGURES = frozenset({NUMBER, PERCENT})


@dataclass(frozen=True)
class Column:
    """One column of a table.

    ``value`` is a key of the row, an attribute path (``parent.name``) or a function of the row; left out, the
    column's own key. None means "not reported", ``display.NOT_APPLICABLE`` that there can be no figure.
    ``order`` names the fields a queryset is ordered by; ``sort`` gives the sort value of a row of a list.
    A column not ``shown`` is offered by the column chooser.
    """

    key: str
    label: StrOrPromise
    kind: Kind = TEXT
    value: str | Callable[[Any], Any] | None = None
    places: int | None = None
    link: Callable[[Any], str | None] | None = None
    order: tuple[str, ...] = ()
    sort: Callable[[Any], Any] | None = None
    sortable: bool = True
    shown: bool = True
    note: StrOrPromise = ""
    signed: bool = False

    @property
    def is_figure(self) -> bool:
        """Whether the column holds figures."""
        return self.kind in _FIGURES

    def of(self, row: Any) -> Any:
        """Return the value this column has in a row."""
        if callable(self.value):
            return self.value(row)
        found = row
        for part in (self.value or self.key).split("."):
            if found is None:
                return None
            found = found.get(part) if isinstance(found, Mapping) else getattr(found, part)
        return found

    def sort_key(self, row: Any) -> Any:
        """Return what a row of a list is sorted by; None puts it last whichever way."""
        value = self.sort(row) if self.sort else self.of(row)
        if value is None or value is display.NOT_APPLICABLE or value == "":
            return None
        if self.kind is PERCENT and isinstance(value, str):
            return Decimal(value)
        if isinstance(value, int | float | Decimal | dt.date):
            return value
        return collation.kyrgyz_key(str(value))

    def text(self, value: Any) -> str:
        """Write a value for the reader."""
        if value is display.NOT_APPLICABLE:
            return display.NOT_APPLICABLE_SIGN
        if value is None:
            return display.NOT_REPORTED_SIGN if self.is_figure else ""
        if self.kind is NUMBER:
            return display.number(value, self.places, signed=self.signed)
        if self.kind is PERCENT:
            return display.percent(value, self.places)
        if self.kind is DATE and isinstance(value, dt.date):
            return display.short_day(value)
        if self.kind is FLAG:
            return _("yes") if value else _("no")
        return str(value)

    def html(self, row: Any) -> SafeString:
        """Return the content of this column's cell in a row."""
        value = self.of(row)
        if value is None and (self.is_figure or self.kind is DATE):
            return not_reported()
        if value is display.NOT_APPLICABLE:
            return _sign("not-applicable", display.NOT_APPLICABLE_SIGN, _("not applicable"))
        content = conditional_escape(value if hasattr(value, "__html__") else _unbroken(self.text(value)))
        address = self.link(row) if self.link else None
        return format_html('<a href="{}">{}</a>', address, content) if address else SafeString(content)

    def plain(self, row: Any) -> Any:
        """Return the value as an export writes it: exact, unrounded, without language."""
        value = self.of(row)
        if value is display.NOT_APPLICABLE:
            return None
        if self.kind is PERCENT and isinstance(value, str):
            return Decimal(value)
        if value is None or isinstance(value, bool | int | float | Decimal | dt.date):
            return value
        return str(value)


def _unbroken(text: str) -> str:
    """Keep the sign № on one line with its number."""
    return text.replace("№ ", "№\u00a0")


def not_reported() -> SafeString:
    """Return the sign of a figure nobody reported; it must never look like 0."""
    return _sign("not-reported", display.NOT_REPORTED_SIGN, _("not reported"))


def _sign(css: str, sign: str, meaning: str) -> SafeString:
    return format_html(
        '<span class="{}" title="{}"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span></span>',
        css,
        meaning,
        sign,
        meaning,
    )
