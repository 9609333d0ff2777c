"""Writes of the reform: draft an event, preview it, apply it, annul it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from ayil_okmotu import services as executives
from councils import services as councils
from delegation import services as delegation
from kpi import services as kpi
from lsg_portal.data import actor
from reform import conditions, queries
from reform.models import (
    Event,
    EventAct,
    EventApplication,
    EventPart,
    EventPartSettlement,
    EventPartShare,
    EventUnit,
    Programme,
)
from registry.errors import RuleBroken, Stale, StateConflict, Violation, from_database
from registry.models import PartScope, Provenance, Unit
from registry.names import clean
from registry.services import (
    ChangeSpec,
    PartSpec,
    ShareSpec,
    UnitSpec,
    annul_change,
    check_now,
    lock_territory,
    record_change,
)

if TYPE_CHECKING:
    from accounts.models import User

EDITABLE = (Event.Status.DRAFT, Event.Status.ADOPTED)


@dataclass(frozen=True)
class EventDraft:
    """All that a draft says; the units it begins carry their permanent identifier (see ``new_unit``)."""

    programme_id: uuid.UUID
    kind: str
    effective_on: dt.date
    titles: Mapping[str, str]
    units: tuple[UnitSpec, ...] = ()
    parts: tuple[PartSpec, ...] = ()
    act_ids: tuple[uuid.UUID, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    provenance: str = Provenance.DOCUMENTED
    source: str = ""


def _locked(event: Event, expected_version: int | None) -> Event:
    """Return the event's row, locked; raise Stale if it is no longer the version the caller has read."""
    row = Event.objects.select_for_update().get(pk=event.pk)
    if expected_version is not None and row.version != expected_version:
        raise Stale(Violation("stale", _("The event has been changed by someone else since you opened it.")))
    return row


@transaction.atomic
def draft(*, content: EventDraft, by: User | None, key: uuid.UUID | None = None) -> Event:
    """Create an event in draft, ``key`` its identifier; what ``by`` drafted under this key before is returned as it is.

    So a form sent twice makes one draft: who sends it again, even at the same moment, gets the first one.
    """
    if key is not None:
        with connection.cursor() as cursor:  # until the other transaction has ended
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"draft {key}",))
        if known := drafted(key=key, by=by):
            return known
    event = Event(
        id=key if key and not Event.objects.filter(pk=key).exists() else uuid.uuid4(),
        programme=Programme.objects.get(pk=content.programme_id),
        kind=content.kind,
        effective_on=content.effective_on,
        provenance=content.provenance,
        source=content.source,
        created_by=by,
    )
    return _write(event, content)


def drafted(*, key: uuid.UUID, by: User | None) -> Event | None:
    """Return what a person drafted under a key, None where that is nothing or somebody else's."""
    return Event.objects.filter(pk=key, created_by=by).first()


@transaction.atomic
def redraft(
    *, event: Event, content: EventDraft, at: dt.datetime, expected_version: int | None = None
) -> Event:
    """Replace what a draft says; lines taken out are marked, not deleted. StateConflict once it is in force.

    Acts, units and parts that stay as they are stay untouched, so that the journal tells what was changed.
    """
    row = _locked(event, expected_version)
    if row.status not in EDITABLE:
        raise StateConflict(Violation("not_a_draft", _("Only a draft can be changed.")))
    now = change_spec(row)
    if _acts(now.act_ids) == _acts(content.act_ids):
        content = replace(content, act_ids=())
    else:
        row.event_acts.present().update(removed_at=at)
    if _units(now.units) == _units(content.units):
        content = replace(content, units=())
    else:
        row.event_units.present().update(removed_at=at)
    if _parts(now.parts) == _parts(content.parts):
        content = replace(content, parts=())
    else:
        row.parts.present().update(removed_at=at)
    row.programme_id = content.programme_id
    row.kind, row.effective_on = content.kind, content.effective_on
    row.version += 1
    return _write(row, content)


def _acts(ids: Iterable[uuid.UUID]) -> set[str]:
    """Return acts in a form that compares."""
    return {str(each) for each in ids}


def _units(lines: Iterable[UnitSpec]) -> list[tuple[str, ...]]:
    """Return units in a form that compares, whatever their order: as they would be written."""
    names = ("name_ky", "name_ru", "name_en")
    others = ("unit_id", "role", "kind", "parent_id", "centre_id", "code_system", "code")
    return sorted(
        (
            *(clean(getattr(line, name)) for name in names),
            *(str(getattr(line, name) or "") for name in others),
        )
        for line in lines
    )


