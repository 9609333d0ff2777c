"""Dropping a database that somebody is still connected to."""

import contextlib

import psycopg2
import pytest
from django.db import connection
from psycopg2.sql import SQL, Identifier

from lsg_portal.data.postgresql.base import drop_database

NAME = "lsg_dropped"


def connect(name):
    found = psycopg2.connect(**{**connection.get_connection_params(), "dbname": name})
    found.autocommit = True
    return found


@pytest.mark.django_db
def test_whoever_is_still_connected_is_sent_away_and_a_database_that_is_not_there_is_no_fault():
    name = f"{NAME}_{connection.settings_dict['NAME']}"
    with contextlib.closing(connect("postgres")) as server, server.cursor() as cursor:
        drop_database(cursor, name)
        cursor.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        with contextlib.closing(connect(name)) as busy, busy.cursor() as other:
            other.execute("BEGIN; CREATE TABLE x (y int)")

            drop_database(cursor, name)

            with pytest.raises(psycopg2.OperationalError):
                other.execute("SELECT 1")
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name])
        assert cursor.fetchone() == (0,)
