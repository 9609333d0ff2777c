"""Sessions: planned, held, who came, what was on the agenda."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from councils.errors import conflict, refuse, told
from councils.models import (
    AdvisoryAttendance,
    AgendaItem,
    Attendance,
    AttendanceState,
    Convocation,
    DecisionRule,
    Mandate,
    Session,
    SessionKind,
    SessionStatus,
)
from councils.services.locking import locked, write_texts
from registry.models import Person, Provenance


def _sitting(convocation_id: uuid.UUID, day: dt.date) -> int:
    """Return how many deputies of a convocation are in office on a day."""
    return Mandate.objects.on(day).filter(convocation=convocation_id).count()


def _check(session: Session) -> None:
    """Refuse a session outside of its convocation's term, or asked for by too few."""
    if not Convocation.objects.on(session.held_on).filter(pk=session.convocation_id).exists():
        refuse("councils_session_within_term", pointer="/held_on")
    if session.initiators is not None and session.kind == SessionKind.EXTRAORDINARY:
        rule = DecisionRule.objects.get(code="initiative")
        of_all = _sitting(session.convocation_id, session.held_on)
        if not rule.enough(session.initiators, of=of_all):
            refuse(
                "councils_initiative",
                _("%(asked)s of %(all)s deputies have asked for the session: too few (%(rule)s).")
                % {"asked": session.initiators, "all": of_all, "rule": named(rule)},
                "/initiators",
            )


def named(rule: DecisionRule) -> str:
    """Return a rule as a refusal names it: with its article where somebody has entered it."""
    return f"{rule.name}; {rule.article}" if rule.article else str(rule.name)