def _parts(lines: Iterable[PartSpec]) -> list[tuple[Any, ...]]:
    """Return parts in a form that compares, whatever their order."""
    return sorted(
        (
            str(line.source_id),
            str(line.target_id),
            str(line.scope),
            sorted({str(each) for each in line.settlement_ids}),
            sorted((each.measure, Decimal(each.share).normalize(), each.basis) for each in line.shares),
        )
        for line in lines
    )


def _write(event: Event, content: EventDraft) -> Event:
    """Write the event and the lines of its draft."""
    for language in ("ky", "ru", "en"):
        setattr(event, f"title_{language}", clean(content.titles.get(language)) or None)
        setattr(event, f"note_{language}", content.notes.get(language) or None)
    if not (event.title_ky or event.title_ru):
        raise RuleBroken(Violation("required", _("Give a title in Kyrgyz or Russian."), "/title"))
    try:
        with transaction.atomic():
            event.save()
            EventAct.objects.bulk_create(
                EventAct(event=event, act_id=act) for act in dict.fromkeys(content.act_ids)
            )
            known = set(
                Unit.objects.filter(pk__in=[line.unit_id for line in content.units]).values_list(
                    "pk", flat=True
                )
            )
            Unit.objects.bulk_create(
                Unit(pk=line.unit_id) for line in content.units if line.unit_id not in known
            )
            EventUnit.objects.bulk_create(
                EventUnit(
                    event=event,
                    unit_id=line.unit_id,
                    role=line.role,
                    kind=line.kind,
                    name_ky=clean(line.name_ky) or None,
                    name_ru=clean(line.name_ru) or None,
                    name_en=clean(line.name_en) or None,
                    parent_id=line.parent_id,
                    centre_id=line.centre_id,
                    code_system=line.code_system,
                    code=line.code,
                )
                for line in content.units
            )
            for part in content.parts:
                row = EventPart.objects.create(
                    event=event, source_id=part.source_id, target_id=part.target_id, scope=part.scope
                )
                EventPartSettlement.objects.bulk_create(
                    EventPartSettlement(part=row, settlement_id=settlement)
                    for settlement in dict.fromkeys(part.settlement_ids)
                )
                EventPartShare.objects.bulk_create(
                    EventPartShare(part=row, measure=share.measure, share=share.share, basis=share.basis)
                    for share in part.shares
                )
            check_now()
    except IntegrityError as error:
        raise from_database(error) from error
    return event


def change_spec(event: Event) -> ChangeSpec:
    """Return the change that the event's draft describes."""
    return ChangeSpec(
        kind=event.kind,
        effective_on=event.effective_on,
        provenance=event.provenance,
        source=event.source,
        notes={lang: text for lang in ("ky", "ru", "en") if (text := getattr(event, f"note_{lang}"))},
        act_ids=tuple(event.event_acts.present().order_by("id").values_list("act_id", flat=True)),
        units=tuple(
            UnitSpec(
                unit_id=line.unit_id,
                role=line.role,
                kind=line.kind,
                name_ky=line.name_ky,
                name_ru=line.name_ru,
                name_en=line.name_en,
                parent_id=line.parent_id,
                centre_id=line.centre_id,
                code_system=line.code_system,
                code=line.code,
            )
            for line in event.event_units.present().order_by("id")
        ),
        parts=tuple(
            PartSpec(
                source_id=part.source_id,
                target_id=part.target_id,
                scope=part.scope,
                settlement_ids=tuple(line.settlement_id for line in part.part_settlements.all())
                if part.scope == PartScope.PART
                else (),
                shares=tuple(ShareSpec(s.measure, s.share, s.basis) for s in part.shares.all()),
            )
            for part in event.parts.present().prefetch_related("part_settlements", "shares").order_by("id")
        ),
    )


@transaction.atomic
def adopt(*, event: Event, expected_version: int | None = None) -> Event:
    """Mark a draft as adopted: its act is signed, its day may still lie ahead."""
    row = _locked(event, expected_version)
    if row.status != Event.Status.DRAFT:
        raise StateConflict(Violation("not_a_draft", _("Only a draft can be adopted.")))
    row.status = Event.Status.ADOPTED
    row.version += 1
    row.save(update_fields=["status", "version"])
    return row


