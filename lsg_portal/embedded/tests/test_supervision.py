"""What ends by itself is started again, and what keeps ending stops all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request

import environ
import psutil
import psycopg2
import pytest
import redis

from lsg_portal.embedded import Refused
from lsg_portal.embedded.supervisor import MOST, Supervisor
from lsg_portal.embedded.tests.conftest import gone, processes_of, wait_for
from lsg_portal.embedded.tests.test_demo import StandIn


@pytest.fixture
def running(place, launcher):
    one = StandIn(place, launcher)
    one.start()
    one.ready()
    return one


def commands_of(running: StandIn, *words: str) -> list[int]:
    """Return the processes that carry out a command, their guards left out, the oldest first."""
    found = []
    for line in processes_of(running.place):
        pid, command = line.split(" ", 1)
        if all(word in command for word in words) and "guard.py" not in command:
            found.append(int(pid))
    return sorted(found, key=lambda pid: psutil.Process(pid).create_time())


def postmaster(running: StandIn) -> int:
    return int((running.var / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def connect(running: StandIn):
    return connect_by(running, "DATABASE_URL")


def connect_by(running: StandIn, variable: str):
    found = environ.Env.db_url_config(json.loads((running.var / "env.json").read_text())[variable])
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    return psycopg2.connect(**{name: found[key] for name, key in names.items()})


def said(running: StandIn, text: str, times: int = 1) -> None:
    wait_for(lambda: running.output.read_text().count(text) >= times, 30)


def healthy(running: StandIn) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/healthz", timeout=5) as answer:
        return answer.status == 200


def test_postgresql_that_was_killed_comes_back_under_its_address_with_all_that_was_committed(running):
    busy = connect(running)
    with connect(running) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE gone (n int)")
    with running_as_owner(running) as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        cursor.execute("GRANT SELECT ON kept TO lsg_app")

    os.kill(postmaster(running), signal.SIGKILL)

    said(running, "PostgreSQL ended by signal 9; starting it again.")
    said(running, "PostgreSQL answers again")
    with connect(running) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        assert cursor.fetchone() == (1000,)
    busy.close()
    assert healthy(running)


def running_as_owner(running: StandIn):
    connection = connect_by(running, "DATABASE_OWNER_URL")
    connection.autocommit = True
    return connection.cursor()


def test_a_backend_in_the_middle_of_a_statement_is_no_obstacle(running):
    connection = running_as_owner(running).connection
    spin = "DO $$ BEGIN LOOP END LOOP; END $$"
    code = (
        "import sys, psycopg2; c = psycopg2.connect(sys.argv[1]);"
        "print(c.info.backend_pid, flush=True); c.cursor().execute(sys.argv[2])"
    )
    dsn = psycopg2.extensions.make_dsn(connection.dsn, password=connection.info.password)
    with subprocess.Popen(
        [sys.executable, "-c", code, dsn, spin], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as client:
        busy = int(client.stdout.readline())
        os.kill(postmaster(running), signal.SIGKILL)

        said(running, "PostgreSQL answers again")

    assert not psutil.pid_exists(busy) or psutil.Process(busy).status() == psutil.STATUS_ZOMBIE


def test_valkey_that_was_killed_comes_back_empty_under_its_address(running):
    url = json.loads((running.var / "env.json").read_text())["REDIS_URL"]
    with redis.Redis.from_url(url) as client:
        client.set("a", 1)
        os.kill(client.info("server")["process_id"], signal.SIGKILL)

    said(running, "Valkey answers again")

    with redis.Redis.from_url(url) as client:
        assert client.get("a") is None


def test_both_servers_killed_at_once_come_back(running):
    url = json.loads((running.var / "env.json").read_text())["REDIS_URL"]
    with redis.Redis.from_url(url) as client:
        valkey = client.info("server")["process_id"]
    os.kill(postmaster(running), signal.SIGKILL)
    os.kill(valkey, signal.SIGKILL)

    said(running, "Valkey answers again")
    said(running, "PostgreSQL answers again")

    connect(running).close()


@pytest.mark.parametrize(("role", "name"), [("web", "The web server"), ("worker", "The worker")])
def test_a_process_of_the_portal_that_was_killed_is_started_again(running, role, name):
    first = commands_of(running, "stand_in.py", f" {role} ")[0]

    os.kill(first, signal.SIGKILL)

    said(running, f"{name} ended by signal 9; starting it again.")
    said(running, f"{name} answers again")
    assert commands_of(running, "stand_in.py", f" {role} ")[0] != first
    assert running.notes.read_text().count(f"{role} starts") == 2
    assert healthy(running)


def test_after_all_that_a_signal_still_leaves_no_process(running):
    os.kill(commands_of(running, "stand_in.py", " web ")[0], signal.SIGKILL)
    os.kill(postmaster(running), signal.SIGKILL)
    said(running, "answers again", times=2)

    running.process.terminate()

    assert running.process.wait(30) == 0
    assert gone(running.place)


class Failing:
    name = "The thing"
    exit_code = 3

    def __init__(self):
        self.starts = 0

    def start_again(self):
        self.starts += 1

    def answers(self):
        return False

    def tail(self):
        return "\nits last words"


def test_what_keeps_ending_stops_all_with_the_reason(monkeypatch, capsys):
    clock = [1000.0]
    monkeypatch.setattr("lsg_portal.embedded.supervisor.time.monotonic", lambda: clock[0])
    failing = Failing()
    supervisor = Supervisor([failing])

    def go_on():
        for _ in range(1000):
            supervisor.look()
            clock[0] += 0.1

    with pytest.raises(Refused, match=r"(?s)The thing ended with exit code 3.*its last words"):
        go_on()

    assert failing.starts == MOST
    assert capsys.readouterr().out.count("starting it again") == MOST


def test_what_ends_now_and_then_is_started_again_for_good(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr("lsg_portal.embedded.supervisor.time.monotonic", lambda: clock[0])
    failing = Failing()
    supervisor = Supervisor([failing])

    for _ in range(100):
        supervisor.look()
        clock[0] += 20

    assert failing.starts >= 49
