"""What the tests of the shell share. They need no database: an anonymous page makes no query."""

import datetime as dt

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from lsg_portal.web import days, navigation

TODAY = dt.date(2026, 11, 21)


@pytest.fixture(autouse=True)
def trial_addresses(settings):
    """Serve the trial pages instead of the portal's own."""
    settings.ROOT_URLCONF = "lsg_portal.web.tests.urls"
    settings.WHITENOISE_AUTOREFRESH = True
    settings.ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(days, "today", lambda: TODAY)


@pytest.fixture(autouse=True)
def _kyrgyz():
    with translation.override("ky"):
        yield


@pytest.fixture(autouse=True)
def _empty_menu(monkeypatch):
    monkeypatch.setattr(navigation, "_items", [])


@pytest.fixture
def visitor():
    """Someone who is not signed in and gets error pages instead of exceptions."""
    return Client(raise_request_exception=False)


@pytest.fixture
def get():
    """Make a request as it looks after the middleware."""

    def make(address="/ky/", day=TODAY, language="ky"):
        request = RequestFactory().get(address)
        request.day, request.today, request.LANGUAGE_CODE = day, TODAY, language
        request.resolver_match = None
        return request

    return make
