"""Clients of the REST interface with a role, and what they send."""

from __future__ import annotations

import itertools
import json

from django.test import Client

from accounts.models import Token
from accounts.tests.factories import RoleFactory, UserFactory

EVENTS = "/api/v1/reform/events/"
_numbers = itertools.count()


def client_with(role=None):
    """A client with the token of a user who holds the role, or none."""
    user = UserFactory(password=None)
    if role:
        RoleFactory(user=user, role=role)
    token = Token.objects.create(user)[1]
    return Client(headers={"Authorization": f"Token {token}", "Accept-Language": "en"})


def send(client, method, address, body=None, **headers):
    """Send JSON; headers as ``If_Match="*"``."""
    return client.generic(
        method,
        address,
        json.dumps(body) if body is not None else b"",
        content_type="application/json",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def post(client, address, body=None, **headers):
    return send(client, "POST", address, body, **headers)


def key():
    return f"key-{next(_numbers)}"


def merger(home, sources, programme, **more):
    """The body of a draft that merges whole units into a new ayil aimak."""
    return {
        "programme": programme.key,
        "title": {"ky": "Бириктирүү", "ru": "Объединение"},
        "kind": "merge",
        "effective_on": "2023-05-01",
        "units": [
            *({"role": "ends", "unit": str(unit.pk)} for unit in sources),
            {
                "role": "begins",
                "ref": "new",
                "kind": "ayil_aimak",
                "name": {"ky": "Жаңы", "ru": "Новый"},
                "parent": str(home.pk),
            },
        ],
        "parts": [{"source": str(unit.pk), "target": "new", "scope": "whole"} for unit in sources],
    } | more
