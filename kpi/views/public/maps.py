"""The tile map of the districts, shaded by a figure of KPI."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString

from lsg_portal.web import charts, display
from registry import tile_layout, titles
from registry.queries import Row


def place_of(row: Mapping[str, Any]) -> str:
    """Return the tile in which a municipality counts: its district, or itself where it is of republican significance.

    Empty for a city outside districts, for which the map has no tile.
    """
    if row["district_id"]:
        return str(row["district_id"])
    return str(row["oblast_id"]) if row["kind"] == "city_republican" else ""


def district_map(
    upper: Sequence[Row],
    values: Mapping[str, float | None],
    *,
    title: str,
    url: Callable[[Row], str],
    write: Callable[[float], str],
) -> SafeString | str:
    """Draw the districts and the cities of republican significance; empty where the day has none.

    ``upper`` are the units above municipalities (``registry.queries.upper_units``), ``values`` figures by ``place_of``.
    """
    shown = [row for row in upper if row["kind"] in ("district", "city_republican")]
    if not shown:
        return ""
    oblasts = {row["id"]: row["name_ky"] for row in upper if row["kind"] == "oblast"}
    places = tile_layout.places(
        {"name_ky": row["name_ky"], "oblast": oblasts.get(row["oblast_id"], "")} for row in shown
    )
    tiles = [
        charts.Tile(
            *place,
            name=titles.short_name(row) if row["kind"] == "district" else titles.full_name(row),
            value=values.get(str(row["id"])),
            url=url(row),
            group=oblasts.get(row["oblast_id"], display.name(row)),
        )
        for row, place in zip(shown, places, strict=True)
    ]
    return charts.tile_map(tiles, title=title, write=write)
