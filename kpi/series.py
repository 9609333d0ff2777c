"""A line through mergers: what the territory of a municipality reported, quarter by quarter, whoever reported it then.

For every period the units of its last day are projected onto the unit asked about. What they reported is put together by
the measure's own rule: sums are added, ratios made anew from the sums of their parts, means weighted by residents; an
index that cannot be aggregated is said to be not comparable. Territory that came in part counts with its share of the
residents, as the change recorded it. Scores are never put together.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from kpi import scoring
from kpi.models import Aggregation, Indicator, Measure, MethodologyStatus
from registry.lineage import WHOLE, Edge, Holding, lineage, project_all
from registry.models import Unit
from registry.queries import rows

DEPTH = 10
SHARE = "population"
"""The measure of the recorded shares by which territory that moved in part counts."""
OWN, JOINED, INCOMPLETE, NOT_COMPARABLE, NONE = "own", "joined", "incomplete", "not_comparable", "none"

VALUES = """
    SELECT p.number AS period, v.unit_id, v.status, v.value, v.numerator, v.denominator
      FROM kpi_publishedvalue v JOIN kpi_period p ON p.number = v.period_id
     WHERE v.unit_id = ANY (%(units)s::uuid[]) AND v.measure_id = %(measure)s"""
PERIODS = """
    SELECT p.number, p.code, p.ends - 1 AS last_day FROM kpi_period p
     WHERE p.ends <= %(day)s AND p.number BETWEEN
           (SELECT min(v.period_id) FROM kpi_publishedvalue v
             WHERE v.unit_id = ANY (%(units)s::uuid[]) AND v.measure_id = %(measure)s)
       AND (SELECT max(v.period_id) FROM kpi_publishedvalue v
             WHERE v.unit_id = ANY (%(units)s::uuid[]) AND v.measure_id = %(measure)s)
     ORDER BY p.number"""
LIVES = """
    SELECT v.unit_id, lower(v.valid) AS begins, upper(v.valid) AS ends FROM registry_unitversion v
     WHERE v.unit_id = ANY (%(units)s::uuid[]) AND v.voided_by_id IS NULL ORDER BY v.unit_id, lower(v.valid)"""
RESIDENTS = """
    SELECT unit_id, "on", value FROM registry_population
     WHERE unit_id = ANY (%(units)s::uuid[]) AND voided_by_id IS NULL ORDER BY "on", recorded_at"""


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


def definition(measure: Measure) -> Indicator | None:
    """Return how the latest version that is or was in force defines a measure."""
    return (
        Indicator.objects.present()
        .filter(measure=measure, category__removed_at=None)
        .exclude(category__methodology__status=MethodologyStatus.DRAFT)
        .select_related("measure", "category__methodology")
        .order_by("-category__methodology__number")
        .first()
    )


def series(unit_id: uuid.UUID, measure_code: str, day: dt.date) -> Series | None:
    """Return the line of a measure for a unit's territory, over the periods that have ended by ``day``.

    None where no version in force knows the measure. A unit that has ended is seen on its last day.
    """
    measure = Measure.objects.filter(code=measure_code).first()
    indicator = definition(measure) if measure else None
    if measure is None or indicator is None:
        return None
    found = Series(unit_id, measure.code, indicator, day)
    edges = lineage(Unit(pk=unit_id), day, depth=DEPTH, direction="back")
    units = list(dict.fromkeys([unit_id, *(edge.source for edge in edges)]))
    lives = _lives(units)
    seen_on = _seen_on(lives.get(unit_id, ()), day)
    if seen_on is None:
        return found
    args = {"units": [str(unit) for unit in units], "measure": measure.pk, "day": day}
    periods = rows(PERIODS, args)
    values = {
        (row["period"], row["unit_id"]): Reported(
            _exact(row["value"]), _exact(row["numerator"]), _exact(row["denominator"])
        )
        for row in rows(VALUES, args)
    }
    residents = _residents(units)
    days = sorted({edge.effective_on for edge in edges})
    shares: dict[tuple[dt.date, ...], dict[uuid.UUID, Decimal | None]] = {}
    for period in periods:
        last = period["last_day"]
        ahead = tuple(each for each in days if each > last)
        if ahead not in shares:
            alive = [unit for unit in units if _lived(lives.get(unit, ()), last)]
            shares[ahead] = _shares(unit_id, alive, last, seen_on)
        found.points.append(_point(found, period, shares[ahead], values, residents, last))
    if periods:
        found.breaks = _breaks(edges, periods[0]["last_day"], seen_on)
    return found


def _exact(number: float | None) -> Decimal | None:
    """The decimal that a float was written from."""
    return None if number is None else Decimal(repr(number))


def _lives(units: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[tuple[dt.date, dt.date | None]]]:
    found: dict[uuid.UUID, list[tuple[dt.date, dt.date | None]]] = {}
    for row in rows(LIVES, {"units": [str(unit) for unit in units]}):
        found.setdefault(row["unit_id"], []).append((row["begins"], row["ends"]))
    return found


def _lived(life: Iterable[tuple[dt.date, dt.date | None]], day: dt.date) -> bool:
    return any(begins <= day and (ends is None or day < ends) for begins, ends in life)


def _seen_on(life: Sequence[tuple[dt.date, dt.date | None]], day: dt.date) -> dt.date | None:
    """The day on which the unit's territory is looked at: the one asked about, or its last one before."""
    if _lived(life, day):
        return day
    over = [ends for begins, ends in life if begins <= day and ends is not None]
    return max(over) - dt.timedelta(days=1) if over else None


