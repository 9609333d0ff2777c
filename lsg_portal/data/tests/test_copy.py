"""COPY as an iterator."""

from __future__ import annotations

import time

import psycopg2
import pytest
from django.db import DatabaseError, connection

from lsg_portal.data import copy as module
from lsg_portal.data.copy import Busy, copy
from lsg_portal.rest.models import DataVersion

ROWS = "SELECT n, 'аты ' || n FROM generate_series(1, %(rows)s) AS n"
CSV = "WITH (FORMAT csv)"


def backends():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY (SELECT n%%' AND state = 'active'"
            " AND datname = current_database()"
        )
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_all_rows_come_in_pieces_behind_the_head():
    pieces = list(copy(ROWS, {"rows": 50_000}, head="а\n".encode(), options=CSV))

    assert pieces[0] == "а\n".encode()
    assert max(map(len, pieces)) <= 2 * module.CHUNK
    assert b"".join(pieces).decode().splitlines()[-1] == "50000,аты 50000"


@pytest.mark.django_db(transaction=True)
def test_a_slow_reader_holds_the_rows_back_and_leaving_cancels_them():
    export = copy(ROWS, {"rows": 50_000_000}, options=CSV)
    next(export)
    time.sleep(0.3)
    assert export._pipe.chunks.qsize() <= module.QUEUED

    export.close()

    assert not export._thread.is_alive()
    assert backends() == 0


@pytest.mark.django_db(transaction=True)
def test_an_export_never_read_can_be_closed():
    copy(ROWS, {"rows": 50_000_000}, options=CSV).close()

    assert backends() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sql", ["SELECT 'many'::int", "SELECT nothing", "SELECT 1 /"])
def test_a_statement_that_fails_at_once_is_refused_before_the_answer_begins(sql, monkeypatch):
    monkeypatch.setattr(module, "START", 10)  # however busy the machine that runs the tests

    with pytest.raises(DatabaseError):
        copy(sql, {}, head=b"x", options=CSV)


@pytest.mark.django_db(transaction=True)
def test_an_error_on_the_way_reaches_the_reader():
    export = copy("SELECT n, 1 / (500000 - n) FROM generate_series(1, 1000000) AS n", {}, options=CSV)

    with pytest.raises(psycopg2.errors.DivisionByZero):
        list(export)


@pytest.mark.django_db(transaction=True)
def test_only_so_many_run_at_once():
    running = [copy(ROWS, {"rows": 50_000_000}, options=CSV) for _ in range(module.SLOTS)]
    try:
        with pytest.raises(Busy):
            copy(ROWS, {"rows": 1}, options=CSV)
    finally:
        for export in running:
            export.close()
    assert b"".join(copy(ROWS, {"rows": 1}, options=CSV)).decode() == "1,аты 1\n"


@pytest.mark.django_db
def test_inside_a_transaction_its_own_rows_are_seen():
    DataVersion.objects.create(app="мына", version=7)

    export = copy("SELECT app FROM rest_dataversion WHERE version = 7", {}, head=b"a\n", options=CSV)

    assert b"".join(export).decode() == "a\nмына\n"
    export.close()


def kept():
    connection.ensure_connection()
    shelf = module._shelves.get(connection.connection)
    return [shelf._kept] if shelf and shelf._kept else []


def finished(sql=ROWS, rows=10):
    export = copy(sql, {"rows": rows}, options=CSV)
    pieces = list(export)
    export.close()
    return b"".join(pieces)


@pytest.mark.django_db(transaction=True)
def test_the_next_export_uses_the_connection_of_the_last():
    finished()
    first = kept()

    finished()

    assert kept() == first
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_the_connection_of_an_export_that_was_left_or_failed_is_not_kept():
    finished()
    copy(ROWS, {"rows": 50_000_000}, options=CSV).close()
    assert kept() == []

    finished()
    with pytest.raises(DatabaseError):
        copy("SELECT 1 /", {}, options=CSV)
    assert kept() == []


@pytest.mark.django_db(transaction=True)
def test_a_kept_connection_that_was_lost_is_replaced():
    finished()
    (lost,) = kept()
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [lost.info.backend_pid])

    assert finished(rows=1).decode() == "1,аты 1\n"


@pytest.mark.django_db(transaction=True)
def test_a_kept_connection_goes_with_the_connection_of_its_thread():
    finished()
    (own,) = kept()
    pid = own.info.backend_pid
    del own

    connection.close()

    assert kept() == []
    time.sleep(0.2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [pid])
        assert cursor.fetchone() == (0,)
