"""Who held a post from when to when, on a time line: a row for each appointment, acting ones hatched.

Colour is never alone: who is acting stands on a striped bar with a dashed edge, the part of a term that still lies
ahead is an outline. Drawn with presentation attributes only; the table of the appointments stands beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ayil_okmotu import wording
from lsg_portal.web import display
from lsg_portal.web.charts import svg

WIDTH, THICK, PITCH, TOP, FOOT = 680.0, 16.0, 26.0, 46.0, 30.0
NAMES, RIGHT, SIZE = 235.0, 14.0, 13
STRIPES = "timeline-acting"
MOST_YEARS = 12
"""More years than this are labelled every second one, every third one and so on."""


@dataclass(frozen=True)
class Spell:
    """An appointment: from ``since`` until just before ``end``; ``term_end`` is the day its term runs out."""

    name: str
    since: dt.date
    end: dt.date | None
    term_end: dt.date | None = None
    acting: bool = False
    url: str = ""

    def said(self) -> str:
        """Return the spell in words."""
        words = f"{self.name}: {display.period(self.since, self.end)}"
        return f"{words} ({wording.acting()})" if self.acting else words


def timeline(spells: Sequence[Spell], day: dt.date, *, title: str) -> SafeString:
    """Draw the spells from the earliest to the latest, with a line for the day; open ones run up to it."""
    first = min([spell.since for spell in spells] or [day])
    ends = [spell.end or max(spell.term_end or day, day) for spell in spells]
    last = max([*ends, day, first + dt.timedelta(days=365)])
    names = min(NAMES, 14 + max((svg.text_width(spell.name, SIZE) for spell in spells), default=0))
    span = (last - first).days

    def x(when: dt.date) -> float:
        return names + (when - first).days / span * (WIDTH - names - RIGHT)

    height = TOP + len(spells) * PITCH + FOOT
    drawing = [_stripes(), *_years(first, last, x, height)]
    for index, spell in enumerate(spells):
        drawing.append(_spell(spell, day, x, TOP + index * PITCH, names))
    drawing += [*_today(day, x, height), *_key(spells)]
    said = "; ".join(spell.said() for spell in spells)
    linked = any(spell.url for spell in spells)
    return svg.document(WIDTH, height, title, said, drawing, linked=linked, css="post-line")


def _spell(spell: Spell, day: dt.date, x: Callable[[dt.date], float], y: float, names: float) -> SafeString:
    """Draw one appointment: what has passed by its end or by the day, then what its term still gives."""
    parts = [svg.element("title", None, spell.said())]
    name = svg.text(
        names - 10,
        y + THICK - 3,
        svg.fit(spell.name, names - 14, SIZE),
        font_size=SIZE,
        text_anchor="end",
    )
    parts.append(svg.link(spell.url, name))
    until = spell.end or max(day, spell.since)
    box = {"x": x(spell.since), "y": y, "width": max(x(until) - x(spell.since), 3), "height": THICK}
    if spell.acting:
        edge = {"stroke": svg.OCHRE, "stroke_dasharray": "4 2"}
        parts.append(svg.element("rect", {**box, "fill": f"url(#{STRIPES})", **edge}))
    else:
        parts.append(svg.element("rect", {**box, "fill": svg.ACCENT}))
    if spell.end is None and spell.term_end and spell.term_end > until:
        ahead = {"x": x(until), "y": y + 0.5, "width": x(spell.term_end) - x(until), "height": THICK - 1}
        outline = {"fill": svg.GROUND, "stroke": svg.OCHRE if spell.acting else svg.ACCENT}
        parts.append(svg.element("rect", {**ahead, **outline}))
    return svg.element("g", None, *parts)


def _years(first: dt.date, last: dt.date, x: Callable[[dt.date], float], height: float) -> list[SafeString]:
    years = [year for year in range(first.year, last.year + 1) if first <= dt.date(year, 1, 1) <= last]
    every = 1 + len(years) // (MOST_YEARS + 1)
    drawing = []
    for year in years:
        place = x(dt.date(year, 1, 1))
        upright = {"d": f"M{svg.number(place)} {TOP - 8}V{svg.number(height - FOOT + 4)}", "stroke": svg.LINE}
        drawing.append(svg.element("path", upright))
        if year % every == 0:
            label = {"fill": svg.MUTED, "text_anchor": "middle"}
            drawing.append(svg.text(min(place, WIDTH - 16), height - FOOT + 20, str(year), **label))
    return drawing


def _today(day: dt.date, x: Callable[[dt.date], float], height: float) -> list[SafeString]:
    place = x(day)
    pen = {"d": f"M{svg.number(place)} {TOP - 10}V{svg.number(height - FOOT + 4)}", "stroke": svg.INK}
    anchor = "end" if place > WIDTH * 0.7 else "start"
    shift = -4 if anchor == "end" else 4
    return [
        svg.element("path", {**pen, "stroke_dasharray": "3 3"}),
        svg.text(place + shift, TOP - 14, display.short_day(day), text_anchor=anchor),
    ]


def _stripes() -> SafeString:
    """Return the pattern of the bars of those who are acting."""
    ground = svg.element("rect", {"width": 6, "height": 6, "fill": "#f6e7cf"})
    stroke = svg.element("path", {"d": "M0 6L6 0", "stroke": svg.OCHRE, "stroke_width": 1.5})
    shape = {"id": STRIPES, "width": 6, "height": 6, "patternUnits": "userSpaceOnUse"}
    return svg.element("defs", None, svg.element("pattern", shape, ground, stroke))


def _key(spells: Sequence[Spell]) -> list[SafeString]:
    """Say what the three kinds of bar mean, those that occur."""
    kinds = [(_("in office"), {"fill": svg.ACCENT}, any(not spell.acting for spell in spells))]
    acting = {"fill": f"url(#{STRIPES})", "stroke": svg.OCHRE, "stroke_dasharray": "4 2"}
    kinds.append((wording.acting(), acting, any(spell.acting for spell in spells)))
    ahead = {"fill": svg.GROUND, "stroke": svg.ACCENT}
    kinds.append((_("rest of the term"), ahead, any(not spell.end and spell.term_end for spell in spells)))
    place, drawing = 1.0, []
    for words, look, occurs in kinds:
        if occurs:
            box = {"x": place, "y": 2.5, "width": 22, "height": 12}
            drawing += [svg.element("rect", {**box, **look}), svg.text(place + 28, 13, words)]
            place += 28 + svg.text_width(words, 12) + 20
    return drawing
