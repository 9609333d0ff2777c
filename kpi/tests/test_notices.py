"""Who is told what of reports, once each, and how it becomes mail."""

import datetime as dt
import smtplib

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory, UserFactory
from kpi import services, tasks
from kpi.models import Notice
from kpi.services import notices
from kpi.tests import factories as make
from registry.tests.factories import FIRST, aimak, district

pytestmark = pytest.mark.django_db
AT = make.Q3_ENTRY


@pytest.fixture
def where():
    make.methodology()
    return district()


@pytest.fixture
def unit(where):
    return aimak(where, residents=12_000)


@pytest.fixture
def quarter():
    """The third quarter of 2022: opens 1 October, due 31 October, locks 16 December."""
    return make.period()


def clerk(unit, email="clerk@example.kg", **more):
    user = RoleFactory(role=RoleKind.STAFF, unit=unit, **more).user
    user.email = email
    user.save()
    return user


def remind(day):
    return services.remind(at=dt.datetime.combine(day, dt.time(3), dt.UTC), day=day)


def told(user=None):
    found = Notice.objects.order_by("made_at", "key")
    return [one.kind for one in (found.filter(user=user) if user else found)]


def october(day):
    return dt.date(2022, 10, day)


# Reminders


def test_the_staff_who_owe_a_report_are_told_of_the_opening_the_due_day_and_the_delay(unit, quarter):
    user = clerk(unit)

    assert remind(dt.date(2022, 9, 30)) == 0
    assert remind(october(1)) == 1
    assert [remind(october(day)) for day in (2, 15, 23)] == [0, 0, 0]
    assert [remind(october(day)) for day in (24, 25, 31)] == [1, 0, 0]
    november = [remind(dt.date(2022, 11, day)) for day in range(1, 16)]
    assert november == [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    assert told(user) == ["opened", "due_soon", "overdue", "overdue", "overdue"]
    assert remind(quarter.locks) == 0


def test_reminders_run_twice_are_written_once(unit, quarter):
    clerk(unit)

    assert [remind(october(1)) for _time in range(3)] == [1, 0, 0]
    assert Notice.objects.count() == 1


def test_who_has_submitted_is_reminded_no_more_not_even_after_a_return(unit, quarter):
    user = clerk(unit)
    remind(october(1))
    report = make.in_review(unit, of=quarter, by=user)
    services.return_report(report=report, reasons={"jobs": "Акт жок"}, by=report.reviewed_by, at=AT)

    assert remind(october(25)) == 0
    assert told(user) == ["opened", "returned"]


def test_only_the_active_staff_of_the_day_in_municipalities_that_owe_it_are_reminded(where, unit, quarter):
    clerk(unit, valid=(FIRST, october(1)))
    left = clerk(unit)
    left.is_active = False
    left.save()
    gone = aimak(where, "Жок", valid=(FIRST, dt.date(2022, 9, 30)))
    clerk(gone)
    RoleFactory(role=RoleKind.APPROVER)
    RoleFactory(role=RoleKind.DISTRICT, unit=where)

    assert remind(october(1)) == 0


def test_an_extension_moves_the_day_a_municipality_is_reminded_of(unit, quarter):
    user = clerk(unit)
    assert [remind(october(day)) for day in (1, 24)] == [1, 1]
    services.extend(period=quarter, unit=unit, until=dt.date(2022, 11, 20), reason="Суу каптады", by=None)

    assert [remind(dt.date(2022, 11, day)) for day in (1, 12)] == [0, 0]
    assert [remind(dt.date(2022, 11, day)) for day in (13, 14, 20)] == [1, 0, 0]
    assert [remind(dt.date(2022, 11, day)) for day in (21, 22, 28)] == [1, 0, 1]
    assert told(user) == ["opened", "due_soon", "due_soon", "overdue", "overdue"]


def test_an_extension_beyond_the_lock_is_reminded_of_too_and_nobody_else(where, unit, quarter):
    user, other = clerk(unit), clerk(aimak(where, "Башка", residents=900))
    until = quarter.locks + dt.timedelta(days=10)
    services.extend(period=quarter, unit=unit, until=until, reason="Суу каптады", by=None)

    assert remind(until - dt.timedelta(days=3)) == 1
    assert remind(until + dt.timedelta(days=1)) == 0
    assert (told(user), told(other)) == (["due_soon"], [])


# Steps of a report


def test_the_approvers_of_the_day_are_told_of_an_office_that_submits(unit, quarter):
    approver = RoleFactory(role=RoleKind.APPROVER).user
    RoleFactory(role=RoleKind.APPROVER, valid=(FIRST, october(1)))
    RoleFactory(role=RoleKind.ANALYST)

    report = make.submitted(unit, of=quarter)

    assert told() == told(approver) == ["submitted"]
    services.recall(report=report, by=report.submitted_by, at=AT)
    services.submit(report=report, by=report.submitted_by, at=AT)
    assert told(approver) == ["submitted", "submitted"]


def test_an_approver_from_today_is_told_early_in_the_morning(unit, quarter):
    """In Bishkek it is 10 October already, in Greenwich not yet."""
    early = dt.datetime(2022, 10, 9, 20, tzinfo=dt.UTC)
    approver = RoleFactory(role=RoleKind.APPROVER, valid=(october(10), None)).user

    make.submitted(unit, of=quarter, at=early)

    assert told(approver) == ["submitted"]


def test_who_submitted_is_told_what_became_of_it(unit, quarter):
    user, reviewer = clerk(unit), UserFactory()
    report = make.in_review(unit, of=quarter, by=user, reviewer=reviewer)
    report = services.return_report(report=report, reasons={"jobs": "Акт жок"}, by=reviewer, at=AT)
    for step in (
        lambda: services.submit(report=report, by=user, at=AT),
        lambda: services.start_review(report=report, by=reviewer, at=AT),
        lambda: services.approve(report=report, by=reviewer, at=AT),
        lambda: services.publish(report=report, by=reviewer, at=AT),
    ):
        step()

    assert sorted(told(user)) == ["approved", "published", "returned"]


# Mail


@pytest.fixture
def waiting(unit, quarter):
    """A reminder that has not been sent."""
    user = clerk(unit)
    remind(october(1))
    return Notice.objects.get(user=user)


MADE = dt.datetime(2022, 10, 1, 3, tzinfo=dt.UTC)


def deliver(minutes=0):
    return services.deliver(at=MADE + dt.timedelta(minutes=minutes))


def test_a_notice_is_mailed_once(waiting):
    assert [deliver(), deliver(5)] == [1, 0]
    (sent,) = mail.outbox
    assert sent.to == ["clerk@example.kg"]
    assert "2022Q3" in sent.subject
    waiting.refresh_from_db()
    assert (waiting.sent_at, waiting.attempts) == (MADE, 1)


def test_nobody_without_an_address_or_an_account_is_mailed(unit, quarter):
    clerk(unit, email="")
    left = clerk(unit)
    remind(october(1))
    left.is_active = False
    left.save()

    assert deliver() == 0
    assert mail.outbox == []


def test_without_a_mail_server_notices_wait_in_the_register_and_are_not_said_to_be_sent(waiting, settings):
    settings.EMAIL_BACKEND = notices.NO_MAIL

    assert deliver() == 0
    waiting.refresh_from_db()
    assert (waiting.sent_at, waiting.attempts) == (None, 0)


class Server:
    """A mail server that refuses in some way."""

    def __init__(self, monkeypatch, error):
        self.error, self.asked = error, []
        monkeypatch.setattr(notices, "send_mail", self.send)

    def send(self, subject, text, sender, to):
        self.asked.append(to[0])
        if self.error is not None:
            raise self.error
        return 1


def test_a_notice_that_is_refused_is_tried_again_later_and_five_times_at_most(waiting, monkeypatch):
    server = Server(monkeypatch, smtplib.SMTPRecipientsRefused({}))
    minutes = [0, 1, 5, 6, 29, 30, 179, 180, 1439, 1440, 1500, 2000]

    assert [deliver(minute) for minute in minutes] == [0] * len(minutes)
    assert len(server.asked) == 5
    server.error = None
    assert deliver(3000) == 0


def test_a_notice_that_waited_long_is_tried_once_in_a_round(waiting, monkeypatch):
    server = Server(monkeypatch, smtplib.SMTPRecipientsRefused({}))

    assert deliver(3000) == 0
    assert len(server.asked) == 1


def test_a_refused_address_keeps_no_other_from_being_mailed(unit, quarter, monkeypatch):
    for name in ("a", "b", "c"):
        clerk(unit, email=f"{name}@example.kg")
    remind(october(1))
    server = Server(monkeypatch, None)
    taken = server.send

    def send(subject, text, sender, to):
        server.error = smtplib.SMTPRecipientsRefused({}) if to == ["b@example.kg"] else None
        return taken(subject, text, sender, to)

    monkeypatch.setattr(notices, "send_mail", send)

    assert deliver() == 2
    assert sorted(server.asked) == ["a@example.kg", "b@example.kg", "c@example.kg"]


@pytest.mark.parametrize(
    "error", [ConnectionRefusedError(), TimeoutError(), smtplib.SMTPServerDisconnected()]
)
def test_while_the_server_is_away_no_attempt_is_lost(unit, quarter, monkeypatch, error):
    for name in ("a", "b", "c"):
        clerk(unit, email=f"{name}@example.kg")
    remind(october(1))
    server = Server(monkeypatch, error)

    assert [deliver(minute) for minute in range(0, 60, 5)] == [0] * 12
    assert len(server.asked) == 12  # one question each time, not one for each notice
    server.error = None
    assert deliver(60) == 3
    assert Notice.objects.filter(sent_at=None).count() == 0


def test_an_old_notice_is_mailed_no_more(waiting):
    assert deliver(60 * 24 * 8) == 0


def test_the_tasks_remind_and_deliver(unit, quarter, monkeypatch):
    clerk(unit)
    monkeypatch.setattr(timezone, "now", lambda: MADE)

    assert (tasks.remind(), tasks.remind()) == (1, 0)
    assert (tasks.deliver(), tasks.deliver()) == (1, 0)
    assert len(mail.outbox) == 1
