"""The early end of councils by decree: many at once (№ 256 of 2024-09-06 ended them all)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from councils.errors import refuse, told
from councils.models import Convocation, Mandate, Session, SessionStatus
from councils.services.bodies import close
from lsg_portal.data import actor
from registry.errors import RuleBroken, StateConflict, Violation
from registry.models import LegalAct
from registry.names import clean


@dataclass(frozen=True)
class DissolutionPreview:
    """What a dissolution would end, and what stands in its way."""

    convocations: int
    mandates: int
    women: int
    planned_sessions: int
    blocked: list[Violation] = field(default_factory=list)


def _chosen(on: dt.date, convocation_ids: Collection[uuid.UUID] | None) -> QuerySet[Convocation]:
    rows = Convocation.objects.on(on)
    return rows if convocation_ids is None else rows.filter(pk__in=convocation_ids)


def _blocked(
    chosen: QuerySet[Convocation], on: dt.date, convocation_ids: Collection[uuid.UUID] | None
) -> list[Violation]:
    """Return why the convocations cannot end that day."""
    found = []
    if convocation_ids is not None and chosen.count() < len(set(convocation_ids)):
        found.append(Violation("not_sitting", _("A convocation does not sit that day."), "/convocations"))
    if chosen.filter(Q(valid__upper_inf=False) | Q(valid__startswith=on)).exists():
        found.append(Violation("already_ended", _("The end of a convocation is already recorded.")))
    held = Session.objects.filter(convocation__in=chosen, held_on__gte=on, status=SessionStatus.HELD)
    later = Mandate.objects.live().filter(convocation__in=chosen)
    later = later.filter(Q(valid__startswith__gte=on) | Q(valid__endswith__gt=on))
    if held.exists() or later.exists():
        found.append(
            Violation("later_records", _("Sessions or mandates are recorded on or after that day: %(day)s.")
                      % {"day": on.strftime("%d.%m.%Y")})
        )  # fmt: skip
    return found


def preview_dissolution(
    *, on: dt.date, convocation_ids: Collection[uuid.UUID] | None = None
) -> DissolutionPreview:
    """Return what dissolving these convocations (all that sit where none are named) on ``on`` would end."""
    chosen = _chosen(on, convocation_ids)
    counts = (
        Mandate.objects.on(on)
        .filter(convocation__in=chosen)
        .aggregate(all=Count("pk"), women=Count("pk", filter=Q(person__sex="f")))
    )
    return DissolutionPreview(
        convocations=chosen.count(),
        mandates=counts["all"],
        women=counts["women"],
        planned_sessions=_planned(chosen, on).count(),
        blocked=_blocked(chosen, on, convocation_ids),
    )


def _planned(chosen: QuerySet[Convocation], on: dt.date) -> QuerySet[Session]:
    return Session.objects.filter(convocation__in=chosen, held_on__gte=on, status=SessionStatus.PLANNED)


@transaction.atomic
def dissolve(
    *, act: LegalAct, on: dt.date, reason: str, convocation_ids: Collection[uuid.UUID] | None = None
) -> int:
    """Dissolve convocations by ``act`` on ``on``, the first day on which they no longer sit; return how many.

    Mandates, posts and memberships end with them; sessions planned from that day on are cancelled.
    """
    reason = clean(reason)
    if not reason:
        refuse("councils_convocation_dissolution_has_reason", pointer="/reason")
    if act.adopted_on > on:
        raise RuleBroken(
            Violation("act_later", _("The dissolution cannot take effect before its act was adopted."), "/on")
        )
    chosen = _chosen(on, convocation_ids)
    if blocked := _blocked(chosen, on, convocation_ids):
        raise StateConflict(blocked)
    ids = list(chosen.values_list("pk", flat=True))
    with told(), actor.because(reason):
        return close(
            Convocation.objects.filter(pk__in=ids),
            on,
            reason="dissolution",
            act=act,
            dissolved_by=act,
            dissolution_reason=reason[:500],
        )
