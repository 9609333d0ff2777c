"""A secretary imports sessions on pages: the file is tried, shown, and exactly that file applied."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from councils.models import Session
from councils.tests.chamber import country
from councils.tests.test_import_sessions import HEADING, ROWS, book, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def land():
    return country()


def browser(land, name="kara", role=RoleKind.STAFF):
    client = Client()
    client.force_login(RoleFactory(role=role, unit=land.units[name] if name else None).user)
    return client


def page(land, name="kara"):
    return f"/ky/my-council/{land.councils[name].pk}/import/"


def test_a_file_is_tried_shown_and_applied(land):
    client = browser(land)
    assert client.get(page(land)).status_code == 200

    report = client.post(page(land), {"file": book(ROWS)})
    assert report.status_code == 302, report.content
    shown = client.get(report["Location"])
    assert shown.status_code == 200
    assert not Session.objects.exists()

    done = client.post(report["Location"], {"digest": shown.context["form"].initial["digest"]})
    assert done.status_code == 302, done.content
    assert Session.objects.count() == 2
    assert client.get(report["Location"]).status_code == 404


def test_refused_rows_are_shown_and_nothing_can_be_applied(land):
    client = browser(land)

    report = client.post(page(land), {"file": book([HEADING, row("2019-01-01")])})
    shown = client.get(report["Location"])

    assert "2019-01-01" not in shown.content.decode() or shown.context["report"].refused_rows == 1
    answer = client.post(report["Location"], {"digest": shown.context["form"].initial["digest"]})
    assert answer.status_code == 422
    assert not Session.objects.exists()
    assert client.post(page(land), {"file": book([["what"], [1]])}).status_code == 422
    assert client.post(page(land), {}).status_code == 422


def test_another_file_or_another_council_is_not_applied(land):
    client = browser(land)
    report = client.post(page(land), {"file": book(ROWS)})

    assert client.post(report["Location"], {"digest": "0" * 64}).status_code == 409
    other = browser(land, "ak")
    assert other.get(report["Location"]).status_code == 403
    token = report["Location"].rstrip("/").rpartition("/")[2]
    assert other.get(f"{page(land, 'ak')}{token}/").status_code == 404


def test_only_the_secretary_of_the_council_comes_in(land):
    assert Client().get(page(land)).status_code == 302
    assert browser(land, "ak").get(page(land)).status_code == 403
    assert browser(land, None, RoleKind.ANALYST).get(page(land)).status_code == 403


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_the_pages_are_accessible(land, language, tmp_path):
    client = browser(land)
    client.get(f"/{language}/")
    address = page(land).replace("/ky/", f"/{language}/")
    report = client.post(address, {"file": book([*ROWS, row("2019-01-01")])})

    for where in (address, report["Location"]):
        assert client.get(where).status_code == 200
