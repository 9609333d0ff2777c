"""Prepared statements."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction

from lsg_portal.data import prepared
from lsg_portal.data.prepared import Statement

pytestmark = pytest.mark.django_db


def names():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name LIKE 'lsg_%%'")
        return {row[0] for row in cursor.fetchall()}


def test_placeholders_become_numbers_and_days_are_written_out():
    statement = Statement(
        "SELECT %(a)s::int + %(b)s::int + %(a)s::int, 5 %% 2, %(day)s", (("day", dt.date(2024, 1, 2)),)
    )

    assert statement.prepare.endswith("AS SELECT $1::int + $2::int + $1::int, 5 % 2, '2024-01-02'::date")
    assert statement.execute.endswith("(%s, %s)")


def test_a_bare_percent_sign_is_a_mistake():
    with pytest.raises(ValueError, match="percent"):
        Statement("SELECT 5 % 2")


def test_rows_come_back_in_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = prepared.rows(
            "SELECT %(a)s::int + 1, %(day)s::date::text", {"a": 1, "day": dt.date(2024, 1, 2)}
        )

    assert rows == [(2, "2024-01-02")]


def test_lists_are_arrays_of_the_type_of_their_cast():
    items = ["a", 'b"c', "d\\e", None, "f,{g}"]

    assert prepared.rows("SELECT %(x)s::text[]", {"x": items}) == [(items,)]
    assert prepared.rows("SELECT 5 = ANY(%(x)s::int[])", {"x": (4, 5)}) == [(True,)]


def test_a_statement_is_prepared_once_and_survives_a_rollback():
    with transaction.atomic():
        prepared.rows("SELECT 41", {})
        transaction.set_rollback(True)
    count = len(names())

    prepared.rows("SELECT 41", {})

    assert len(names()) == count


def test_the_oldest_makes_room(monkeypatch):
    prepared.forget(connection)
    monkeypatch.setattr(prepared, "LIMIT", 3)

    for number in range(5):
        prepared.rows(f"SELECT {number}", {})
        prepared.rows("SELECT 0", {})

    assert len(names()) == 3
    assert prepared.statement("SELECT 0").name in names()


@pytest.mark.django_db(transaction=True)
def test_a_lost_statement_is_prepared_again():
    prepared.rows("SELECT 42", {})
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert prepared.rows("SELECT 42", {}) == [(42,)]


@pytest.mark.django_db(transaction=True)
def test_a_table_that_changed_its_shape_is_read_again():
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE prepared_shape (a int); INSERT INTO prepared_shape VALUES (1)")
        try:
            assert prepared.rows("SELECT * FROM prepared_shape", {}) == [(1,)]
            cursor.execute("ALTER TABLE prepared_shape ADD b int DEFAULT 2")
            assert prepared.rows("SELECT * FROM prepared_shape", {}) == [(1, 2)]
        finally:
            cursor.execute("DROP TABLE prepared_shape")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_cut_is_made_again():
    prepared.rows("SELECT 43", {})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    other = connection.copy()
    with other.as_owner(), other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()

    assert prepared.rows("SELECT 43", {}) == [(43,)]


@pytest.mark.django_db(transaction=True)
def test_other_errors_are_raised_as_they_are():
    from django.db import DataError

    with pytest.raises(DataError):
        prepared.rows("SELECT %(x)s::int", {"x": "many"})
