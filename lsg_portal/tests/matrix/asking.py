"""Ask an address as a viewer, and take back whatever it did."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

from django.core.cache import cache
from django.db import transaction
from django.template import Template
from django.test import Client

from lsg_portal.tests.matrix.samples import World
from lsg_portal.tests.matrix.table import LOGIN, Row

LANGUAGE = "/ru"
RENDERED = ("visitor", "district", "team", "admin")
"""Viewers whose pages are written out to the end. Whether a page is given is decided before that, and half the time goes
into templates."""

LIMITED = ("/account/", "/invitation/", "/api/v1/tokens/")
"""Where attempts are counted: across viewers they would be too many."""

UNTRANSLATED = ("/api/", "/healthz", "/readyz")


class Asking:
    """The clients of all viewers, each asked with the same cookies every time."""

    def __init__(self, world: World, client_of: Callable[[str], Client], viewers: Iterable[str]) -> None:
        self.world = world
        self.clients = {viewer: client_of(viewer) for viewer in viewers}
        for client in self.clients.values():
            client.raise_request_exception = False  # a fault of ours is an answer too: 500
        self.cookies = {
            viewer: {name: cookie.value for name, cookie in client.cookies.items()}
            for viewer, client in self.clients.items()
        }
        world.revoke()

    def answer(self, viewer: str, method: str, row: Row) -> str:
        """Return the status of the answer, ``login`` for being sent to the login page; nothing it did remains."""
        if row.route.startswith(LIMITED):
            cache.clear()
        client = self.clients[viewer]
        client.cookies.clear()
        for name, value in self.cookies[viewer].items():
            client.cookies[name] = value
        mark = transaction.savepoint()
        written = nullcontext() if viewer in RENDERED else patch.object(Template, "_render", return_value="")
        try:
            with written:
                response = client.generic(method, self.address(viewer, row), **_content(method, row))
            content = b"".join(response.streaming_content) if response.streaming else response.content
        finally:
            transaction.savepoint_rollback(mark)
        if response.status_code in (301, 302) and "/account/login/" in response["Location"]:
            return LOGIN
        if method == "OPTIONS" and response.status_code == 200 and content:
            return "200 with content"
        return str(response.status_code)

    def address(self, viewer: str, row: Row) -> str:
        """Return the address of a row with its sample, for a viewer."""
        kwargs = self.world.kwargs(row.sample, viewer)
        path = re.sub(r"<(\w+)>", lambda found: str(kwargs[found[1]]), row.route)
        if not path.startswith(UNTRANSLATED):
            path = LANGUAGE + path
        return f"{path}?{row.query}" if row.query else path

    def differences(self, rows: Iterable[Row], expected: Callable[[Row, str], str]) -> list[str]:
        """Ask every row as every viewer; return each answer that is not the expected one, in words."""
        found = []
        for row in rows:
            for viewer in self.clients:
                want, got = expected(row, viewer), self.answer(viewer, row.method, row)
                if want != got:
                    found.append(f"{row}: {viewer} should get {want}, got {got}")
        return found


def _content(method: str, row: Row) -> dict[str, Any]:
    """Return the least that a request carries: an empty object over REST, an empty form on pages."""
    if method in ("GET", "HEAD", "OPTIONS"):
        return {}
    if row.route.startswith("/api/"):
        return {"data": b"{}", "content_type": "application/json"}
    return {"data": b"", "content_type": "application/x-www-form-urlencoded"}
