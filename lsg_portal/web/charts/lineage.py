"""Who a unit came from and what became of it: a small diagram that reads from left to right."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .. import display
from . import svg

BOX, BETWEEN, CURVE = 200.0, 16.0, 84.0
SHORTEST_LABEL, LONGEST_LABEL, LABEL_SIZE = 84.0, 200.0, 12
LINE_HEIGHT, NOTE_HEIGHT, PADDING, PORT = 17.0, 16.0, 10.0, 19.0
EDGE = 2.0


@dataclass(frozen=True)
class LineageNode:
    """A unit of the diagram. ``focus`` is the unit the page is about; ``ended`` ones are drawn in grey."""

    key: str
    name: str
    note: str = ""
    url: str = ""
    focus: bool = False
    ended: bool = False


@dataclass(frozen=True)
class LineageEdge:
    """Territory that passed on a day: all of the source (``whole``) or a part, ``what`` names it."""

    source: str
    target: str
    day: dt.date
    whole: bool
    what: str = ""

    @property
    def words(self) -> str:
        """The scope in words."""
        return _("whole") if self.whole else (self.what or _("part"))

    @property
    def label(self) -> str:
        """What is written on the line: the day, and the part where it is not the whole."""
        return display.short_day(self.day) + ("" if self.whole else f" · {self.words}")


@dataclass
class Place:
    """Where a box stands, and the lines of its name."""

    x: float
    y: float
    height: float
    lines: list[str]

    def port(self, index: int, count: int) -> float:
        """Return the height at which the ``index``-th of ``count`` edges meets the box."""
        return self.y + self.height * (index + 1) / (count + 1)


def lineage_diagram(
    nodes: Sequence[LineageNode], edges: Sequence[LineageEdge], *, title: str, description: str = ""
) -> SafeString:
    """Draw the units in columns, each right of all it came from; whole transfers solid, parts dashed.

    The date stands at the beginning of each line, with the name of the part where it is not the whole.
    A village that came back closes a circle: its line then runs backward, everything else stays in order.
    """
    known = {node.key for node in nodes}
    drawn = [edge for edge in edges if edge.source in known and edge.target in known]
    lead = _label_room(drawn)
    places = _places(nodes, drawn, _columns(nodes, drawn), BOX + lead + CURVE)
    width = EDGE + max((place.x + BOX for place in places.values()), default=0)
    height = EDGE + max((place.y + place.height for place in places.values()), default=0)
    drawing = [*_edges(drawn, places, lead), *(_node(node, places[node.key]) for node in nodes)]
    said = description or "; ".join(
        f"{_name(nodes, edge.source)} → {_name(nodes, edge.target)}, {display.day(edge.day)}, {edge.words}"
        for edge in drawn
    )
    linked = any(node.url for node in nodes)
    return svg.document(width, height, title, said, drawing, linked=linked, css="lineage")


def _label_room(edges: Sequence[LineageEdge]) -> float:
    """Return how long each line runs straight, so that the longest label has room on it."""
    longest = max((svg.text_width(edge.label, LABEL_SIZE) for edge in edges), default=0)
    return min(max(longest + 12, SHORTEST_LABEL), LONGEST_LABEL)


def _name(nodes: Sequence[LineageNode], key: str) -> str:
    return next(node.name for node in nodes if node.key == key)


def _columns(nodes: Sequence[LineageNode], edges: Sequence[LineageEdge]) -> dict[str, int]:
    """Return the longest way from a beginning to each node; an edge that closes a circle is left out."""
    forward: dict[str, set[str]] = {node.key: set() for node in nodes}
    for edge in sorted(edges, key=lambda edge: edge.day):
        if not _reaches(forward, edge.target, edge.source):
            forward[edge.source].add(edge.target)
    column = dict.fromkeys(forward, 0)
    for _round in nodes:
        for source, targets in forward.items():
            for target in targets:
                column[target] = max(column[target], column[source] + 1)
    return column


def _reaches(forward: dict[str, set[str]], start: str, goal: str) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        key = waiting.pop()
        if key == goal:
            return True
        new = forward[key] - seen
        seen |= new
        waiting += new
    return False


def _places(
    nodes: Sequence[LineageNode], edges: Sequence[LineageEdge], columns: dict[str, int], pitch: float
) -> dict[str, Place]:
    """Stack each column, its boxes in the order of those they are tied to, its middle at the common one."""
    places = {node.key: _box(node, edges, columns[node.key] * pitch) for node in nodes}
    members: dict[int, list[str]] = defaultdict(list)
    for node in nodes:
        members[columns[node.key]].append(node.key)
    tied: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        tied[edge.source].append(edge.target)
        tied[edge.target].append(edge.source)
    tallest = max((_stack(places, keys) for keys in members.values()), default=0)
    for _sweep in range(4):
        for number in sorted(members):
            keys = members[number]
            if _sweep:
                keys.sort(key=lambda key: _wish(places, key, tied[key]))
            y = EDGE + (tallest - _stack(places, keys)) / 2
            for key in keys:
                places[key].y = y
                y += places[key].height + BETWEEN
    return places


def _box(node: LineageNode, edges: Sequence[LineageEdge], x: float) -> Place:
    lines = svg.wrap(node.name, BOX - 2 * PADDING, 14, 2)
    text = 2 * PADDING + LINE_HEIGHT * len(lines) + (NOTE_HEIGHT if node.note else 0)
    outgoing = sum(edge.source == node.key for edge in edges)
    return Place(EDGE + x, 0, max(text, PORT * (outgoing + 1)), lines)


def _stack(places: dict[str, Place], keys: Sequence[str]) -> float:
    return sum(places[key].height for key in keys) + BETWEEN * (len(keys) - 1)


def _wish(places: dict[str, Place], key: str, tied: Sequence[str]) -> float:
    """Return the mean height of the boxes that a box is tied to; its own where it is tied to none."""
    return sum(_middle(places[other]) for other in tied) / len(tied) if tied else _middle(places[key])


def _middle(place: Place) -> float:
    return place.y + place.height / 2


def _edges(edges: Sequence[LineageEdge], places: dict[str, Place], lead: float) -> list[SafeString]:
    """Draw the edges, each from and to a point of its own, so that neither lines nor labels meet."""
    leaving: dict[str, list[LineageEdge]] = defaultdict(list)
    coming: dict[str, list[LineageEdge]] = defaultdict(list)
    for edge in edges:
        leaving[edge.source].append(edge)
        coming[edge.target].append(edge)
    for group in leaving.values():
        group.sort(key=lambda edge: _middle(places[edge.target]))
    for group in coming.values():
        group.sort(key=lambda edge: _middle(places[edge.source]))
    drawing = []
    for edge in edges:
        out, into = leaving[edge.source], coming[edge.target]
        start = (places[edge.source].x + BOX, places[edge.source].port(out.index(edge), len(out)))
        end = (places[edge.target].x, places[edge.target].port(into.index(edge), len(into)))
        drawing.append(_edge(edge, start, end, lead))
    return drawing


def _edge(edge: LineageEdge, start: tuple[float, float], end: tuple[float, float], lead: float) -> SafeString:
    (x1, y1), (x2, y2) = start, end
    n = svg.number
    turn = x1 + lead
    bend = max(CURVE / 2, (x2 - turn) / 2)
    path = f"M{n(x1)} {n(y1)}H{n(turn)}C{n(turn + bend)} {n(y1)} {n(x2 - bend)} {n(y2)} {n(x2 - 7)} {n(y2)}"
    pen = {
        "d": path,
        "fill": "none",
        "stroke": svg.ACCENT,
        "stroke_width": 2 if edge.whole else 1.5,
        "stroke_dasharray": None if edge.whole else "5 4",
    }
    head = {"d": f"M{n(x2)} {n(y2)}l-8 -4.5v9z", "fill": svg.ACCENT}
    halo = {"stroke": svg.GROUND, "stroke_width": 4, "paint_order": "stroke", "stroke_linejoin": "round"}
    label = svg.fit(edge.label, lead - 8, LABEL_SIZE)
    written = svg.text(x1 + 8, y1 - 4, label, font_size=LABEL_SIZE, **halo)
    said = svg.element("title", None, f"{display.day(edge.day)}: {edge.words}")
    return svg.element("g", None, said, svg.element("path", pen), svg.element("path", head), written)


def _node(node: LineageNode, place: Place) -> SafeString:
    fill = svg.ACCENT if node.focus else ("#f1f4f5" if node.ended else svg.GROUND)
    ink = svg.GROUND if node.focus else svg.INK
    quiet = "#d6e6e9" if node.focus else svg.MUTED
    frame = svg.MUTED if node.ended and not node.focus else svg.ACCENT
    box = {"x": place.x, "y": place.y, "width": BOX, "height": place.height, "rx": 4}
    said = svg.element("title", None, f"{node.name}. {node.note}" if node.note else node.name)
    parts = [said, svg.element("rect", {**box, "fill": fill, "stroke": frame})]
    text_height = LINE_HEIGHT * len(place.lines) + (NOTE_HEIGHT if node.note else 0)
    y = place.y + (place.height - text_height) / 2 + 13
    for line in place.lines:
        parts.append(svg.text(place.x + PADDING, y, line, fill=ink, font_size=14, font_weight=600))
        y += LINE_HEIGHT
    if node.note:
        note = svg.fit(node.note, BOX - 2 * PADDING, 12)
        parts.append(svg.text(place.x + PADDING, y, note, fill=quiet, font_size=12))
    return svg.link(node.url, svg.element("g", None, *parts))
