"""What the kill drill runs and sends: a small register, clients that never give up, and the killing."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import sys
import threading
import time
import uuid
from pathlib import Path

import psutil

MERGER_DAY = "2023-05-01"


def prepare(told: Path) -> None:
    """Migrate, and make two units, a programme and the reform team's tokens; ``told`` gets what clients need."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from lsg_portal.data import actor

    actor.set_process_actor("system:drill")
    with connection.as_owner():
        call_command("migrate", verbosity=0, interactive=False)
    from accounts.models import Token
    from accounts.tests.factories import RoleFactory, UserFactory
    from reform.tests.clients import merger
    from reform.tests.scenarios import programme
    from registry.tests.factories import aimak, district, oblast

    with transaction.atomic():
        home = district(oblast("Нарын"), "Ат-Башы")
        pair = aimak(home, "Кара", villages=["К"]), aimak(home, "Суу", villages=["С"])
        body = merger(home, pair, programme())
        tokens = []
        for _ in range(4):
            user = UserFactory(password=None)
            RoleFactory(user=user, role="reform_team")
            tokens.append(Token.objects.create(user)[1])
    told.write_text(json.dumps({"tokens": tokens, "body": body}))


class Api:
    """One HTTP client of the portal with a connection of its own."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection that stands."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        connection.connect()
        return connection

    def send(self, method, path, body=None, *, connection=None, **headers):
        """Return status, headers and document of one attempt; raises OSError or HTTPException."""
        connection = connection or self.connect()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers |= {"Authorization": f"Token {self.token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            raw = answer.read()
            return answer.status, answer.headers, json.loads(raw) if raw[:1] in (b"{", b"[") else raw
        finally:
            connection.close()


class Client(threading.Thread):
    """Writes one thing after another until told to stop, each until it is acknowledged."""

    def __init__(self, port: int, token: str, body: dict, stop: threading.Event, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.api, self.body, self.stop = Api(port, token), body, stop
        self.acknowledged: list[tuple[float, str, str]] = []
        """When, which event, which text."""
        self.troubles: list[tuple[float, str]] = []
        self.unexpected: list[str] = []
        self.failed: BaseException | None = None

    def run(self) -> None:
        try:
            for number in itertools.count():
                if self.stop.is_set():
                    return
                self.write(f"{self.name}-{number}")
                time.sleep(0.03)
        except BaseException as error:
            self.failed = error

    def persist(self, *expected, send):
        """Repeat until an expected status comes; 503 and lost connections are what the drill is about."""
        while True:
            try:
                status, headers, document = send()
            except (OSError, http.client.HTTPException) as error:
                self.troubles.append((time.monotonic(), type(error).__name__))
            else:
                if status in expected:
                    return status, headers, document
                self.troubles.append((time.monotonic(), str(status)))
                if status != 503 or not headers["Retry-After"]:
                    self.unexpected.append(f"{status} {document!r:.500}")
                    raise AssertionError(self.unexpected[-1])
            time.sleep(0.1)

    def write(self, text: str) -> None:
        raise NotImplementedError


class Poster(Client):
    """Drafts events, each under an Idempotency-Key of its own."""

    def write(self, text: str) -> None:
        body = self.body | {"title": {"ky": text, "ru": text}}
        key = str(uuid.uuid4())
        _status, _headers, document = self.persist(
            201, send=lambda: self.api.send("POST", "/api/v1/reform/events/", body, Idempotency_Key=key)
        )
        self.acknowledged.append((time.monotonic(), document["id"], text))


class Patcher(Client):
    """Changes the note of one draft of its own, with If-Match; after a lost answer it looks whether it was done."""

    address = tag = ""

    def write(self, text: str) -> None:
        if not self.address:
            key = str(uuid.uuid4())
            _status, headers, document = self.persist(
                201,
                send=lambda: self.api.send("POST", "/api/v1/reform/events/", self.body, Idempotency_Key=key),
            )
            self.address, self.tag = f"/api/v1/reform/events/{document['id']}/", headers["ETag"]
        body = {"note": {"ky": text}}
        status, headers, document = self.persist(
            200, 412, send=lambda: self.api.send("PATCH", self.address, body, If_Match=self.tag)
        )
        if status == 412:
            _status, headers, document = self.persist(200, send=lambda: self.api.send("GET", self.address))
            assert document["note"]["ky"] == text, "refused as stale, although nobody else writes"
        self.tag = headers["ETag"]
        self.acknowledged.append((time.monotonic(), document["id"], text))


class Prober(threading.Thread):
    """Asks an address all the time and notes when it was answered 200."""

    def __init__(self, port: int, path: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.path, self.stop = port, path, stop
        self.good: list[float] = []
        self.statuses: set[int] = set()

    def run(self) -> None:
        while not self.stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", self.path)
                status = connection.getresponse().status
                self.statuses.add(status)
                if status == 200:
                    self.good.append(time.monotonic())
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            time.sleep(0.05)


def longest_gap(moments: list[float], begin: float, end: float) -> float:
    """Return the longest time without a moment that begins between ``begin`` and ``end``."""
    moments = sorted(moments)
    pairs = itertools.pairwise(moments)
    return max(
        (later - one for one, later in pairs if begin - 1 <= one <= end or one <= begin <= later), default=0.0
    )


def victims(launcher_pid: int, var: Path) -> dict[str, int]:
    """Return the process to kill for each of the four."""
    found = {"PostgreSQL": int((var / "postgres" / "postmaster.pid").read_text().splitlines()[0])}
    for process in psutil.Process(launcher_pid).children(recursive=True):
        command = " ".join(process.cmdline())
        parent = process.parent()
        if parent is None or "guard.py" not in " ".join(parent.cmdline()):
            continue
        for name, word in (("web", "gunicorn"), ("worker", "celery"), ("Valkey", "valkey-server")):
            if word in command:
                found[name] = process.pid
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lsg_portal.settings")
    prepare(Path(sys.argv[1]))
