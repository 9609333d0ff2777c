"""What must hold before an event can be applied, told all at once and in words."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from reform.models import Event, EventPart, EventUnit
from registry.errors import RULES, Violation
from registry.models import (
    MUNICIPALITY_KINDS,
    ChangeKind,
    LegalAct,
    PartScope,
    Population,
    SettlementAssignment,
    Unit,
    UnitRole,
    UnitVersion,
)

ONE_DAY = dt.timedelta(days=1)
PARENT_KINDS = {
    "district": {"oblast"},
    "city_oblast": {"oblast"},
    "city_district_level": {"district"},
    "ayil_aimak": {"district"},
    "city_district": {"city_republican", "city_oblast"},
    "oblast": set(),
    "city_republican": set(),
}


@dataclass
class Plan:
    """A draft with everything the rules look at, read once."""

    event: Event
    units: list[EventUnit]
    parts: list[EventPart]
    acts: list[LegalAct]
    eve: dict[uuid.UUID, UnitVersion] = field(default_factory=dict)
    settlements: dict[uuid.UUID, set[uuid.UUID]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, event: Event) -> Plan:
        """Read the draft and the state of its units on the eve of the event."""
        units = list(event.event_units.present().order_by("id"))
        parts = list(event.parts.present().prefetch_related("part_settlements", "shares").order_by("id"))
        acts = list(LegalAct.objects.filter(event_acts__event=event, event_acts__removed_at__isnull=True))
        plan = cls(event, units, parts, acts)
        eve = event.effective_on - ONE_DAY
        involved = (
            {line.unit_id for line in units} | {p.source_id for p in parts} | {p.target_id for p in parts}
        )
        involved |= {line.parent_id for line in units if line.parent_id}
        plan.eve = {
            version.unit_id: version for version in UnitVersion.objects.on(eve).filter(unit__in=involved)
        }
        for unit, settlement in (
            SettlementAssignment.objects.on(eve)
            .filter(unit__in={p.source_id for p in parts})
            .values_list("unit_id", "settlement_id")
        ):
            plan.settlements[unit].add(settlement)
        return plan

    def role(self, role: str) -> list[EventUnit]:
        """The lines of one role."""
        return [line for line in self.units if line.role == role]

    def name(self, unit_id: uuid.UUID) -> str:
        """What to call a unit in a message."""
        if unit_id in self.eve:
            return str(self.eve[unit_id].name)
        for line in self.units:
            if line.unit_id == unit_id and line.name:
                return str(line.name)
        return str(Unit.objects.get(pk=unit_id))


def violations(event: Event) -> list[Violation]:
    """Return every rule the event would break, none if it can be applied."""
    plan = Plan.of(event)
    found: list[Violation] = []
    for check in (
        _kind,
        _alterations,
        _acts,
        _days,
        _begins,
        _levels,
        _wholes,
        _settlements,
        _shares,
        _children,
        _later,
    ):
        found.extend(check(plan))
    return found


def _broken(rule: str, pointer: str, about: str = "") -> Violation:
    """A violation of a rule that the database holds too."""
    sentence = str(RULES[rule])
    return Violation(rule, f"{about}: {sentence}" if about else sentence, pointer)


def _kind(plan: Plan) -> Iterator[Violation]:
    """The declared kind fits what the event ends, begins, alters and moves."""
    ends, begins = (
        {u.unit_id for u in plan.role(UnitRole.ENDS)},
        {u.unit_id for u in plan.role(UnitRole.BEGINS)},
    )
    alters = len(plan.role(UnitRole.ALTERS))
    parts = plan.parts
    whole = all(part.scope == PartScope.WHOLE for part in parts)
    sources, targets = {part.source_id for part in parts}, {part.target_id for part in parts}
    spanning = targets - begins - ends
    fits = {
        ChangeKind.CREATE: not ends and begins and not parts and not alters,
        ChangeKind.MERGE: len(ends) >= 2
        and len(begins) == 1
        and not alters
        and len(parts) == len(ends)
        and whole
        and len(targets) == 1,
        ChangeKind.ABSORB: ends
        and not begins
        and len(parts) == len(ends)
        and whole
        and len(targets) == 1
        and len(spanning) == 1,
        ChangeKind.SPLIT: len(sources) == 1
        and begins
        and len(ends) <= 1
        and targets == begins
        and (not ends or len(begins) >= 2),
        ChangeKind.TRANSFER: not ends
        and not begins
        and parts
        and all(part.scope == PartScope.PART for part in parts),
        ChangeKind.REORGANISE: parts and (ends or begins),
        ChangeKind.ABOLISH: ends and not begins and not parts and not alters,
    }.get(ChangeKind(plan.event.kind), not ends and not begins and not parts and alters)
    if not fits:
        yield _broken("registry_change_kind_fits", "/kind")


ALTERED = {
    # kind of change: what it must alter, and what else it may
    ChangeKind.RENAME: ("name", {"name"}),
    ChangeKind.RECODE: ("code", {"code"}),
    ChangeKind.REPARENT: ("parent", {"parent", "code"}),
    ChangeKind.TYPE_CHANGE: ("kind", {"kind", "name", "parent", "code"}),
}


def _alterations(plan: Plan) -> Iterator[Violation]:
    """A renaming gives another name and nothing else; so for code, parent and kind."""
    if plan.event.kind not in ALTERED:
        return
    must, may = ALTERED[ChangeKind(plan.event.kind)]
    for line in plan.role(UnitRole.ALTERS):
        former = plan.eve.get(line.unit_id)
        if former is None:
            continue
        names = [(getattr(line, f"name_{x}"), getattr(former, f"name_{x}")) for x in ("ky", "ru", "en")]
        altered = {
            what
            for what, differs in {
                "name": any(new and new != old for new, old in names),
                "code": bool(line.code),
                "parent": bool(line.parent_id) and line.parent_id != former.parent_id,
                "kind": bool(line.kind) and line.kind != former.kind,
            }.items()
            if differs
        }
        if must not in altered or altered - may:
            yield Violation(
                "registry_change_kind_fits",
                _("%(unit)s: a change of this kind alters exactly what its name says.")
                % {"unit": plan.name(line.unit_id)},
                "/units",
            )


def _levels(plan: Plan) -> Iterator[Violation]:
    """Territory of a municipality goes to a municipality."""
    begun = {line.unit_id: line.kind for line in plan.role(UnitRole.BEGINS)}
    altered = {line.unit_id: line.kind for line in plan.role(UnitRole.ALTERS) if line.kind}

    def municipality(unit_id: uuid.UUID, kinds: dict[uuid.UUID, str]) -> bool | None:
        kind = kinds.get(unit_id) or (plan.eve[unit_id].kind if unit_id in plan.eve else None)
        return None if kind is None else kind in MUNICIPALITY_KINDS

    for part in plan.parts:
        source, target = municipality(part.source_id, {}), municipality(part.target_id, begun | altered)
        if source is not None and target is not None and source != target:
            yield _broken("registry_change_level", "/parts", plan.name(part.target_id))


def _acts(plan: Plan) -> Iterator[Violation]:
    """No act was adopted after the day the event takes effect."""
    for act in plan.acts:
        if act.adopted_on > plan.event.effective_on:
            yield _broken("registry_change_after_act", "/acts", str(act))


def _days(plan: Plan) -> Iterator[Violation]:
    """What ends, is altered, gives or receives existed on the eve; what begins did not."""
    first = UnitVersion.objects.live().order_by("valid").values_list("valid", flat=True).first()
    if first is not None and plan.event.effective_on <= first.lower:
        yield Violation(
            "before_the_register",
            _("The register begins on %(day)s: a change must take effect after that day.")
            % {"day": first.lower.strftime("%d.%m.%Y")},
            "/effective_on",
        )
    begins = {line.unit_id for line in plan.role(UnitRole.BEGINS)}
    needed = [(line.unit_id, "/units") for line in plan.units if line.role != UnitRole.BEGINS]
    needed += [(part.source_id, "/parts") for part in plan.parts]
    needed += [(part.target_id, "/parts") for part in plan.parts if part.target_id not in begins]
    for unit_id, pointer in dict(needed).items():
        if unit_id not in plan.eve:
            yield Violation(
                "registry_change_days",
                _("%(unit)s does not exist on the day before the event.") % {"unit": plan.name(unit_id)},
                pointer,
            )
    ended = UnitVersion.objects.live().filter(unit__in=begins).exclude(unit__in=plan.eve)
    for unit_id in set(ended.values_list("unit_id", flat=True)) | (begins & set(plan.eve)):
        yield _broken("registry_changeunit_begins_once", "/units", plan.name(unit_id))


def _begins(plan: Plan) -> Iterator[Violation]:
    """A new unit lies in a parent of the right kind that exists on the day."""
    ends = {line.unit_id for line in plan.role(UnitRole.ENDS)}
    begun = {line.unit_id: line for line in plan.role(UnitRole.BEGINS)}
    for line in [*begun.values(), *plan.role(UnitRole.ALTERS)]:
        former = plan.eve.get(line.unit_id)
        kind = line.kind or (former.kind if former else "")
        parent = line.parent_id or (former.parent_id if former else None)
        allowed = PARENT_KINDS.get(kind, set())
        if not parent and not allowed:
            continue
        parent_kind = ""
        if parent in begun:
            parent_kind = begun[parent].kind
        elif parent and parent in plan.eve:
            parent_kind = plan.eve[parent].kind
        elif parent and (
            version := UnitVersion.objects.on(plan.event.effective_on).filter(unit=parent).first()
        ):
            parent_kind = version.kind
        if not parent_kind or parent in ends:
            yield _broken("registry_unitversion_within_parent", "/units", plan.name(line.unit_id))
        elif parent_kind not in allowed:
            yield _broken("registry_unitversion_parent_fits", "/units", plan.name(line.unit_id))


def _wholes(plan: Plan) -> Iterator[Violation]:
    """Whole parts come from units that end; endings have successors and beginnings predecessors."""
    ends = {line.unit_id for line in plan.role(UnitRole.ENDS)}
    begins = {line.unit_id for line in plan.role(UnitRole.BEGINS)}
    given = Counter(part.source_id for part in plan.parts)
    for part in plan.parts:
        if part.scope == PartScope.WHOLE and (part.source_id not in ends or given[part.source_id] > 1):
            yield _broken("registry_change_whole_ends", "/parts", plan.name(part.source_id))
        if part.source_id in begins or part.target_id in ends:
            yield _broken("registry_change_direction", "/parts", plan.name(part.source_id))
    if plan.event.kind in (ChangeKind.CREATE, ChangeKind.ABOLISH):
        return
    received = {part.target_id for part in plan.parts}
    for unit_id in [u for u in ends if u not in given] + [u for u in begins if u not in received]:
        yield _broken("registry_change_complete", "/units", plan.name(unit_id))


def _settlements(plan: Plan) -> Iterator[Violation]:
    """Settlements move from where they lie, once; a unit that ends leaves none, one that stays keeps one."""
    ends = {line.unit_id for line in plan.role(UnitRole.ENDS)}
    named: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for part in plan.parts:
        if part.scope == PartScope.WHOLE:
            continue
        listed = {line.settlement_id for line in part.part_settlements.all()}
        if listed - plan.settlements[part.source_id]:
            yield _broken("registry_change_settlements", "/parts", plan.name(part.source_id))
        if listed & named[part.source_id]:
            yield _broken("registry_settlementassignment_one_a_day", "/parts", plan.name(part.source_id))
        if not listed and not part.shares.all():
            yield Violation(
                "part_without_settlements",
                _("%(unit)s: name the settlements or parcels that move.")
                % {"unit": plan.name(part.source_id)},
                "/parts",
            )
        named[part.source_id] |= listed
    for source, listed in named.items():
        everything = plan.settlements[source]
        if (source in ends and everything - listed) or (
            source not in ends and everything and not everything - listed
        ):
            yield _broken("registry_change_exhausts", "/parts", plan.name(source))


def _shares(plan: Plan) -> Iterator[Violation]:
    """The shares of a unit that ends sum to 1; those of one that stays leave a rest."""
    ends = {line.unit_id for line in plan.role(UnitRole.ENDS)}
    sums: dict[tuple[uuid.UUID, str], Decimal] = defaultdict(Decimal)
    for part in plan.parts:
        for share in part.shares.all():
            sums[part.source_id, share.measure] += share.share
    for (source, _measure), total in sums.items():
        if source in ends and total != 1:
            yield _broken("registry_change_shares", "/parts", plan.name(source))
        elif source not in ends and total >= 1:
            yield Violation(
                "registry_change_shares",
                _("%(unit)s remains: the shares it gives must sum to less than 1.")
                % {"unit": plan.name(source)},
                "/parts",
            )


def _children(plan: Plan) -> Iterator[Violation]:
    """No unit is left in a parent that ends."""
    ends = {line.unit_id for line in plan.role(UnitRole.ENDS)}
    moved = {line.unit_id for line in plan.units if line.role == UnitRole.ALTERS and line.parent_id}
    left = (
        UnitVersion.objects.on(plan.event.effective_on).filter(parent__in=ends).exclude(unit__in=ends | moved)
    )
    for version in left.order_by("sort_ky"):
        yield _broken("registry_unitversion_within_parent", "/units", str(version.name))


def _later(plan: Plan) -> Iterator[Violation]:
    """Nothing later is recorded for what the event touches."""
    touched = {line.unit_id for line in plan.units if line.role != UnitRole.BEGINS}
    moved = {part.source_id for part in plan.parts} | {part.target_id for part in plan.parts}
    carried = Population.objects.live().filter(
        unit__in=moved, change__isnull=False, on__gt=plan.event.effective_on
    )
    for unit_id in sorted(set(carried.values_list("unit_id", flat=True)), key=str):
        yield Violation(
            "later_change",
            _("%(unit)s: a later change of the same unit is already recorded.")
            % {"unit": plan.name(unit_id)},
            "/effective_on",
        )
    later = UnitVersion.objects.live().filter(unit__in=touched)
    day = plan.event.effective_on
    clash = later.filter(valid__startswith__gte=day) | later.filter(valid__endswith__gt=day)
    for unit_id in set(clash.values_list("unit_id", flat=True)) - set(
        carried.values_list("unit_id", flat=True)
    ):
        yield Violation(
            "later_change",
            _("%(unit)s: a later change of the same unit is already recorded.")
            % {"unit": plan.name(unit_id)},
            "/effective_on",
        )


def warnings(event: Event) -> list[Violation]:
    """Return what does not forbid the event but wants a look: no act, or an act since repealed."""
    plan = Plan.of(event)
    found = []
    if not plan.acts:
        found.append(Violation("no_act", _("The event rests on no legal act."), "/acts"))
    found += [
        Violation("repealed_act", _("%(act)s is repealed.") % {"act": act}, "/acts")
        for act in plan.acts
        if act.status == LegalAct.Status.REPEALED
    ]
    found += [
        Violation(
            "not_a_municipality",
            _("%(unit)s is not a municipality.") % {"unit": plan.name(line.unit_id)},
            "/units",
        )
        for line in plan.role(UnitRole.ENDS)
        if line.unit_id in plan.eve and plan.eve[line.unit_id].kind not in MUNICIPALITY_KINDS
    ]
    return found
