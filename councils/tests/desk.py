"""What the tests of the secretary's pages share: one council with eleven deputies, its secretary, others."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from councils import services
from councils.models import DecisionRule
from councils.tests import factories
from lsg_portal.web import days
from registry.tests.factories import aimak, district, oblast

TODAY = dt.date(2026, 3, 2)
HELD = dt.date(2026, 2, 20)


@pytest.fixture
def today(monkeypatch):
    """Pages open on a fixed day."""
    monkeypatch.setattr(days, "today", lambda: TODAY)


@pytest.fixture
def home(db):
    """Two neighbouring aimaks."""
    where = district(oblast("Нарын"), "Кочкор")
    return [aimak(where, name, villages=[name], residents=900) for name in ("Ак", "Бел")]


@pytest.fixture
def convocation(home):
    """The sitting convocation of the first aimak: eleven deputies, four of them women."""
    found = factories.council(home[0])
    return factories.convocation(found, seats=11, deputies=11, women=4)


@pytest.fixture
def council(convocation):
    return convocation.council


@pytest.fixture
def session(convocation):
    """A session held ten days ago with nine of eleven."""
    mandates = [item.pk for item in services.sheet(session=planned(convocation, HELD))]
    found = convocation.sessions.get(held_on=HELD)
    states = dict.fromkeys(mandates[:9], "present") | dict.fromkeys(mandates[9:], "excused")
    services.record_attendance(session=found, states=states)
    return services.hold_session(session=found)


def planned(convocation, day, **more):
    return services.plan_session(convocation=convocation, held_on=day, **more)


def rule(code="simple"):
    return DecisionRule.objects.get(code=code)


def draft(session, title="Бюджетти бекитүү жөнүндө", code="simple"):
    return services.draft_resolution(
        council=session.convocation.council,
        title={"ky": title, "ru": "Об утверждении бюджета"},
        text={"ky": "Бюджет бекитилсин.", "ru": "Утвердить бюджет."},
        rule=rule(code),
        session=session,
    )


def signed_in(role, unit=None):
    client = Client()
    client.force_login(RoleFactory(role=role, unit=unit).user)
    return client


@pytest.fixture
def secretary(today, home):
    """The secretary of the council: staff of its municipality."""
    return signed_in(RoleKind.STAFF, home[0])


@pytest.fixture
def neighbour(today, home):
    """The secretary next door."""
    return signed_in(RoleKind.STAFF, home[1])


@pytest.fixture
def team(today):
    return signed_in(RoleKind.REFORM_TEAM)


@pytest.fixture
def analyst(today):
    return signed_in(RoleKind.ANALYST)


@pytest.fixture
def admin(today):
    return signed_in(RoleKind.ADMINISTRATOR)


def text(response):
    """The words of a page, tags and runs of spaces taken out."""
    words = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", words).replace("&#x27;", "'")


def published(session, number="1", title="Бюджетти бекитүү жөнүндө"):
    found = draft(session, title)
    services.record_vote(resolution=found, in_favour=9, against=0, abstained=0)
    found.refresh_from_db()
    found = services.adopt(resolution=found, number=number)
    found = services.register(resolution=found, registration_number=f"Р-{number}", on=session.held_on)
    return services.publish(resolution=found, on=session.held_on)
