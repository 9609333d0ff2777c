"""Columns of million som: as reported, with what cannot be read as it was printed."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lsg_portal.web import display
from lsg_portal.web.tables import NUMBER, Column
from registry import cells

SHOWN_TOTALS = ("total_revenue", "total_expenditure", "surplus")


def amount(key: str, label: Any, **more: Any) -> Column:
    """Return a column of million som."""
    return Column(key, label, NUMBER, places=1, **more)


def total(key: str, label: Any, **more: Any) -> Column:
    """Return a column of a total as reported; what cannot be read stands as it was printed."""
    return cells.Shown(
        key,
        label,
        NUMBER,
        places=1,
        value=lambda row: row[key] if row[key] is not None else row[f"{key}_printed"],
        sort=lambda row: row[key],
        show=lambda row: as_printed(row[f"{key}_printed"]),
        **more,
    )


def printed(key: str, label: Any) -> Column:
    """Return a column of a line; what cannot be read stands as it was printed."""
    return cells.Shown(
        key,
        label,
        NUMBER,
        places=1,
        value=lambda row: row[key] if row[key] is not None else (row[f"{key}_as_printed"] or None),
        sort=lambda row: row[key],
        show=lambda row: as_printed(row[f"{key}_as_printed"]),
    )


def as_printed(text: str | None) -> SafeString | str:
    """Return a figure that cannot be read as the source printed it, marked; empty for none."""
    if not text:
        return ""
    return format_html("{} {}", _("“%(text)s”") % {"text": text}, cells.badge(_("as printed"), "warning"))


def odd(count: Any) -> str:
    """Return a number of findings as a mark; empty for none and where there is nothing to look at."""
    return cells.badge(display.number(count), "warning") if isinstance(count, int) and count else ""
