"""What a territorial change does to seats, worked out before anything is written.

Deputies keep their mandates over a change of boundaries (the law on their status): whoever sits in a council that ends
goes over to the council of the unit that takes the territory, until the next election. Parts of a unit that stays move
no seat. Of several takers it is the one that gets the centre, else the most settlements.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from councils.models import Convocation, Council, Mandate
from councils.services.bodies import kind_for
from registry.models import Change, ChangePartSettlement, PartScope, UnitRole, UnitVersion
from registry.services import ChangeSpec

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class OriginSeats:
    """What a council that ends brings: its seats by law, the deputies who go over, and those who do not."""

    unit_id: uuid.UUID
    council_id: uuid.UUID
    seats: int
    carried_over: int
    ended: int


@dataclass(frozen=True)
class SeatEffect:
    """The seats of a council after a change; ``unit_id`` is None for a council that ends without a successor."""

    unit_id: uuid.UUID | None
    kind: str
    council_id: uuid.UUID | None
    """The council that already sits there; None for a new one."""
    by_law: int | None
    own: int
    """Deputies of the council that stays."""
    origins: tuple[OriginSeats, ...] = ()
    new: bool = False

    @property
    def sitting(self) -> int:
        """All deputies after the change."""
        return self.own + sum(origin.carried_over for origin in self.origins)

    @property
    def vacant(self) -> int | None:
        """Seats that the law gives and nobody holds; none where more sit than it gives."""
        return None if self.by_law is None else max(self.by_law - self.sitting, 0)


@dataclass(frozen=True)
class Part:
    """Territory that moves, in the order of the change; ``settlements`` of partial ones only."""

    source_id: uuid.UUID
    target_id: uuid.UUID
    settlements: frozenset[uuid.UUID] = frozenset()


@dataclass
class Territory:
    """What a change does to units: as recorded, or as drafted."""

    day: dt.date
    ends: set[uuid.UUID]
    begins: set[uuid.UUID]
    parts: list[Part]
    kinds: dict[uuid.UUID, str] = field(default_factory=dict)
    """Kinds from the day on, of the units that the change begins or gives another kind."""
    touched: set[uuid.UUID] = field(default_factory=set)

    @classmethod
    def of_change(cls, change: Change) -> Territory:
        """Read a change that is recorded."""
        lines = list(change.change_units.live().values_list("unit_id", "role"))
        rows = list(change.parts.live().order_by("id").values_list("id", "source_id", "target_id", "scope"))
        settlements: dict[int, set[uuid.UUID]] = defaultdict(set)
        partial = [pk for pk, _source, _target, scope in rows if scope == PartScope.PART]
        if partial:
            for part, settlement in ChangePartSettlement.objects.filter(part__in=partial).values_list(
                "part_id", "settlement_id"
            ):
                settlements[part].add(settlement)
        found = cls(
            change.effective_on,
            {unit for unit, role in lines if role == UnitRole.ENDS},
            {unit for unit, role in lines if role == UnitRole.BEGINS},
            [Part(source, target, frozenset(settlements[pk])) for pk, source, target, _scope in rows],
        )
        found._touch(unit for unit, _role in lines)
        staying = found.touched - found.ends
        found.kinds = dict(
            UnitVersion.objects.on(change.effective_on)
            .filter(unit__in=staying)
            .values_list("unit_id", "kind")
        )
        return found

    @classmethod
    def of_spec(cls, spec: ChangeSpec) -> Territory:
        """Read a change that is drafted."""
        found = cls(
            spec.effective_on,
            {line.unit_id for line in spec.units if line.role == UnitRole.ENDS},
            {line.unit_id for line in spec.units if line.role == UnitRole.BEGINS},
            [Part(part.source_id, part.target_id, frozenset(part.settlement_ids)) for part in spec.parts],
        )
        found._touch(line.unit_id for line in spec.units)
        found.kinds = {line.unit_id: line.kind for line in spec.units if line.kind}
        return found

    def _touch(self, units: Iterable[uuid.UUID]) -> None:
        self.touched = {*units, *(p.source_id for p in self.parts), *(p.target_id for p in self.parts)}


@dataclass
class Move:
    """The deputies of one council that ends, in the order in which they go over."""

    council: Council
    convocation: Convocation | None
    carried: list[Mandate] = field(default_factory=list)
    ended: list[Mandate] = field(default_factory=list)

    @property
    def seats(self) -> OriginSeats:
        """The figures of it."""
        return OriginSeats(
            self.council.unit_id,
            self.council.pk,
            self.convocation.seats_by_law if self.convocation else 0,
            len(self.carried),
            len(self.ended),
        )


@dataclass
class Receiver:
    """A council that goes on or begins on the day, with the deputies it gets."""

    unit_id: uuid.UUID
    kind: str
    council: Council | None = None
    convocation: Convocation | None = None
    own: list[Mandate] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    given: int | None = None

    @property
    def by_law(self) -> int | None:
        """The seats that the law gives: of the convocation that sits, else as given, else the most of an origin."""
        if self.convocation:
            return self.convocation.seats_by_law
        origins = [move.convocation.seats_by_law for move in self.moves if move.convocation]
        return (self.given or max(origins)) if origins else None

    @property
    def effect(self) -> SeatEffect:
        """The seats of it."""
        return SeatEffect(
            unit_id=self.unit_id,
            kind=self.kind,
            council_id=self.council.pk if self.council else None,
            by_law=self.by_law,
            own=len(self.own),
            origins=tuple(move.seats for move in self.moves),
            new=self.council is None,
        )


@dataclass
class SeatPlan:
    """All that a change does to councils."""

    day: dt.date
    receivers: list[Receiver] = field(default_factory=list)
    without_successor: list[Move] = field(default_factory=list)

    @property
    def moves(self) -> list[Move]:
        """Every council that ends."""
        return [*(move for one in self.receivers for move in one.moves), *self.without_successor]

    @property
    def effects(self) -> list[SeatEffect]:
        """What it does, council by council."""
        return [
            *(one.effect for one in self.receivers),
            *(
                SeatEffect(None, move.council.kind, move.council.pk, None, 0, (move.seats,))
                for move in self.without_successor
            ),
        ]


def plan(territory: Territory, given: Mapping[uuid.UUID, int] | None = None) -> SeatPlan:
    """Work out what a change does to councils; reads only."""
    result = SeatPlan(territory.day)
    eve = territory.day - ONE_DAY
    councils = {
        council.unit_id: council
        for council in Council.objects.on(eve).filter(unit__in=territory.touched).order_by("pk")
    }
    if not councils:
        return result
    ending = {
        unit: council
        for unit, council in councils.items()
        if unit in territory.ends or _replaced(council, territory.kinds.get(unit))
    }
    heirs = _heirs(territory, ending, eve)
    founding = {
        part.target_id
        for part in territory.parts
        if part.target_id in territory.begins and part.source_id in councils
    }
    receivers: dict[uuid.UUID, Receiver] = {}
    homes = list(dict.fromkeys([*(heir for heir in heirs.values() if heir), *sorted(founding, key=str)]))
    unknown = [unit for unit in homes if unit not in territory.kinds]
    kinds = territory.kinds | dict(
        UnitVersion.objects.on(eve).filter(unit__in=unknown).values_list("unit_id", "kind")
    )
    for unit in homes:
        kind = kind_for(kinds.get(unit, ""))
        if kind:
            staying = None if unit in ending else councils.get(unit)
            receivers[unit] = Receiver(unit, kind, staying, given=(given or {}).get(unit))
    _seat(result, territory, ending, heirs, receivers)
    result.receivers = [one for one in receivers.values() if one.moves or one.council is None]
    return result


def _replaced(council: Council, kind: str | None) -> bool:
    """Whether the unit's new kind needs another kind of council: an ayil aimak that becomes a city."""
    return kind is not None and kind_for(kind) != council.kind