@transaction.atomic
def apply(*, event: Event, by: str, at: dt.datetime, expected_version: int | None = None) -> Event:
    """Put the event into force: all it does to every app, in one transaction, under one lock.

    Raises StateConflict if it is in force already, Stale if it was changed meanwhile, RuleBroken with
    every rule it would break. An annulled event can be applied again; that writes a new change.
    """
    row = Event.objects.select_for_update().get(pk=event.pk)
    lock_territory()
    if row.status == Event.Status.IN_FORCE:
        raise StateConflict(Violation("already_in_force", _("The event is already in force.")))
    row = _locked(event, expected_version)
    broken = conditions.violations(row)
    if broken:
        raise RuleBroken(broken)
    row.change = record_change(change_spec(row))
    councils.apply_change(change=row.change)
    executives.apply_change(change=row.change)
    delegation.apply_change(change=row.change)
    kpi.apply_change(change=row.change)
    EventApplication.objects.create(event=row, change=row.change, by=by, at=at)
    row.status = Event.Status.IN_FORCE
    row.version += 1
    row.save(update_fields=["change", "status", "version"])
    return row


@transaction.atomic
def annul(
    *, event: Event, reason: str, by: str, at: dt.datetime, expected_version: int | None = None
) -> Event:
    """Annul an event in force: void what it wrote; raises StateConflict if a later change rests on it."""
    row = Event.objects.select_for_update().get(pk=event.pk)
    lock_territory()
    if row.status != Event.Status.IN_FORCE:
        raise StateConflict(Violation("not_in_force", _("Only an event in force can be annulled.")))
    row = _locked(event, expected_version)
    assert row.change is not None
    with actor.because(reason):
        annulment = annul_change(change=row.change, reason=reason, by=by, at=at)
        kpi.annul_change(annulment=annulment)
        delegation.annul_change(annulment=annulment)
        executives.annul_change(annulment=annulment)
        councils.annul_change(annulment=annulment)
        row.status = Event.Status.ANNULLED
        row.version += 1
        row.save(update_fields=["status", "version"])
    return row


class _Undo(Exception):  # noqa: N818
    """Leaves the savepoint in which a preview was tried."""


def preview(event: Event) -> dict[str, Any]:
    """Return what applying the event would do and every rule it would break; nothing is written.

    Keys: ``violations``, ``warnings``, ``units`` (each with population and settlements before and after),
    ``totals``; of a draft also ``councils`` (what becomes of the seats: ``councils.services.SeatEffect``),
    ``executives`` (of bodies, posts and budgets: ``ayil_okmotu.services.BodyEffects``, None of an event in force),
    ``transfers`` (of powers handed over that would end: ``delegation.services.TransferEffect``) and ``reports`` (on KPI
    that would be owed no longer: ``kpi.services.ReportEffect``).
    """
    broken = list(conditions.violations(event)) if event.status != Event.Status.IN_FORCE else []
    result: dict[str, Any] = {
        "warnings": conditions.warnings(event), "units": [], "totals": {}, "councils": [],
        "executives": None, "transfers": [], "reports": [],
    }  # fmt: skip
    touched = _touched(event)
    eve = event.effective_on - dt.timedelta(days=1)
    before = queries.unit_figures(touched, eve)
    after: dict[uuid.UUID, dict[str, Any]] = {}
    if not broken and event.status != Event.Status.IN_FORCE:
        try:
            with actor.acting("system:preview"), transaction.atomic():
                spec = change_spec(event)
                result["transfers"] = delegation.effects_of(spec)
                result["reports"] = kpi.effects_of(spec)
                change = record_change(spec)
                result["councils"] = councils.apply_change(change=change)
                result["executives"] = executives.apply_change(change=change)
                delegation.apply_change(change=change)
                kpi.apply_change(change=change)
                after = queries.unit_figures(touched, event.effective_on)
                raise _Undo
        except _Undo:
            pass
        except (RuleBroken, StateConflict) as error:
            broken = error.violations
    elif event.status == Event.Status.IN_FORCE:
        after = queries.unit_figures(touched, event.effective_on)
    result["violations"] = broken
    result["units"] = [
        {"unit": unit, "before": before.get(unit), "after": after.get(unit)} for unit in touched
    ]
    known = bool(after) or not broken
    result["totals"] = {
        "before": queries.add_up(before.values()),
        "after": queries.add_up(after.values()) if known else None,
    }
    return result


def _touched(event: Event) -> list[uuid.UUID]:
    """The units an event ends, begins, alters, takes from or gives to, in the order of the draft."""
    units = list(event.event_units.present().order_by("id").values_list("unit_id", flat=True))
    for pair in event.parts.present().order_by("id").values_list("source_id", "target_id"):
        units.extend(pair)
    return list(dict.fromkeys(units))
