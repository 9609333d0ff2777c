"""What the tests of the pages share."""

import datetime as dt
import re

import pytest
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from lsg_portal.web import days
from reform.tests.scenarios import apply, merge_draft
from registry.tests.factories import aimak, district, oblast

TODAY = dt.date(2024, 1, 15)


@pytest.fixture
def today(monkeypatch):
    """Pages open on a fixed day."""
    monkeypatch.setattr(days, "today", lambda: TODAY)


@pytest.fixture
def visitor(today):
    """Somebody who is not signed in."""
    return Client()


def signed_in(role):
    client = Client()
    client.force_login(RoleFactory(role=role).user)
    return client


@pytest.fixture
def team(today):
    """Somebody of the reform team."""
    return signed_in(RoleKind.REFORM_TEAM)


@pytest.fixture
def analyst(today):
    """Somebody who reads drafts and writes none."""
    return signed_in(RoleKind.ANALYST)


@pytest.fixture
def place(db):
    """A district of an oblast with three aimaks of two villages."""
    where = district(oblast("Нарын"), "Кочкор")
    aimaks = [
        aimak(where, name, villages=[f"{name} 1", f"{name} 2"], residents=1000 * number)
        for number, name in enumerate(("Ак", "Бел", "Чолпон"), 1)
    ]
    return where, aimaks


@pytest.fixture
def merger(place):
    """A draft that merges two of the three aimaks."""
    where, aimaks = place
    return merge_draft(aimaks[:2], where, "Жаңы")[0]


@pytest.fixture
def merged(merger):
    """The same merger, in force."""
    return apply(merger)


def text(response):
    """The words of a page, tags and runs of spaces taken out."""
    words = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", words)


def cells(response, table=0):
    """The rows of a table of a page, cell by cell."""
    found = re.findall(r"<table.*?</table>", response.content.decode(), flags=re.S)[table]
    return [
        [
            re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, flags=re.S)
        ]
        for row in re.findall(r"<tr.*?</tr>", found, flags=re.S)
    ]
