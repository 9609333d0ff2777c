"""Writes that span the register: record a change, annul it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from lsg_portal.data import actor
from registry.errors import RuleBroken, StateConflict, Violation, from_database
from registry.models import (
    Annulment,
    Change,
    ChangeAct,
    ChangePart,
    ChangePartSettlement,
    ChangeShare,
    ChangeUnit,
    PartScope,
    Population,
    Provenance,
    SettlementAssignment,
    Unit,
    UnitCode,
    UnitRole,
    UnitVersion,
)
from registry.names import clean

ONE_DAY = dt.timedelta(days=1)
CHANGE_LOCK = 7_301_001  # one territorial change at a time


@dataclass(frozen=True)
class UnitSpec:
    """What a change does to a unit; empty particulars of an altered unit keep what held before."""

    unit_id: uuid.UUID
    role: str
    kind: str = ""
    name_ky: str | None = None
    name_ru: str | None = None
    name_en: str | None = None
    parent_id: uuid.UUID | None = None
    centre_id: uuid.UUID | None = None
    code_system: str = ""
    code: str = ""


@dataclass(frozen=True)
class ShareSpec:
    """The share of a measure that goes with a part, and how it is known."""

    measure: str
    share: Decimal
    basis: str


@dataclass(frozen=True)
class PartSpec:
    """Territory that goes from one unit to another."""

    source_id: uuid.UUID
    target_id: uuid.UUID
    scope: str
    settlement_ids: tuple[uuid.UUID, ...] = ()
    shares: tuple[ShareSpec, ...] = ()


@dataclass(frozen=True)
class ChangeSpec:
    """A territorial change as it is to be recorded."""

    kind: str
    effective_on: dt.date
    units: tuple[UnitSpec, ...]
    parts: tuple[PartSpec, ...] = ()
    act_ids: tuple[uuid.UUID, ...] = ()
    provenance: str = Provenance.DOCUMENTED
    source: str = ""
    notes: dict[str, str] = field(default_factory=dict)


def lock_territory() -> None:
    """Wait until no other transaction is changing territory, and keep others waiting until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (CHANGE_LOCK,))


