"""What tests of accounts share."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from accounts.models import Token
from lsg_portal.data.cache import RedisCache


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _no_failures_counted(monkeypatch):
    RedisCache._away_until = 0.0  # an earlier test may have sent the cache away
    monkeypatch.setattr("lsg_portal.data.cache.PAUSE", 0.0)  # on a busy machine one answer may come too late
    cache.clear()


@pytest.fixture
def client_of():
    """Return a client that sends a user's token."""

    def make(user):
        return Client(headers={"Authorization": f"Token {Token.objects.create(user)[1]}"})

    return make
