"""Horizontal bars, up to three to a row: what was before and what is after, or need, plan and outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .. import display
from . import scale, svg

WIDTH, THICK, GAP = 460.0, 16.0, 3.0
"""Narrow enough that on a phone the whole drawing fits and its letters are still read."""

LETTERS = 13
"""Their size."""

COLOURS = {
    1: (svg.ACCENT,),
    2: (svg.ACCENT_LIGHT, svg.ACCENT),
    3: (scale.SHADES[1], scale.SHADES[3], scale.SHADES[4]),
}
"""The colours of the bars of a group, by how many there are."""


@dataclass(frozen=True)
class Bar:
    """A row of the chart: a value for each series, None where nothing was reported."""

    name: str
    values: tuple[float | None, ...]
    url: str = ""


def bar_chart(
    bars: Sequence[Bar],
    *,
    series: Sequence[str],
    title: str,
    description: str = "",
    places: int | None = 0,
    write: Callable[[float], str] | None = None,
) -> SafeString:
    """Draw one group of bars a row; ``series`` names the bars of a group, three at most. Bars begin at zero."""
    say = write or (lambda value: display.number(value, places))
    top = max((value for bar in bars for value in bar.values if value is not None), default=0) or 1
    label_width = min(210.0, 12 + max((svg.text_width(bar.name, LETTERS) for bar in bars), default=0))
    room = WIDTH - label_width - 16 - max(svg.text_width(say(top), LETTERS), 30)
    head = 30.0 if len(series) > 1 else 4.0
    row_height = len(series) * (THICK + GAP) + 14
    drawing: list[SafeString] = _key(series) if len(series) > 1 else []
    colours = COLOURS[len(series)]
    for index, bar in enumerate(bars):
        y = head + index * row_height
        middle = y + (row_height - 14) / 2 + 4
        lines = svg.wrap(bar.name, label_width - 12, LETTERS, len(series))
        first = middle - 7.5 * (len(lines) - 1)
        name = [
            svg.text(label_width - 10, first + 15 * line, words, font_size=LETTERS, text_anchor="end")
            for line, words in enumerate(lines)
        ]
        drawing.append(svg.link(bar.url, svg.element("title", None, bar.name), *name))
        for place, value in enumerate(bar.values):
            drawing += _bar(label_width, y + place * (THICK + GAP), value, top, room, colours[place], say)
    bottom = head + len(bars) * row_height
    axis = {"d": f"M{svg.number(label_width)} {head - 4}V{svg.number(bottom - 6)}", "stroke": svg.MUTED}
    drawing.append(svg.element("path", axis))
    linked = any(bar.url for bar in bars)
    return svg.document(WIDTH, bottom, title, description or title, drawing, linked=linked, css="bar-chart")


def _bar(
    x: float, y: float, value: float | None, top: float, room: float, colour: str, say: Callable[[float], str]
) -> list[SafeString]:
    if value is None:
        return [
            svg.text(x + 6, y + 12, _("not reported"), fill=svg.MUTED, font_size=LETTERS, font_style="italic")
        ]
    length = max(value, 0) / top * room
    box = {"x": x, "y": y, "width": length, "height": THICK, "fill": colour}
    return [svg.element("rect", box), svg.text(x + length + 6, y + 12, say(value), font_size=LETTERS)]


def _key(series: Sequence[str]) -> list[SafeString]:
    x, drawing = 0.0, []
    for colour, words in zip(COLOURS[len(series)], series, strict=True):
        drawing.append(svg.element("rect", {"x": x, "y": 2, "width": 14, "height": 14, "fill": colour}))
        drawing.append(svg.text(x + 20, 14, words, font_size=LETTERS))
        x += 20 + svg.text_width(words, LETTERS) + 24
    return drawing
