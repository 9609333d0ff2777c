"""What a territorial change does to executive bodies, worked out before anything is written.

A body ends with its municipality, and where the municipality becomes one of another kind; what survives keeps its body,
posts and appointments. The post of a village head goes with the village, on contract.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass, field

from ayil_okmotu.models import Appointment, ExecutiveBody, Post, PostKind, StaffingReport
from ayil_okmotu.services.bodies import kind_for
from councils.services.planning import Territory

ONE_DAY = dt.timedelta(days=1)
ENDS, BEGINS, GOES_ON = "ends", "begins", "goes_on"


@dataclass(frozen=True)
class HeadEnd:
    """A head, or somebody acting, whose appointment ends with the body."""

    appointment_id: uuid.UUID
    person_id: uuid.UUID
    acting: bool


@dataclass(frozen=True)
class VillageHeadMove:
    """The post of a village head that goes over with the village; ``to_unit_id`` is None where it ends."""

    settlement_id: uuid.UUID
    post_id: uuid.UUID
    appointment_id: uuid.UUID | None
    person_id: uuid.UUID | None
    from_unit_id: uuid.UUID
    to_unit_id: uuid.UUID | None


@dataclass(frozen=True)
class BodyEffect:
    """What becomes of one body; ``body_id`` is None for one that begins."""

    unit_id: uuid.UUID
    kind: str
    body_id: uuid.UUID | None
    fate: str
    """``ends``, ``begins`` or ``goes_on``."""
    heads: tuple[HeadEnd, ...] = ()
    staff_posts: int = 0
    """Posts that close, without those of village heads that go over."""
    staff_appointments: int = 0
    """Appointments that end, without heads and without village heads that go over."""
    village_heads: tuple[VillageHeadMove, ...] = ()
    filled: int | None = None
    """Staff posts filled, by the latest report before the day."""
    contract: int | None = None
    reported_on: dt.date | None = None


@dataclass(frozen=True)
class BudgetJoin:
    """A municipality whose budgets go on from those of the units that went into it whole."""

    unit_id: uuid.UUID
    from_units: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class BodyEffects:
    """All that a change does to executive bodies."""

    bodies: tuple[BodyEffect, ...] = ()
    joins: tuple[BudgetJoin, ...] = ()

    def of(self, fate: str) -> list[BodyEffect]:
        """Return the bodies that end, begin or go on."""
        return [body for body in self.bodies if body.fate == fate]

    def staff(self, *fates: str) -> tuple[int, int]:
        """Return the staff and contract posts filled, as the bodies of these fates last reported."""
        found = [body for body in self.bodies if body.fate in fates]
        return sum(body.filled or 0 for body in found), sum(body.contract or 0 for body in found)

    @property
    def village_heads(self) -> list[VillageHeadMove]:
        """Return the posts of village heads that go over or end."""
        return [move for body in self.bodies for move in body.village_heads]


@dataclass
class BodyPlan:
    """The bodies, posts and appointments that a change ends, moves and begins."""

    territory: Territory
    bodies: dict[uuid.UUID, ExecutiveBody] = field(default_factory=dict)
    """On the eve, by unit."""
    ending: dict[uuid.UUID, ExecutiveBody] = field(default_factory=dict)
    beginning: dict[uuid.UUID, str] = field(default_factory=dict)
    """The kind of body that begins, by unit."""
    posts: list[Post] = field(default_factory=list)
    """Open posts of bodies that end or lose a village."""
    held: dict[uuid.UUID, list[Appointment]] = field(default_factory=dict)
    """Open appointments by post."""
    goes_to: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    """The unit to which the post of a village head goes over, by post."""

    @property
    def day(self) -> dt.date:
        """The day on which the change takes effect."""
        return self.territory.day

    @property
    def nothing(self) -> bool:
        """Whether the change leaves all bodies and posts as they are."""
        return not (self.ending or self.beginning or self.goes_to)

    def closing(self) -> list[Post]:
        """Return the posts that close: those of bodies that end, and of village heads who go over."""
        ended = {body.pk for body in self.ending.values()}
        return [post for post in self.posts if post.body_id in ended or post.pk in self.goes_to]

    def effects(self) -> BodyEffects:
        """Return it in figures."""
        if self.nothing:
            return BodyEffects()
        reports = self._reports()
        found = [self._effect(unit, body, reports.get(body.pk)) for unit, body in self.bodies.items()]
        touched = {unit for part in self.territory.parts for unit in (part.source_id, part.target_id)}
        return BodyEffects(
            bodies=(
                *(body for body in found if body.fate == ENDS or body.unit_id in touched),
                *(BodyEffect(unit, kind, None, BEGINS) for unit, kind in self.beginning.items()),
            ),
            joins=self._joins(),
        )

    def _reports(self) -> dict[uuid.UUID, StaffingReport]:
        """Return the latest report of each body before the day."""
        reports = (
            StaffingReport.objects.filter(body__in=self.bodies.values(), on__lt=self.day)
            .order_by("body_id", "-on")
            .distinct("body_id")
        )
        return {report.body_id: report for report in reports}

    def _effect(self, unit: uuid.UUID, body: ExecutiveBody, report: StaffingReport | None) -> BodyEffect:
        own = [post for post in self.posts if post.body_id == body.pk]
        ends = unit in self.ending
        closing = [post for post in own if ends and post.pk not in self.goes_to]
        leaving = [(post, one) for post in closing for one in self.held.get(post.pk, [])]
        heads = [one for post, one in leaving if post.kind == PostKind.HEAD]
        return BodyEffect(
            unit_id=unit,
            kind=body.kind,
            body_id=body.pk,
            fate=ENDS if ends else GOES_ON,
            heads=tuple(HeadEnd(one.pk, one.person_id, one.acting) for one in heads),
            staff_posts=len(closing),
            staff_appointments=len(leaving) - len(heads),
            village_heads=tuple(
                self._move(post, unit)
                for post in own
                if post.kind == PostKind.VILLAGE_HEAD and (ends or post.pk in self.goes_to)
            ),
            filled=report.filled if report else None,
            contract=report.contract if report else None,
            reported_on=report.on if report else None,
        )

    def _move(self, post: Post, unit: uuid.UUID) -> VillageHeadMove:
        assert post.settlement_id is not None
        held = self.held.get(post.pk, [])
        holder = next((one for one in held if not one.acting), held[0] if held else None)
        return VillageHeadMove(
            post.settlement_id,
            post.pk,
            holder.pk if holder else None,
            holder.person_id if holder else None,
            unit,
            self.goes_to.get(post.pk),
        )

    def _joins(self) -> tuple[BudgetJoin, ...]:
        whole: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
        for source, target in _whole(self.territory).items():
            whole[target].append(source)
        return tuple(BudgetJoin(unit, tuple(sources)) for unit, sources in whole.items())


def plan(territory: Territory) -> BodyPlan:
    """Work out what a change does to executive bodies; reads only."""
    found = BodyPlan(territory)
    if not (territory.ends or territory.begins or territory.parts or territory.kinds):
        return found
    eve = territory.day - ONE_DAY
    bodies = ExecutiveBody.objects.on(eve).filter(unit__in=territory.touched).order_by("pk")
    found.bodies = {body.unit_id: body for body in bodies}
    found.ending = {
        unit: body
        for unit, body in found.bodies.items()
        if unit in territory.ends or _replaced(body, territory.kinds.get(unit))
    }
    predecessors: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for part in territory.parts:
        predecessors[part.target_id].add(part.source_id)
    for unit in [*territory.begins, *(unit for unit in found.ending if unit not in territory.ends)]:
        kind = kind_for(territory.kinds.get(unit, ""))
        before = predecessors[unit]
        # where nobody has recorded the bodies of before, nobody records those of after
        if kind and (unit in found.ending or not before or before & found.bodies.keys()):
            found.beginning[unit] = kind
    if found.bodies:
        _staff(found)
    return found


def _replaced(body: ExecutiveBody, kind: str | None) -> bool:
    """Whether the unit's new kind needs another kind of body: an ayil aimak that becomes a city."""
    return kind is not None and kind_for(kind) != body.kind


