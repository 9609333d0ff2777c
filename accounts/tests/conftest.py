"""What tests of accounts share."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from knox.models import AuthToken


@pytest.fixture(autouse=True)
def _no_failures_counted():
    cache.clear()


@pytest.fixture
def client_of():
    """Return a client that sends a user's token."""

    def make(user):
        return Client(headers={"Authorization": f"Token {AuthToken.objects.create(user)[1]}"})

    return make
