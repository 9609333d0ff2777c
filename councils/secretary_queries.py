"""Reads for the pages of a council's secretary; each function is one query unless it says otherwise."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from councils import wording
from councils.models import (
    AdvisoryAttendance,
    AgendaItem,
    Attendance,
    AttendanceState,
    Convocation,
    Council,
    CouncilPost,
    CouncilPostKind,
    DecisionRule,
    EndReason,
    Mandate,
    NamedVote,
    Resolution,
    ResolutionFile,
    ResolutionStatus,
    Session,
    SessionStatus,
    Vote,
)
from lsg_portal.web import display
from lsg_portal.web.collation import kyrgyz_key
from registry import queries, titles
from registry.models import LegalAct, Person

LATEST = 20
"""Sessions and published resolutions shown on the desk; the public pages have all."""

MOST_ACTS = 200
"""Legal acts offered as the basis of a decision, the latest first."""

OPEN = (ResolutionStatus.DRAFT, ResolutionStatus.ADOPTED, ResolutionStatus.REGISTERED)
ONE_DAY = dt.timedelta(days=1)

UNITS = """
    SELECT DISTINCT ON (v.unit_id) v.unit_id, v.kind, v.name_ky, v.name_ru, v.name_en
      FROM registry_unitversion v
     WHERE v.voided_by_id IS NULL AND v.unit_id = ANY(%(units)s::uuid[])
     ORDER BY v.unit_id, (v.valid @> %(day)s::date) DESC, lower(v.valid) DESC
