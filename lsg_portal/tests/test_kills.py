"""The kill drill: a minute of acknowledged writes, while each process in turn is killed with SIGKILL."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import environ
import psycopg2
import pytest

from lsg_portal.embedded.home import free_port
from lsg_portal.embedded.tests.conftest import launcher, place, wait_for  # noqa: F401 (fixtures)
from lsg_portal.tests.drill import Patcher, Poster, Prober, longest_gap, victims

ROOT = Path(__file__).resolve().parents[2]
WRITING = 60.0
"""Seconds of writes."""
TURNS = ((6.0, "web"), (20.0, "worker"), (30.0, "PostgreSQL"), (42.0, "Valkey"), (52.0, "PostgreSQL"))
"""Seconds after the start, and what is killed then."""

START = """
import dataclasses, sys
from pathlib import Path
from lsg_portal.embedded import Refused
from lsg_portal.embedded.demo import demo, portal_commands
var, port, told = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
commands = portal_commands(port, var)
commands = dataclasses.replace(commands, prepare=[sys.executable, "-m", "lsg_portal.tests.drill", told])
try:
    sys.exit(demo(port=port, var=var, commands=commands))
except Refused as refused:
    sys.exit(str(refused))
"""


class Portal:
    def __init__(self, place, launcher):  # noqa: F811
        self.var, self.port, self.output = place / "var", free_port(), place / "output"
        self.told = place / "told"
        launcher.environ = {
            name: value
            for name, value in launcher.environ.items()
            if not name.startswith(("LSG_", "DATABASE_", "DJANGO_"))
        }
        with self.output.open("w") as output:
            self.process = launcher.start(
                sys.executable, "-c", START, self.var, self.port, self.told, stdout=output, stderr=output
            )
        wait_for(lambda: "ready at" in self.said() or self.process.poll() is not None, 120)
        assert self.process.poll() is None, self.said()

    def said(self):
        return self.output.read_text()

    def environment(self):
        return os.environ | json.loads((self.var / "env.json").read_text()) | {"LSG_TESTING": "0"}

    def manage(self, *arguments):
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(command, env=self.environment(), capture_output=True, text=True, timeout=60)

    def rows(self, sql, *args):
        found = environ.Env.db_url_config(self.environment()["DATABASE_OWNER_URL"])
        names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
        connection = psycopg2.connect(**{name: found[key] for name, key in names.items()})
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, args)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def ready(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            assert answer.headers["Server"] == "gunicorn", "no version is told"
            return answer.status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@pytest.fixture
def portal(place, launcher):  # noqa: F811
    return Portal(place, launcher)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_acknowledged_write_outlives_the_killing_of_any_process(portal, record_property):
    known = json.loads(portal.told.read_text())
    stop = threading.Event()
    kinds = (Poster, Poster, Patcher, Patcher)
    clients = [
        kind(portal.port, token, known["body"], stop, f"w{index}")
        for index, (kind, token) in enumerate(zip(kinds, known["tokens"], strict=True))
    ]
    ready = Prober(portal.port, "/readyz", stop)
    reads = Prober(portal.port, "/api/v1/units/", stop)
    for thread in (*clients, ready, reads):
        thread.start()

    began = time.monotonic()
    killed = []
    for seconds, name in TURNS:
        time.sleep(max(0.0, began + seconds - time.monotonic()))
        os.kill(victims(portal.process.pid, portal.var)[name], signal.SIGKILL)
        killed.append((name, time.monotonic()))
    time.sleep(max(0.0, began + WRITING - time.monotonic()))
    stop.set()
    for client in clients:
        client.join(30)
    wait_for(portal.ready, 30)

    for client in clients:
        assert not client.is_alive()
        assert client.failed is None, client.failed
    writes = [moment for client in clients for moment, _event, _text in client.acknowledged]
    report = [f"{len(writes)} acknowledged writes in {WRITING:.0f} s"]
    for name, moment in killed:
        gaps = [longest_gap(each, moment, moment + 1) for each in (writes, ready.good, reads.good)]
        report.append(f"{name}: writes {gaps[0]:.1f} s, ready {gaps[1]:.1f} s, reads {gaps[2]:.1f} s away")
        assert max(gaps) < 20, report
    sys.stdout.write("\n".join([*report, portal.said()]))  # pytest -rP shows it
    record_property("outages", "; ".join(report))
    assert len(writes) > 100
    assert reads.statuses <= {200, 503}

    posted = {event: text for c in clients if isinstance(c, Poster) for _, event, text in c.acknowledged}
    patched = [(event, text) for c in clients if isinstance(c, Patcher) for _, event, text in c.acknowledged]
    stored = portal.rows("SELECT id::text, title_ky FROM reform_event WHERE title_ky ~ '^w[0-9]-'")
    assert len(posted) == sum(len(c.acknowledged) for c in clients if isinstance(c, Poster))
    assert sorted(stored) == sorted(posted.items()), "each draft is there once, and no other"
    journal = portal.rows(
        "SELECT key, operation, after->>'title_ky', after->>'note_ky' FROM audit_entry JOIN audit_link ON entry_id = audit_entry.id"
        " WHERE table_name = 'reform_event'"
    )
    inserted = Counter(key for key, operation, title, _ in journal if operation == "insert" and key in posted)
    assert inserted == Counter(dict.fromkeys(posted, 1)), "one entry for each draft"
    updated = Counter((key, note) for key, operation, _, note in journal if operation == "update")
    assert updated == Counter(dict.fromkeys(patched, 1)), "one entry for each change"
    last = dict(patched)
    notes = portal.rows("SELECT id::text, note_ky FROM reform_event WHERE note_ky <> ''")
    assert dict(notes) == last

    verified = portal.manage("audit_verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert the_worker_works(portal)
    portal.process.send_signal(signal.SIGTERM)
    assert portal.process.wait(40) == 0


def the_worker_works(portal):
    """Send a task, whose effect shows that a worker took it from the new Valkey."""
    portal.rows(
        "INSERT INTO rest_idempotencykey (owner, key, request, body_hash, status, headers, body, created)"
        " VALUES ('0', 'old', 'POST /', '', 200, '{}', '', now() - interval '2 days')"
    )
    sent = portal.manage(
        "shell", "-c", "from lsg_portal.celery import app; app.send_task('rest.purge_idempotency_keys')"
    )
    assert sent.returncode == 0, sent.stderr
    wait_for(lambda: portal.rows("SELECT count(*) FROM rest_idempotencykey WHERE key = 'old'") == [(0,)], 30)
    return True
