"""A map in which every district is one square: small ones are seen as well as large ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .. import display
from . import scale, svg

SIDE, GAP = 74.0, 4.0
LEGEND = 40.0
ROUNDING = 5


@dataclass(frozen=True)
class Tile:
    """One unit: its place in the grid (from 0, left and top), its value, where a click leads.

    ``group`` is the oblast: between tiles of different groups a bolder line is drawn.
    """

    column: int
    row: int
    name: str
    value: float | None
    url: str = ""
    group: str = ""
    note: str = ""


def tile_map(
    tiles: Sequence[Tile],
    *,
    title: str,
    description: str = "",
    places: int | None = 0,
    write: Callable[[float], str] | None = None,
    bounds: Sequence[float] | None = None,
) -> SafeString:
    """Draw the tiles shaded by value, with a legend of the classes; a tile without a value is hatched.

    ``write`` turns a value into text (``display.percent`` for shares); ``bounds`` fixes the classes, so that
    two maps can be compared.
    """
    say = write or (lambda value: display.number(value, places))
    reported = [tile.value for tile in tiles if tile.value is not None]
    classes = scale.classes(reported, bounds)
    columns = 1 + max((tile.column for tile in tiles), default=0)
    rows = 1 + max((tile.row for tile in tiles), default=0)
    width, height = columns * (SIDE + GAP) + GAP, rows * (SIDE + GAP) + GAP + LEGEND
    drawing = [svg.hatching(), *(_tile(tile, classes, say) for tile in tiles), *_borders(tiles)]
    drawing += _legend(classes, say, rows * (SIDE + GAP) + GAP + 16, gaps=len(reported) < len(tiles))
    linked = any(tile.url for tile in tiles)
    return svg.document(width, height, title, description or title, drawing, linked=linked, css="tile-map")


def _tile(tile: Tile, classes: scale.Classes, say: Callable[[float], str]) -> SafeString:
    x, y = GAP + tile.column * (SIDE + GAP), GAP + tile.row * (SIDE + GAP)
    shade = svg.HATCHED if tile.value is None else classes.shade(tile.value)
    ink = scale.INK_ON.get(shade, svg.INK)
    value = _("not reported") if tile.value is None else say(tile.value)
    spoken = f"{tile.name}: {value}" + (f". {tile.note}" if tile.note else "")
    box = {"x": x, "y": y, "width": SIDE, "height": SIDE, "rx": ROUNDING, "fill": shade}
    lines = svg.wrap(tile.name, SIDE - 8, 11, 2)
    parts = [svg.element("title", None, spoken), svg.element("rect", box)]
    for index, line in enumerate(lines):
        parts.append(svg.text(x + 6, y + 17 + 13 * index, line, fill=ink, font_size=11))
    figure = display.NOT_REPORTED_SIGN if tile.value is None else value
    parts.append(svg.text(x + 6, y + SIDE - 9, figure, fill=ink, font_size=17, font_weight=600))
    group = svg.element("g", None, *parts)
    return svg.link(tile.url, group)


def _borders(tiles: Sequence[Tile]) -> list[SafeString]:
    """Draw a line wherever two neighbouring tiles belong to different groups."""
    at = {(tile.column, tile.row): tile.group for tile in tiles if tile.group}
    pen = {"stroke": svg.INK, "stroke_width": 1.6, "stroke_linecap": "round"}
    lines = []
    pitch, half = SIDE + GAP, GAP / 2
    for (column, row), group in at.items():
        x, y = half + column * pitch, half + row * pitch
        if at.get((column + 1, row), group) != group:
            upright = f"M{svg.number(x + pitch)} {svg.number(y)}v{svg.number(pitch)}"
            lines.append(svg.element("path", {"d": upright, **pen}))
        if at.get((column, row + 1), group) != group:
            level = f"M{svg.number(x)} {svg.number(y + pitch)}h{svg.number(pitch)}"
            lines.append(svg.element("path", {"d": level, **pen}))
    return lines


def _legend(classes: scale.Classes, say: Callable[[float], str], y: float, *, gaps: bool) -> list[SafeString]:
    entries = []
    for index, (lower, upper, shade) in enumerate(classes.ranges()):
        if lower == upper:
            words = say(upper)
        elif index == 0:
            words = f"{say(lower)} – {say(upper)}"
        else:
            words = f"> {say(lower)} – {say(upper)}"
        entries.append((shade, words))
    if gaps:
        entries.append((svg.HATCHED, _("not reported")))
    x, drawing = GAP, []
    for shade, words in entries:
        box = {"x": x, "y": y, "width": 22, "height": 14, "rx": 3, "fill": shade}
        drawing += [svg.element("rect", box), svg.text(x + 28, y + 12, words, font_size=13)]
        x += 28 + svg.text_width(words, 13) + 20
    return drawing
