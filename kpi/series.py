"""A line through mergers: what the territory of a municipality reported, quarter by quarter, whoever reported it then.

For every period the units of its last day are projected onto the unit asked about. What they reported is put together by
the measure's own rule: sums are added, ratios made anew from the sums of their parts, means weighted by residents; an
index that cannot be aggregated is said to be not comparable. Territory that came in part counts with its share of the
residents, as the change recorded it. Scores are never put together.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any

from django.db import connection

from kpi import scoring
from kpi.models import Aggregation, Indicator, MethodologyStatus
from registry.lineage import WHOLE, Edge, Holding, lineage, project_from
from registry.models import Unit

DEPTH = 10
SHARE = "population"
"""The measure of the recorded shares by which territory that moved in part counts."""
OWN, JOINED, INCOMPLETE, NOT_COMPARABLE, NONE = "own", "joined", "incomplete", "not_comparable", "none"

READ = """
    WITH told AS MATERIALIZED (
        SELECT v.period_id, v.unit_id, v.value, v.numerator, v.denominator FROM kpi_values_on(%(day)s::date) v
         WHERE v.unit_id = ANY (%(units)s::uuid[]) AND v.measure_id = %(measure)s)
    SELECT (SELECT json_agg(json_build_array(t.period_id, t.unit_id, t.value::text, t.numerator::text, t.denominator::text))
              FROM told t),
           (SELECT json_agg(json_build_array(p.number, p.code, p.ends - 1) ORDER BY p.number) FROM kpi_period p
             WHERE p.ends <= %(day)s
               AND p.number BETWEEN (SELECT min(period_id) FROM told) AND (SELECT max(period_id) FROM told)),
           (SELECT json_agg(json_build_array(f.unit_id, f."on", f.value) ORDER BY f."on", f.recorded_at)
              FROM registry_population f WHERE f.unit_id = ANY (%(units)s::uuid[]) AND f.voided_by_id IS NULL),
           (SELECT json_agg(json_build_array(x.unit_id, lower(x.valid), upper(x.valid)) ORDER BY lower(x.valid))
              FROM registry_unitversion x WHERE x.unit_id = ANY (%(units)s::uuid[]) AND x.voided_by_id IS NULL)"""
"""Figures published by the day, the periods they span, residents and lives of units, in one statement."""


@dataclass(frozen=True)
class Part:
    """What one unit contributes to a point: its figure, None where it reported none, and the share that counts."""

    unit_id: uuid.UUID
    value: Decimal | None
    share: Decimal | None


@dataclass(frozen=True)
class Point:
    """A quarter: ``own`` figure, ``joined`` from several, ``incomplete``, ``not_comparable``, or ``none`` reported."""

    period: int
    period_code: str
    last_day: dt.date
    value: Decimal | None
    status: str
    parts: tuple[Part, ...] = ()
    missing: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True)
class Break:
    """A change of territory that the line passes."""

    day: dt.date
    change_id: uuid.UUID
    kind: str


@dataclass
class Series:
    """The line of a measure for the territory of a unit as of ``day``."""

    unit_id: uuid.UUID
    measure: str
    indicator: Indicator
    day: dt.date
    points: list[Point] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)


@dataclass(frozen=True)
class Reported:
    """A published figure."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None


@dataclass(frozen=True)
class Period:
    """A quarter that the line passes."""

    number: int
    code: str
    last_day: dt.date


@dataclass
class Read:
    """What the database knows of the units whose territory came here."""

    said: dict[tuple[int, uuid.UUID], Reported]
    periods: list[Period]
    residents: dict[uuid.UUID, list[tuple[dt.date, int]]]
    lives: dict[uuid.UUID, list[tuple[dt.date, dt.date | None]]]


def definition(code: str) -> Indicator | None:
    """Return how the latest version that is or was in force defines a measure, by its code."""
    return (
        Indicator.objects.present()
        .filter(measure__code=code, category__removed_at=None)
        .exclude(category__methodology__status=MethodologyStatus.DRAFT)
        .select_related("measure", "category__methodology")
        .order_by("-category__methodology__number")
        .first()
    )


