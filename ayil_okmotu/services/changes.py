"""Executive bodies over territorial changes: ended and begun when a change takes effect, restored when it is annulled."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Q
from django.utils.translation import gettext as _

from ayil_okmotu.errors import conflict, told
from ayil_okmotu.models import (
    Appointment,
    CareerStep,
    Employment,
    ExecutiveBody,
    LocalBudget,
    Post,
    PostKind,
    ReserveCandidate,
    StaffingReport,
    Training,
    Violation,
)
from ayil_okmotu.services.checking import check_records
from ayil_okmotu.services.continuing import close_posts, end_appointments, go_on, leave, provenance_of
from ayil_okmotu.services.planning import BodyEffects, BodyPlan, plan
from councils.ranges import unending, until
from councils.services.planning import Territory
from registry.models import Annulment, Change, LegalAct, UnitRole
from registry.services import ChangeSpec

WRITTEN: tuple[type[models.Model], ...] = (ReserveCandidate, Appointment, Post, ExecutiveBody)
"""What a change writes and closes, what hangs on others first."""


def effects_of(spec: ChangeSpec) -> BodyEffects:
    """Return what a change would do to executive bodies; reads only."""
    return plan(Territory.of_spec(spec)).effects()


@transaction.atomic
def apply_change(*, change: Change) -> BodyEffects:
    """End and begin executive bodies as a change just recorded demands; village heads go over with their villages.

    Raises StateConflict where later posts, appointments or reports of a body that ends are recorded.
    """
    territory = Territory.of_change(change)
    _lock(territory)
    plan_ = plan(territory)
    if plan_.nothing:
        return BodyEffects()
    _refuse_later(plan_)
    effects = plan_.effects()
    with told():
        _carry_out(plan_, change)
        check_records()
    return effects


def _lock(territory: Territory) -> None:
    """Wait for whoever appoints or opens a post in these bodies, and keep others waiting."""
    bodies = ExecutiveBody.objects.live().filter(unit__in=territory.touched, valid__upper_inf=True)
    keys = list(bodies.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    posts = Post.objects.live().filter(body__in=keys, valid__upper_inf=True)
    list(posts.order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def _refuse_later(plan_: BodyPlan) -> None:
    """Refuse where what happened later is already recorded of a body that ends or a village head who goes over."""
    day = plan_.day
    from_day = Q(valid__startswith__gte=day) | Q(valid__endswith__gt=day)
    ending = [body.pk for body in plan_.ending.values()]
    moving = list(plan_.goes_to)
    live = {"voided_by__isnull": True}
    later = (
        ExecutiveBody.objects.filter(pk__in=ending, valid__upper_inf=False),
        Post.objects.filter(from_day, body__in=ending, **live),
        Appointment.objects.filter(from_day, Q(post__body__in=ending) | Q(post__in=moving), **live),
        StaffingReport.objects.filter(body__in=ending, on__gte=day),
    )
    if any(rows.exists() for rows in later):
        conflict(
            "later_records",
            _(
                "Posts, appointments or staffing reports of the executive bodies are recorded on or after %(day)s: "
                "the change cannot take effect before them."
            )
            % {"day": f"{day:%d.%m.%Y}"},
        )


def _carry_out(plan_: BodyPlan, change: Change) -> None:
    """End what ends, then begin what begins: a body is ended before the one that takes its place."""
    day = plan_.day
    act: LegalAct | None = change.acts.order_by("change_acts__id").first()
    ended = {body.pk for body in plan_.ending.values()}
    going = [post for post in plan_.posts if post.pk in plan_.goes_to]
    leaving = [
        leave([post.pk for post in posts], day, ground=ground, act=act, change=change)
        for posts, ground in (
            ([post for post in going if post.body_id in ended], "body_ended"),
            ([post for post in going if post.body_id not in ended], "post_changed"),
        )
        if posts
    ]
    closing = [post.pk for post in plan_.closing() if post.pk not in plan_.goes_to]
    if closing:
        remaining = Appointment.objects.filter(post__in=closing)
        end_appointments(remaining, day, ground="body_ended", act=act, change=change)
        close_posts(closing, day, change=change)
    if ended:
        ExecutiveBody.objects.filter(pk__in=ended).update(
            valid=until(day), closed_by=change, version=F("version") + 1
        )
    homes = {unit: body.pk for unit, body in plan_.bodies.items() if unit not in plan_.ending}
    homes |= _begin(plan_, change)
    for posts_left in leaving:
        bodies = {post.pk: homes[plan_.goes_to[post.pk]] for post in posts_left.posts}
        go_on(posts_left, day, bodies=bodies, employment=Employment.CONTRACT, change=change)


def _begin(plan_: BodyPlan, change: Change) -> dict[uuid.UUID, uuid.UUID]:
    """Begin the bodies that begin, each with an empty post of head; return them by unit."""
    opened: dict[str, Any] = {"valid": DateRange(plan_.day, None), "change": change}
    new = []
    for unit, kind in plan_.beginning.items():
        former = plan_.ending.get(unit)  # the municipality stays where it was, and so does its office
        new.append(
            ExecutiveBody(
                unit_id=unit,
                kind=kind,
                address_ky=former.address_ky if former else None,
                address_ru=former.address_ru if former else None,
                address_en=former.address_en if former else None,
                provenance=provenance_of(former or change, change),
                **opened,
            )
        )
    ExecutiveBody.objects.bulk_create(new)
    Post.objects.bulk_create(
        Post(
            body=body,
            kind=PostKind.HEAD,
            employment=Employment.STAFF,
            provenance=body.provenance,
            **opened,
        )
        for body in new
    )
    return {body.unit_id: body.pk for body in new}


@transaction.atomic
def annul_change(*, annulment: Annulment) -> None:
    """Void what a change wrote about executive bodies and open again what it closed.

    Raises StateConflict while appointments, reports or other later records rest on it.
    """
    change = annulment.change
    if resting := _resting_on(change):
        conflict(
            "later_records_rest",
            _("Later records of the executive bodies rest on the change: %(records)s.")
            % {"records": ", ".join(resting)},
        )
    opened: dict[str, Any] = {"valid": unending(), "closed_by": None, "version": F("version") + 1}
    unended: dict[str, Any] = {
        "end_ground": None,
        "end_act": None,
        "end_order_number": "",
        "end_resolution": None,
    }
    with told():
        for model in WRITTEN:
            model._default_manager.filter(change=change).update(voided_by=annulment)
        for model in reversed(WRITTEN):
            more = unended if model is Appointment else {}
            model._default_manager.filter(closed_by=change).update(**opened, **more)
        check_records()


def _resting_on(change: Change) -> list[str]:
    """Return, in words, the later records that need what the change wrote about executive bodies."""
    bodies = list(ExecutiveBody.objects.filter(change=change).values_list("pk", flat=True))
    posts = list(Post.objects.filter(change=change).values_list("pk", flat=True))
    held = list(Appointment.objects.filter(change=change).values_list("pk", flat=True))
    begun = list(change.change_units.filter(role=UnitRole.BEGINS).values_list("unit_id", flat=True))
    if not (bodies or posts or begun):
        return []
    live = {"voided_by__isnull": True}
    other = Q(change__isnull=True) | ~Q(change=change)
    ended = Q(valid__upper_inf=False)
    checks = (
        (_("executive bodies that have ended"), ExecutiveBody.objects.filter(ended, pk__in=bodies, **live)),
        (_("posts"), Post.objects.filter(other, body__in=bodies, **live)),
        (_("posts that have been closed"), Post.objects.filter(ended, pk__in=posts, **live)),
        (_("appointments"), Appointment.objects.filter(other, post__in=posts, **live)),
        (_("appointments that have ended"), Appointment.objects.filter(ended, pk__in=held, **live)),
        (_("candidates in reserve"), ReserveCandidate.objects.filter(other, post__in=posts, **live)),
        (_("staffing reports"), StaffingReport.objects.filter(body__in=bodies)),
        (_("trainings"), Training.objects.filter(appointment__in=held, removed_at__isnull=True)),
        (_("career plans"), CareerStep.objects.filter(appointment__in=held)),
        (_("records of discipline"), Violation.objects.filter(appointment__in=held)),
        (_("local budgets"), LocalBudget.objects.filter(unit__in=begun)),
    )
    return [words for words, rows in checks if rows.exists()]
