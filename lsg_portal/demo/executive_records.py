"""People in the executive bodies of the demonstration: courses, plans, reserve, discipline, contacts; all constructed.

Most of it is read by the municipality and the ministry alone.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from ayil_okmotu.models import (
    Appointment,
    BodyContact,
    CareerStep,
    DisciplinaryMeasure,
    ExecutiveBody,
    Post,
    PostKind,
    ReserveCandidate,
    ServiceRecord,
    Training,
    TrainingProgramme,
    Violation,
)
from lsg_portal.demo.council_election import CONSTRUCTED, Batch
from lsg_portal.demo.council_people import person
from lsg_portal.demo.country import chance, identifier
from lsg_portal.demo.executive_form import SOURCE
from registry.models import Person, Unit

DAY = dt.date
LEARNERS = (PostKind.CHIEF_OF_STAFF, PostKind.SPECIALIST, PostKind.HEAD)
ATTENDED = Decimal("0.45")
HOURS_A_DAY = 6
PLANNED = Decimal("0.12")
IN_RESERVE = Decimal("0.12")
"""Share of the okmotu with three candidates in reserve for the head; every city has them."""
RESERVE_SINCE = DAY(2025, 3, 3)
BROKEN = Decimal("0.012")
BREACHES = (
    (
        "Жарандын кайрылуусуна мөөнөтүндө жооп берилген эмес / Ответ на обращение гражданина дан с опозданием",
        "remark",
    ),
    ("Отчет өз убагында тапшырылган эмес / Отчёт не сдан в срок", "remark"),
    ("Жумушка жүйөсүз келген эмес / Отсутствие на работе без уважительной причины", "reprimand"),
    ("Иш кагаздары жоголгон / Утрата служебных документов", "severe_reprimand"),
)
FOUND = "Комиссия бузууну тастыктады / Комиссия подтвердила нарушение"
MONTHS = {"remark": 6, "reprimand": 12, "severe_reprimand": 12}


def load_records(home: Unit) -> None:
    """Write what is recorded of the people who work in the bodies of today; ``home`` is kept by the login `staff`."""
    batch = Batch(order=(Person,))
    day = RESERVE_SINCE
    held = list(
        Appointment.objects.on(day)
        .filter(acting=False)
        .exclude(post__kind=PostKind.VILLAGE_HEAD)
        .select_related("post__body")
        .order_by("id")
    )
    programmes = list(TrainingProgramme.objects.filter(year=2024).order_by("code"))
    for row in held:
        at_home = row.post.body.unit_id == home.pk
        if row.post.kind in LEARNERS and (at_home or chance("course", str(row.pk)) < ATTENDED):
            _train(batch, row, programmes)
        if at_home or chance("plan", str(row.pk)) < PLANNED:
            _plan(batch, row, programmes)
        if not at_home and row.post.kind != PostKind.HEAD and chance("breach", str(row.pk)) < BROKEN:
            _breach(batch, row)
    for post in Post.objects.on(day).filter(kind=PostKind.HEAD).select_related("body").order_by("id"):
        city = post.body.kind == "mayors_office"
        if city or post.body.unit_id == home.pk or chance("reserve", str(post.body.unit_id)) < IN_RESERVE:
            _reserve(batch, post)
    for body in ExecutiveBody.objects.on(day):
        _contact(batch, body)
    batch.write()
    _at_home(home)


def _train(batch: Batch, row: Appointment, programmes: list[TrainingProgramme]) -> None:
    """A course of the published programme, its number of days on end."""
    key = str(row.pk)
    programme = programmes[int(chance("which course", key) * len(programmes))]
    began = DAY(2025, 4, 7) + dt.timedelta(weeks=int(chance("when", key) * 30))
    batch.add(
        Training(
            id=identifier("training", key),
            appointment=row,
            programme=programme,
            began_on=began,
            ended_on=began + dt.timedelta(days=programme.days - 1),
            hours=programme.days * HOURS_A_DAY,
            certificate=f"МКО-{key[:6].upper()}",
            provenance=CONSTRUCTED,
            source=SOURCE,
        )
    )


def _plan(batch: Batch, row: Appointment, programmes: list[TrainingProgramme]) -> None:
    """What somebody and the head have agreed on."""
    key = str(row.pk)
    batch.add(
        CareerStep(
            id=identifier("career step", key),
            appointment=row,
            by_year=2026 + int(chance("by year", key) * 3),
            programme=programmes[int(chance("next course", key) * len(programmes))],
            note="Кызматтык аттестациядан кийин / После аттестации",
            provenance=CONSTRUCTED,
            source=SOURCE,
        )
    )


def _breach(batch: Batch, row: Appointment) -> None:
    """A breach of discipline with its measure; the last months' wait for theirs."""
    key = str(row.pk)
    text, kind = BREACHES[int(chance("what", key) * len(BREACHES))]
    discovered = DAY(2025, 4, 1) + dt.timedelta(days=int(chance("discovered", key) * 500))
    waiting = discovered > DAY(2026, 5, 1)
    violation = batch.add(
        Violation(
            id=identifier("violation", key),
            appointment=row,
            discovered_on=discovered,
            description=text,
            explanation_on=discovered + dt.timedelta(days=4),
            finding_on=None if waiting else discovered + dt.timedelta(days=19),
            finding="" if waiting else FOUND,
            provenance=CONSTRUCTED,
            source=SOURCE,
        )
    )
    if waiting:
        return
    imposed = discovered + dt.timedelta(days=24)
    batch.add(
        DisciplinaryMeasure(
            id=identifier("measure", key),
            violation=violation,
            kind=kind,
            in_force=(imposed, imposed + dt.timedelta(days=30 * MONTHS[kind])),
            order_number=f"{1 + int(chance('order', key) * 90)}-Т",
            provenance=CONSTRUCTED,
            source=SOURCE,
        )
    )