"""
"""Units as they are on a day, or as they were last."""


def council(pk: uuid.UUID) -> Council | None:
    """Return a council that no annulment has voided, None where there is none."""
    return Council.objects.live().filter(pk=pk).first()


def councils_of(units: Collection[uuid.UUID], day: dt.date) -> list[Any]:
    """Return the councils of these municipalities with their ``title``: those of the day, else those that were; two queries."""
    found: list[Any] = list(Council.objects.live().filter(unit_id__in=units).order_by("-valid"))
    sitting = [item for item in found if _holds(item, day)]
    named = {row["unit_id"]: row for row in _units((item.unit_id for item in sitting or found), day)}
    for item in sitting or found:
        item.title = title(item, named.get(item.unit_id))
    return sorted(sitting or found, key=lambda item: item.title)


def _holds(item: Council, day: dt.date) -> bool:
    return bool(item.valid.lower <= day and (item.valid.upper is None or day < item.valid.upper))


def _units(units: Iterable[uuid.UUID], day: dt.date) -> list[dict[str, Any]]:
    return queries.rows(UNITS, {"units": [str(unit) for unit in units], "day": day})


def council_name(council: Council, day: dt.date) -> str:
    """Return what a council is called on the day, or on its last one."""
    last = council.last_day
    rows = _units([council.unit_id], min(day, last) if last else day)
    return title(council, rows[0] if rows else None)


def title(council: Council, unit: dict[str, Any] | None) -> str:
    """Return what the council is called after its unit."""
    return wording.council_name(unit, council.kind)


def convocation(council: Council, day: dt.date) -> Convocation | None:
    """Return the convocation that sits on the day, else the one that sat last before it."""
    found = Convocation.objects.live().filter(council=council, valid__startswith__lte=day)
    return found.order_by("-valid").first()


def deputies(convocation: Convocation, day: dt.date) -> list[Mandate]:
    """Return the mandates in force on a day, by the name of the deputy."""
    found = Mandate.objects.on(day).filter(convocation=convocation).select_related("person")
    return sorted(found, key=lambda item: kyrgyz_key(display.name(item.person)))


def sessions(convocation: Convocation) -> QuerySet[Session]:
    """Return the sessions of a convocation, the latest first, with how many of those ``marked`` ``came``."""
    present = Q(attendances__state=AttendanceState.PRESENT)
    counted = {"marked": Count("attendances"), "came": Count("attendances", filter=present)}
    return Session.objects.filter(convocation=convocation).annotate(**counted).order_by("-held_on", "-number")


def session(pk: uuid.UUID) -> Session | None:
    """Return a session with its convocation and council."""
    return Session.objects.select_related("convocation__council").filter(pk=pk).first()


def next_session(convocation: Convocation, day: dt.date) -> Session | None:
    """Return the planned session that is next on or after the day."""
    planned = Session.objects.filter(convocation=convocation, held_on__gte=day, status=SessionStatus.PLANNED)
    return planned.order_by("held_on").first()


def agenda(session: Session) -> list[AgendaItem]:
    """Return the points of the agenda that were not removed, in their order."""
    return list(
        AgendaItem.objects.filter(session=session, removed_at=None)
        .select_related("speaker")
        .order_by("number")
    )


def agenda_item(pk: uuid.UUID) -> AgendaItem | None:
    """Return a point of an agenda with its session and council; None for one that was removed."""
    related = "session__convocation__council"
    return AgendaItem.objects.select_related(related).filter(pk=pk, removed_at=None).first()


def attendance(session: Session) -> dict[uuid.UUID, Attendance]:
    """Return who is marked how at a session, by mandate."""
    return {item.mandate_id: item for item in Attendance.objects.filter(session=session)}


def guests(session: Session) -> list[AdvisoryAttendance]:
    """Return those who attended with an advisory vote or none."""
    found = AdvisoryAttendance.objects.present().filter(session=session)
    return list(found.select_related("person").order_by("id"))


def present(session: Session) -> list[Mandate]:
    """Return the mandates of those who came, by the name of the deputy."""
    came = Mandate.objects.filter(
        attendances__session=session, attendances__state=AttendanceState.PRESENT
    ).select_related("person")
    return sorted(came, key=lambda item: kyrgyz_key(display.name(item.person)))


def resolutions(council: Council, *statuses: str) -> QuerySet[Resolution]:
    """Return the resolutions of a council in these states, the latest first."""
    found = Resolution.objects.filter(council=council, status__in=statuses).select_related("session")
    return found.order_by("-adopted_on", "-recorded_at")


def resolutions_of(session: Session) -> list[Resolution]:
    """Return the resolutions of a session."""
    found = Resolution.objects.filter(session=session).select_related("session")
    return list(found.order_by("agenda_item__number", "recorded_at"))


def resolution(pk: uuid.UUID) -> Resolution | None:
    """Return a resolution with its council, session and rule."""
    related = ("council", "session__convocation", "rule", "agenda_item", "cancelled_by")
    return Resolution.objects.select_related(*related).filter(pk=pk).first()


def vote(resolution: Resolution) -> Vote | None:
    """Return the vote on a resolution, None where there was none."""
    return Vote.objects.filter(pk=resolution.pk).first()


def named_votes(resolution: Resolution) -> dict[uuid.UUID, str]:
    """Return the votes by name, by mandate."""
    found = NamedVote.objects.present().filter(vote=resolution.pk)
    return dict(found.values_list("mandate_id", "choice"))


def files(resolution: Resolution) -> list[ResolutionFile]:
    """Return the files that were not removed."""
    return list(ResolutionFile.objects.filter(resolution=resolution, removed_at=None).order_by("recorded_at"))


def later_published(resolution: Resolution) -> list[Resolution]:
    """Return the published resolutions of the same council that may cancel this one, the latest first."""
    later = resolutions(resolution.council, ResolutionStatus.PUBLISHED).exclude(pk=resolution.pk)
    return list(later.filter(adopted_on__gt=resolution.adopted_on)[:MOST_ACTS])


def majorities() -> list[DecisionRule]:
    """Return the majorities a resolution may need."""
    return list(
        DecisionRule.objects.filter(purpose=DecisionRule.Purpose.MAJORITY).order_by("numerator", "base")
    )


def quorum() -> DecisionRule | None:
    """Return the rule of the quorum."""
    return DecisionRule.objects.filter(purpose=DecisionRule.Purpose.QUORUM).first()


def end_reasons() -> list[EndReason]:
    """Return the grounds on which a mandate may end that have been entered."""
    return list(EndReason.objects.filter(entered=True))


def mandate(pk: uuid.UUID) -> Mandate | None:
    """Return a mandate with its deputy and council."""
    related = ("person", "convocation__council")
    return Mandate.objects.live().select_related(*related).filter(pk=pk).first()


def posts(convocation: Convocation, day: dt.date) -> list[CouncilPost]:
    """Return who holds which post of a convocation on a day."""
    order = list(CouncilPostKind.values)
    found = CouncilPost.objects.on(day).filter(convocation=convocation).select_related("person")
    return sorted(found, key=lambda item: order.index(item.kind))


def secretary_named(council: Council, name: str) -> Person | None:
    """Return the person of that name who was responsible secretary of the council before."""
    held = CouncilPost.objects.live().filter(
        convocation__council=council, kind=CouncilPostKind.RESPONSIBLE_SECRETARY, person__name_ky=name
    )
    last = held.select_related("person").order_by("-valid").first()
    return last.person if last else None


def acts(*, kinds: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return legal acts to choose from, the latest first."""
    found = LegalAct.objects.filter(kind__in=kinds) if kinds else LegalAct.objects.all()
    found = found.exclude(kind=LegalAct.Kind.COUNCIL_RESOLUTION).order_by("-adopted_on", "number")
    return [
        (str(act.pk), f"{titles.act_name(act)}. {display.name(act, 'title')}"[:200])
        for act in found[:MOST_ACTS]
    ]


