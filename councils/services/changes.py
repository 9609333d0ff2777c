"""Seats over territorial changes: carried over when a change takes effect, restored when it is annulled."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Q
from django.utils.translation import gettext as _

from councils.errors import conflict, told
from councils.models import (
    Committee,
    CommitteeMembership,
    Convocation,
    Council,
    CouncilKind,
    CouncilPost,
    EndReason,
    Mandate,
    MandateBasis,
    Resolution,
    Session,
    SessionStatus,
)
from councils.ranges import unending, until
from councils.services.bodies import close, system_for
from councils.services.planning import Receiver, SeatEffect, SeatPlan, Territory, plan
from registry.models import Annulment, Change, Provenance
from registry.services import ChangeSpec

WRITTEN = (CommitteeMembership, CouncilPost, Mandate, Convocation, Council)
"""What a change writes and closes, what hangs on others first."""


def effects_of(spec: ChangeSpec, seats_by_law: Mapping[uuid.UUID, int] | None = None) -> list[SeatEffect]:
    """Return what a change would do to seats; reads only."""
    return plan(Territory.of_spec(spec), seats_by_law).effects


@transaction.atomic
def apply_change(*, change: Change, seats_by_law: Mapping[uuid.UUID, int] | None = None) -> list[SeatEffect]:
    """End and found councils and carry their deputies over, as a change just recorded demands.

    A new council that gets deputies begins an interim convocation, without an election, with the seats given in
    ``seats_by_law`` for its unit, else the most that the law gave one of its origins. A new council that gets none
    awaits its election. Raises StateConflict where later records of the councils stand in the way.
    """
    territory = Territory.of_change(change)
    _lock(territory)
    plan_ = plan(territory, seats_by_law)
    if not (plan_.receivers or plan_.without_successor):
        return []
    _refuse_later(plan_)
    effects = plan_.effects
    with told():
        _end(plan_, change)
        _begin(plan_, change)
    return effects


def _lock(territory: Territory) -> None:
    """Wait for whoever seats a deputy or plans a session in these councils, and keep others waiting."""
    convocations = Convocation.objects.live().filter(
        council__unit__in=territory.touched, valid__upper_inf=True
    )
    list(convocations.order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def _refuse_later(plan_: SeatPlan) -> None:
    """Refuse where what happened later is already recorded of a council that ends or gets deputies."""
    day = plan_.day
    from_day = Q(valid__startswith__gte=day) | Q(valid__endswith__gt=day)
    ending = [move.council.pk for move in plan_.moves]
    taking = [one.council.pk for one in plan_.receivers if one.council]
    live = {"voided_by__isnull": True}
    later = (
        Council.objects.filter(pk__in=[*ending, *taking], valid__upper_inf=False),
        Convocation.objects.filter(from_day, council__in=[*ending, *taking], **live),
        Mandate.objects.filter(from_day, convocation__council__in=ending, **live),
        CouncilPost.objects.filter(from_day, convocation__council__in=ending, **live),
        CommitteeMembership.objects.filter(from_day, mandate__convocation__council__in=ending, **live),
        Session.objects.filter(
            convocation__council__in=[*ending, *taking], held_on__gte=day, status=SessionStatus.HELD
        ),
    )
    if any(rows.exists() for rows in later):
        conflict(
            "later_records",
            _(
                "Sessions, mandates or posts of the councils are recorded on or after %(day)s: "
                "the change cannot take effect before them."
            )
            % {"day": f"{day:%d.%m.%Y}"},
        )


def _end(plan_: SeatPlan, change: Change) -> None:
    """End the councils that do not go on; mandates that nobody takes over end by the change's act."""
    act = change.acts.order_by("change_acts__id").first()
    lost = [mandate.pk for move in plan_.moves for mandate in move.ended]
    convocations = [move.convocation.pk for move in plan_.moves if move.convocation]
    if lost:
        closing = {"valid": until(plan_.day), "closed_by": change}
        posts = CouncilPost.objects.live().filter(convocation__in=convocations, valid__upper_inf=True)
        posts.update(**closing)
        members = CommitteeMembership.objects.live().filter(mandate__in=lost, valid__upper_inf=True)
        members.update(**closing)
        Mandate.objects.filter(pk__in=lost).update(
            **closing,
            end_reason=EndReason.objects.get(code="council_ended"),
            end_act=act,
            version=F("version") + 1,
        )
    close(Convocation.objects.filter(pk__in=convocations), plan_.day, reason="carried_over", change=change)
    Council.objects.filter(pk__in=[move.council.pk for move in plan_.moves]).update(
        valid=until(plan_.day), closed_by=change
    )