def _residents(units: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[tuple[dt.date, int]]]:
    found: dict[uuid.UUID, list[tuple[dt.date, int]]] = {}
    for row in rows(RESIDENTS, {"units": [str(unit) for unit in units]}):
        found.setdefault(row["unit_id"], []).append((row["on"], row["value"]))
    return found


def _residents_on(figures: Sequence[tuple[dt.date, int]], day: dt.date) -> int | None:
    """The latest figure on or before the day, or the first one after it."""
    before = [value for on, value in figures if on <= day]
    return before[-1] if before else (figures[0][1] if figures else None)


def _shares(
    unit_id: uuid.UUID, alive: Sequence[uuid.UUID], day: dt.date, seen_on: dt.date
) -> dict[uuid.UUID, Decimal | None]:
    """Return what share of each unit of ``day`` lies in the unit asked about: 1 is all of it, None not recorded."""
    if day >= seen_on:
        return {unit_id: Decimal(1)} if unit_id in alive else {}
    found: dict[uuid.UUID, Decimal | None] = {}
    for source, holdings in project_all(alive, day, seen_on).items():
        mine = next((holding for holding in holdings if holding.unit == unit_id), None)
        if mine is not None:
            found[source] = _share(mine, holdings)
    return found


def _share(mine: Holding, holdings: Sequence[Holding]) -> Decimal | None:
    if mine.scope == WHOLE:
        return Decimal(1)
    recorded = mine.shares.get(SHARE)
    if recorded is not None:
        return recorded
    others = [holding.shares.get(SHARE) for holding in holdings if holding is not mine]
    known = [share for share in others if share is not None]
    return 1 - sum(known, Decimal(0)) if known and len(known) == len(others) else None


def _point(
    found: Series,
    period: Mapping[str, object],
    shares: Mapping[uuid.UUID, Decimal | None],
    values: Mapping[tuple[object, uuid.UUID], Reported],
    residents: Mapping[uuid.UUID, Sequence[tuple[dt.date, int]]],
    last: dt.date,
) -> Point:
    """Put a quarter's figures together."""
    number, code = period["number"], str(period["code"])
    said = {unit: values.get((number, unit), Reported(None, None, None)) for unit in shares}
    parts = tuple(Part(unit, said[unit].value, shares[unit]) for unit in sorted(shares, key=str))
    missing = tuple(part.unit_id for part in parts if part.value is None or part.share is None)

    def point(value: Decimal | None, status: str) -> Point:
        return Point(int(str(number)), code, last, value, status, parts, missing)

    if all(part.value is None for part in parts):
        return point(None, NONE)
    if len(parts) == 1 and parts[0].share == 1:
        return point(parts[0].value, OWN if parts[0].unit_id == found.unit_id else JOINED)
    if found.indicator.aggregation == Aggregation.NONE:
        return point(None, NOT_COMPARABLE)
    if missing:
        return point(None, INCOMPLETE)
    value = _together(found.indicator, parts, said, residents, last)
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
