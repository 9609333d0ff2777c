"""Councils, their convocations, who sits in them and who leads them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext_lazy as _

from councils.errors import conflict, refuse, told
from councils.models import (
    CommitteeMembership,
    Convocation,
    Council,
    CouncilKind,
    CouncilPost,
    ElectionSystem,
    EndReason,
    Mandate,
    MandateBasis,
    Session,
    SessionStatus,
)
from councils.ranges import until as ended_on
from councils.services.locking import locked
from registry.errors import RuleBroken, Violation
from registry.models import (
    MUNICIPALITY_KINDS,
    Change,
    LegalAct,
    Person,
    Provenance,
    Unit,
    UnitKind,
    UnitVersion,
)

if TYPE_CHECKING:
    from councils.models import ElectoralDistrict, Faction, Party


def kind_for(unit_kind: str) -> str:
    """Return the kind of council that a unit of a kind has; empty where it has none."""
    if unit_kind == UnitKind.AYIL_AIMAK:
        return CouncilKind.AYIL
    if unit_kind == UnitKind.DISTRICT:
        return CouncilKind.DISTRICT
    return CouncilKind.CITY if unit_kind in MUNICIPALITY_KINDS else ""


def system_for(kind: str) -> str:
    """Return by what a council of a kind is elected: lists in cities, districts elsewhere."""
    return ElectionSystem.PROPORTIONAL if kind == CouncilKind.CITY else ElectionSystem.MAJORITARIAN


@transaction.atomic
def found_council(
    *,
    unit_id: uuid.UUID,
    on: dt.date,
    kind: str | None = None,
    until: dt.date | None = None,
    in_law_only: bool = False,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Council:
    """Found the council of a unit; its kind is that of the unit on that day where none is given."""
    if kind is None:
        version = UnitVersion.objects.on(on).filter(unit_id=unit_id).first()
        kind = kind_for(version.kind) if version else ""
        if not kind:
            refuse("councils_council_kind_fits", pointer="/unit")
    with told():
        return Council.objects.create(
            unit=Unit(pk=unit_id),
            kind=kind,
            in_law_only=in_law_only,
            valid=DateRange(on, until),
            provenance=provenance,
            source=source,
        )


@transaction.atomic
def begin_convocation(
    *,
    council: Council,
    on: dt.date,
    seats_by_law: int,
    elected_on: dt.date | None = None,
    number: int | None = None,
    system: str | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Convocation:
    """Begin a convocation on ``on``; the one that sits until then ends, with its mandates and posts."""
    council = locked(council)
    with told():
        sitting = council.convocations.live().filter(valid__upper_inf=True, valid__startswith__lt=on)
        close(sitting, on, reason="term_ended")
        return Convocation.objects.create(
            council=council,
            number=number or _next(council.convocations.live(), "number"),
            elected_on=elected_on,
            seats_by_law=seats_by_law,
            system=system or system_for(council.kind),
            valid=DateRange(on, None),
            provenance=provenance,
            source=source,
        )


def _next(rows: QuerySet, field: str) -> int:
    """Return the number after the highest."""
    return (rows.aggregate(highest=Max(field))["highest"] or 0) + 1


def close(
    convocations: QuerySet[Convocation],
    on: dt.date,
    *,
    reason: str,
    change: Change | None = None,
    act: LegalAct | None = None,
    **more: Any,
) -> int:
    """End convocations that have no end yet, with all that hangs on them; return how many.

    Sessions planned from that day on are cancelled.

    ``more`` is set on the convocations too; ``change`` is what ends them, so that its annulment opens them again.
    """
    ids = list(convocations.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    if not ids:
        return 0
    ground = EndReason.objects.get(code=reason)
    closing: dict[str, Any] = {"valid": ended_on(on), "closed_by": change}
    open_rows = {"voided_by__isnull": True, "valid__upper_inf": True}
    Session.objects.filter(convocation__in=ids, held_on__gte=on, status=SessionStatus.PLANNED).update(
        status=SessionStatus.CANCELLED, closed_by=change, version=F("version") + 1
    )
    CouncilPost.objects.filter(convocation__in=ids, **open_rows).update(**closing)
    CommitteeMembership.objects.filter(mandate__convocation__in=ids, **open_rows).update(**closing)
    Mandate.objects.filter(convocation__in=ids, **open_rows).update(
        **closing, end_reason=ground, end_act=act, version=F("version") + 1
    )
    return Convocation.objects.filter(pk__in=ids).update(**closing, version=F("version") + 1, **more)


@transaction.atomic
def seat_deputy(
    *,
    convocation: Convocation,
    person: Person,
    on: dt.date | None = None,
    basis: str = MandateBasis.ELECTED,
    until: dt.date | None = None,
    party: Party | None = None,
    district: ElectoralDistrict | None = None,
    faction: Faction | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Mandate:
    """Seat a deputy from ``on`` (the first day of the term where none is given).

    Raises RuleBroken if the seats by law are taken that day: more deputies sit only by a change that carried them over.
    """
    convocation = locked(convocation)
    start = on or convocation.valid.lower
    taken = convocation.mandates.on(start).exclude(basis=MandateBasis.CARRIED_OVER).count()
    if taken >= convocation.seats_by_law:
        refuse(
            "councils_seats_taken",
            _("All %(seats)s seats that the law gives the council are taken.")
            % {"seats": convocation.seats_by_law},
        )
    with told():
        return Mandate.objects.create(
            convocation=convocation,
            person=person,
            basis=basis,
            party=party,
            district=district,
            faction=faction,
            valid=DateRange(start, until or convocation.valid.upper),
            provenance=provenance,
            source=source,
        )


@transaction.atomic
def end_mandate(
    *,
    mandate: Mandate,
    on: dt.date,
    reason: EndReason,
    act: LegalAct | None = None,
    expected_version: int | None = None,
) -> Mandate:
    """End a mandate on ``on``, the first day on which it is no longer in force, with its posts and memberships.

    The council only proposes; the territorial election commission decides: its act is ``act``.
    """
    row = locked(mandate, expected_version)
    if row.voided_by_id or row.valid.upper is not None:
        conflict("already_ended", _("The mandate has already ended."))
    if not reason.entered:
        raise RuleBroken(
            Violation(
                "reason_not_entered", _("This ground of the statute has not been entered yet."), "/reason"
            )
        )
    if on <= row.valid.lower:
        refuse("councils_mandate_valid_not_empty", pointer="/on")
    with told():
        posts = CouncilPost.objects.live().filter(convocation=row.convocation_id, person=row.person_id)
        posts.filter(valid__upper_inf=True, valid__startswith__lt=on).update(valid=ended_on(on))
        CommitteeMembership.objects.live().filter(
            mandate=row, valid__upper_inf=True, valid__startswith__lt=on
        ).update(valid=ended_on(on))
        row.valid = DateRange(row.valid.lower, on)
        row.end_reason, row.end_act = reason, act
        row.version += 1
        row.save(update_fields=["valid", "end_reason", "end_act", "version"])
    return row


@transaction.atomic
def appoint(
    *,
    convocation: Convocation,
    kind: str,
    person: Person,
    on: dt.date,
    act: LegalAct | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> CouncilPost:
    """Appoint to a post of the council; whoever holds it until then leaves it that day.

    A chair or deputy chair holds it as long as the mandate lasts, at most.
    """
    convocation = locked(convocation)
    with told():
        holders = convocation.posts.live().filter(kind=kind, valid__upper_inf=True, valid__startswith__lt=on)
        holders.update(valid=ended_on(on))
        return CouncilPost.objects.create(
            convocation=convocation,
            kind=kind,
            person=person,
            act=act,
            valid=DateRange(on, convocation.valid.upper),
            provenance=provenance,
            source=source,
        )


@transaction.atomic
def end_post(*, post: CouncilPost, on: dt.date, note: str = "") -> CouncilPost:
    """End somebody's time in a post; ``note`` says why."""
    row = locked(post)
    if row.valid.upper is not None:
        conflict("already_ended", _("The post has already ended."))
    if on <= row.valid.lower:
        refuse("councils_councilpost_valid_not_empty", pointer="/on")
    with told():
        row.valid, row.end_note = DateRange(row.valid.lower, on), note
        row.save(update_fields=["valid", "end_note"])
    return row
