"""The demonstration's country for tests, in a database of its own.

Loading takes about 30 seconds. The first worker that needs the country loads it once; every worker reads a copy of
its own, which takes less than one. A module that names the fixture ``demo_country`` works on that copy from its
first test to its last, each test in a transaction that is rolled back.
"""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import connection
from psycopg2.sql import SQL, Identifier

from lsg_portal.data.postgresql.base import drop_database

LOCK = 7_301_099
PREFIX = "test_demo_"


@pytest.fixture(scope="module")
def demo_country(_demo_copy, django_db_blocker):
    """The whole country, before and after the reform; not for tests with ``transaction=True``, which empty it."""
    with _pointed_at(_demo_copy):
        yield


@pytest.fixture(scope="session")
def _demo_copy(django_db_setup, django_db_blocker):
    """The name of this worker's copy."""
    run = PREFIX + os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
    copy = f"{run}_{os.environ.get('PYTEST_XDIST_WORKER', 'only')}"
    with django_db_blocker.unblock():
        with _server() as server:
            server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            known = _databases(server)
            for stale in known:
                if not stale.startswith(run):
                    drop_database(server, stale)
            if run not in known:
                _load(server, run, django_db_setup)
            server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(copy), Identifier(run)))
        yield copy
        with _server() as server:
            server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            drop_database(server, copy)
            if _databases(server) == [run]:
                drop_database(server, run)


def _load(server, name, left):
    """Copy the empty test database, load the country into the copy, and only then give it its name."""
    from lsg_portal.demo.load import load_all

    unfinished = f"{name}_unfinished"
    connection.close()
    gc.collect()  # what is left of other connections to the empty database would keep it from being copied
    empty = connection.settings_dict["NAME"]
    server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(unfinished), Identifier(empty)))
    with _pointed_at(unfinished):
        left.renew()
        load_all()
    server.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(unfinished), Identifier(name)))


@contextmanager
def _pointed_at(name):
    """Let Django's connections, those of other threads too, lead to another database of the same server."""
    connection.close()
    before, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@contextmanager
def _server():
    """A cursor outside of any test database; the lock it takes ends with it."""
    own = psycopg2.connect(**{**connection.get_connection_params(), "dbname": "postgres"})
    own.autocommit = True
    try:
        with own.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
            yield cursor
    finally:
        own.close()


def _databases(server):
    server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    return [row[0] for row in server.fetchall()]