def oblasts(day: dt.date) -> list[tuple[str, str]]:
    """Return oblasts and cities of republican significance of a day to choose from."""
    rows = queries.rows(
        """SELECT u.unit_id, u.kind, u.name_ky, u.name_ru, u.name_en
             FROM registry_unitversion u
            WHERE u.kind IN ('oblast', 'city_republican') AND u.valid @> %(day)s::date AND u.voided_by_id IS NULL
            ORDER BY u.kind = 'city_republican', u.sort_ky""",
        {"day": day},
    )
    return [(str(row["unit_id"]), titles.full_name(row)) for row in rows]


def sitting(on: dt.date, oblast: uuid.UUID | None = None) -> list[dict[str, Any]]:
    """Return the convocations that would sit on a day, with council, unit and the number of mandates, women among them.

    ``oblast`` is an oblast or a city of republican significance; None is the whole country.
    """
    return queries.rows(
        """
        SELECT c.id AS convocation_id, c.number, c.seats_by_law, c.provenance, k.id AS council_id, k.kind AS council_kind,
               u.unit_id, u.kind, u.name_ky, u.name_ru, u.name_en, u.sort_ky,
               o.unit_id AS oblast_id, o.kind AS oblast_kind,
               o.name_ky AS oblast_ky, o.name_ru AS oblast_ru, o.name_en AS oblast_en,
               count(m.id) AS mandates, count(m.id) FILTER (WHERE p.sex = 'f') AS women
          FROM councils_convocation c
          JOIN councils_council k ON k.id = c.council_id
          LEFT JOIN registry_units_on(%(on)s::date) u ON u.unit_id = k.unit_id
          LEFT JOIN registry_unitversion o ON o.unit_id = coalesce(u.oblast_id, u.unit_id)
               AND o.valid @> %(on)s::date AND o.voided_by_id IS NULL
          LEFT JOIN councils_mandate m ON m.convocation_id = c.id AND m.voided_by_id IS NULL AND m.valid @> %(on)s::date
          LEFT JOIN registry_person p ON p.id = m.person_id
         WHERE c.voided_by_id IS NULL AND c.valid @> %(on)s::date
           AND (%(oblast)s::uuid IS NULL OR o.unit_id = %(oblast)s::uuid)
         GROUP BY c.id, k.id, u.unit_id, u.kind, u.name_ky, u.name_ru, u.name_en, u.sort_ky, o.id
         ORDER BY o.kind = 'city_republican', o.sort_ky, u.sort_ky, c.id""",
        {"on": on, "oblast": str(oblast) if oblast else None},
    )