def _heirs(
    territory: Territory, ending: Mapping[uuid.UUID, Council], eve: dt.date
) -> dict[uuid.UUID, uuid.UUID | None]:
    """Return the unit whose council succeeds each council that ends."""
    by_source: dict[uuid.UUID, list[Part]] = defaultdict(list)
    for part in territory.parts:
        by_source[part.source_id].append(part)
    divided = [unit for unit in ending if unit in territory.ends and len(by_source[unit]) > 1]
    centres = dict(
        UnitVersion.objects.on(eve).filter(unit__in=divided).values_list("unit_id", "centre_id")
        if divided
        else ()
    )
    heirs: dict[uuid.UUID, uuid.UUID | None] = {}
    order = {part.source_id: place for place, part in reversed(list(enumerate(territory.parts)))}
    for unit in sorted(
        ending, key=lambda one: (order.get(one, -1), str(one))
    ):  # who stays in place comes first
        if unit not in territory.ends:
            heirs[unit] = unit
            continue
        parts = by_source[unit]
        with_centre = [part for part in parts if centres.get(unit) in part.settlements]
        best = max(with_centre or parts, key=lambda part: len(part.settlements), default=None)
        heirs[unit] = best.target_id if best else None
    return heirs


def _seat(
    result: SeatPlan,
    territory: Territory,
    ending: Mapping[uuid.UUID, Council],
    heirs: Mapping[uuid.UUID, uuid.UUID | None],
    receivers: Mapping[uuid.UUID, Receiver],
) -> None:
    """Read who sits on the eve and have each go over once; who already sits there does not go over again."""
    eve = territory.day - ONE_DAY
    staying = [one.council for one in receivers.values() if one.council]
    sitting = {
        row.council_id: row
        for row in Convocation.objects.on(eve).filter(
            council__in=[*ending.values(), *staying], valid__upper_inf=True
        )
    }
    deputies: dict[uuid.UUID, list[Mandate]] = defaultdict(list)
    for mandate in (
        Mandate.objects.on(eve)
        .filter(convocation__in=[row.pk for row in sitting.values()], valid__upper_inf=True)
        .order_by("recorded_at", "pk")
    ):
        deputies[mandate.convocation_id].append(mandate)
    for one in receivers.values():
        if one.council:
            one.convocation = sitting.get(one.council.pk)
            one.own = deputies[one.convocation.pk] if one.convocation else []
    seated = {unit: {mandate.person_id for mandate in one.own} for unit, one in receivers.items()}
    for unit, heir in heirs.items():
        council = ending[unit]
        move = Move(council, sitting.get(council.pk))
        leaving = deputies[move.convocation.pk] if move.convocation else []
        receiver = receivers.get(heir) if heir else None
        if receiver is None or heir is None:
            move.ended = leaving
            result.without_successor.append(move)
            continue
        for mandate in leaving:
            goes = mandate.person_id not in seated[heir]
            (move.carried if goes else move.ended).append(mandate)
            seated[heir].add(mandate.person_id)
        receiver.moves.append(move)
