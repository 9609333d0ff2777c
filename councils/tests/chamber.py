"""A small country of councils for the tests of the REST interface, made of plain rows."""

from __future__ import annotations

import datetime as dt
import itertools
from types import SimpleNamespace

from councils.models import (
    AgendaItem,
    Attendance,
    Convocation,
    Council,
    CouncilPost,
    DecisionRule,
    Mandate,
    NamedVote,
    Resolution,
    Session,
    Vote,
)
from registry.models import Person, PersonPrivate
from registry.tests.factories import VersionFactory, aimak, city, code, district, oblast

START = dt.date(2021, 4, 11)
DAY = dt.date(2023, 6, 1)
_numbers = itertools.count(1)


def person(name="", sex="m", **more):
    """Somebody with private particulars that nobody may see."""
    found = Person.objects.create(
        name_ky=name or f"Депутат {next(_numbers)}", name_ru=f"Депутат {next(_numbers)}", sex=sex, **more
    )
    PersonPrivate.objects.create(
        person=found, phone="+996 555 010203", email="secret@example.kg", personal_number="12345678901234"
    )
    return found


def council(unit, kind="ayil", start=START, end=None, **more):
    return Council.objects.create(unit=unit, kind=kind, valid=(start, end), **more)


def convocation(of, *, seats=11, number=1, start=START, end=None, **more):
    more = {"system": "proportional" if of.kind == "city" else "majoritarian"} | more
    return Convocation.objects.create(
        council=of, number=number, seats_by_law=seats, valid=(start, end), elected_on=start, **more
    )


def seat(in_convocation, name="", sex="m", start=START, end=None, **more):
    more = {"basis": "elected"} | more
    return Mandate.objects.create(
        convocation=in_convocation, person=person(name, sex), valid=(start, end), **more
    )


def session(of, day=DAY, *, number=None, status="held", present=(), unexcused=(), excused=(), **more):
    """A session with its attendance."""
    found = Session.objects.create(
        convocation=of, number=number or next(_numbers), held_on=day, status="planned", **more
    )
    for state, mandates in (("present", present), ("unexcused", unexcused), ("excused", excused)):
        Attendance.objects.bulk_create(
            Attendance(session=found, mandate=mandate, state=state) for mandate in mandates
        )
    if status != "planned":
        found.status = status
        found.save()
    return found


def resolution(of, title, *, number, votes=(3, 1, 0), named=None, status="adopted", **more):
    """A resolution with its vote, taken as far as ``status`` in the steps of its life."""
    found = Resolution.objects.create(
        council=of.convocation.council,
        session=of,
        title_ky=title,
        title_ru=more.pop("title_ru", title),
        rule=DecisionRule.objects.get(code="simple"),
        **more,
    )
    present = of.attendances.filter(state="present").count()
    of_all = Mandate.objects.on(of.held_on).filter(convocation=of.convocation).count()
    favour, against, abstained = votes
    vote = Vote.objects.create(
        resolution=found,
        present=present,
        of_all=of_all,
        in_favour=favour,
        against=against,
        abstained=abstained,
    )
    for mandate, choice in (named or {}).items():
        NamedVote.objects.create(vote=vote, mandate=mandate, choice=choice)
    if status == "draft":
        return found
    found.status, found.number, found.adopted_on = "adopted", number, of.held_on
    found.save()
    if status == "adopted":
        return found
    found.status, found.registration_number, found.registered_on = "registered", f"K-{number}", of.held_on
    found.save()
    if status == "registered":
        return found
    found.status, found.published_on, found.published_in = "published", of.held_on, "Сайт"
    found.save()
    return found


def country():
    """Two oblasts and the capital, each with councils that sit; one council of a district in law only."""
    one, two = oblast("Нарын", name_en="Naryn"), oblast("Талас")
    home, other, far = district(one, "Ат-Башы"), district(one, "Жумгал"), district(two, "Кара-Буура")
    capital = VersionFactory(kind="city_republican", name_ky="Бишкек").unit
    units = {
        "kara": aimak(home, "Кара-Суу", villages=["Кара"]),
        "ak": aimak(home, "Ак-Суу", villages=["Ак"]),
        "far": aimak(far, "Бейшеке", villages=["Бей"]),
        "town": city(one, "Нарын", kind="city_oblast"),
        "capital": capital,
    }
    code(units["kara"], "41704210000001")
    found = SimpleNamespace(
        one=one, two=two, home=home, other=other, far=far, capital=capital, units=units, councils={}, terms={}
    )
    for name, unit in units.items():
        kind = "ayil" if name in ("kara", "ak", "far") else "city"
        found.councils[name] = council(unit, kind)
        found.terms[name] = convocation(found.councils[name], seats=5)
    found.councils["law"] = council(
        home, "district", dt.date(2021, 10, 20), dt.date(2024, 1, 16), in_law_only=True
    )
    found.deputies = {
        name: [seat(term, f"{name} {n}", "f" if n < women else "m") for n in range(count)]
        for (name, term), (count, women) in zip(
            found.terms.items(), ((5, 2), (4, 1), (3, 0), (5, 1), (5, 3)), strict=True
        )
    }
    chair = found.deputies["kara"][0].person
    CouncilPost.objects.create(
        convocation=found.terms["kara"], kind="chair", person=chair, valid=(START, None)
    )
    return found


def sitting(land, name="kara", day=DAY, **more):
    """A session of a council: four present, one without excuse, with an agenda."""
    deputies = land.deputies[name]
    found = session(land.terms[name], day, present=deputies[:-1], unexcused=deputies[-1:], **more)
    AgendaItem.objects.create(session=found, number=1, title_ky="Бюджет", title_ru="Бюджет")
    return found


def contract():
    """What the tests of the whole REST interface ask: one of each thing, by the address it is found under."""
    land = country()
    held = sitting(land, number=7)
    deputies = land.deputies["kara"]
    roll = dict.fromkeys(deputies[:-1], "in_favour")
    made = resolution(held, "Бюджет жөнүндө", number="1", votes=(4, 0, 0), named=roll, status="published")
    return SimpleNamespace(
        land=land,
        oblast=str(land.one.pk),
        ids={
            "councils": str(land.councils["kara"].pk),
            "convocations": str(land.terms["kara"].pk),
            "mandates": str(deputies[0].pk),
            "sessions": str(held.pk),
            "resolutions": str(made.pk),
            "votes": str(made.pk),
        },
    )
