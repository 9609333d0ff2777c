"""Building SVG: elements, escaping, text that fits."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

INK = "#16262c"
MUTED = "#4d5f66"
LINE = "#c9d5d8"
GROUND = "#ffffff"
ACCENT = "#0b5563"
ACCENT_LIGHT = "#8fb9c0"
OCHRE = "#9a5b00"
NO_DATA = "#eef1f2"
HATCHED = "url(#no-data)"
"""The fill of what is not reported, in a drawing that has ``hatching``."""

_LETTERS = {
    0.35: " !,.:;'`|·ijlfIіїјІЇ‘’‚‹›",
    0.45: '"()-[]rt{}*°•гѓ',
    0.57: "?\\_/17+<=>JL^acksvxyz~«»×ГЃавзсухчэяєѕўү“”„–−",
    0.63: "02345689EFTZbdeghnopqu$БЁЕТбдеийклнопрцъёђћќџө",
    0.73: "&ABCDGKPRSVXYАВЄЗЌКЛРСУЎЅХЧЬЭЯмңҮ",
    0.79: "#HNOQUИЙДНОПЦЪЏфыӨ—",
    0.93: "w%mMЋМФЂжшющљЫњҢ",
}
_WIDTHS = {letter: width for width, letters in _LETTERS.items() for letter in letters}
_WIDEST = 1.12
"""Widths of the letters of Golos Text, semi-bold as well, rounded up, in parts of the font size."""

_ids = itertools.count(1)


def number(value: float) -> str:
    """Write a coordinate: two decimals at most, a dot, no exponent."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def element(name: str, attributes: dict[str, Any] | None = None, *children: Any) -> SafeString:
    """Return an element. ``font_size`` becomes ``font-size``; None leaves an attribute out."""
    written = []
    for key, value in (attributes or {}).items():
        if value is None:
            continue
        text = number(value) if isinstance(value, int | float) else conditional_escape(value)
        written.append(f' {key.rstrip("_").replace("_", "-")}="{text}"')
    inner = "".join(conditional_escape(child) for child in children)
    return mark_safe(f"<{name}{''.join(written)}>{inner}</{name}>")  # noqa: S308  (both parts are escaped above)


def text(x: float, y: float, content: str, **attributes: Any) -> SafeString:
    """Return a line of text at a point."""
    return element("text", {"x": x, "y": y, "fill": INK, "font_size": 12, **attributes}, content)


def link(address: str, *children: Any) -> SafeString:
    """Wrap shapes in a link, or in a plain group where there is no address."""
    return element("a" if address else "g", {"href": address or None}, *children)


def hatching() -> SafeString:
    """Return the definition of the fill of what is not reported."""
    line = element("path", {"d": "M0 6L6 0", "stroke": "#a9b8bd", "stroke_width": 1})
    ground = element("rect", {"width": 6, "height": 6, "fill": NO_DATA})
    pattern = {"id": "no-data", "width": 6, "height": 6, "patternUnits": "userSpaceOnUse"}
    return element("defs", None, element("pattern", pattern, ground, line))


def document(
    width: float,
    height: float,
    title: str,
    description: str,
    children: Sequence[Any],
    *,
    linked: bool,
    css: str,
) -> SafeString:
    """Return the whole drawing with the title and description that screen readers speak.

    With links in it the drawing is a group, since everything inside an ``img`` is hidden from them.
    """
    key = f"chart-{next(_ids)}"
    return element(
        "svg",
        {
            "class": f"chart {css}",
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "width": width,
            "height": height,
            "role": "group" if linked else "img",
            "aria_labelledby": f"{key}-title {key}-desc",
        },
        element("title", {"id": f"{key}-title"}, title),
        element("desc", {"id": f"{key}-desc"}, description),
        *children,
    )


def text_width(content: str, size: float) -> float:
    """Estimate how wide a text will be; the server has no font to measure with."""
    return sum(_WIDTHS.get(letter, _WIDEST) for letter in content) * size


def fit(content: str, width: float, size: float) -> str:
    """Shorten a text with … so that it fits ``width``."""
    if text_width(content, size) <= width:
        return content
    room = width - text_width("…", size)
    widths = itertools.accumulate(text_width(letter, size) for letter in content)
    most = sum(1 for reached in widths if reached <= room)
    return content[: max(1, most)].rstrip() + "…"


def wrap(content: str, width: float, size: float, lines: int = 2) -> list[str]:
    """Break a text at spaces into at most ``lines`` lines that fit ``width``; the last one is shortened."""
    written: list[str] = []
    current = ""
    for word in content.split():
        if not current:
            current = word
        elif text_width(f"{current} {word}", size) <= width:
            current += " " + word
        else:
            written.append(current)
            current = word
    written.append(current)
    if len(written) > lines:
        written = [*written[: lines - 1], " ".join(written[lines - 1 :])]
    return [fit(line, width, size) for line in written]
