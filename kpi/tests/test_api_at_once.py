"""Two people at once, over two connections of their own."""

import datetime as dt

import pytest

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from kpi.models import Report, ReportStatus, Step
from kpi.tests import factories as make
from kpi.tests.land import NEVER
from kpi.tests.test_api_writing import DUE, PERIOD, REPORTS, as_, at, tag
from reform.tests.clients import post, send
from reform.tests.test_api_at_once import at_once
from registry.tests.factories import aimak, district
from registry.tests.rest import API

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def unit():
    make.methodology()
    make.period(2022, 4, opens=dt.date(2022, 10, 1), due=DUE, locks=NEVER)
    return aimak(district(), residents=12_000)


@pytest.fixture
def colleagues(unit):
    """Two who enter the report of the same office."""
    return [as_(RoleFactory(role=RoleKind.STAFF, unit=unit).user) for _ in range(2)]


def test_a_report_is_opened_entered_and_submitted_once_however_many_do_it_at_once(unit, colleagues):
    body = {"period": PERIOD, "unit": str(unit.pk)}
    statuses, _answers = at_once(*(lambda c=client: post(c, REPORTS, body) for client in colleagues))
    assert statuses == [201, 409]
    report = Report.objects.get()

    value = f"{API}kpi/values/{make.value(report, 'jobs').pk}/"
    read = tag(colleagues[0], value)
    statuses, answers = at_once(
        *(
            lambda c=client, n=number: send(c, "PATCH", value, {"number": n}, If_Match=read)
            for client, number in zip(colleagues, ("3", "4"), strict=True)
        )
    )
    assert statuses == [200, 412]
    kept = next(answer.json()["number"] for answer in answers if answer.status_code == 200)
    assert make.value(report, "jobs").number == int(kept)

    make.filled(report, at=make.now())
    read = tag(colleagues[0], at(report))
    statuses, _answers = at_once(
        *(lambda c=client: post(c, at(report, "submit"), If_Match=read) for client in colleagues)
    )
    assert statuses == [200, 409]
    assert Step.objects.filter(report=report, action="submit").count() == 1


def test_a_repeat_under_the_same_key_gets_the_first_answer_even_at_once(unit, colleagues):
    body = {"period": PERIOD, "unit": str(unit.pk)}

    statuses, answers = at_once(*[lambda: post(colleagues[0], REPORTS, body, Idempotency_Key="once")] * 3)

    assert statuses == [201, 201, 201]
    assert len({answer.content for answer in answers}) == 1
    assert Report.objects.get().status == ReportStatus.DRAFT