@transaction.atomic
def plan_session(
    *,
    convocation: Convocation,
    held_on: dt.date,
    kind: str = SessionKind.ORDINARY,
    number: int | None = None,
    place: str = "",
    initiators: int | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Session:
    """Plan a session of a convocation; an extraordinary one may be asked for by a third of the deputies."""
    convocation = locked(convocation)
    highest = convocation.sessions.aggregate(highest=Max("number"))["highest"] or 0
    session = Session(
        convocation=convocation,
        number=number or highest + 1,
        held_on=held_on,
        kind=kind,
        place=place,
        initiators=initiators,
        provenance=provenance,
        source=source,
    )
    with told():
        _check(session)
        session.save()
    return session


@transaction.atomic
def change_session(
    *,
    session: Session,
    held_on: dt.date | None = None,
    kind: str | None = None,
    place: str | None = None,
    initiators: int | None = None,
    expected_version: int | None = None,
) -> Session:
    """Change a planned session; what is not given stays."""
    row = locked(session, expected_version)
    if row.status != SessionStatus.PLANNED:
        conflict("not_planned", _("Only a planned session can be changed."))
    given = {"held_on": held_on, "kind": kind, "place": place, "initiators": initiators}
    for name, value in given.items():
        if value is not None:
            setattr(row, name, value)
    row.version += 1
    with told():
        _check(row)
        row.save()
    return row


@transaction.atomic
def hold_session(
    *, session: Session, today: dt.date | None = None, expected_version: int | None = None
) -> Session:
    """Record that a planned session was held; ``today``, where given, must not lie before its day."""
    row = locked(session, expected_version)
    if row.status != SessionStatus.PLANNED:
        conflict("not_planned", _("Only a planned session can be held."))
    if today is not None and row.held_on > today:
        conflict("not_yet", _("The day of the session has not come yet."))
    row.status = SessionStatus.HELD
    row.version += 1
    with told():
        _check(row)
        row.save(update_fields=["status", "version"])
    return row


@transaction.atomic
def cancel_session(*, session: Session, expected_version: int | None = None) -> Session:
    """Cancel a planned session."""
    row = locked(session, expected_version)
    if row.status != SessionStatus.PLANNED:
        conflict("not_planned", _("Only a planned session can be cancelled."))
    row.status = SessionStatus.CANCELLED
    row.version += 1
    with told():
        row.save(update_fields=["status", "version"])
    return row


@transaction.atomic
def record_attendance(
    *,
    session: Session,
    states: Mapping[uuid.UUID, str | tuple[str, str]],
    advisory: Sequence[tuple[uuid.UUID, str]] = (),
    expected_version: int | None = None,
) -> Session:
    """Write who came: per mandate a state, or a state and a note. Deputies who are not named stay as they were.

    ``advisory`` adds attendees without a vote: a person and in which capacity.
    """
    row = locked(session, expected_version)
    if row.status == SessionStatus.CANCELLED:
        refuse("councils_attendance_cancelled")
    with told():
        if states:
            in_force = set(
                Mandate.objects.on(row.held_on)
                .filter(convocation=row.convocation_id)
                .values_list("pk", flat=True)
            )
            if not in_force.issuperset(states):
                refuse("councils_attendance_in_force", pointer="/attendance")
            Attendance.objects.bulk_create(
                (
                    Attendance(session=row, mandate_id=mandate, state=state, note=note[:300])
                    for mandate, (state, note) in (
                        (key, value if isinstance(value, tuple) else (value, ""))
                        for key, value in states.items()
                    )
                ),
                update_conflicts=True,
                unique_fields=["session", "mandate"],
                update_fields=["state", "note"],
            )
        AdvisoryAttendance.objects.bulk_create(
            (
                AdvisoryAttendance(session=row, person_id=person, capacity=capacity)
                for person, capacity in advisory
            ),
            update_conflicts=True,
            unique_fields=["session", "person"],
            update_fields=["capacity", "removed_at"],
        )
        row.version += 1
        row.save(update_fields=["version"])
    return row


@transaction.atomic
def remove_advisory(*, attendance: AdvisoryAttendance, at: dt.datetime) -> AdvisoryAttendance:
    """Take an attendee without a vote off the sheet."""
    attendance.removed_at = at
    attendance.save(update_fields=["removed_at"])
    return attendance


def sheet(*, session: Session) -> list[Mandate]:
    """Return the mandates in force on the session's day: whom the attendance sheet lists."""
    return list(
        Mandate.objects.on(session.held_on)
        .filter(convocation=session.convocation_id)
        .select_related("person", "faction", "party")
        .order_by("person__name_ky", "pk")
    )


def attendance_totals(session: Session) -> dict[str, Any]:
    """Return how many deputies came to a session, of how many, and whether they are a quorum."""
    counts: dict[str, Any] = session.attendances.aggregate(
        **{state: Count("pk", filter=Q(state=state)) for state in AttendanceState.values}
    )
    counts["of_all"] = _sitting(session.convocation_id, session.held_on)
    rule = DecisionRule.objects.get(code="quorum")
    counts["quorum"] = rule.enough(counts["present"], of=counts["of_all"])
    return counts


@transaction.atomic
def add_agenda_item(
    *, session: Session, title: Mapping[str, str], speaker: Person | None = None, number: int | None = None
) -> AgendaItem:
    """Put an item on the agenda of a session, last where no number is given."""
    row = locked(session)
    if row.status == SessionStatus.CANCELLED:
        conflict("session_cancelled", _("The session was cancelled."))
    highest = row.agenda.aggregate(highest=Max("number"))["highest"] or 0
    item = AgendaItem(session=row, number=number or highest + 1, speaker=speaker)
    write_texts(item, "title", title, longest=500)
    with told():
        item.save()
    return item


@transaction.atomic
def remove_agenda_item(*, item: AgendaItem, at: dt.datetime) -> AgendaItem:
    """Take an item off the agenda; one on which a resolution rests stays."""
    if item.resolutions.exists():
        conflict("item_in_use", _("A resolution rests on the item."))
    item.removed_at = at
    item.save(update_fields=["removed_at"])
    return item
