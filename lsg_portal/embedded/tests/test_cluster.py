"""How the cluster is made, what is asked of its locale, and where its socket goes."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote

import environ
import psycopg2
import pytest
import redis

from lsg_portal.embedded import Refused, letters
from lsg_portal.embedded.home import SOCKET_LIMIT, Home
from lsg_portal.embedded.postgres import Postgres
from lsg_portal.embedded.services import Services, judge_outside


class PlainC(Postgres):
    locales = (("--locale=C",),)
    provider = ("--locale-provider=libc",)


class BuiltinC(Postgres):
    provider = ("--locale-provider=builtin", "--builtin-locale=C")


def django_connection(url: str):
    """Connect as the settings do: with what django-environ reads from ``url``."""
    found = environ.Env.db_url_config(url)
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    return psycopg2.connect(**{name: found[key] for name, key in names.items()})


def test_the_cluster_is_durable_checked_and_knows_kyrgyz(server):
    wanted = {
        "data_checksums": "on",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "server_encoding": "UTF8",
        "password_encryption": "scram-sha-256",
        "listen_addresses": "",
        "jit": "off",
    }
    with server.connected() as cursor:
        for name, value in wanted.items():
            cursor.execute(f"SHOW {name}")
            assert (name, cursor.fetchone()[0]) == (name, value)
        cursor.execute("CREATE EXTENSION pg_trgm")
        assert letters.faults(cursor) == []
        cursor.execute("SELECT lower('ӨҮҢ'), 'Өзгөн' ILIKE 'өЗ%', similarity('Өзгөн', 'Өзгөр') > 0.3")
        assert cursor.fetchone() == ("өүң", True, True)


def test_the_owner_is_no_superuser_and_makes_roles_databases_and_trusted_extensions(server):
    connection = django_connection(server.owner_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute("CREATE EXTENSION btree_gist")
        cursor.execute("CREATE EXTENSION pg_trgm")
        cursor.execute("CREATE ROLE app")
        cursor.execute("SET ROLE app")
        cursor.execute("RESET ROLE")
        cursor.execute("CREATE DATABASE test_lsg")
    connection.close()


def test_the_role_that_serves_is_nobody_special_and_the_owner_may_act_as_it(server):
    serving, owning = django_connection(server.app_url), django_connection(server.owner_url)
    with serving.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("lsg_app", False, False, False)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("CREATE TABLE mine (a int)")
    with owning.cursor() as cursor:
        cursor.execute("SET ROLE lsg_app")
    serving.close()
    owning.close()


def test_no_password_no_entry(server):
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(host=server.host, port=server.port, user="lsg", dbname="lsg", password="guess")
    assert (server.home.path / "postgres.password").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", [PlainC, BuiltinC])
def test_a_cluster_that_does_not_know_cyrillic_is_refused(place, kind):
    server = kind(Home(place / "var"))

    with pytest.raises(Refused, match="lower\\(\\) does not know Cyrillic"):
        server.start()

    with pytest.raises(psycopg2.OperationalError):  # and it was stopped again
        psycopg2.connect(host=server.host, port=server.port, user="postgres", dbname="postgres")


def test_it_is_also_refused_when_it_was_there_before(place):
    with pytest.raises(Refused):
        PlainC(Home(place / "var")).start()

    with pytest.raises(Refused, match="cannot hold Kyrgyz text"):
        Postgres(Home(place / "var")).start()


def test_an_outside_database_is_judged_the_same(server):
    with server.connected() as cursor:
        cursor.execute("CREATE DATABASE plain TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'")

    judge_outside(server.owner_url)
    with pytest.raises(Refused, match="DATABASE_URL: This database cannot hold Kyrgyz"):
        judge_outside(server.owner_url.rpartition("/")[0] + "/plain")
    with pytest.raises(Refused, match="does not answer"):
        judge_outside("postgres://nobody:x@127.0.0.1:1/none")


def test_an_interrupted_initdb_leaves_no_half_cluster(place, monkeypatch):
    home = Home(place / "var")
    (home.path / "postgres.new").mkdir()
    (home.path / "postgres.new" / "PG_VERSION").write_text("18")

    server = Postgres(home)
    server.start()
    server.stop()

    assert not (home.path / "postgres.new").exists()


def test_data_of_another_version_is_refused_untouched(place):
    home = Home(place / "var")
    (home.path / "postgres").mkdir()
    (home.path / "postgres" / "PG_VERSION").write_text("9\n")
    os.chown(home.path / "postgres", 0 if os.geteuid() == 0 else -1, -1)

    with pytest.raises(Refused, match="is PostgreSQL 9's"):
        Postgres(home).start()
    assert (home.path / "postgres" / "PG_VERSION").read_text() == "9\n"


def test_a_long_path_gets_a_short_socket_that_goes_away_again(place):
    home = Home(place / ("deep" * 20) / ("deeper" * 15))

    with Services(home) as services:
        sockets = Path(services.postgres.host).parent
        assert not sockets.is_relative_to(place)
        assert len(os.fsencode(sockets / "pg" / ".s.PGSQL.65535")) < SOCKET_LIMIT
        assert (sockets / "pg").stat().st_mode & 0o777 == 0o700
        assert sockets.stat().st_mode & 0o077 in (0, 0o011)
        django_connection(services.database_url).close()

    assert not sockets.exists()


def test_sockets_a_crash_left_in_tmp_are_cleared_up(place):
    home = Home(place / ("deep" * 20) / ("deeper" * 15))
    account = Postgres(home).account
    left = home.socket_directory(account)
    (left / "pg" / ".s.PGSQL.5432").touch()

    new = home.socket_directory(account)

    assert new != left
    assert not left.exists()
    (new / "pg").rmdir()
    new.rmdir()


@pytest.mark.parametrize("name", ["with spaces + and %", "айыл өкмөтү", "quo\"te's", "what?#now"])
def test_any_name_of_a_directory_will_do(place, name):
    home = Home(place / name)

    with Services(home) as services:
        connection = django_connection(services.database_url)
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT lower('ӨҮҢ')")
            assert cursor.fetchone() == ("өүң",)
        connection.close()
        with redis.Redis.from_url(services.redis_url) as client:
            assert client.ping()
        # nothing in it that one reader of addresses decodes and another does not
        assert re.fullmatch(r"unix:///[A-Za-z0-9_./-]+\?db=0", services.redis_url)


def test_a_plain_short_path_keeps_the_socket_inside(place):
    home = Home(place / "var")

    with Services(home) as services:
        assert services.postgres.host == str(home.path / "run" / "pg")
        assert quote(services.postgres.host, safe="") in services.database_url

    assert not (home.path / "run").exists()