def _whole(territory: Territory) -> dict[uuid.UUID, uuid.UUID]:
    """Return where the units go that end and go whole to another."""
    parts: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for part in territory.parts:
        parts[part.source_id].append(part.target_id)
    partial = {part.source_id for part in territory.parts if part.settlements}
    return {
        source: targets[0]
        for source, targets in parts.items()
        if source in territory.ends and len(targets) == 1 and source not in partial
    }


def _staff(found: BodyPlan) -> None:
    """Read the posts of the bodies that end or lose a village, who holds them, and where village heads go."""
    territory = found.territory
    losing = {part.source_id for part in territory.parts}
    of_body = {body.pk: unit for unit, body in found.bodies.items() if unit in found.ending or unit in losing}
    found.posts = list(
        Post.objects.live().filter(body__in=of_body, valid__upper_inf=True, valid__startswith__lt=found.day)
        .order_by("pk")
    )  # fmt: skip
    whole = _whole(territory)
    moved = {
        (part.source_id, settlement): part.target_id
        for part in territory.parts
        for settlement in part.settlements
    }
    for post in found.posts:
        if post.kind != PostKind.VILLAGE_HEAD or post.settlement_id is None:
            continue
        unit = of_body[post.body_id]
        home = moved.get((unit, post.settlement_id), whole.get(unit))
        if home is None and unit not in territory.ends:
            home = unit
        stays = home in found.bodies and home not in found.ending
        if home is not None and (home in found.beginning or (stays and home != unit)):
            found.goes_to[post.pk] = home
    closing = found.closing()
    appointments = Appointment.objects.live().filter(
        post__in=[post.pk for post in closing], valid__upper_inf=True, valid__startswith__lt=found.day
    )
    for one in appointments.order_by("pk"):
        found.held.setdefault(one.post_id, []).append(one)
