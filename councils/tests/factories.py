"""Records of councils for tests."""

import datetime as dt

from councils import services
from councils.models import AttendanceState, DecisionRule, Mandate
from registry.models import Person, Provenance
from registry.tests.factories import FIRST

ONE_DAY = dt.timedelta(days=1)


def person(name="Депутат", sex="m"):
    return Person.objects.create(name_ky=name, name_ru=name, sex=sex, birth_year=1980)


def council(unit, *, on=FIRST, kind=None):
    """The council of a unit."""
    return services.found_council(unit_id=unit.pk, on=on, kind=kind)


def convocation(of, *, on=FIRST, seats=21, number=None, deputies=0, women=0):
    """A convocation of a council, or of a unit that then gets one, with deputies of whom the first are women."""
    if not hasattr(of, "unit_id"):
        of = council(of, on=on)
    term = services.begin_convocation(council=of, on=on, seats_by_law=seats, elected_on=on, number=number)
    seat(term, deputies, women)
    return term


def seat(term, deputies, women=0):
    """Many deputies at once, the first of them women."""
    people = Person.objects.bulk_create(
        Person(name_ky=f"Депутат {n}", name_ru=f"Депутат {n}", sex="f" if n < women else "m")
        for n in range(deputies)
    )
    return Mandate.objects.bulk_create(
        Mandate(
            convocation=term,
            person=who,
            basis="elected",
            valid=term.valid,
            provenance=Provenance.CONSTRUCTED,
        )
        for who in people
    )


def deputy(term, *, person=None, sex="m", on=None, basis="elected", name="Депутат", **more):
    """A mandate."""
    who = person or Person.objects.create(name_ky=name, name_ru=name, sex=sex, birth_year=1980)
    return services.seat_deputy(
        convocation=term, person=who, on=on, basis=basis, provenance=Provenance.CONSTRUCTED, **more
    )


def held_session(term, day, *, present=None, unexcused=(), excused=(), **more):
    """A session held on a day; everybody of that day is present but those named absent."""
    session = services.plan_session(convocation=term, held_on=day, **more)
    absent = {mandate.pk: AttendanceState.UNEXCUSED for mandate in unexcused}
    absent |= {mandate.pk: AttendanceState.EXCUSED for mandate in excused}
    if present is None:
        present = [mandate for mandate in services.sheet(session=session) if mandate.pk not in absent]
    states = absent | {mandate.pk: AttendanceState.PRESENT for mandate in present}
    services.record_attendance(session=session, states=states)
    session.refresh_from_db()
    return services.hold_session(session=session)


def rule(code="simple"):
    return DecisionRule.objects.get(code=code)


def draft(session, title="Бюджетти бекитүү жөнүндө", *, by="simple", **more):
    return services.draft_resolution(
        council=session.convocation.council,
        session=session,
        title={"ky": title, "ru": title},
        rule=rule(by),
        **more,
    )


def voted(session, title="Бюджетти бекитүү жөнүндө", *, by="simple", **more):
    """A draft with a unanimous vote."""
    row = draft(session, title, by=by, **more)
    present = services.attendance_totals(session)["present"]
    services.record_vote(resolution=row, in_favour=present, against=0, abstained=0)
    row.refresh_from_db()
    return row


def adopted(session, number="1", **more):
    return services.adopt(resolution=voted(session, **more), number=number)


def registered(session, number="1", **more):
    row = adopted(session, number, **more)
    return services.register(resolution=row, registration_number=f"Р-{number}", on=row.adopted_on)


def published(session, number="1", **more):
    row = registered(session, number, **more)
    return services.publish(resolution=row, on=row.adopted_on + ONE_DAY)
