"""Where territory came from and where it went: lineage and projection over changes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from registry.models import ChangePart, ChangeUnit, PartScope, SettlementAssignment, Unit, UnitRole

WHOLE, PART = PartScope.WHOLE.value, PartScope.PART.value


@dataclass
class Holding:
    """What of one original unit lies in ``unit`` at some moment while changes are followed."""

    unit: uuid.UUID
    settlements: frozenset[uuid.UUID]
    scope: str = WHOLE
    shares: dict[str, Decimal | None] = field(default_factory=dict)
    bases: dict[str, list[str]] = field(default_factory=dict)
    effective_on: dt.date | None = None
    change: uuid.UUID | None = None


@dataclass(frozen=True)
class Step:
    """One part of one change, with all that following it needs."""

    change: uuid.UUID
    effective_on: dt.date
    source: uuid.UUID
    target: uuid.UUID
    scope: str
    settlements: frozenset[uuid.UUID]
    shares: dict[str, tuple[Decimal, str]]
    source_ends: bool


def project(unit: Unit, from_day: dt.date, to_day: dt.date) -> list[Holding]:
    """Return *every* unit in which territory of ``unit`` as of ``from_day`` lies on ``to_day``.

    Each with its scope (``whole`` only if all of it went there), the settlements and the shares known.
    """
    return project_all([unit.pk], from_day, to_day)[unit.pk]


def project_all(
    units: Sequence[uuid.UUID], from_day: dt.date, to_day: dt.date
) -> dict[uuid.UUID, list[Holding]]:
    """Return the projection of each unit from one day to a later one, in a fixed number of queries."""
    return project_from({from_day: units}, to_day)[from_day]


def project_from(
    starts: Mapping[dt.date, Sequence[uuid.UUID]], to_day: dt.date
) -> dict[dt.date, dict[uuid.UUID, list[Holding]]]:
    """Return the projections of units from several days to a later one, in the same number of queries as from one."""
    if not starts:
        return {}
    steps = _steps(min(starts), to_day)
    assigned = list(
        SettlementAssignment.objects.live()
        .filter(
            unit__in={unit for units in starts.values() for unit in units},
            valid__overlap=DateRange(min(starts), max(starts), "[]"),
        )
        .values_list("unit_id", "settlement_id", "valid")
    )
    found = {}
    for day, units in starts.items():
        by_change: dict[uuid.UUID, list[Step]] = defaultdict(list)
        for step in steps:
            if step.effective_on > day:
                by_change[step.change].append(step)
        settlements: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        for unit, settlement, valid in assigned:
            if valid.lower <= day and (valid.upper is None or day < valid.upper):
                settlements[unit].add(settlement)
        found[day] = {
            unit: _follow(Holding(unit, frozenset(settlements[unit])), by_change.values()) for unit in units
        }
    return found


def _steps(from_day: dt.date, to_day: dt.date) -> list[Step]:
    """Return the live parts of the changes after ``from_day`` up to ``to_day``, in order."""
    parts = (
        ChangePart.objects.live()
        .filter(change__effective_on__gt=from_day, change__effective_on__lte=to_day)
        .select_related("change")
        .prefetch_related("part_settlements", "shares")
        .order_by("change__effective_on", "change_id", "id")
    )
    ends = set(
        ChangeUnit.objects.live()
        .filter(role=UnitRole.ENDS, change__effective_on__gt=from_day, change__effective_on__lte=to_day)
        .values_list("change_id", "unit_id")
    )
    return [
        Step(
            change=part.change_id,
            effective_on=part.change.effective_on,
            source=part.source_id,
            target=part.target_id,
            scope=part.scope,
            settlements=frozenset(line.settlement_id for line in part.part_settlements.all()),
            shares={share.measure: (share.share, share.basis) for share in part.shares.all()},
            source_ends=(part.change_id, part.source_id) in ends,
        )
        for part in parts
    ]


def _follow(start: Holding, changes: Iterable[Sequence[Step]]) -> list[Holding]:
    """Follow one unit's territory through the changes; parts of one change act at once."""
    holdings = {start.unit: start}
    for steps in changes:
        arrived: list[Holding] = []
        for source in {step.source for step in steps} & set(holdings):
            given = [step for step in steps if step.source == source]
            holding = holdings[source]
            left = holding.settlements
            for step in given:
                moved = holding.settlements & step.settlements if step.settlements else holding.settlements
                if step.scope == PART and step.settlements and not moved:
                    continue  # what moved had come from elsewhere
                if step.scope == PART and not step.settlements:
                    moved = frozenset()
                left -= moved
                arrived.append(_arrival(holding, step, moved))
            if given[0].source_ends or (holding.settlements and not left):
                del holdings[source]
            elif left != holding.settlements or any(not step.settlements for step in given):
                holdings[source] = Holding(source, left, PART, {}, {}, holding.effective_on, holding.change)
        for item in arrived:
            holdings[item.unit] = _joined(holdings.get(item.unit), item)
    found = sorted(holdings.values(), key=lambda item: (item.effective_on or dt.date.min, str(item.unit)))
    if len(found) == 1:
        found[0].scope = WHOLE
    return found