def series(unit_id: uuid.UUID, measure_code: str, day: dt.date) -> Series | None:
    """Return the line of a measure for a unit's territory, over the periods that have ended by ``day``.

    None where no version in force knows the measure. A unit that has ended is seen on its last day.
    """
    indicator = definition(measure_code)
    if indicator is None:
        return None
    found = Series(unit_id, indicator.measure.code, indicator, day)
    edges = lineage(Unit(pk=unit_id), day, depth=DEPTH, direction="back")
    units = list(dict.fromkeys([unit_id, *(edge.source for edge in edges)]))
    read = _read(units, indicator.measure_id, day)
    seen_on = _seen_on(read.lives.get(unit_id, ()), day)
    if seen_on is None:
        return found
    days = sorted({edge.effective_on for edge in edges})
    shares = _shares_by_change(unit_id, units, read, days, seen_on)
    for period in read.periods:
        ahead = tuple(each for each in days if each > period.last_day)
        found.points.append(_point(found, period, shares[ahead], read))
    if read.periods:
        found.breaks = _breaks(edges, read.periods[0].last_day, seen_on)
    return found


def _read(units: Sequence[uuid.UUID], measure: int, day: dt.date) -> Read:
    args: dict[str, Any] = {"units": [str(unit) for unit in units], "measure": measure, "day": day}
    with connection.cursor() as cursor:
        cursor.execute(READ, args)
        said, periods, residents, lives = cursor.fetchone()
    found = Read({}, [], defaultdict(list), defaultdict(list))
    for number, unit, *figures in said or ():
        found.said[number, uuid.UUID(unit)] = Reported(*map(_exact, figures))
    found.periods = [
        Period(number, code, dt.date.fromisoformat(last)) for number, code, last in periods or ()
    ]
    for unit, on, value in residents or ():
        found.residents[uuid.UUID(unit)].append((dt.date.fromisoformat(on), value))
    for unit, begins, ends in lives or ():
        life = (dt.date.fromisoformat(begins), ends and dt.date.fromisoformat(ends))
        found.lives[uuid.UUID(unit)].append(life)
    return found


def _exact(text: str | None) -> Decimal | None:
    """The decimal that a float was written from: its shortest text."""
    return None if text is None else Decimal(text)


def _shares_by_change(
    unit_id: uuid.UUID, units: Sequence[uuid.UUID], read: Read, days: Sequence[dt.date], seen_on: dt.date
) -> dict[tuple[dt.date, ...], dict[uuid.UUID, Decimal | None]]:
    """Return what counts of whom, for the days between two changes: by the changes that still lie ahead."""
    first: dict[tuple[dt.date, ...], dt.date] = {}
    for period in read.periods:
        first.setdefault(tuple(each for each in days if each > period.last_day), period.last_day)
    alive = {day: [unit for unit in units if _lived(read.lives.get(unit, ()), day)] for day in first.values()}
    projected = project_from({day: there for day, there in alive.items() if day < seen_on}, seen_on)
    found: dict[tuple[dt.date, ...], dict[uuid.UUID, Decimal | None]] = {}
    for ahead, day in first.items():
        if day >= seen_on:
            found[ahead] = {unit_id: Decimal(1)} if unit_id in alive[day] else {}
            continue
        counted = found.setdefault(ahead, {})
        for source, holdings in projected[day].items():
            mine = next((holding for holding in holdings if holding.unit == unit_id), None)
            if mine is not None:
                counted[source] = _share(mine, holdings)
    return found


def _lived(life: Iterable[tuple[dt.date, dt.date | None]], day: dt.date) -> bool:
    return any(begins <= day and (ends is None or day < ends) for begins, ends in life)


