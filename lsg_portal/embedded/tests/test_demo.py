"""The demo's order of events, with small stand-ins for the portal's own processes."""

from __future__ import annotations

import json
import signal
import socket
import sys
import urllib.request

import pytest

from lsg_portal.embedded import demo as demo_module
from lsg_portal.embedded.home import free_port
from lsg_portal.embedded.tests.conftest import ROOT, gone, processes_of, wait_for

STAND_IN = """
import os, signal, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

def note(what):
    with open({notes!r}, "a") as file:
        file.write(what + "\\n")

def database():
    import environ, psycopg2
    c = environ.Env.db_url_config(os.environ["DATABASE_URL"])
    names = dict(host="HOST", port="PORT", user="USER", password="PASSWORD", dbname="NAME")
    psycopg2.connect(**{{k: c[v] for k, v in names.items()}}).close()
    return "with the database"

def ending(name):
    def end(*_):
        note(name + " stops " + database())
        os._exit(0)
    signal.signal(signal.SIGTERM, end)

class Ready(BaseHTTPRequestHandler):
    asked = 0
    def do_GET(self):
        Ready.asked += 1
        self.send_response(200 if Ready.asked > 2 else 503)
        self.end_headers()
    def log_message(self, *args):
        pass

role, port = sys.argv[1:]
note(role + " starts " + database() + " demo=" + os.environ["LSG_DEMO"])
if role == "prepare":
    sys.exit({prepare_exit})
ending(role)
if os.fork() == 0:  # every role has a child, which must go as well
    time.sleep(600)
if role == "web":
    if {web_fails}:
        sys.exit("cannot serve today")
    HTTPServer(("127.0.0.1", int(port)), Ready).serve_forever()
time.sleep(600)
"""

START = """
import sys
from pathlib import Path
from lsg_portal.embedded import Refused
from lsg_portal.embedded.demo import Commands, demo
stand_in, var, port = sys.argv[1:]
roles = [[sys.executable, stand_in, role, port] for role in ("prepare", "worker", "web")]
try:
    sys.exit(demo(port=int(port), var=Path(var), commands=Commands(*roles)))
except Refused as refused:
    sys.exit(str(refused))
"""


class StandIn:
    def __init__(self, place, launcher):
        self.place, self.launcher, self.port = place, launcher, free_port()
        self.var, self.notes, self.output = place / "var", place / "notes", place / "output"
        self.process = None

    def start(self, *, prepare_exit=0, web_fails=False):
        script = self.place / "stand_in.py"
        script.write_text(
            STAND_IN.format(notes=str(self.notes), prepare_exit=prepare_exit, web_fails=web_fails)
        )
        with self.output.open("w") as output:
            self.process = self.launcher.start(
                sys.executable, "-c", START, script, self.var, self.port, stdout=output
            )
        return self.process

    def ready(self):
        wait_for(lambda: "ready at" in self.output.read_text() or self.process.poll() is not None, 40)
        assert self.process.poll() is None, self.output.read_text()


@pytest.fixture
def stand_in(place, launcher):
    return StandIn(place, launcher)


def test_the_demo_says_where_it_is_and_who_may_log_in(stand_in):
    stand_in.start()
    stand_in.ready()

    said = stand_in.output.read_text()
    assert f"http://127.0.0.1:{stand_in.port}/" in said
    for login in ("admin", "analyst", "approver", "auditor", "district", "head", "reform", "staff"):
        assert login in said
    assert "lsg-demo-2026" in said
    with urllib.request.urlopen(f"http://127.0.0.1:{stand_in.port}/readyz", timeout=5) as answer:
        assert answer.status == 200
    for name in ("env.json", "secret-key", "postgres.password", "lock"):
        assert (stand_in.var / name).stat().st_mode & 0o777 == 0o600, name
    kept = json.loads((stand_in.var / "env.json").read_text())
    assert kept["LSG_DEMO"] == "1"
    assert {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "LSG_VAR"} <= set(kept)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_web_then_worker_then_services(stand_in, number):
    process = stand_in.start()
    stand_in.ready()
    assert len(processes_of(stand_in.place)) > 10

    process.send_signal(number)

    assert process.wait(30) == 0
    assert gone(stand_in.place)
    notes = stand_in.notes.read_text().splitlines()
    assert notes[0] == "prepare starts with the database demo=1"
    assert sorted(notes[1:3]) == [
        "web starts with the database demo=1",
        "worker starts with the database demo=1",
    ]
    assert notes[3:] == [
        "web stops with the database",
        "worker stops with the database",
    ]
    assert not (stand_in.var / "env.json").exists()