def _arrival(holding: Holding, step: Step, moved: frozenset[uuid.UUID]) -> Holding:
    """What arrives in the step's target from one holding."""
    shares: dict[str, Decimal | None] = {}
    bases: dict[str, list[str]] = {}
    if step.scope == WHOLE:
        shares, bases = dict(holding.shares), dict(holding.bases)
    else:
        # a share of the source is a share of ours only while the source is ours alone
        for measure, (share, basis) in step.shares.items():
            if holding.scope == WHOLE and not holding.effective_on:
                shares[measure], bases[measure] = share, [basis]
    whole = step.scope == WHOLE and holding.scope == WHOLE
    return Holding(
        step.target, moved, WHOLE if whole else PART, shares, bases, step.effective_on, step.change
    )


def _joined(there: Holding | None, item: Holding) -> Holding:
    """Territory of one unit that reached one target by two ways."""
    if there is None:
        return item
    shares = {
        measure: there_share + item_share
        for measure in there.shares.keys() & item.shares.keys()
        if (there_share := there.shares[measure]) is not None
        and (item_share := item.shares[measure]) is not None
    }
    return Holding(
        item.unit,
        there.settlements | item.settlements,
        PART,
        dict(shares),
        {measure: [*there.bases[measure], *item.bases[measure]] for measure in shares},
        item.effective_on,
        item.change,
    )


@dataclass(frozen=True)
class Edge:
    """A part of a change, as an edge of the lineage."""

    source: uuid.UUID
    target: uuid.UUID
    effective_on: dt.date
    change: uuid.UUID
    kind: str
    scope: str


def lineage(unit: Unit, day: dt.date | None = None, *, depth: int = 3, direction: str = "both") -> list[Edge]:
    """Return the edges that lead to and from ``unit``, up to ``depth`` changes away (1–10).

    ``direction`` is ``back``, ``forward`` or ``both``; with ``day`` only changes up to that day count.
    """
    found: dict[tuple[uuid.UUID, uuid.UUID, uuid.UUID], Edge] = {}
    for side, other, wanted in (("target", "source", "back"), ("source", "target", "forward")):
        if direction not in (wanted, "both"):
            continue
        # each frontier entry carries the day from which it may be walked on: never back and forth in time
        frontier: dict[uuid.UUID, dt.date | None] = {unit.pk: None}
        for _level in range(depth):
            parts = (
                ChangePart.objects.live()
                .filter(**{f"{side}_id__in": list(frontier)})
                .select_related("change")
            )
            if day is not None:
                parts = parts.filter(change__effective_on__lte=day)
            following: dict[uuid.UUID, dt.date | None] = {}
            for part in parts.order_by("change__effective_on", "id"):
                limit = frontier[getattr(part, f"{side}_id")]
                on = part.change.effective_on
                if limit is not None and (on > limit if wanted == "back" else on < limit):
                    continue
                edge = Edge(part.source_id, part.target_id, on, part.change_id, part.change.kind, part.scope)
                if (edge.source, edge.target, edge.change) not in found:
                    found[edge.source, edge.target, edge.change] = edge
                    following[getattr(part, f"{other}_id")] = on
            if not following:
                break
            frontier = following
    return sorted(found.values(), key=lambda edge: (edge.effective_on, str(edge.source), str(edge.target)))