def _begin(plan_: SeatPlan, change: Change) -> None:
    """Found the new councils, begin their interim convocations and carry the deputies over."""
    written = {"valid": DateRange(plan_.day, None), "change": change}
    for one in plan_.receivers:
        if one.council is None:
            one.council = Council(
                unit_id=one.unit_id,
                kind=one.kind,
                in_law_only=one.kind == CouncilKind.DISTRICT,
                provenance=change.provenance,
                **written,
            )
    Council.objects.bulk_create(
        one.council for one in plan_.receivers if one.council and one.council.change_id == change.pk
    )
    interim = [_interim(one, change) for one in plan_.receivers if not one.convocation and one.by_law]
    Convocation.objects.bulk_create(interim)
    Mandate.objects.bulk_create(
        Mandate(
            convocation=one.convocation,
            person_id=mandate.person_id,
            basis=MandateBasis.CARRIED_OVER,
            origin=move.council,
            former=mandate,
            party_id=mandate.party_id,
            provenance=_provenance(change, mandate),
            **written,
        )
        for one in plan_.receivers
        for move in one.moves
        for mandate in move.carried
    )


def _interim(one: Receiver, change: Change) -> Convocation:
    """Return the convocation that sits until the election: of a new council its first."""
    assert one.council is not None
    highest = 0
    if one.council.change_id != change.pk:
        numbers = one.council.convocations.live().aggregate(highest=models.Max("number"))
        highest = numbers["highest"] or 0
    one.convocation = Convocation(
        council=one.council,
        number=highest + 1,
        seats_by_law=one.by_law,
        system=system_for(one.kind),
        valid=DateRange(change.effective_on, None),
        change=change,
        provenance=change.provenance,
    )
    return one.convocation


def _provenance(change: Change, mandate: Mandate) -> str:
    """A constructed deputy stays one; so is everybody whom a constructed change carries over."""
    constructed = Provenance.CONSTRUCTED in (change.provenance, mandate.provenance)
    return Provenance.CONSTRUCTED if constructed else Provenance.DOCUMENTED


@transaction.atomic
def annul_change(*, annulment: Annulment) -> None:
    """Void what a change wrote about councils and open again what it closed.

    Raises StateConflict while sessions, elections or other later records rest on it.
    """
    change = annulment.change
    if resting := _resting_on(change):
        conflict(
            "later_records_rest",
            _("Later records of the councils rest on the change: %(records)s.")
            % {"records": ", ".join(resting)},
        )
    with told():
        for model in WRITTEN:
            model._default_manager.filter(change=change).update(voided_by=annulment)
        opened = {"valid": unending(), "closed_by": None}
        Council.objects.filter(closed_by=change).update(**opened)
        Convocation.objects.filter(closed_by=change).update(**opened, version=F("version") + 1)
        Mandate.objects.filter(closed_by=change).update(
            **opened, end_reason=None, end_act=None, version=F("version") + 1
        )
        CommitteeMembership.objects.filter(closed_by=change).update(**opened)
        CouncilPost.objects.filter(closed_by=change).update(**opened)
        Session.objects.filter(closed_by=change).update(
            status=SessionStatus.PLANNED, closed_by=None, version=F("version") + 1
        )


def _resting_on(change: Change) -> list[str]:
    """Return, in words, the later records that need what the change wrote about councils."""
    day: dt.date = change.effective_on
    councils = list(Council.objects.filter(change=change).values_list("pk", flat=True))
    begun = list(Convocation.objects.filter(change=change).values_list("pk", flat=True))
    carried = Mandate.objects.filter(change=change)
    seated = list(carried.order_by().values_list("convocation", flat=True).distinct())
    if not (councils or begun or seated):
        return []
    live = {"voided_by__isnull": True}
    other = Q(change__isnull=True) | ~Q(change=change)
    ended = Q(valid__upper_inf=False)
    checks = (
        (
            _("sessions of the council"),
            Session.objects.filter(
                Q(convocation__in=begun, status=SessionStatus.PLANNED)
                | Q(convocation__in=[*begun, *seated], status=SessionStatus.HELD, held_on__gte=day)
            ),
        ),
        (_("convocations"), Convocation.objects.filter(other, council__in=councils, **live)),
        (_("convocations that have ended"), Convocation.objects.filter(ended, pk__in=begun, **live)),
        (_("councils that have ended"), Council.objects.filter(ended, pk__in=councils, **live)),
        (_("mandates"), Mandate.objects.filter(other, convocation__in=begun, **live)),
        (_("mandates that have ended"), carried.filter(ended, **live)),
        (_("mandates carried over further"), Mandate.objects.filter(former__in=carried, **live)),
        (_("posts"), _posts(begun, carried)),
        (_("committees"), Committee.objects.filter(convocation__in=begun)),
        (_("memberships of committees"), CommitteeMembership.objects.filter(mandate__in=carried, **live)),
        (_("resolutions"), Resolution.objects.filter(council__in=councils)),
    )
    return [words for words, rows in checks if rows.exists()]


def _posts(begun: list[uuid.UUID], carried: models.QuerySet[Mandate]) -> models.QuerySet[CouncilPost]:
    """Return the posts of the convocations that a change began, and those that its deputies hold elsewhere."""
    held = carried.filter(convocation=models.OuterRef("convocation"), person=models.OuterRef("person"))
    return CouncilPost.objects.live().filter(Q(convocation__in=begun) | Q(models.Exists(held)))
