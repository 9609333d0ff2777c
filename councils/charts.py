"""The seats of a convocation as a half-circle: a dot for each, coloured and lettered by group, women ringed.

Colour is never alone: each group has a letter, women a ring, vacant seats a dashed outline. Drawn with presentation
attributes only. The table of the groups and that of the deputies stand beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from lsg_portal.web import display
from lsg_portal.web.charts import svg

COLOURS = (
    "#0b5563", "#9a5b00", "#5b3a8c", "#1c6136", "#a3161a", "#2457a6", "#7d3f5c", "#4a5a1a", "#4d5f66", "#86448b",
)  # fmt: skip
"""Each in contrast 4.5 : 1 or more to the white letter on it; used again for the eleventh group, with other letters."""

LETTERS = {
    "ky": "АБВГДЕЖЗИКЛМНПРСТУФЦШЭЮЯ",
    "ru": "АБВГДЕЖЗИКЛМНПРСТУФЦШЭЮЯ",
    "en": "ABCDEFGHJKLMNPQRSTUVWXYZ",
}
WIDEST, LARGEST, SMALLEST = 560.0, 46.0, 21.0
MANY = 120
"""From this many seats on a drawing scrolls on a phone instead of shrinking until no letter can be read."""

MARK = 20.0


@dataclass(frozen=True)
class Group:
    """Deputies of one faction, origin or basis: ``place`` gives the colour and the letter."""

    key: str
    name: str
    place: int
    seats: int
    women: int

    @property
    def colour(self) -> str:
        """The colour of the group's seats."""
        return COLOURS[self.place % len(COLOURS)]

    @property
    def letter(self) -> str:
        """The letter on the group's seats, of the reader's alphabet."""
        letters = LETTERS[display.language()]
        return letters[self.place % len(letters)]


@dataclass(frozen=True)
class Seat:
    """A seat that somebody holds: in which group, whether by a woman, and who."""

    group: Group
    woman: bool
    said: str


def seat_map(seats: Sequence[Seat], vacant: int, *, title: str, description: str) -> SafeString:
    """Draw the seats from the left in the order given, the vacant ones last."""
    places = layout(len(seats) + vacant)
    outer = max((place.radius for place in places), default=1.0)
    pitch = min(LARGEST, max(SMALLEST, WIDEST / (2 * outer + 1)))
    width, height = pitch * (2 * outer + 1) + 2, pitch * (outer + 1) + 2
    drawing = []
    for index, place in enumerate(places):
        x = width / 2 - place.radius * pitch * math.cos(place.angle)
        y = height - 1 - pitch / 2 - place.radius * pitch * math.sin(place.angle)
        if index < len(seats):
            seat = seats[index]
            said = svg.element("title", None, seat.said)
            drawing.append(svg.element("g", None, said, *_dot(x, y, pitch, seat.group, woman=seat.woman)))
        else:
            drawing.append(_empty(x, y, pitch))
    css = "seat-map seat-map-large" if len(places) >= MANY else "seat-map"
    return svg.document(width, height, title, description, drawing, linked=False, css=css)


def mark(group: Group | None = None, *, woman: bool = False) -> SafeString:
    """Return a seat as the legend shows it: of a group, of a woman without a group, or vacant."""
    middle = MARK / 2
    if group is None and not woman:
        drawn: Sequence[SafeString] = [_empty(middle, middle, MARK)]
    else:
        drawn = _dot(middle, middle, MARK, group, woman=woman)
    shape = {"class": "seat-mark", "viewBox": "0 0 20 20", "width": MARK, "height": MARK}
    return svg.element("svg", {**shape, "aria_hidden": "true", "focusable": "false"}, *drawn)


@dataclass(frozen=True)
class Place:
    """Where a seat stands: its distance from the middle in seats, its angle from the left."""

    radius: float
    angle: float


def layout(count: int) -> list[Place]:
    """Return where ``count`` seats stand, from left to right; rows are filled in proportion to their length.

    As few rows as possible, the innermost as short as it may be: between half and all of the number of rows.
    """
    if count <= 0:
        return []
    radii = next(
        radii
        for rows in range(1, count + 2)
        for tenths in range(5 * rows, 10 * rows + 1)
        if sum(map(_capacity, radii := [tenths / 10 + row for row in range(rows)])) >= count
    )
    share = count / sum(_capacity(radius) for radius in radii)
    filled = [math.floor(_capacity(radius) * share) for radius in radii]
    for row in range(count - sum(filled)):
        filled[-1 - row] += 1
    places = []
    for radius, seats in zip(radii, filled, strict=True):
        step = math.pi / (seats - 1) if seats > 1 else 0
        first = 0.0 if seats > 1 else math.pi / 2
        places += [Place(radius, first + step * seat) for seat in range(seats)]
    return sorted(places, key=lambda place: (round(place.angle, 6), place.radius))


def _capacity(radius: float) -> int:
    """Return how many seats stand on a half-circle without touching."""
    return math.floor(math.pi * radius) + 1


def _dot(x: float, y: float, pitch: float, group: Group | None, *, woman: bool) -> list[SafeString]:
    colour = group.colour if group else svg.MUTED
    shapes = []
    if woman:
        ring = {"cx": x, "cy": y, "r": pitch * 0.45, "fill": svg.GROUND, "stroke": svg.INK}
        shapes.append(svg.element("circle", {**ring, "stroke_width": max(1.4, pitch * 0.06)}))
    radius = pitch * (0.35 if woman else 0.44)
    shapes.append(svg.element("circle", {"cx": x, "cy": y, "r": radius, "fill": colour}))
    if group:
        size = pitch * 0.46
        face = {"fill": svg.GROUND, "font_size": size, "font_weight": 600, "text_anchor": "middle"}
        shapes.append(svg.text(x, y + size * 0.36, group.letter, **face))
    return shapes


def _empty(x: float, y: float, pitch: float) -> SafeString:
    outline = {"cx": x, "cy": y, "r": pitch * 0.4, "fill": svg.GROUND, "stroke": svg.MUTED}
    return svg.element("circle", {**outline, "stroke_width": 1.4, "stroke_dasharray": "3 2"})
