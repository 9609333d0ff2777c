"""Scales: classes of colour for maps, round steps for axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SHADES = ("#e3eff1", "#b5d3d8", "#7fb0b8", "#367786", "#0b5563")
"""From least to most: one hue, so that the order also holds in grey and for colour-blind readers."""

INK_ON = dict(zip(SHADES, ("#16262c", "#16262c", "#16262c", "#ffffff", "#ffffff"), strict=True))
"""The colour of letters on each shade, in contrast 4.5 : 1 or more."""


@dataclass(frozen=True)
class Classes:
    """Values in at most five classes of colour; ``bounds`` are the upper bounds of all but the last."""

    bounds: tuple[float, ...]
    lowest: float
    highest: float

    @property
    def shades(self) -> tuple[str, ...]:
        """One colour a class, spread over the whole range of shades."""
        count = len(self.bounds) + 1
        if count == 1:
            return (SHADES[2],)
        return tuple(SHADES[round(i * (len(SHADES) - 1) / (count - 1))] for i in range(count))

    def shade(self, value: float) -> str:
        """Return the colour of a value."""
        place = sum(value > bound for bound in self.bounds)
        return self.shades[place]

    def ranges(self) -> list[tuple[float, float, str]]:
        """Return each class from the value above its lower bound to its upper one, with its colour."""
        lower = (self.lowest, *self.bounds)
        upper = (*self.bounds, self.highest)
        return list(zip(lower, upper, self.shades, strict=True))


def classes(values: Sequence[float], bounds: Sequence[float] | None = None) -> Classes:
    """Sort values into classes of about equal number, or by ``bounds`` given."""
    present = sorted(values)
    if not present:
        return Classes((), 0, 0)
    if bounds is None:
        cuts = [present[math.ceil(len(present) * part / 5) - 1] for part in range(1, 5)]
        bounds = sorted({cut for cut in cuts if cut < present[-1]})
    return Classes(tuple(bounds), present[0], present[-1])


def ticks(lowest: float, highest: float, count: int = 5) -> list[float]:
    """Return round numbers that span the range in about ``count`` steps."""
    if highest <= lowest:
        highest = lowest + 1
    rough = (highest - lowest) / count
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    first = math.floor(lowest / step)
    last = math.ceil(highest / step)
    return [round(index * step, 10) for index in range(first, last + 1)]
