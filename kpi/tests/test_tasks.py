"""Messages that come twice or never, and workers that are killed: the scores are the same, and each is there once."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from decimal import Decimal

import pytest
from celery import current_app
from django.core import mail
from django.db import OperationalError, connection, connections
from django.urls import reverse
from kombu import Connection, pools

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory, UserFactory
from ayil_okmotu.tests import factories as offices
from kpi import services, tasks
from kpi.models import Notice, Report, Score, ScoreLine, ScoreRun, Step, Subject
from kpi.services import runs
from kpi.tests import clerk
from kpi.tests import factories as make
from kpi.tests.clerk import home, today
from lsg_portal.embedded.home import free_port
from registry.tests.factories import aimak, district

__all__ = ["home", "today"]
AT = make.Q3_ENTRY
CHILD = """
import sys, time
import django
django.setup()
from kpi import scoring, tasks
from kpi.models import ScoreLine

def stop(*given, **more):
    print("here", flush=True)
    time.sleep(600)

seen = []
score = scoring.score

def second(*given):
    seen.append(given)
    return stop() if len(seen) == 2 else score(*given)

if sys.argv[2] == "computing":
    scoring.score = second
else:
    ScoreLine.objects.bulk_create = stop  # the scores are written by then, and not yet committed
tasks.score(sys.argv[1])
"""


def counted():
    """Three offices whose reports of a quarter are approved, and a run that waits."""
    make.methodology()
    where, quarter = district(), make.period()
    for number, name in enumerate(("Ак", "Бел", "Кара")):
        make.approved(aimak(where, name, residents=12_000), of=quarter, jobs=10 + number)
    return asked_for(quarter)


def asked_for(quarter, subject=Subject.HEAD):
    return services.request_run(period=quarter, methodology=make.methodology(subject), by=None, at=AT)


def written(run):
    """All that a run has written, to the last digit."""
    scores = (
        Score.objects.filter(run=run)
        .order_by("report")
        .values_list("report", "total", "coverage", "rank", "of")
    )
    lines = ScoreLine.objects.filter(score__run=run).order_by("score__report", "indicator")
    return list(scores), list(lines.values_list("indicator", "raw", "normalised", "contribution", "status"))


def again(run):
    run.refresh_from_db()
    return run


@pytest.fixture
def no_broker(monkeypatch):
    """A broker at whose address nobody answers."""
    away = Connection(f"redis://127.0.0.1:{free_port()}/0", transport_options={"socket_connect_timeout": 1})
    monkeypatch.setattr(current_app.amqp, "_producer_pool", pools.producers[away])


# Messages


@pytest.mark.django_db
@pytest.mark.parametrize("subject", Subject.values)
def test_a_message_that_comes_twice_changes_nothing(subject):
    if subject == Subject.HEAD:
        run = counted()
    else:
        make.methodology()
        make.methodology(subject)
        quarter, unit = make.period(), aimak(district(), residents=12_000)
        row = offices.appointment(offices.post(offices.body(unit)))
        make.approved(unit, of=quarter, appointment=row, training=None)
        run = asked_for(quarter, subject)

    assert tasks.score(str(run.pk))
    first, state = written(run), again(run).version
    assert not tasks.score(str(run.pk))

    assert (written(run), again(run).version, run.attempts) == (first, state, 1)
    assert first[0]
    assert tasks.sweep() == 0


@pytest.mark.django_db(transaction=True)
def test_a_message_that_comes_to_two_workers_at_once_is_carried_out_once():
    run, begin, found = counted(), threading.Barrier(2), []

    def work():
        try:
            begin.wait(10)
            found.append(tasks.score(str(run.pk)))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _time in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)

    assert sorted(found) == [False, True]
    assert (again(run).status, run.attempts) == ("done", 1)
    assert Score.objects.filter(run=run).count() == 3


@pytest.mark.django_db
def test_a_run_asked_for_twice_is_one(monkeypatch):
    run = counted()

    assert asked_for(run.period) == run
    assert ScoreRun.objects.count() == 1


@pytest.mark.django_db
def test_without_a_broker_a_run_is_asked_for_and_the_sweep_computes_the_same(
    no_broker, django_capture_on_commit_callbacks
):
    run = counted()
    with django_capture_on_commit_callbacks(execute=True) as sent:
        tasks.score_soon(run.pk)

    assert len(sent) == 1
    assert again(run).status == "queued"
    assert tasks.sweep() == 1
    assert again(run).status == "done"
    assert make.run_of(run.period).same_as == run


@pytest.mark.django_db
def test_a_message_needs_a_broker_indeed(no_broker):
    """That the address of these tests refuses, as a broker that is down does."""
    with pytest.raises(tasks.OperationalError):
        tasks.score.delay("nothing")


@pytest.mark.django_db
def test_without_a_broker_a_report_is_submitted_and_its_notices_wait(no_broker, today, home):
    approver = RoleFactory(role=RoleKind.APPROVER).user
    approver.email = "approver@example.kg"
    approver.save()
    report = make.filled(make.opened(home[0], of=clerk.quarter()))
    client = clerk.signed_in(RoleKind.STAFF, home[0])

    for _time in range(2):  # the second is the browser's, sent again
        client.post(reverse("kpi-submit", args=[report.pk]), {"version": report.version})

    assert Report.objects.get(pk=report.pk).status == "submitted"
    assert Step.objects.filter(report=report, action="submit").count() == 1
    (notice,) = Notice.objects.filter(user=approver)
    assert services.deliver(at=notice.made_at) == 1
    assert mail.outbox[0].to == ["approver@example.kg"]


# Workers


@contextmanager
def worker(run, where):
    """Another process that takes the run up and stops in the middle."""
    database = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{connection.settings_dict['NAME']}"
    settings = {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "lsg_portal.settings"}
    command = [sys.executable, "-c", CHILD, str(run.pk), where]
    with subprocess.Popen(
        command, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout.readline() == "here\n"
            yield process
        finally:
            process.kill()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["computing", "writing"])
def test_a_worker_killed_in_a_run_leaves_nothing_and_the_sweep_computes_the_same(where):
    run = counted()
    with worker(run, where) as process:
        assert (again(run).status, run.attempts) == ("running", 1)
        assert not tasks.score(str(run.pk))  # somebody else holds it
        assert tasks.sweep() == 0
        process.send_signal(signal.SIGKILL)
        process.wait(10)

    deadline = time.monotonic() + 20
    while not tasks.sweep():
        assert time.monotonic() < deadline
        assert not Score.objects.exists()
        time.sleep(0.1)
    assert (again(run).status, run.attempts) == ("done", 2)
    assert Score.objects.filter(run=run).count() == 3
    twin = make.run_of(run.period)
    assert (twin.same_as, twin.digest, twin.results) == (run, run.digest, run.results)
    assert services.reproduce(run)


@pytest.mark.django_db
def test_a_run_that_ends_every_worker_is_given_up_and_another_can_be_asked_for(monkeypatch):
    run = counted()

    def breaks(*_given):
        raise OperationalError("the worker is gone")

    with monkeypatch.context() as patch:
        patch.setattr(runs, "gather", breaks)
        for _time in range(runs.MOST_ATTEMPTS):
            with pytest.raises(OperationalError):
                tasks.sweep()
        assert tasks.sweep() == 0

    assert (again(run).status, run.error) == ("failed", "given_up:5")
    assert tasks.sweep() == 0
    another = asked_for(run.period)
    assert another.number == run.number + 1
    assert tasks.sweep() == 1
    assert again(another).status == "done"


@pytest.mark.django_db
def test_what_is_corrected_after_a_run_makes_another_run(monkeypatch):
    run = counted()
    tasks.score(str(run.pk))
    before = written(run)
    report = Report.objects.order_by("pk").first()
    services.record_finding(
        today=make.TODAY,
        value=make.value(report, "jobs"),
        verdict="corrected",
        found_on=dt.date(2022, 10, 20),
        note="Текшерүү",
        by=UserFactory(),
        number=Decimal(1),
    )

    other = make.run_of(run.period)

    assert other.same_as is None
    assert other.digest != run.digest
    assert written(run) == before