def _seen_on(life: Sequence[tuple[dt.date, dt.date | None]], day: dt.date) -> dt.date | None:
    """The day on which the unit's territory is looked at: the one asked about, or its last one before."""
    if _lived(life, day):
        return day
    over = [ends for begins, ends in life if begins <= day and ends is not None]
    return max(over) - dt.timedelta(days=1) if over else None


def _residents_on(figures: Sequence[tuple[dt.date, int]], day: dt.date) -> int | None:
    """The latest figure on or before the day, or the first one after it."""
    before = [value for on, value in figures if on <= day]
    return before[-1] if before else (figures[0][1] if figures else None)


def _share(mine: Holding, holdings: Sequence[Holding]) -> Decimal | None:
    if mine.scope == WHOLE:
        return Decimal(1)
    recorded = mine.shares.get(SHARE)
    if recorded is not None:
        return recorded
    others = [holding.shares.get(SHARE) for holding in holdings if holding is not mine]
    known = [share for share in others if share is not None]
    return 1 - sum(known, Decimal(0)) if known and len(known) == len(others) else None


def _point(found: Series, period: Period, shares: Mapping[uuid.UUID, Decimal | None], read: Read) -> Point:
    """Put a quarter's figures together."""
    nothing = Reported(None, None, None)
    said = {unit: read.said.get((period.number, unit), nothing) for unit in shares}
    parts = tuple(Part(unit, said[unit].value, shares[unit]) for unit in sorted(shares, key=str))
    missing = tuple(part.unit_id for part in parts if part.value is None or part.share is None)

    def point(value: Decimal | None, status: str) -> Point:
        return Point(period.number, period.code, period.last_day, value, status, parts, missing)

    if all(part.value is None for part in parts):
        return point(None, NONE)
    if len(parts) == 1 and parts[0].share == 1:
        return point(parts[0].value, OWN if parts[0].unit_id == found.unit_id else JOINED)
    if found.indicator.aggregation == Aggregation.NONE:
        return point(None, NOT_COMPARABLE)
    if missing:
        return point(None, INCOMPLETE)
    value = scoring.keep(_together(found.indicator, parts, said, read.residents, period.last_day))
    return point(value, INCOMPLETE if value is None else JOINED)


def _together(
    indicator: Indicator,
    parts: Sequence[Part],
    said: Mapping[uuid.UUID, Reported],
    residents: Mapping[uuid.UUID, Sequence[tuple[dt.date, int]]],
    last: dt.date,
) -> Decimal | None:
    """Return the figure of several units by the rule of the indicator."""
    shares = {part.unit_id: part.share or Decimal(0) for part in parts}
    with localcontext(scoring.PRECISION):
        if indicator.aggregation == Aggregation.SUM:
            return sum((shares[unit] * (said[unit].value or 0) for unit in shares), Decimal(0))
        if indicator.aggregation == Aggregation.RATIO:
            pairs = [(said[unit].numerator, said[unit].denominator, share) for unit, share in shares.items()]
            if any(over is None or under is None for over, under, _share in pairs):
                return None
            over = sum((share * n for n, _d, share in pairs if n is not None), Decimal(0))
            under = sum((share * d for _n, d, share in pairs if d is not None), Decimal(0))
            return scoring.figure(indicator.formula, None, over, under)
        weights = {unit: _residents_on(residents.get(unit, ()), last) for unit in shares}
        if any(weight is None for weight in weights.values()):
            return None
        counted = {unit: shares[unit] * (weights[unit] or 0) for unit in shares}
        people = sum(counted.values(), Decimal(0))
        return (
            sum((counted[unit] * (said[unit].value or 0) for unit in shares), Decimal(0)) / people
            if people
            else None
        )


def _breaks(edges: Iterable[Edge], first: dt.date, last: dt.date) -> list[Break]:
    """Return the changes of territory between the first point and the day, one line each."""
    found = {
        edge.change: Break(edge.effective_on, edge.change, edge.kind)
        for edge in edges
        if first < edge.effective_on <= last
    }
    return sorted(found.values(), key=lambda each: (each.day, str(each.change_id)))