def _reserve(batch: Batch, post: Post) -> None:
    """Three candidates with their years of service: some pass the rule, some do not."""
    for place in (1, 2, 3):
        key = (str(post.body.unit_id), str(place))
        sex = "f" if chance("candidate", *key) < Decimal("0.3") else "m"
        who = batch.add(person(sex, 2012, "candidate", *key))
        years = 4 + int(chance("years", *key) * 18)
        batch.add(
            ReserveCandidate(
                id=identifier("candidate", *key),
                post=post,
                person=who,
                place=place,
                valid=(RESERVE_SINCE, None),
                provenance=CONSTRUCTED,
                source=SOURCE,
            )
        )
        batch.add(
            ServiceRecord(
                id=identifier("service", *key),
                person=who,
                on=RESERVE_SINCE,
                total_years=years,
                leading_years=int(years * chance("leading", *key)),
                elsewhere_years=int(chance("elsewhere", *key) * 9),
                higher_education=chance("education", *key) < Decimal("0.8"),
                state_language=True,
                provenance=CONSTRUCTED,
                source=SOURCE,
            )
        )


def _contact(batch: Batch, body: ExecutiveBody) -> None:
    """Contacts that lead nowhere: no such number, and an address reserved for examples."""
    number = 1000 + int(chance("telephone", str(body.unit_id)) * 9000)
    batch.add(BodyContact(body=body, phone=f"+996 000 00 {number}", email=f"office-{number}@example.org"))


def _at_home(home: Unit) -> None:
    """In one okmotu there is something in every place: a measure in force, and a breach that waits for its measure."""
    post = Post.objects.on(RESERVE_SINCE).get(body__unit=home, kind=PostKind.SPECIALIST)
    chief = Appointment.objects.on(RESERVE_SINCE).get(
        post__body=post.body, post__kind="chief_of_staff", acting=False
    )
    batch = Batch()
    for row, discovered, imposed in (
        (chief, DAY(2026, 8, 17), DAY(2026, 9, 14)),
        (Appointment.objects.on(RESERVE_SINCE).filter(post=post).first(), DAY(2026, 10, 26), None),
    ):
        if row is None:
            continue
        text, kind = BREACHES[1 if imposed else 0]
        violation = batch.add(
            Violation(
                id=identifier("violation", str(row.pk), "home"),
                appointment=row,
                discovered_on=discovered,
                description=text,
                explanation_on=discovered + dt.timedelta(days=3) if imposed else None,
                finding_on=discovered + dt.timedelta(days=21) if imposed else None,
                finding=FOUND if imposed else "",
                provenance=CONSTRUCTED,
                source=SOURCE,
            )
        )
        if imposed:
            batch.add(
                DisciplinaryMeasure(
                    id=identifier("measure", str(row.pk), "home"),
                    violation=violation,
                    kind=kind,
                    in_force=(imposed, imposed.replace(year=imposed.year + 1)),
                    order_number="12-Т",
                    provenance=CONSTRUCTED,
                    source=SOURCE,
                )
            )
    batch.write()
