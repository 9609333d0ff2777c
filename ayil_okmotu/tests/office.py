"""What the tests of the office pages share: one body with a head, a specialist, a village head; those who keep it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from accounts.models import RoleKind
from ayil_okmotu.tests import factories
from councils.tests.desk import signed_in
from lsg_portal.web import days
from registry.tests.factories import LegalActFactory, aimak, code, district, oblast, place

TODAY = dt.date(2026, 3, 2)
BEGAN = dt.date(2023, 5, 2)


@pytest.fixture
def today(monkeypatch):
    """Pages open on a fixed day."""
    monkeypatch.setattr(days, "today", lambda: TODAY)
    return TODAY


@pytest.fixture
def home(db):
    """Two neighbouring aimaks."""
    where = district(oblast("Нарын"), "Кочкор")
    units = [aimak(where, name, villages=[name], residents=900) for name in ("Ак", "Бел")]
    code(units[0], "41703210000001")
    return units


@pytest.fixture
def office(home):
    """The executive body of the first aimak and who works in it."""
    found = SimpleNamespace(unit=home[0])
    found.village = place(home[0], "Кара")
    found.body = factories.body(home[0])
    found.head_post = factories.head_post(found.body)
    act = LegalActFactory(number="12", adopted_on=BEGAN)
    found.head = factories.head(found.body, on=BEGAN, name="Башчы Биринчи", act=act)
    found.post = factories.post(found.body, "specialist", name={"ky": "Эсепчи", "ru": "Бухгалтер"})
    found.employee = factories.appointment(found.post, on=BEGAN, name="Кызматкер Экинчи")
    found.village_post = factories.post(found.body, "village_head", settlement=found.village)
    return found


@pytest.fixture
def staff(today, home):
    """Somebody who works for the municipality."""
    return signed_in(RoleKind.STAFF, home[0])


@pytest.fixture
def neighbour(today, home):
    """Somebody who works next door."""
    return signed_in(RoleKind.STAFF, home[1])


@pytest.fixture
def team(today):
    return signed_in(RoleKind.REFORM_TEAM)


@pytest.fixture
def analyst(today):
    return signed_in(RoleKind.ANALYST)


@pytest.fixture
def approver(today):
    return signed_in(RoleKind.APPROVER)


@pytest.fixture
def admin(today):
    return signed_in(RoleKind.ADMINISTRATOR)


def address(rest="", language="en"):
    """An address of the office pages."""
    return f"/{language}/my-executive-body/{rest}"


def of(thing, rest="", language="en"):
    """The address of a body, post, appointment or breach, with what follows."""
    names = {"Post": "posts/", "Appointment": "appointments/", "Violation": "breaches/", "ExecutiveBody": ""}
    return address(f"{names[type(thing).__name__]}{thing.pk}/{rest}", language)
