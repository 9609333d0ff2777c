"""How a score comes about: pure arithmetic in decimals, with nothing read and nothing rounded on the way.

A figure within its thresholds gives points, higher-is-better ``clamp((x − min) / (max − min), 0, 1) × 100``,
lower-is-better mirrored. The total is ``Σ w·s / Σ w`` over the indicators that count. This file is what the digest of a
run names as its code: whoever changes a rule here makes other runs, and the published ones stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from pathlib import Path
from typing import TypeVar

PRECISION = Context(prec=60, rounding=ROUND_HALF_UP)
KEPT = Decimal(1).scaleb(-20)
"""What is stored is kept to 20 decimal places."""
CENT = Decimal("0.01")
"""What is said is rounded to two, once."""
HUNDRED = Decimal(100)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Rule:
    """How an indicator is scored: see ``kpi.models.Indicator``."""

    direction: str
    formula: str
    least: Decimal
    most: Decimal
    weight: Decimal
    missing_policy: str = "exclude"


@dataclass(frozen=True)
class Entry:
    """What was reported of an indicator, as an audit left it."""

    status: str
    number: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    corrected: bool = False


@dataclass(frozen=True)
class Line:
    """How an indicator counts: ``counted``, ``worst`` (missing, 0 points), ``missing`` or ``not_applicable``."""

    status: str
    weight: Decimal
    raw: Decimal | None = None
    clamped: Decimal | None = None
    normalised: Decimal | None = None
    contribution: Decimal | None = None
    corrected: bool = False


@dataclass(frozen=True)
class Result:
    """The total (0–100, None where nothing counts), the share of the applicable weight that is covered, the lines."""

    total: Decimal | None
    coverage: Decimal
    lines: Mapping[Hashable, Line]


def figure(
    formula: str, number: Decimal | None, numerator: Decimal | None, denominator: Decimal | None
) -> Decimal | None:
    """Return the assessed figure of what was entered, None while it is incomplete."""
    if formula == "number":
        return number
    if numerator is None or not denominator:
        return None
    with localcontext(PRECISION):
        if formula == "share":
            return numerator * HUNDRED / denominator
        if formula == "growth":
            return (numerator / denominator - 1) * HUNDRED
        return numerator / denominator


def points(rule: Rule, raw: Decimal) -> tuple[Decimal, Decimal]:
    """Return the figure clamped to its thresholds and its points, 0 to 100."""
    with localcontext(PRECISION):
        clamped = min(max(raw, rule.least), rule.most)
        share = (clamped - rule.least) / (rule.most - rule.least)
        return clamped, (share if rule.direction == "higher_is_better" else 1 - share) * HUNDRED


def raw_for(rule: Rule, wanted: Decimal) -> Decimal:
    """Return the figure that gives ``wanted`` points (0–100): what would have to be reported."""
    with localcontext(PRECISION):
        share = wanted / HUNDRED
        if rule.direction != "higher_is_better":
            share = 1 - share
        return rule.least + share * (rule.most - rule.least)


def score(rules: Mapping[Key, Rule], entries: Mapping[Key, Entry]) -> Result:
    """Return the score of a report; an indicator without an entry counts as missing."""
    with localcontext(PRECISION):
        found: dict[Key, tuple[str, Decimal | None, Decimal | None, Decimal, bool]] = {}
        for key, rule in rules.items():
            entry = entries.get(key, Entry("missing"))
            raw = (
                figure(rule.formula, entry.number, entry.numerator, entry.denominator)
                if entry.status in ("normal", "estimated")
                else None
            )
            if raw is not None:
                found[key] = ("counted", raw, *points(rule, raw), entry.corrected)
            elif entry.status == "not_applicable":
                found[key] = ("not_applicable", None, None, Decimal(0), False)
            elif rule.missing_policy == "worst":
                found[key] = ("worst", None, None, Decimal(0), False)
            else:
                found[key] = ("missing", None, None, Decimal(0), False)
        weights = {
            state: sum((rules[key].weight for key, line in found.items() if line[0] == state), Decimal(0))
            for state in ("counted", "worst", "missing")
        }
        applicable, counting = sum(weights.values()), weights["counted"] + weights["worst"]
        coverage = weights["counted"] * HUNDRED / applicable if applicable else Decimal(0)
        total: Decimal | None = (
            sum((rules[key].weight * line[3] for key, line in found.items()), Decimal(0)) / counting
            if counting
            else None
        )
        lines: dict[Hashable, Line] = {}
        for key, (state, raw, clamped, got, corrected) in found.items():
            weight = rules[key].weight
            counts = state in ("counted", "worst")
            lines[key] = Line(
                status=state,
                weight=weight,
                raw=keep(raw),
                clamped=keep(clamped),
                normalised=keep(got) if counts else None,
                contribution=keep(weight * got / counting) if counts else None,
                corrected=corrected,
            )
        return Result(keep(total), coverage.quantize(KEPT), lines)


def keep(number: Decimal | None) -> Decimal | None:
    """Return a figure as it is stored."""
    return None if number is None else number.quantize(KEPT, context=PRECISION)


def said(number: Decimal | None) -> Decimal | None:
    """Return a figure as people are told it: two decimals, half up."""
    return None if number is None else number.quantize(CENT, rounding=ROUND_HALF_UP, context=PRECISION)


def band_of(total: Decimal | None, bands: Iterable[tuple[Decimal, Key]]) -> Key | None:
    """Return the band of a total as it is told (79.995 is told as 80.00 and lies in the band from 80)."""
    told = said(total)
    if told is None:
        return None
    fitting = [(least, key) for least, key in bands if least <= told]
    return max(fitting, key=lambda band: band[0])[1] if fitting else None


def ranks(totals: Mapping[Key, Decimal]) -> dict[Key, int]:
    """Return the rank of each total, the highest first; equal totals share a rank (1, 1, 3)."""
    places: dict[Key, int] = {}
    last, rank = None, 0
    ordered = sorted(totals.items(), key=lambda item: (-item[1], str(item[0])))
    for place, (key, total) in enumerate(ordered, start=1):
        if total != last:
            last, rank = total, place
        places[key] = rank
    return places


def places(
    results: Mapping[Key, Result], groups: Mapping[Key, Hashable | None], gate: Decimal
) -> dict[Key, tuple[int, int]]:
    """Return the rank of each in its peer group, and how many are ranked there.

    Ranked is who has a total, covers at least the ``gate`` (0–100 per cent) and belongs to a group.
    """
    ranked: dict[Hashable, dict[Key, Decimal]] = {}
    for key, result in results.items():
        group = groups[key]
        if group is not None and result.total is not None and result.coverage >= gate:
            ranked.setdefault(group, {})[key] = result.total
    return {key: (rank, len(totals)) for totals in ranked.values() for key, rank in ranks(totals).items()}


def reweighted(lines: Sequence[tuple[Decimal, Decimal]], at: int, factor: Decimal) -> Decimal:
    """Return the total of ``(weight, points)`` with one weight multiplied: what the ranking rests on."""
    with localcontext(PRECISION):
        weights = [weight * factor if place == at else weight for place, (weight, _got) in enumerate(lines)]
        over = sum(weights, Decimal(0))
        whole = sum((w * got for w, (_w, got) in zip(weights, lines, strict=True)), Decimal(0))
        return whole / over


def code_digest() -> str:
    """Return what names this code in a run."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
