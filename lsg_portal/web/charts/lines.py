"""A value through time, broken where nobody reported and marked where the territory changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from .. import display
from . import scale, svg

WIDTH, HEIGHT = 580.0, 320.0
LEFT, RIGHT, TOP, BOTTOM = 60.0, 22.0, 52.0, 34.0
YEAR = 40.0
"""The room that the number of a year takes."""
COLOURS = (svg.ACCENT, svg.OCHRE, "#6a3d7c", svg.MUTED)
DASHES = (None, "7 4", "2 3", "9 3 2 3")
"""Each line has its own dashes, so that colour alone never tells two apart."""


@dataclass(frozen=True)
class Point:
    """A value on a day; None is a gap in the line, not zero."""

    day: dt.date
    value: float | None


@dataclass(frozen=True)
class Line:
    """A named series, in the order of days."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Break:
    """A day on which the unit changed, so that values before and after are of different territories."""

    day: dt.date
    name: str


def line_chart(
    lines: Sequence[Line],
    *,
    title: str,
    description: str = "",
    breaks: Sequence[Break] = (),
    places: int | None = 0,
    write: Callable[[float], str] | None = None,
) -> SafeString:
    """Draw up to four lines; no line crosses a gap or a break."""
    say = write or (lambda value: display.number(value, places))
    points = [point for line in lines for point in line.points]
    values = [point.value for point in points if point.value is not None]
    steps = scale.ticks(min([0.0, *values]), max(values, default=1.0))
    days = sorted({point.day for point in points} | {item.day for item in breaks}) or [dt.date(2000, 1, 1)]
    span = max(1, (days[-1] - days[0]).days)

    def x(day: dt.date) -> float:
        return LEFT + (day - days[0]).days / span * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        share = (value - steps[0]) / (steps[-1] - steps[0])
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    drawing = [*_axis(steps, y, say), *_years(days, x), *_breaks(breaks, x)]
    for index, line in enumerate(lines[: len(COLOURS)]):
        drawing += _line(line, index, breaks, x, y, say)
    drawing += _key(lines)
    return svg.document(WIDTH, HEIGHT, title, description or title, drawing, linked=False, css="line-chart")


def _axis(
    steps: Sequence[float], y: Callable[[float], float], say: Callable[[float], str]
) -> list[SafeString]:
    drawing = []
    for step in steps:
        pen = {"d": f"M{LEFT} {svg.number(y(step))}H{WIDTH - RIGHT}", "stroke": svg.LINE}
        drawing.append(svg.element("path", pen))
        drawing.append(svg.text(LEFT - 8, y(step) + 4, say(step), fill=svg.MUTED, text_anchor="end"))
    return drawing


def _years(days: Sequence[dt.date], x: Callable[[dt.date], float]) -> list[SafeString]:
    years = [dt.date(year, 1, 1) for year in range(days[0].year, days[-1].year + 1)]
    every = max(1, len(years) // 7)
    ground = HEIGHT - BOTTOM
    drawing = []
    named = years[::every]
    for year, following in zip(named, [*named[1:], None], strict=True):
        place = min(max(x(year), LEFT), WIDTH - RIGHT)
        if following and x(following) - place < YEAR:
            continue  # the line begins at the very end of this year
        drawing.append(svg.text(place, ground + 20, str(year.year), fill=svg.MUTED, text_anchor="middle"))
    return drawing


def _breaks(breaks: Sequence[Break], x: Callable[[dt.date], float]) -> list[SafeString]:
    drawing = []
    for item in breaks:
        place = x(item.day)
        upright = f"M{svg.number(place)} {svg.number(TOP - 18)}V{svg.number(HEIGHT - BOTTOM)}"
        pen = {"d": upright, "stroke": svg.INK, "stroke_dasharray": "3 3"}
        near_the_end = place > WIDTH * 0.7
        side = {"text_anchor": "end"} if near_the_end else {}
        words = f"{display.short_day(item.day)} {item.name}"
        left = place + (-5 if near_the_end else 5)
        label = svg.text(left, TOP - 9, svg.fit(words, 240, 12), **side)
        drawing += [svg.element("path", pen), label]
    return drawing


def _line(
    line: Line,
    index: int,
    breaks: Sequence[Break],
    x: Callable[[dt.date], float],
    y: Callable[[float], float],
    say: Callable[[float], str],
) -> list[SafeString]:
    drawing: list[SafeString] = []
    path, previous = "", None
    pen = {"stroke": COLOURS[index], "fill": "none", "stroke_width": 2, "stroke_dasharray": DASHES[index]}
    for point in line.points:
        if point.value is None:
            previous = None
            continue
        crossed = previous is not None and any(previous < item.day <= point.day for item in breaks)
        command = "L" if previous and not crossed else "M"
        path += f"{command}{svg.number(x(point.day))} {svg.number(y(point.value))}"
        spoken = svg.element("title", None, f"{line.name}, {display.day(point.day)}: {say(point.value)}")
        dot = {"cx": x(point.day), "cy": y(point.value), "r": 3.5, "fill": COLOURS[index]}
        drawing.append(svg.element("circle", dot, spoken))
        previous = point.day
    return [svg.element("path", {"d": path, **pen}), *drawing] if path else drawing


def _key(lines: Sequence[Line]) -> list[SafeString]:
    place, drawing = LEFT, []
    for index, line in enumerate(lines[: len(COLOURS)]):
        pen = {"d": f"M{svg.number(place)} 12h26", "stroke": COLOURS[index], "stroke_width": 2.5}
        drawing.append(svg.element("path", {**pen, "stroke_dasharray": DASHES[index]}))
        drawing.append(svg.text(place + 32, 16, line.name, font_size=12))
        place += 32 + svg.text_width(line.name, 12) + 22
    return drawing
