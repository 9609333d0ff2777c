"""What the councils of the demonstration did: sessions, who came, resolutions with their votes; all constructed.

One session on the budget before the reform, two after the election of 2024 and one planned for every council; the sittings of
the merged councils of Naryn in the days documented for them; and a longer story in one council (``council_story``).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Max

from councils.models import (
    AgendaItem,
    Attendance,
    AttendanceState,
    Convocation,
    CouncilPost,
    DecisionRule,
    Mandate,
    NamedVote,
    Resolution,
    ResolutionStatus,
    Session,
    SessionKind,
    SessionStatus,
    Vote,
    VoteChoice,
)
from lsg_portal.demo.council_election import CHAIRS, CONSTRUCTED, Batch
from lsg_portal.demo.council_form import values
from lsg_portal.demo.council_people import person
from lsg_portal.demo.country import chance, identifier
from reform.models import Event
from registry.models import ChangePart, LegalAct, UnitVersion

SOURCE = "demo:sessions"
TWO_WEEKS = dt.timedelta(days=14)


@dataclass(frozen=True)
class Matter:
    """What a session decides: Kyrgyz, Russian and English titles, ``{unit}`` and ``{year}`` filled in."""

    ky: str
    ru: str
    en: str
    normative: bool = False


BUDGET = Matter(
    "{year}-жылга жергиликтүү бюджетти бекитүү жөнүндө",
    "Об утверждении местного бюджета на {year} год",
    "On approving the local budget for {year}",
    normative=True,
)
CHAIR = Matter(
    "Кеңештин төрагасын шайлоо жөнүндө",
    "Об избрании председателя кенеша",
    "On electing the chair of the council",
)
PROGRAMME = Matter(
    "{unit}: {year}-жылга социалдык-экономикалык өнүктүрүү программасын бекитүү жөнүндө",
    "{unit}: об утверждении программы социально-экономического развития на {year} год",
    "{unit}: on approving the programme of socio-economic development for {year}",
)
REPORT = Matter(
    "Аткаруу органынын жылдык отчету жөнүндө",
    "О годовом отчёте исполнительного органа",
    "On the annual report of the executive body",
)
ATTENDANCE = (
    (Decimal("0.03"), AttendanceState.UNEXCUSED),
    (Decimal("0.12"), AttendanceState.EXCUSED),
    (Decimal(1), AttendanceState.PRESENT),
)
"""Up to which share of the deputies is absent without and with an excuse, and present."""
HELD = {
    "before": (SessionKind.ORDINARY, [BUDGET]),
    "naryn": (SessionKind.ORDINARY, [CHAIR]),
    "first": (SessionKind.FIRST, [CHAIR]),
    "budget": (SessionKind.ORDINARY, [BUDGET, PROGRAMME]),
}


class Seat(NamedTuple):
    """A mandate and whose it is."""

    mandate_id: uuid.UUID
    person_id: uuid.UUID


@dataclass
class Work:
    """Rows of sessions gathered for bulk writing, with what is needed to make them."""

    names: dict[uuid.UUID, tuple[str, str]]
    rule: DecisionRule
    batch: Batch = field(default_factory=Batch)
    last: dict[uuid.UUID, int] = field(default_factory=lambda: defaultdict(int))

    def session(
        self,
        convocation: Convocation,
        deputies: Sequence[Seat],
        day: dt.date,
        matters: Sequence[Matter] = (),
        *,
        kind: str = SessionKind.ORDINARY,
        held: bool = True,
        named: bool = False,
    ) -> None:
        """Add a session with its attendance, agenda and resolutions."""
        self.last[convocation.pk] += 1
        number = self.last[convocation.pk]
        key = (str(convocation.pk), str(number))
        session = self.batch.add(
            Session(
                id=identifier("session", *key),
                convocation=convocation,
                number=number,
                held_on=day,
                kind=kind,
                status=SessionStatus.HELD if held else SessionStatus.PLANNED,
                provenance=CONSTRUCTED,
                source=SOURCE,
            )
        )
        present = list(self._attendance(session, deputies)) if held else []
        for item, matter in enumerate(matters, 1):
            self._matter(session, item, matter, deputies, present, named=named)

    def _attendance(self, session: Session, deputies: Sequence[Seat]) -> Iterator[Seat]:
        """Note who came; never so few that there is no quorum."""
        states = {}
        for seat in deputies:
            drawn = chance("attendance", str(session.pk), str(seat.person_id))
            states[seat] = next(state for share, state in ATTENDANCE if drawn < share)
        came = sum(state == AttendanceState.PRESENT for state in states.values())
        enough = came * 4 >= len(states) * 3
        for seat, drawn_state in states.items():
            state = drawn_state if enough else AttendanceState.PRESENT
            self.batch.add(Attendance(session=session, mandate_id=seat.mandate_id, state=state))
            if state == AttendanceState.PRESENT:
                yield seat

    def _matter(
        self,
        session: Session,
        number: int,
        matter: Matter,
        deputies: Sequence[Seat],
        present: Sequence[Seat],
        *,
        named: bool,
    ) -> None:
        """Add a point of the agenda and, where the session was held, the resolution with its vote."""
        council = session.convocation.council
        ky, ru = self.names[council.unit_id]
        year = session.held_on.year + 1
        words = {
            "title_ky": matter.ky.format(unit=ky, year=year),
            "title_ru": matter.ru.format(unit=ru, year=year),
            "title_en": matter.en.format(unit=ru, year=year),
        }
        item = self.batch.add(
            AgendaItem(
                id=identifier("agenda item", str(session.pk), str(number)),
                session=session,
                number=number,
                provenance=CONSTRUCTED,
                source=SOURCE,
                **words,
            )
        )
        if session.status != SessionStatus.HELD:
            return
        act = self.batch.add(
            LegalAct(
                id=identifier("act", str(item.pk)),
                kind=LegalAct.Kind.COUNCIL_RESOLUTION,
                number=f"{session.number}/{number}",
                adopted_on=session.held_on,
                status=LegalAct.Status.IN_FORCE,
                provenance=CONSTRUCTED,
                source=SOURCE,
                **words,
            )
        )
        resolution = self.batch.add(
            Resolution(
                id=identifier("resolution", str(item.pk)),
                council=council,
                session=session,
                agenda_item=item,
                number=act.number,
                adopted_on=session.held_on,
                normative=matter.normative,
                rule=self.rule,
                text_ky=f"{ky} кеңеши токтом кылат: «{words['title_ky']}» токтому кабыл алынсын.",
                text_ru=f"Кенеш ({ru}) постановляет: принять постановление «{words['title_ru']}».",
                status=ResolutionStatus.PUBLISHED,
                registration_number=f"Д-{str(item.pk)[:8].upper()}",
                registered_on=session.held_on + dt.timedelta(days=5),
                published_on=session.held_on + dt.timedelta(days=7),
                published_in="Маалымат тактасы",
                legal_act=act,
                provenance=CONSTRUCTED,
                source=SOURCE,
                **words,
            )
        )
        against = int(chance("against", str(resolution.pk)) * 3)
        choices = [VoteChoice.AGAINST] * (against // 2) + [VoteChoice.ABSTAINED] * (against - against // 2)
        choices = [*choices, *[VoteChoice.IN_FAVOUR] * (len(present) - len(choices))]
        self.batch.add(
            Vote(
                resolution=resolution,
                present=len(present),
                of_all=len(deputies),
                in_favour=choices.count(VoteChoice.IN_FAVOUR),
                against=choices.count(VoteChoice.AGAINST),
                abstained=choices.count(VoteChoice.ABSTAINED),
            )
        )
        if named:
            for seat, choice in zip(present, choices, strict=True):
                self.batch.add(NamedVote(vote_id=resolution.pk, mandate_id=seat.mandate_id, choice=choice))


def load_work() -> None:
    """Write the sessions that all councils have held."""
    seat_interim_posts()
    work = Work(_names(), DecisionRule.objects.get(code="simple"))
    for name, (kind, matters) in HELD.items():
        first, last = _days(name)
        for convocation, deputies in _sitting(first, programme=name if name == "naryn" else ""):
            drawn = chance("session", name, str(convocation.pk)) * ((last - first).days + 1)
            named = name == "budget" and convocation.council.kind == "city"
            day = first + dt.timedelta(days=int(drawn))
            work.session(convocation, deputies, day, matters, kind=kind, named=named)
    work.batch.write()


def plan_next() -> None:
    """Plan the next session of every council."""
    (planned,) = _days("planned")
    work = Work(_names(), DecisionRule.objects.get(code="simple"))
    numbers = Session.objects.values("convocation_id").annotate(last=Max("number"))
    work.last.update(numbers.values_list("convocation_id", "last"))
    for convocation, deputies in _sitting(planned):
        work.session(convocation, deputies, planned, [BUDGET, REPORT], held=False)
    work.batch.write()


def _days(name: str) -> list[dt.date]:
    """The first and the last day written for sessions of that name."""
    return [dt.date.fromisoformat(day) for day in values("sessions")[name].value.split(" .. ")]


def _names() -> dict[uuid.UUID, tuple[str, str]]:
    """What to call each municipality in Kyrgyz and Russian, by its latest names."""
    found = {}
    for version in UnitVersion.objects.live().order_by("valid"):
        aimak = version.kind == "ayil_aimak"
        found[version.unit_id] = (
            f"{version.name_ky} {'айыл аймагы' if aimak else 'шаары'}",
            str(version.name_ru) if aimak else f"г. {version.name_ru}",
        )
    return found


def _sitting(day: dt.date, *, programme: str = "") -> list[tuple[Convocation, list[Seat]]]:
    """The convocations that sit on a day, each with its deputies; of one programme those that its events united."""
    convocations = Convocation.objects.on(day).select_related("council")
    if programme:
        changed = Event.objects.filter(programme__key=programme, effective_on__lte=day)
        united = ChangePart.objects.live().filter(change__event__in=changed).values_list("target", flat=True)
        convocations = convocations.filter(council__unit__in=set(united))
    found: dict[uuid.UUID, list[Seat]] = defaultdict(list)
    rows = Mandate.objects.on(day).order_by("convocation_id", "id")
    for convocation, *seat in rows.values_list("convocation_id", "id", "person_id"):
        found[convocation].append(Seat(*seat))
    return [(row, found[row.pk]) for row in convocations.order_by("id") if row.pk in found]


def seat_interim_posts() -> None:
    """Give convocations that mergers began a chair, a deputy chair and a secretary two weeks on; within their term."""
    batch = Batch()
    with_posts = CouncilPost.objects.live().values("convocation_id")
    begun = Mandate.objects.live().filter(basis="carried_over").exclude(convocation__in=with_posts)
    deputies: dict[Convocation, list[Mandate]] = {}
    for mandate in begun.select_related("convocation", "person").order_by("id"):
        deputies.setdefault(mandate.convocation, []).append(mandate)
    for convocation, among in deputies.items():
        first = convocation.valid.lower + TWO_WEEKS
        if convocation.valid.upper is not None and first >= convocation.valid.upper:
            continue
        among = [mandate for mandate in among if mandate.valid == convocation.valid]
        secretary = batch.add(person("f", first.year, "secretary", str(convocation.pk)))
        for kind, holder in zip(CHAIRS, (among[0].person, among[1].person, secretary), strict=True):
            batch.add(
                CouncilPost(
                    convocation=convocation,
                    kind=kind,
                    person=holder,
                    valid=(first, convocation.valid.upper),
                    provenance=CONSTRUCTED,
                    source="demo",
                )
            )
    batch.write()
