"""Posts that close and go on otherwise, with who holds them and who stands in reserve."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Func

from ayil_okmotu.models import Appointment, EndGround, Post, ReserveCandidate
from councils.ranges import until as ended_on
from registry.models import Change, LegalAct, Provenance

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Leaving:
    """Posts that have been closed to go on, with the appointments and the reserve that go on in them."""

    posts: Sequence[Post]
    held: Sequence[Appointment]
    waiting: Sequence[ReserveCandidate]


def end_appointments(
    appointments: QuerySet[Appointment],
    on: dt.date,
    *,
    ground: str,
    act: LegalAct | None = None,
    order_number: str = "",
    change: Change | None = None,
) -> int:
    """End appointments that have no end yet; return how many. ``change`` is what ends them, for its annulment."""
    return appointments.filter(voided_by__isnull=True, valid__upper_inf=True).update(
        valid=ended_on(on),
        closed_by=change,
        end_ground=EndGround.objects.get(code=ground),
        end_act=act,
        end_order_number=order_number,
        version=F("version") + 1,
    )


def close_posts(posts: Collection[uuid.UUID], on: dt.date, *, change: Change | None = None) -> None:
    """Close posts that nobody holds any more, and end their reserve."""
    closing = {"valid": ended_on(on), "closed_by": change, "version": F("version") + 1}
    waiting = ReserveCandidate.objects.live().filter(post__in=posts, valid__upper_inf=True)
    waiting.filter(valid__startswith__lt=on).update(**closing)
    Post.objects.filter(pk__in=posts).update(**closing)


def leave(
    posts: Collection[uuid.UUID],
    on: dt.date,
    *,
    ground: str,
    act: LegalAct | None = None,
    order_number: str = "",
    change: Change | None = None,
) -> Leaving:
    """Close posts that are to go on; whose term has run out by a change does not go on with them."""
    old = list(Post.objects.filter(pk__in=posts).order_by("pk").select_for_update(of=("self",)))
    open_ones = Appointment.objects.live().filter(post__in=old, valid__upper_inf=True)
    since = Func(F("pk"), function="ayil_okmotu_since", output_field=models.DateField())
    held = list(open_ones.annotate(since=since).order_by("pk"))
    waiting = ReserveCandidate.objects.live().filter(post__in=old, valid__upper_inf=True)
    staying = waiting.filter(valid__startswith__lt=on).order_by("pk")
    overdue = {one.pk for one in held if change is not None and _overdue(one, on)}
    if overdue:
        late = Appointment.objects.filter(pk__in=overdue)
        end_appointments(late, on, ground="term_ended", act=act, change=change)
    leaving = Leaving(old, [one for one in held if one.pk not in overdue], list(staying))
    going = Appointment.objects.filter(pk__in=[one.pk for one in leaving.held])
    end_appointments(going, on, ground=ground, act=act, order_number=order_number, change=change)
    close_posts([post.pk for post in old], on, change=change)
    return leaving


def _overdue(one: Any, on: dt.date) -> bool:
    """Whether the term of an appointment has run out before a day."""
    if one.term_years is None:
        return False
    first = one.since
    leap = (first.month, first.day) == (2, 29)
    last = dt.date(first.year + one.term_years, first.month, 28 if leap else first.day)
    return last < on


def go_on(
    leaving: Leaving,
    on: dt.date,
    *,
    bodies: Mapping[uuid.UUID, uuid.UUID],
    employment: str,
    change: Change | None = None,
) -> list[Post]:
    """Go on with the posts that were left, each in the body that ``bodies`` names for it."""
    opened: dict[str, Any] = {"valid": DateRange(on, None), "change": change}
    new = {
        post.pk: Post(
            body_id=bodies[post.pk],
            kind=post.kind,
            name_ky=post.name_ky,
            name_ru=post.name_ru,
            name_en=post.name_en,
            employment=employment,
            settlement_id=post.settlement_id,
            former=post,
            provenance=provenance_of(post, change),
            source=post.source,
            **opened,
        )
        for post in leaving.posts
    }
    Post.objects.bulk_create(new.values())
    Appointment.objects.bulk_create(
        Appointment(
            post=new[one.post_id],
            person_id=one.person_id,
            acting=one.acting,
            term_years=one.term_years,
            appointed_by=one.appointed_by,
            appointing_act_id=one.appointing_act_id,
            order_number=one.order_number,
            order_on=one.order_on,
            concurrent_reason=one.concurrent_reason,
            former=one,
            provenance=provenance_of(one, change),
            source=one.source,
            **opened,
        )
        for one in leaving.held
    )
    ReserveCandidate.objects.bulk_create(
        ReserveCandidate(
            post=new[one.post_id],
            person_id=one.person_id,
            place=one.place,
            provenance=provenance_of(one, change),
            source=one.source,
            **opened,
        )
        for one in leaving.waiting
    )
    return list(new.values())


def provenance_of(row: Any, change: Change | None) -> str:
    """A constructed record stays one; so does whatever a constructed change continues."""
    constructed = Provenance.CONSTRUCTED in (row.provenance, change.provenance if change else "")
    return Provenance.CONSTRUCTED if constructed else Provenance.DOCUMENTED
