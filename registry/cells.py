"""Columns that several tables of the register share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.web import addresses, display
from lsg_portal.web.tables import NUMBER, PERCENT, Column
from registry import sources, titles

CONSTRUCTED = "constructed"


@dataclass(frozen=True)
class RoundedPercent(Column):
    """A percentage rounded to whole percents on the page; the exact one stands in its tooltip and in exports."""

    def html(self, row: Any) -> SafeString:
        """Return the rounded percentage with the exact one as its title."""
        value = self.of(row)
        if value is None or value is display.NOT_APPLICABLE:
            return super().html(row)
        return format_html('<span title="{}">{}</span>', display.percent(value), display.percent(value, 0))


@dataclass(frozen=True)
class MarkedNumber(Column):
    """A figure that stands in italics where it was constructed to match published totals."""

    made: Callable[[Any], bool] = lambda row: False

    def html(self, row: Any) -> SafeString:
        """Return the figure, marked where it is constructed."""
        written = super().html(row)
        if self.of(row) is None or not self.made(row):
            return written
        return format_html('<em title="{}">{}</em>', _("constructed"), written)


@dataclass(frozen=True)
class Shown(Column):
    """A column whose cells look other than its values, which alone are sorted and exported."""

    show: Callable[[Any], str] = lambda row: ""

    def html(self, row: Any) -> SafeString:
        """Return what ``show`` makes of the row, the plain cell where that is empty."""
        shown = self.show(row)
        return conditional_escape(shown) if shown else super().html(row)


def badge(text: Any, tone: str = "") -> SafeString:
    """Return a word as a mark; ``tone`` is accent, good, warning or error."""
    return format_html('<span class="badge {}">{}</span>', f"badge-{tone}" if tone else "", text)


def badged(text: str, mark: Any, tone: str = "") -> SafeString:
    """Return a text with a mark behind it."""
    return format_html("{} {}", text, badge(mark, tone))


def source_text(text: str) -> str:
    """Return a source in the reader's words; one on file in English alone is marked as English."""
    text = sources.in_words(text)
    if not text or any("\u0400" <= letter <= "\u04ff" for letter in text):
        return text
    return format_html('<span lang="en">{}</span>', text)


def rounded_percent(key: str, label: Any, **more: Any) -> RoundedPercent:
    """Return a column of percentages."""
    return RoundedPercent(key, label, PERCENT, places=0, **more)


def population_column(**more: Any) -> MarkedNumber:
    """Return the column of residents; rows say in ``population_provenance`` where the figure comes from."""
    return MarkedNumber(
        "population",
        gettext_lazy("Population"),
        NUMBER,
        made=lambda row: row.get("population_provenance") == CONSTRUCTED,
        note=gettext_lazy("figures in italics are constructed to match published totals"),
        **more,
    )


def unit_column(
    request: Any,
    key: str = "name",
    label: Any = "",
    of: str | None = None,
    **more: Any,
) -> Column:
    """Return a column that names a unit in full and links to its page on the reader's day.

    ``request`` need only know a day. ``of`` is the key under which the row holds the unit; None means that the
    row itself is one.
    """

    def unit(row: Any) -> Any:
        return row if of is None else row[of]

    return Column(
        key,
        label or gettext_lazy("Name"),
        value=lambda row: titles.full_name(unit(row)) or None,
        sort=lambda row: display.name(unit(row)) or None,
        link=lambda row: addresses.page(request, "unit", unit(row)["id"]) if unit(row) else None,
        **more,
    )


def provenance_column() -> Column:
    """Return the column, hidden at first, that lets exports say what was constructed."""
    return Column(
        "provenance",
        gettext_lazy("Provenance"),
        value=lambda row: _("constructed") if row.get("provenance") == CONSTRUCTED else _("documented"),
        shown=False,
    )


def is_constructed(row: Any) -> bool:
    """Whether a row was made to match published totals."""
    return bool(row.get("provenance") == CONSTRUCTED)
