"""What the tests of entering share: two neighbouring municipalities, a quarter in entry, those who enter it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from ayil_okmotu.tests import factories as offices
from kpi import services
from kpi.models import Period
from kpi.tests import factories as make
from lsg_portal.web import days
from registry.tests.factories import aimak, district, oblast

TODAY = dt.date(2022, 10, 20)
NEVER = dt.date(2100, 1, 1)
"""When the quarters of these tests lock: entry stays open whatever day it is."""


def quarter(number=3, **more):
    """A quarter of 2022 in entry, due at the end of October."""
    given = {"due": dt.date(2022, 10, 31), "locks": NEVER, **more}
    return Period.objects.filter(code=f"2022Q{number}").first() or make.period(2022, number, **given)


def neighbours():
    """Two aimaks of one district."""
    make.methodology()
    where = district(oblast("Нарын"), "Кочкор")
    return [aimak(where, name, villages=[name], residents=9_000) for name in ("Ак", "Бел")]


def signed_in(role, unit=None, person=None):
    """A client of somebody with a role, or of the person alone."""
    client = Client()
    client.user = RoleFactory(role=role, unit=unit).user
    if person is not None:
        client.user.person = person
        client.user.save()
    client.force_login(client.user)
    return client


def former(unit, **changed):
    """The approved report of the quarter before."""
    at = dt.datetime(2022, 7, 10, 9, tzinfo=dt.UTC)
    return make.approved(unit, of=quarter(2, due=dt.date(2022, 7, 31)), at=at, **changed)


def put(report, code, given, **more):
    """Enter one value as somebody else would."""
    at = make.Q3_ENTRY
    return services.enter_value(value=make.value(report, code), at=at, **make.figures(given), **more)


def figure(report, code):
    """What a value is now."""
    row = make.value(report, code)
    return row.number if row.number is None else Decimal(row.number)


PDF = b"%PDF-1.4\n%%EOF"
JSON = "application/json"


def at(thing, rest="", language="en"):
    """Where something of a report is."""
    names = {"Report": "reports", "Value": "values", "Evidence": "evidence"}
    return f"/{language}/kpi/{names[type(thing).__name__]}/{thing.pk}/{rest}"


def entry(thing, language="en"):
    """The entry page of a report."""
    return at(thing, "entry/", language)


def page(client, thing, language="en"):
    """The entry page as somebody sees it."""
    response = client.get(entry(thing, language))
    assert response.status_code == 200, response
    return response


def sent(response, **typed):
    """What the form of a page holds, ``jobs__number="12"`` typed into it."""
    data = {}
    for card in response.context["cards"]:
        for bound in card.form:
            data[bound.html_name] = bound.value() or ""
    return data | {name.replace("__", "-"): given for name, given in typed.items()}


def save(client, thing, language="en", button=None, **typed):
    response = page(client, thing, language)
    return client.post(entry(thing, language), sent(response, **typed) | (button or {"save": ""}))


def tell(client, value, version=None, **typed):
    """Send one value as the script does."""
    code = value.indicator.code
    data = {"status": "normal", "note": "", "version": value.version if version is None else version, **typed}
    data = {f"{code}-{name}": given for name, given in data.items()}
    return client.post(at(value), data, headers={"Accept": JSON})


def pdf(name="акт.pdf", content=PDF):
    """A file to attach."""
    return SimpleUploadedFile(name, content)


def card(response, code):
    """What a page shows of a value."""
    return next(card for card in response.context["cards"] if card.code == code)


def back(unit):
    """A report that was returned with two reasons."""
    reviewed = make.in_review(unit, of=quarter())
    reasons = {"jobs": "Түшүндүрүңүз", "roads": "Акт жок"}
    return services.return_report(report=reviewed, reasons=reasons, by=reviewed.reviewed_by, at=make.Q3_ENTRY)


def work(client, language="en"):
    """My work."""
    return client.get(f"/{language}/kpi/work/")


def opening(client, unit, **more):
    """The report of the third quarter begun."""
    return client.post("/en/kpi/work/open/", {"period": "2022Q3", "unit": unit.pk, **more})


@pytest.fixture
def today(monkeypatch):
    """Pages open on a fixed day."""
    monkeypatch.setattr(days, "today", lambda: TODAY)
    return TODAY


@pytest.fixture
def home(db):
    return neighbours()


@pytest.fixture
def report(home):
    """The draft of the first municipality's report."""
    return make.opened(home[0], of=quarter())


@pytest.fixture
def staff(today, home):
    return signed_in(RoleKind.STAFF, home[0])


@pytest.fixture
def neighbour(today, home):
    return signed_in(RoleKind.STAFF, home[1])


@pytest.fixture
def approver(today, db):
    return signed_in(RoleKind.APPROVER)


@pytest.fixture
def office_of(home):
    """An employee with a report in entry, the head of the body, a colleague."""
    make.methodology("municipal_employee")
    body = offices.body(home[0])
    one = offices.appointment(offices.post(body), name="Кызматкер")
    head = offices.head(body)
    other = offices.appointment(offices.post(body), name="Кесиптеш")
    made = make.opened(home[0], of=quarter(), appointment=one)
    return SimpleNamespace(report=made, people=(one.person, head.person, other.person), one=one, head=head)
