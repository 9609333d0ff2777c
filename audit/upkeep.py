"""After every migration: the head of the chain, the serving role's rights, tables of another shape."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections, transaction

from audit import tables
from lsg_portal.data import actor

JOURNAL = ("audit_entry", "audit_link", "audit_head", "audit_private", "audit_journaltable")
"""What the serving role reads and never writes."""

MISSING_ROLE = """The role {role!r}, which is to serve, does not exist, and this login may not make it.
Have it made once, by a superuser or a role with CREATEROLE:
  CREATE ROLE {role} LOGIN PASSWORD '…';
then migrate again. LSG_APP_ROLE gives it another name."""


TABLES = r"""
SELECT c.relname AS name, a[1] AS key, to_jsonb(a[2]::text[]) AS private, to_jsonb(a[3]::text[]) AS secret,
       to_jsonb(a[4]::text[]) AS ignored
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid,
       LATERAL (SELECT string_to_array(encode(t.tgargs, 'escape'), '\000') AS a) arguments
 WHERE t.tgname = 'aa_audit_write' AND c.relnamespace = 'public'::regnamespace
"""
"""The tables of the journal, as their triggers say."""


def after_migrate(*, using: str, plan: Any = None, **kwargs: Any) -> None:
    """Make the head where it is missing; after real migrations, also give rights and take over new shapes."""
    connection: Any = connections[using]
    if "audit_head" not in connection.introspection.table_names():
        return
    with (
        connection.as_owner(),
        actor.acting(actor.current().actor or "system:migrate"),
        transaction.atomic(using=using),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            r"INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, sha256('lsg_portal')) ON CONFLICT DO NOTHING"
        )
        cursor.execute(
            "INSERT INTO audit_journaltable (name, key, private, secret, ignored, columns) "
            f"SELECT name, key, private, secret, ignored, audit_columns(name) FROM ({TABLES}) t "
            "ON CONFLICT DO NOTHING"
        )
        if plan is not None:
            give_rights(cursor)
            take_over_new_shapes(cursor)


def take_over_new_shapes(cursor: Any) -> None:
    """Record every row of tables whose columns changed, as it stands now: migrations write no entries."""
    cursor.execute(
        "SELECT name FROM audit_journaltable WHERE columns IS DISTINCT FROM audit_columns(name) ORDER BY name"
    )
    for (table,) in cursor.fetchall():
        cursor.execute("SELECT audit_baseline(%s)", [table])


def give_rights(cursor: Any, role: str | None = None) -> None:
    """Give the serving role what it needs and no more; raise CommandError where there is no such role."""
    role = role or settings.LSG_APP_ROLE
    name = cursor.connection and _quoted(cursor, role)
    cursor.execute(
        "SELECT current_user, (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user)"
    )
    owner, may_create = cursor.fetchone()
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    if cursor.fetchone() is None:
        if not may_create:
            raise CommandError(MISSING_ROLE.format(role=role))
        cursor.execute(f"CREATE ROLE {name}")
        cursor.execute(f"GRANT {name} TO CURRENT_USER")
    if owner == role:
        raise CommandError(f"Migrate as the owner of the database, not as {role!r}, the role that serves.")
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    known = {table for (table,) in cursor.fetchall()}
    every = "IN SCHEMA public"
    statements = [
        f"REVOKE ALL ON DATABASE {_quoted(cursor, _database(cursor))} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {_quoted(cursor, _database(cursor))} TO {name}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"REVOKE ALL ON SCHEMA public FROM {name}",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"REVOKE ALL ON ALL TABLES {every} FROM {name}",
        f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES {every} TO {name}",
        f"REVOKE ALL ON ALL SEQUENCES {every} FROM {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES {every} TO {name}",
    ]
    for table in sorted(known & {*JOURNAL, *tables.READ_ONLY}):
        statements.append(f"REVOKE INSERT, UPDATE ON {table} FROM {name}")
    if "audit_checkpoint" in known:
        statements.append(f"REVOKE UPDATE ON audit_checkpoint FROM {name}")
    for table in sorted(known & set(tables.erasable_tables())):
        statements.append(f"GRANT DELETE ON {table} TO {name}")
    cursor.execute("; ".join(statements))


def _database(cursor: Any) -> str:
    cursor.execute("SELECT current_database()")
    return str(cursor.fetchone()[0])


def _quoted(cursor: Any, name: str) -> str:
    cursor.execute("SELECT quote_ident(%s)", [name])
    return str(cursor.fetchone()[0])
