"""A heat map: rows by columns, each cell shaded by its value; for matrices too large to be read as numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .. import display
from . import scale, svg

ROW, CELL, FIRST = 64.0, 112.0, 206.0
HEAD = 56.0
SIZE = 11.0


@dataclass(frozen=True)
class Cell:
    """One value and where a click leads; None is "not reported"."""

    value: float | None
    url: str = ""


def heat_map(
    rows: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
    cells: Mapping[tuple[str, str], Cell],
    *,
    title: str,
    description: str = "",
    places: int | None = 0,
    write: Callable[[float], str] | None = None,
) -> SafeString:
    """Draw cells shaded from least to most, with their values written in; rows and columns are pairs of key and name.

    A cell that does not exist is left blank, one without a value is hatched as on the map.
    """
    say = write or (lambda value: display.number(value, places))
    reported = [cell.value for cell in cells.values() if cell.value is not None]
    classes = scale.classes(reported)
    width, height = FIRST + CELL * len(columns), HEAD + ROW * len(rows)
    drawing = [svg.hatching(), *_heads(columns)]
    for place, (key, name) in enumerate(rows):
        top = HEAD + ROW * place
        for line, words in enumerate(svg.wrap(name, FIRST - 12, SIZE, 5)):
            drawing.append(svg.text(0, top + 13 + line * 12, words, font_size=SIZE))
        for column, (other, other_name) in enumerate(columns):
            if cell := cells.get((key, other)):
                drawing.append(_cell(cell, FIRST + CELL * column, top, f"{name}, {other_name}", classes, say))
    linked = any(cell.url for cell in cells.values())
    return svg.document(width, height, title, description or title, drawing, linked=linked, css="heat-map")


def _heads(columns: Sequence[tuple[str, str]]) -> list[SafeString]:
    found = []
    for column, (_key, name) in enumerate(columns):
        for line, words in enumerate(svg.wrap(name, CELL - 4, SIZE, 3)):
            found.append(
                svg.text(
                    FIRST + CELL * column + CELL / 2,
                    14 + line * 13,
                    words,
                    font_size=SIZE,
                    text_anchor="middle",
                )
            )
    return found


def _cell(
    cell: Cell, x: float, y: float, name: str, classes: scale.Classes, say: Callable[[float], str]
) -> SafeString:
    if cell.value is None:
        shade, words, told = svg.HATCHED, display.NOT_REPORTED_SIGN, _("not reported")
    else:
        shade, words = classes.shade(cell.value), say(cell.value)
        told = words
    return svg.link(
        cell.url,
        svg.element("title", {}, f"{name}: {told}"),
        svg.element(
            "rect", {"x": x + 1, "y": y + 1, "width": CELL - 2, "height": ROW - 2, "rx": 3, "fill": shade}
        ),
        svg.text(
            x + CELL / 2,
            y + ROW / 2 + 4,
            words,
            fill=scale.INK_ON.get(shade, svg.INK),
            font_size=SIZE + 1,
            text_anchor="middle",
        ),
    )
