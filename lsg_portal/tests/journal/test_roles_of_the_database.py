"""What the serving role may not do, tried over a login of its own: the privileges, not our code, refuse it.

The one file that logs in as ``lsg_app``. Elsewhere tests log in as the owner and assume the role.
"""

import os

import environ
import psycopg2
import pytest
from django.db import connection
from psycopg2 import errors

from audit import tables
from audit.upkeep import JOURNAL

REFUSED = errors.InsufficientPrivilege


@pytest.fixture
def app(db):
    """A cursor of a connection that logged in as the serving role."""
    url = os.environ.get("DATABASE_APP_URL")
    if not url:
        pytest.skip("DATABASE_APP_URL names no login of the serving role; the embedded server gives one")
    found = environ.Env.db_url_config(url)
    own = psycopg2.connect(
        host=found["HOST"] or None,
        port=found["PORT"] or None,
        user=found["USER"],
        password=found["PASSWORD"],
        dbname=connection.settings_dict["NAME"],
    )
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT set_config('app.actor', 'user:1', true)")
            yield cursor
    finally:
        own.rollback()
        own.close()


def refused(cursor, sql, *args):
    """Try a statement in a savepoint; tell whether its privileges refuse it."""
    cursor.execute("SAVEPOINT try")
    try:
        cursor.execute(sql, args or None)
    except REFUSED:
        return True
    finally:
        cursor.execute("ROLLBACK TO try")
    return False


def test_it_is_the_serving_role_and_can_become_no_other(app):
    app.execute("SELECT current_user, session_user")
    assert set(app.fetchone()) == {"lsg_app"}
    app.execute(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = 'lsg_app'"
    )
    assert app.fetchone() == (False, False, False, False)

    assert refused(app, "SET ROLE lsg")
    assert refused(app, "SET SESSION AUTHORIZATION lsg")


@pytest.mark.parametrize("table", JOURNAL)
def test_it_only_reads_the_journal(app, table):
    app.execute(f"SELECT count(*) FROM {table}")
    app.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum LIMIT 1",
        [table],
    )
    (column,) = app.fetchone()

    assert refused(app, f"INSERT INTO {table} DEFAULT VALUES")
    assert refused(app, f"UPDATE {table} SET {column} = {column}")
    assert refused(app, f"DELETE FROM {table}")
    assert refused(app, f"TRUNCATE {table}")
    assert refused(app, f"TRUNCATE {table} CASCADE")
    assert refused(app, f"ALTER TABLE {table} ADD COLUMN extra int")
    assert refused(app, f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    assert refused(app, f"DROP TABLE {table}")
    assert refused(app, f"DROP TABLE {table} CASCADE")
    assert refused(app, f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    assert refused(
        app, f"CREATE TRIGGER t AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION lsg_unit_guard()"
    )


def test_a_full_row_cannot_be_inserted_into_the_journal_either(app):
    assert refused(
        app,
        "INSERT INTO audit_entry (at, actor, name, roles, request, reason, table_name, operation, key, transaction) "
        "VALUES (now(), 'user:1', '', '', '', '', 'registry_unit', 'insert', 'x', 1)",
    )


@pytest.mark.parametrize(
    "call",
    [
        "audit_record('registry_unit', 'insert', 'x', NULL, NULL, '{}', '{}')",
        "audit_baseline('registry_unit')",
        "audit_erase('registry_personprivate', 'x')",
        "audit_committed(1, 'after', '{}', '{}', '{}')",
    ],
)
def test_it_cannot_call_what_writes_the_journal(app, call):
    assert refused(app, f"SELECT {call}")


def test_it_deletes_and_empties_no_record_table(app):
    records = tables.record_tables()

    assert len(records) > 25
    assert [table for table in records if not refused(app, f"DELETE FROM {table}")] == []
    assert [table for table in records if not refused(app, f"TRUNCATE {table} CASCADE")] == []
    assert [t for t in records if not refused(app, f"ALTER TABLE {t} DISABLE TRIGGER aa_audit_write")] == []
    assert [table for table in records if not refused(app, f"DROP TABLE {table} CASCADE")] == []


def test_it_deletes_from_the_listed_tables_and_from_no_other(app):
    app.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
        "AND has_table_privilege('lsg_app', oid, 'DELETE') ORDER BY 1"
    )
    assert [name for (name,) in app.fetchall()] == [
        table for table in tables.erasable_tables() if table in connection.introspection.table_names()
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMP TABLE mine (id int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION audit_write() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE SCHEMA mine",
        "DROP EXTENSION btree_gist CASCADE",
        "ALTER FUNCTION audit_write() RESET ALL",
        "DROP FUNCTION audit_write() CASCADE",
        "SET session_replication_role = replica",
        "ALTER ROLE lsg_app SUPERUSER",
        "UPDATE django_migrations SET name = name",
        "INSERT INTO auth_group (name) VALUES ('x')",
        "UPDATE audit_checkpoint SET seq = seq",
        "DELETE FROM audit_checkpoint",
        "COPY audit_entry TO PROGRAM 'cat'",
    ],
)
def test_it_defines_nothing(app, statement):
    assert refused(app, statement)


def test_it_serves(app):
    app.execute("INSERT INTO registry_unit (id, recorded_at) VALUES (gen_random_uuid(), now()) RETURNING id")
    (unit,) = app.fetchone()
    app.execute("SET CONSTRAINTS ALL IMMEDIATE")
    app.execute("SELECT actor FROM audit_entry JOIN audit_link ON entry_id = id WHERE key = %s", [str(unit)])

    assert app.fetchone() == ("user:1",)


def test_staff_of_one_municipality_change_no_row_of_another_whatever_our_code_does(app):
    app.execute(
        "INSERT INTO registry_unit (id, recorded_at) SELECT gen_random_uuid(), now() FROM generate_series(1, 2)"
    )
    app.execute("SELECT id FROM registry_unit LIMIT 2")
    own, other = (unit for (unit,) in app.fetchall())
    count = (
        'INSERT INTO registry_population (id, provenance, source, recorded_at, "on", value, unit_id) '
        "VALUES (gen_random_uuid(), 'constructed', 'test', now(), '2024-01-01', 10, %s)"
    )
    app.execute(count, [own])
    app.execute("SELECT set_config('app.unit', %s, true)", [str(other)])

    assert refused(app, count, own)
    assert refused(app, "UPDATE registry_population SET value = 11 WHERE unit_id = %s", own)
    assert refused(app, "UPDATE registry_population SET unit_id = %s", other)
    app.execute(count, [other])
