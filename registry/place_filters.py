"""Filters of tables by the place of a municipality."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from lsg_portal.web.tables import Filter
from registry import titles
from registry.queries import Row


def place_filters(upper: Iterable[Row]) -> list[Filter]:
    """Return the filters by oblast and by district; ``upper`` are those of the day, cities outside of oblasts among them."""
    oblasts: list[tuple[Any, str]] = []
    districts: list[tuple[Any, str]] = []
    for row in upper:
        (districts if row["kind"] == "district" else oblasts).append((row["id"], titles.full_name(row)))
    return [
        Filter.unit("oblast", _("Oblast"), oblasts),
        Filter.unit("district", _("District"), districts),
    ]
