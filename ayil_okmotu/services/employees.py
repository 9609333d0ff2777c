"""How employees learn and advance: courses, career plans, service, the reserve."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from ayil_okmotu.errors import conflict, refuse, told
from ayil_okmotu.models import (
    Appointment,
    CareerStep,
    Post,
    PostKind,
    ReserveCandidate,
    ServiceRecord,
    Training,
    TrainingProgramme,
)
from councils.services.locking import locked
from registry.models import Person, Provenance
from registry.names import clean

KEEP: Final[Any] = object()
"""A value that leaves a field as it is where None would empty it."""
HOURS_A_DAY = 24
MOST_HOURS = 2000
YEARS = range(1991, 2101)
MOST_SERVICE = 70
PLACES = range(1, 4)


def short(text: str, most: int, pointer: str) -> str:
    """Return a text cleaned; refuse one that is too long."""
    text = clean(text)
    if len(text) > most:
        refuse("too_long", _("At most %(most)s characters.") % {"most": most}, pointer)
    return text


@transaction.atomic
def record_training(
    *,
    appointment: Appointment,
    programme: TrainingProgramme,
    began_on: dt.date,
    ended_on: dt.date,
    hours: int,
    certificate: str = "",
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Training:
    """Record a course that somebody attended in a post, on days on which they held it."""
    appointment = locked(appointment)
    if ended_on < began_on:
        refuse("ayil_okmotu_training_days", pointer="/ended_on")
    if not 1 <= hours <= MOST_HOURS:
        refuse("ayil_okmotu_training_hours", pointer="/hours")
    if hours > HOURS_A_DAY * ((ended_on - began_on).days + 1):
        refuse("ayil_okmotu_training_hours_a_day", pointer="/hours")
    with told():
        return Training.objects.create(
            appointment=appointment,
            programme=programme,
            began_on=began_on,
            ended_on=ended_on,
            hours=hours,
            certificate=short(certificate, 60, "/certificate"),
            provenance=provenance,
            source=source,
        )


@transaction.atomic
def remove_training(*, training: Training, at: dt.datetime, expected_version: int | None = None) -> Training:
    """Take back a course that was recorded in error; it stays in the history."""
    row = locked(training, expected_version)
    if row.removed_at is not None:
        conflict("already_removed", _("The course has already been removed."))
    row.removed_at = at
    row.version += 1
    row.save(update_fields=["removed_at", "version"])
    return row


@transaction.atomic
def plan_step(
    *,
    appointment: Appointment,
    by_year: int,
    goal_kind: str = "",
    programme: TrainingProgramme | None = None,
    note: str = "",
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> CareerStep:
    """Plan the next step of an employee's career: a post or a programme, by a year."""
    step = CareerStep(
        appointment=locked(appointment),
        by_year=by_year,
        goal_kind=goal_kind,
        programme=programme,
        note=note,
        provenance=provenance,
        source=source,
    )
    _write(step)
    return step


@transaction.atomic
def change_step(
    *,
    step: CareerStep,
    by_year: int | None = None,
    goal_kind: str | None = None,
    programme: TrainingProgramme | None = KEEP,
    note: str | None = None,
    status: str | None = None,
    expected_version: int | None = None,
) -> CareerStep:
    """Change a planned step, or say that it was reached or dropped; what is not given stays."""
    row = locked(step, expected_version)
    if row.status != CareerStep.Status.PLANNED:
        conflict("not_planned", _("The step has been reached or dropped: plan another one."))
    given = {"by_year": by_year, "goal_kind": goal_kind, "note": note, "status": status}
    for name, value in given.items():
        if value is not None:
            setattr(row, name, value)
    if programme is not KEEP:
        row.programme = programme
    row.version += 1
    _write(row)
    return row


def _write(step: CareerStep) -> None:
    """Save a step that names a goal and a year."""
    if step.by_year not in YEARS:
        refuse("ayil_okmotu_careerstep_year", pointer="/by_year")
    if step.goal_kind and step.goal_kind not in PostKind.values:
        refuse("not_a_choice", _("There is no such kind of post."), "/goal_kind")
    if not step.goal_kind and step.programme is None:
        refuse("ayil_okmotu_careerstep_goal", pointer="/goal_kind")
    step.note = short(step.note, 500, "/note")
    with told():
        step.save()


@transaction.atomic
def record_service(
    *,
    person: Person,
    on: dt.date,
    total_years: int,
    leading_years: int,
    higher_education: bool,
    state_language: bool,
    elsewhere_years: int = 0,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> ServiceRecord:
    """Record somebody's service and education as of a day, or correct what was recorded as of that day.

    Years of municipal and state service, of them in leading posts, and in leading posts elsewhere.
    """
    if not (0 <= leading_years <= total_years <= MOST_SERVICE):
        refuse("ayil_okmotu_servicerecord_years", pointer="/total_years")
    if not 0 <= elsewhere_years <= MOST_SERVICE:
        refuse("ayil_okmotu_servicerecord_years", pointer="/elsewhere_years")
    locked_rows = ServiceRecord.objects.select_for_update()
    with told():
        record, _new = locked_rows.update_or_create(
            person=person,
            on=on,
            defaults={
                "total_years": total_years,
                "leading_years": leading_years,
                "elsewhere_years": elsewhere_years,
                "higher_education": higher_education,
                "state_language": state_language,
                "provenance": provenance,
                "source": source,
            },
        )
    return record


@transaction.atomic
def reserve(
    *,
    post: Post,
    person: Person,
    place: int,
    on: dt.date,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> ReserveCandidate:
    """Put somebody in reserve for a post from ``on``, on one of three places, until they are taken off."""
    post = locked(post)
    if place not in PLACES:
        refuse("ayil_okmotu_reservecandidate_place", pointer="/place")
    with told():
        return ReserveCandidate.objects.create(
            post=post,
            person=person,
            place=place,
            valid=DateRange(on, None),
            provenance=provenance,
            source=source,
        )


@transaction.atomic
def end_reserve(
    *, candidate: ReserveCandidate, on: dt.date, expected_version: int | None = None
) -> ReserveCandidate:
    """Take somebody off the reserve on ``on``, the first day on which they no longer stand in it."""
    row = locked(candidate, expected_version)
    if row.voided_by_id or row.valid.upper is not None:
        conflict("already_ended", _("The candidate has already been taken off the reserve."))
    if on <= row.valid.lower:
        refuse("ayil_okmotu_reservecandidate_valid_not_empty", pointer="/on")
    row.valid = DateRange(row.valid.lower, on)
    row.version += 1
    with told():
        row.save(update_fields=["valid", "version"])
    return row