def check_now() -> None:
    """Have the database check its deferred rules now; raise RuleBroken if one is broken."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@transaction.atomic
def record_change(spec: ChangeSpec) -> Change:
    """Record a change and all it does to units, codes, settlements and population.

    Units in ``ends`` end on the day, those in ``begins`` begin on it, altered ones get a new version.
    Raises RuleBroken if a rule of the register does not hold, StateConflict if something later was
    already recorded for a unit or settlement it touches.
    """
    lock_territory()
    try:
        change = Change.objects.create(
            kind=spec.kind,
            effective_on=spec.effective_on,
            provenance=spec.provenance,
            source=spec.source,
            **{f"note_{language}": text for language, text in spec.notes.items()},
        )
        ChangeAct.objects.bulk_create(ChangeAct(change=change, act_id=act) for act in spec.act_ids)
        ChangeUnit.objects.bulk_create(
            ChangeUnit(change=change, unit_id=item.unit_id, role=item.role) for item in spec.units
        )
        moved = _write_parts(change, spec)
        _carry_population(change, spec, moved)
        _write_units(change, spec, moved)
        check_now()
    except IntegrityError as error:
        raise from_database(error) from error
    return change


def _write_parts(change: Change, spec: ChangeSpec) -> dict[tuple[uuid.UUID, uuid.UUID], list[uuid.UUID]]:
    """Write the parts; return the settlements that move, by source and target."""
    eve = spec.effective_on - ONE_DAY
    moved = {}
    for item in spec.parts:
        part = ChangePart.objects.create(
            change=change, source_id=item.source_id, target_id=item.target_id, scope=item.scope
        )
        settlements = list(item.settlement_ids)
        if item.scope == PartScope.WHOLE:
            settlements = list(
                SettlementAssignment.objects.on(eve)
                .filter(unit_id=item.source_id)
                .order_by("settlement_id")
                .values_list("settlement_id", flat=True)
            )
        moved[item.source_id, item.target_id] = settlements
        ChangePartSettlement.objects.bulk_create(
            ChangePartSettlement(part=part, settlement_id=settlement) for settlement in settlements
        )
        ChangeShare.objects.bulk_create(
            ChangeShare(part=part, measure=share.measure, share=share.share, basis=share.basis)
            for share in item.shares
        )
    return moved


def _write_units(
    change: Change, spec: ChangeSpec, moved: dict[tuple[uuid.UUID, uuid.UUID], list[uuid.UUID]]
) -> None:
    """End, begin and alter units and move the settlements."""
    by_role: dict[str, list[UnitSpec]] = defaultdict(list)
    for item in spec.units:
        by_role[item.role].append(item)
    ending = [item.unit_id for item in by_role[UnitRole.ENDS]]
    altered = {item.unit_id: item for item in by_role[UnitRole.ALTERS]}
    day = spec.effective_on
    former = {
        version.unit_id: version
        for version in UnitVersion.objects.on(day - ONE_DAY).filter(unit_id__in=[*ending, *altered])
    }
    missing = (set(ending) | set(altered)) - set(former)
    if missing:
        raise RuleBroken(
            Violation(
                "registry_change_days", _("A unit that ends or is altered does not exist on the day before.")
            )
        )
    _close(change, UnitVersion.objects.filter(unit_id__in=former), day)
    _close(change, UnitCode.objects.filter(unit_id__in=ending), day)
    recoded = [item for item in spec.units if item.code and item.role != UnitRole.ENDS]
    for item in recoded:
        _close(change, UnitCode.objects.filter(unit_id=item.unit_id, system=item.code_system), day)
    going = {settlement for settlements in moved.values() for settlement in settlements}
    if spec.kind == "abolish":
        _close(change, SettlementAssignment.objects.filter(unit_id__in=ending), day)
    _close(change, SettlementAssignment.objects.filter(settlement_id__in=going), day)
    opened = {"valid": (day, None), "change": change, "provenance": spec.provenance}
    for item in by_role[UnitRole.BEGINS]:
        UnitVersion.objects.create(
            unit_id=item.unit_id,
            kind=item.kind,
            name_ky=item.name_ky,
            name_ru=item.name_ru,
            name_en=item.name_en,
            parent_id=item.parent_id,
            centre_id=item.centre_id,
            **opened,
        )
    for unit_id, item in altered.items():
        old = former[unit_id]
        UnitVersion.objects.create(
            unit_id=unit_id,
            kind=item.kind or old.kind,
            name_ky=item.name_ky or old.name_ky,
            name_ru=item.name_ru or old.name_ru,
            name_en=item.name_en or old.name_en,
            parent_id=item.parent_id or old.parent_id,
            centre_id=item.centre_id or old.centre_id,
            **opened,
        )
    UnitCode.objects.bulk_create(
        UnitCode(unit_id=item.unit_id, system=item.code_system, code=item.code, **opened) for item in recoded
    )
    SettlementAssignment.objects.bulk_create(
        SettlementAssignment(settlement_id=settlement, unit_id=target, **opened)
        for (_source, target), settlements in moved.items()
        for settlement in settlements
    )


def _close(change: Change, rows: models.QuerySet, day: dt.date) -> None:
    """End the rows in force on the eve of ``day``; raise StateConflict if they already end or a later row stands."""
    live = rows.filter(voided_by__isnull=True)
    if live.filter(valid__endswith__gt=day).exists() or live.filter(valid__startswith__gte=day).exists():
        raise StateConflict(
            Violation("later_change", _("A later change of the same unit or settlement is already recorded."))
        )
    live.filter(valid__upper_inf=True).update(
        valid=Func(
            LowerBound(F("valid")), Value(day), function="daterange", output_field=UnitVersion.valid.field
        ),
        closed_by=change,
    )


class LowerBound(Func):
    """The first day of a range."""

    function = "lower"
    output_field = models.DateField()


def _carry_population(
    change: Change, spec: ChangeSpec, moved: dict[tuple[uuid.UUID, uuid.UUID], list[uuid.UUID]]
) -> None:
    """Carry the latest population of each source into its targets, so that no resident is lost or doubled.

    A whole part brings all; a part brings its declared share, else the sum of its settlements where each
    has a figure. What is not known is left out; where one part of an ending unit is unknown it gets the rest.
    """
    touched = {unit for pair in moved for unit in pair}
    if not touched:
        return
    ending = {item.unit_id for item in spec.units if item.role == UnitRole.ENDS}
    beginning = {item.unit_id for item in spec.units if item.role == UnitRole.BEGINS}
    if (
        Population.objects.live()
        .filter(unit_id__in=touched, change__isnull=False, on__gt=spec.effective_on)
        .exists()
    ):
        raise StateConflict(
            Violation("later_change", _("A later change of the same unit or settlement is already recorded."))
        )
    figures = {
        figure.unit_id: figure
        for figure in Population.objects.live()
        .filter(unit_id__in=touched)
        .filter(Q(on__lt=spec.effective_on) | Q(on=spec.effective_on, change__isnull=False))
        .order_by("unit_id", "-on", "-recorded_at")
        .distinct("unit_id")
    }
    settlements = {
        figure.settlement_id: figure.value
        for figure in Population.objects.live()
        .filter(settlement_id__in={s for items in moved.values() for s in items}, on__lt=spec.effective_on)
        .order_by("settlement_id", "-on")
        .distinct("settlement_id")
    }
    gains: dict[uuid.UUID, list[int | None]] = defaultdict(list)
    losses: dict[uuid.UUID, list[int | None]] = defaultdict(list)
    by_source: dict[uuid.UUID, list[PartSpec]] = defaultdict(list)
    for part in spec.parts:
        by_source[part.source_id].append(part)
    for source, parts in by_source.items():
        base = figures[source].value if source in figures else None
        values = [_moved_population(part, base, moved[source, part.target_id], settlements) for part in parts]
        unknown = [index for index, value in enumerate(values) if value is None]
        if source in ending and base is not None and len(unknown) <= 1:
            index = unknown[0] if unknown else len(values) - 1
            values[index] = max(base - sum(value or 0 for i, value in enumerate(values) if i != index), 0)
        for part, value in zip(parts, values, strict=True):
            gains[part.target_id].append(value)
        losses[source] = values
    rows = []
    for unit in sorted((touched - ending), key=str):
        change_of = [*gains[unit], *(None if value is None else -value for value in losses[unit])]
        known = [value for value in change_of if value is not None]
        if unit in beginning:
            if len(known) < len(change_of):
                continue
            value = sum(known)
        elif unit in figures:
            value = max(figures[unit].value + sum(known), 0)
        else:
            continue
        bases = [
            figures[u]
            for u in (unit, *(p.source_id for p in spec.parts if p.target_id == unit))
            if u in figures
        ]
        constructed = spec.provenance == Provenance.CONSTRUCTED or any(
            figure.provenance == Provenance.CONSTRUCTED for figure in bases
        )
        rows.append(
            Population(
                unit_id=unit,
                on=spec.effective_on,
                value=value,
                change=change,
                provenance=Provenance.CONSTRUCTED if constructed else Provenance.DOCUMENTED,
                source="change",
            )
        )
    Population.objects.bulk_create(rows)


def _moved_population(
    part: PartSpec, base: int | None, settlements: list[uuid.UUID], figures: Mapping[uuid.UUID | None, int]
) -> int | None:
    """The residents who go with a part, or None where nothing says how many."""
    if part.scope == PartScope.WHOLE:
        return base
    for share in part.shares:
        if share.measure == "population" and base is not None:
            return int((base * share.share).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if settlements and all(settlement in figures for settlement in settlements):
        return sum(figures[settlement] for settlement in settlements)
    return None


@transaction.atomic
def annul_change(*, change: Change, reason: str, by: str, at: dt.datetime) -> Annulment:
    """Void what ``change`` wrote and open again what it had closed; the change itself stays on record.

    Raises StateConflict if it is annulled already or a later change rests on it.
    """
    lock_territory()
    if not clean(reason):
        raise RuleBroken(Violation("required", _("Give the reason for the annulment."), "/reason"))
    if Annulment.objects.filter(change=change).exists():
        raise StateConflict(Violation("already_annulled", _("The change has already been annulled.")))
    if resting := _resting_on(change):
        raise StateConflict(
            Violation(
                "later_change_rests",
                _("Another change, recorded later, rests on this one: annul it first (%(changes)s).")
                % {"changes": ", ".join(str(later) for later in resting)},
            )
        )
    try:
        with actor.because(reason):
            annulment = Annulment.objects.create(change=change, reason=reason, by=by, at=at)
            dated: tuple[type[models.Model], ...] = (UnitVersion, UnitCode, SettlementAssignment)
            written: tuple[type[models.Model], ...] = (*dated, Population)
            for model in written:
                model._default_manager.filter(change=change).update(voided_by=annulment)
            ChangeUnit.objects.filter(change=change).update(voided_by=annulment)
            ChangePart.objects.filter(change=change).update(voided_by=annulment)
            for model in dated:
                model._default_manager.filter(closed_by=change).update(
                    valid=Func(
                        LowerBound(F("valid")),
                        Value(None, output_field=models.DateField()),
                        function="daterange",
                        output_field=UnitVersion.valid.field,
                    ),
                    closed_by=None,
                )
            check_now()
    except IntegrityError as error:
        raise from_database(error) from error
    return annulment


def _resting_on(change: Change) -> list[Change]:
    """Return the live changes that need what ``change`` wrote, by the day they take effect."""
    found: set[uuid.UUID] = set()
    for model in (UnitVersion, UnitCode, SettlementAssignment):
        closed = model.objects.live().filter(change=change, closed_by__isnull=False)
        found.update(closed.values_list("closed_by_id", flat=True))
    for unit_id, recorded_at in (
        Population.objects.live().filter(change=change).values_list("unit_id", "recorded_at")
    ):
        later = Population.objects.live().filter(unit_id=unit_id, recorded_at__gt=recorded_at)
        found.update(later.filter(change__isnull=False).values_list("change_id", flat=True))
    begun = list(change.change_units.live().filter(role=UnitRole.BEGINS).values_list("unit_id", flat=True))
    for lines in (
        ChangeUnit.objects.live().filter(unit__in=begun),
        ChangePart.objects.live().filter(source__in=begun),
        ChangePart.objects.live().filter(target__in=begun),
        UnitVersion.objects.live().filter(parent__in=begun, change__isnull=False),
        SettlementAssignment.objects.live().filter(unit__in=begun, change__isnull=False),
    ):
        found.update(lines.values_list("change_id", flat=True))
    return list(Change.objects.filter(pk__in=found - {change.pk}).order_by("effective_on", "id"))


def new_unit() -> Unit:
    """Return a unit that exists on no day yet."""
    return Unit.objects.create()