def test_a_killed_demo_leaves_no_process(stand_in):
    process = stand_in.start()
    stand_in.ready()

    process.kill()

    wait_for(lambda: gone(stand_in.place), 30)


def test_the_second_start_keeps_data_and_secrets(stand_in):
    process = stand_in.start()
    stand_in.ready()
    names = ("secret-key", "postgres.password")
    before = [(stand_in.var / name).read_text() for name in names]
    process.terminate()
    process.wait(30)

    stand_in.start()
    stand_in.ready()

    assert [(stand_in.var / name).read_text() for name in names] == before


def test_a_second_demo_says_that_one_runs_and_where(stand_in, launcher):
    first = stand_in.start()
    stand_in.ready()

    status, output = launcher.run("demo", "--var", stand_in.var, "--port", free_port())

    assert status == 1
    assert f"The demo at http://127.0.0.1:{stand_in.port}/ is already running" in output
    assert f"process {first.pid}" in output
    assert first.poll() is None
    assert (stand_in.var / "env.json").exists()


def test_a_port_in_use_is_said_before_anything_starts(place, launcher):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        status, output = launcher.run("demo", "--var", place / "var", "--port", port)

    assert status == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in output
    assert "PORT=" in output
    assert not (place / "var" / "postgres").exists()


def test_a_port_that_is_none_is_said_too(place, launcher):
    status, output = launcher.run("demo", "--var", place / "var", "--port", 99999)

    assert status == 1
    assert "Port 99999" in output


def test_data_that_cannot_be_prepared_ends_the_demo(stand_in):
    process = stand_in.start(prepare_exit=3)

    assert process.wait(40) == 1
    assert "could not be prepared (exit code 3)" in stand_in.output.read_text()
    assert "web starts" not in stand_in.notes.read_text()
    assert gone(stand_in.place)


def test_a_web_server_that_ends_takes_the_demo_with_it_and_shows_its_log(stand_in):
    process = stand_in.start(web_fails=True)

    assert process.wait(40) == 1
    assert "cannot serve today" in stand_in.output.read_text()
    assert gone(stand_in.place)


def test_the_demo_never_uses_outside_servers(stand_in, launcher):
    launcher.environ["DATABASE_URL"] = "postgres://u:p@production.example/lsg"

    stand_in.start()
    stand_in.ready()

    assert "DATABASE_URL is set, but the demo uses servers of its own" in stand_in.output.read_text()


def test_manage_without_a_demo_says_how_to_start_one(place, launcher):
    status, output = launcher.run("manage", "--var", place / "var", "--", "check")

    assert status == 1
    assert "make demo" in output


def test_manage_speaks_to_the_running_demo(stand_in, launcher, place):
    stand_in.start()
    stand_in.ready()
    code = (
        "import sys; from pathlib import Path; from lsg_portal.embedded import launcher\n"
        "launcher.ROOT = Path(sys.argv[1]); launcher.manage(['one', 'two words'], var=Path(sys.argv[2]))"
    )
    (place / "manage.py").write_text("import os, sys; print(sys.argv[1:], os.environ['DATABASE_URL'])")
    process = launcher.start(sys.executable, "-c", code, place, stand_in.var)
    output, _ = process.communicate(timeout=20)

    kept = json.loads((stand_in.var / "env.json").read_text())
    assert output.strip() == f"['one', 'two words'] {kept['DATABASE_URL']}"


def test_the_portals_own_commands_come_from_this_environment(place):
    commands = demo_module.portal_commands(8123, place)

    assert commands.prepare[1:] == [str(ROOT / "manage.py"), "prepare_demo"]
    assert "--bind=127.0.0.1:8123" in commands.web
    assert "--beat" in commands.worker
