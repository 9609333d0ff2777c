"""A small country that is assessed, for tests of what is read and who may what."""

import datetime as dt
from types import SimpleNamespace

from accounts.tests.factories import UserFactory
from ayil_okmotu.tests import factories as offices
from kpi import services
from kpi.models import Evidence, Methodology, Report, Score, Subject
from kpi.tests import factories as make
from registry.tests.factories import aimak, city, district, oblast

AT = make.Q3_ENTRY
LATER = AT + dt.timedelta(days=30)
NEVER = dt.date(2150, 1, 1)
"""When the period that tests write into locks."""


def land():
    """Two offices of a district published, one of them amended and one corrected by an audit; a stranger; an employee."""
    one = oblast("Чүй")
    home = district(one, "Аламүдүн")
    found = SimpleNamespace(one=one, home=home)
    found.own = aimak(home, "Ала", residents=12_000, villages=["А"])
    found.near = aimak(home, "Бала", residents=11_000, villages=["Б"])
    found.far = aimak(district(oblast("Ош"), "Өзгөн"), "Жалпак", residents=5_000, villages=["В"])
    found.town = city(one, "Токмок", kind="city_oblast")
    found.heads, found.employees = make.methodology(), make.methodology(Subject.EMPLOYEE)
    found.quarter = make.period()
    found.clerk, found.reviewer = UserFactory(), UserFactory()
    who = {"by": found.clerk, "reviewer": found.reviewer, "of": found.quarter}
    found.first = make.approved(found.own, **who)
    found.other = make.approved(found.near, **who, jobs="12", satisfaction="55")
    found.run = make.published_run(found.quarter, by=found.reviewer)
    found.amended = _amended(found)
    found.finding = services.record_finding(
        today=make.TODAY,
        value=make.value(found.other, "jobs"),
        verdict="corrected",
        number=make.Decimal(10),
        found_on=dt.date(2022, 11, 20),
        note="Тизме боюнча",
        by=found.reviewer,
    )
    found.score = Score.objects.get(run=found.run, unit=found.own)
    found.file = Evidence.objects.filter(value__report=found.amended).first()
    found.next = make.period(
        2022, 4, opens=dt.date(2022, 10, 1), due=NEVER - dt.timedelta(days=9), locks=NEVER
    )
    found.draft = make.opened(found.own, of=found.next, by=found.clerk)
    found.waiting = make.submitted(found.near, of=found.next, by=found.clerk)
    found.extension = services.extend(
        period=found.quarter, unit=found.far, until=dt.date(2022, 12, 30), reason="Сел", by=found.reviewer
    )
    _employees(found)
    return found


def _amended(found):
    """The office of ``own`` corrects its published report; the former version stays."""
    first = Report.objects.get(pk=found.first.pk)
    fresh = services.amend(report=first, reason="Ката кеткен", by=found.clerk, at=LATER)
    services.enter_value(value=make.value(fresh, "jobs"), at=LATER, number=make.Decimal(20))
    fresh = services.submit(report=fresh, by=found.clerk, at=LATER)
    fresh = services.start_review(report=fresh, by=found.reviewer, at=LATER)
    fresh = services.approve(report=fresh, by=found.reviewer, at=LATER)
    return services.publish(report=fresh, by=found.reviewer, at=LATER)


def _employees(found):
    """The head of ``own`` and an employee, whose published report is private."""
    body = offices.body(found.own)
    found.head = UserFactory(person=offices.head(body).person)
    found.job = offices.appointment(offices.post(body))
    found.employee = UserFactory(person=found.job.person)
    found.assessed = make.approved(
        found.own,
        of=found.quarter,
        by=found.employee,
        reviewer=found.head,
        appointment=found.job,
        training="0",
    )
    found.private_run = make.published_run(found.quarter, subject=Subject.EMPLOYEE, by=found.reviewer)
    found.private_score = Score.objects.get(run=found.private_run)


def draft_of_heads():
    """The draft of the next version, a copy of the one in force."""
    return services.draft_methodology(
        subject=Subject.HEAD,
        name={"ky": "Жаңы усулдук", "ru": "Новая методика"},
        copy_of=Methodology.objects.get(subject=Subject.HEAD, number=1),
    )
