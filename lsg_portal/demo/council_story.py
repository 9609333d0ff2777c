"""A longer story of one council, Баетов in Ак-Талаа: absences that add up, an act that is cancelled, a draft.

A deputy of Ак-Чий misses three sessions of his council without excuse, over the turn of a year, and after the merger of
1 May 2023 one of the council that carried his seat over: the fourth within twelve months. Another misses as many, once
excused; a third misses three. In the council elected in 2024 somebody misses four sessions over the next turn of a year.
All of it is constructed, written through the services as a secretary would.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from councils import services
from councils.models import (
    AdvisoryCapacity,
    Attendance,
    AttendanceState,
    Convocation,
    Council,
    DecisionRule,
    Mandate,
    Resolution,
    Session,
    VoteChoice,
)
from lsg_portal.demo.council_election import CONSTRUCTED
from lsg_portal.demo.council_people import person
from registry.models import Person, Unit

DAY = dt.date
PRESENT, EXCUSED, UNEXCUSED = AttendanceState.PRESENT, AttendanceState.EXCUSED, AttendanceState.UNEXCUSED
BEFORE_MERGER = (DAY(2022, 9, 15), DAY(2022, 11, 17), DAY(2023, 2, 16))
AFTER_MERGER = DAY(2023, 6, 15)
ELECTED = (DAY(2025, 5, 15), DAY(2025, 9, 18), DAY(2025, 11, 20), DAY(2026, 2, 19))
MISSED = (
    (UNEXCUSED, UNEXCUSED, UNEXCUSED, UNEXCUSED),
    (UNEXCUSED, EXCUSED, UNEXCUSED, UNEXCUSED),
    (UNEXCUSED, UNEXCUSED, PRESENT, UNEXCUSED),
)
"""What three deputies did at four sessions: the first alone reaches four unexcused absences."""

PASTURES = {
    "ky": "Жайыттарды пайдалануу тартиби жөнүндө",
    "ru": "О порядке использования пастбищ",
    "en": "On the use of pastures",
}
CANCELLING = {
    "ky": "«Жайыттарды пайдалануу тартиби жөнүндө» токтомду жокко чыгаруу жөнүндө",
    "ru": "Об отмене постановления «О порядке использования пастбищ»",
    "en": "On cancelling the resolution “On the use of pastures”",
}
WATER = {
    "ky": "Таза суу менен камсыздоо боюнча иш-чаралар жөнүндө",
    "ru": "О мерах по обеспечению чистой водой",
    "en": "On measures for clean water",
}


def load_story(gone: Unit, unit: Unit) -> None:
    """Write the story: of a council that was merged away, and of the one that took it over."""
    before = Council.objects.live().get(unit=gone, kind="ayil")
    council = Council.objects.live().get(unit=unit, kind="ayil")
    absent: list[Person] = []
    for index, day in enumerate(BEFORE_MERGER):
        session = held(sitting(before, day), day)
        deputies = services.sheet(session=session)
        absent = absent or [deputy.person for deputy in deputies[-len(MISSED) :]]
        attend(session, {person: states[index] for person, states in zip(absent, MISSED, strict=True)})
    session = held(sitting(council, AFTER_MERGER), AFTER_MERGER)
    attend(session, {person: states[-1] for person, states in zip(absent, MISSED, strict=True)})
    _since_2024(council)


def sitting(council: Council, day: dt.date) -> Convocation:
    """The convocation of a council that sits on a day."""
    return Convocation.objects.on(day).get(council=council)


def held(convocation: Convocation, day: dt.date) -> Session:
    """A session of that day, held."""
    return services.hold_session(session=services.plan_session(convocation=convocation, held_on=day))


def attend(session: Session, absent: Mapping[Person, str]) -> list[Mandate]:
    """Note who came: all but those named, and two who attend without a vote; return the deputies present."""
    deputies = services.sheet(session=session)
    states = {mandate: absent.get(mandate.person, PRESENT) for mandate in deputies}
    guests = []
    for capacity in (AdvisoryCapacity.VILLAGE_HEAD, AdvisoryCapacity.PROSECUTOR):
        guest = person("m", 2021, "guest", capacity, str(session.convocation.council_id))
        guests.append(Person.objects.filter(pk=guest.pk).first() or _saved(guest))
    services.record_attendance(
        session=session,
        states={mandate.pk: state for mandate, state in states.items()},
        advisory=[
            (guest.pk, capacity)
            for guest, capacity in zip(
                guests, (AdvisoryCapacity.VILLAGE_HEAD, AdvisoryCapacity.PROSECUTOR), strict=True
            )
        ],
    )
    return [mandate for mandate, state in states.items() if state == PRESENT]


def _saved(guest: Person) -> Person:
    guest.save(force_insert=True)
    return guest


def _since_2024(council: Council) -> None:
    """Absences in the council elected in 2024, and a resolution cancelled by a later one."""
    convocation = sitting(council, ELECTED[0])
    missed = Attendance.objects.filter(session__convocation=convocation, state=UNEXCUSED).values("mandate_id")
    calm = Mandate.objects.on(ELECTED[0]).filter(convocation=convocation).exclude(pk__in=missed)
    calm = calm.exclude(person__council_posts__convocation=convocation)
    absent = [mandate.person for mandate in calm.select_related("person").order_by("id")[: len(MISSED)]]
    passed: Resolution | None = None
    for index, day in enumerate(ELECTED):
        session = held(convocation, day)
        present = attend(session, {who: states[index] for who, states in zip(absent, MISSED, strict=True)})
        if index == 0:
            passed = decide(session, present, PASTURES)
        elif index == 2:
            later = decide(session, present, CANCELLING)
            assert passed is not None
            services.cancel(resolution=passed, by_resolution=later)


def load_draft(unit: Unit) -> None:
    """Write what the secretary prepares for the next session."""
    planned = Session.objects.filter(convocation__council__unit=unit, status="planned").get()
    item = services.add_agenda_item(session=planned, title=WATER)
    services.draft_resolution(
        council=planned.convocation.council,
        title=WATER,
        text={
            "ky": "Долбоор: таза суу менен камсыздоо боюнча иш-чаралар.",
            "ru": "Проект: меры по обеспечению чистой водой.",
        },
        rule=DecisionRule.objects.get(code="simple"),
        session=planned,
        agenda_item=item,
        provenance=CONSTRUCTED,
        source="demo",
    )


def decide(
    session: Session, present: Sequence[Mandate], title: Mapping[str, str], *, rule: str = "simple"
) -> Resolution:
    """Adopt, register and publish a resolution in a roll call, all but one in favour."""
    item = services.add_agenda_item(session=session, title=title)
    resolution = services.draft_resolution(
        council=session.convocation.council,
        title=title,
        text={"ky": f"Кеңеш токтом кылат: {title['ky']}.", "ru": f"Кенеш постановляет: {title['ru']}."},
        rule=DecisionRule.objects.get(code=rule),
        normative=rule == "simple",
        session=session,
        agenda_item=item,
        provenance=CONSTRUCTED,
        source="demo",
    )
    named = {
        mandate.pk: VoteChoice.IN_FAVOUR if index else VoteChoice.AGAINST
        for index, mandate in enumerate(present)
    }
    services.record_vote(resolution=resolution, named=named)
    resolution = services.adopt(resolution=resolution, number=f"{session.number}/1")
    day = session.held_on
    resolution = services.register(
        resolution=resolution,
        registration_number=f"Д-{day:%Y}-{session.number}",
        on=day + dt.timedelta(days=4),
    )
    return services.publish(
        resolution=resolution, on=day + dt.timedelta(days=6), published_in="Маалымат тактасы"
    )
