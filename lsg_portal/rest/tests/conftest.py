"""The plumbing is tried on made-up views."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from accounts.models import Token


@pytest.fixture(autouse=True)
def _sample_addresses(settings):
    settings.ROOT_URLCONF = "lsg_portal.rest.tests.sample"


@pytest.fixture
def user(db):
    return get_user_model().objects.create_user("worker", password="a-long-password", email="1")


@pytest.fixture
def api(user):
    """A client with a token."""
    _instance, token = Token.objects.create(user)
    return Client(headers={"Authorization": f"Token {token}", "Accept-Language": "en"})


@pytest.fixture
def visitor():
    return Client(headers={"Accept-Language": "en"})
