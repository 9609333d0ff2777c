"""A database of its own with the country in it, and one with as many settlements as asked."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import environ
import psycopg2

MORE_UNITS = """
CREATE TEMP TABLE districts AS
SELECT unit_id, valid, row_number() OVER (ORDER BY unit_id) - 1 AS place, count(*) OVER () AS districts
  FROM registry_unitversion WHERE kind = 'district' AND voided_by_id IS NULL AND upper_inf(valid);
CREATE TEMP TABLE made AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, %(units)s) AS n;
INSERT INTO registry_unit (id, recorded_at) SELECT id, now() FROM made;
INSERT INTO registry_unitversion (id, provenance, source, recorded_at, valid, kind, name, name_ky, name_ru,
                                  sort_ky, sort_ru, note, parent_id, unit_id)
SELECT gen_random_uuid(), 'constructed', 'bench', now(), d.valid, 'ayil_aimak',
       'Аймак ' || n, 'Аймак ' || n, 'Аймак ' || n, '', '', '', d.unit_id, made.id
  FROM made JOIN districts d ON d.place = n %% d.districts;
INSERT INTO registry_unitcode (id, provenance, source, recorded_at, valid, system, code, unit_id)
SELECT gen_random_uuid(), 'constructed', 'bench', now(), daterange('2024-12-01', NULL), 'soate',
       lpad((2000000 + n)::text, 14, '0'), id FROM made;
INSERT INTO registry_population (id, provenance, source, recorded_at, "on", value, unit_id)
SELECT gen_random_uuid(), 'constructed', 'bench', now(), '2022-01-01', 1000 + n %% 9000, id FROM made;
DROP TABLE districts, made;
"""
"""Ayil aimaks under the country's districts."""

MORE_SETTLEMENTS = """
CREATE TEMP TABLE homes AS
SELECT unit_id, row_number() OVER (ORDER BY unit_id) - 1 AS place, count(*) OVER () AS homes
  FROM registry_unitversion
 WHERE kind = 'ayil_aimak' AND voided_by_id IS NULL AND upper_inf(valid) AND lower(valid) < '2024-12-01';
CREATE TEMP TABLE made AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, %(settlements)s) AS n;
INSERT INTO registry_settlement (id, provenance, source, recorded_at, kind, name, name_ky, name_ru, sort_ky, sort_ru)
SELECT id, 'constructed', 'bench', now(), 'village', 'Айыл ' || n, 'Айыл ' || n, 'Село ' || n, '', '' FROM made;
INSERT INTO registry_settlementassignment (id, provenance, source, recorded_at, valid, distance_to_centre_km,
                                           settlement_id, unit_id)
SELECT gen_random_uuid(), 'constructed', 'bench', now(), daterange('2024-12-01', NULL), n %% 90, made.id, h.unit_id
  FROM made JOIN homes h ON h.place = n %% h.homes;
INSERT INTO registry_settlementcode (id, provenance, source, recorded_at, valid, system, code, settlement_id)
SELECT gen_random_uuid(), 'constructed', 'bench', now(), daterange('2024-12-01', NULL), 'soate',
       lpad((5000000 + n)::text, 14, '0'), id FROM made;
DROP TABLE homes, made;
"""
"""Villages in the country's ayil aimaks."""

JOURNALLED = (
    *("registry_unit", "registry_unitversion", "registry_unitcode", "registry_population"),
    *("registry_settlement", "registry_settlementassignment", "registry_settlementcode"),
)
"""The tables that both add to."""


def parameters(url: str) -> dict[str, Any]:
    """Return what psycopg2 needs to reach a database."""
    found = environ.Env.db_url_config(url)
    return {
        "host": found["HOST"] or None,
        "port": found["PORT"] or None,
        "user": found["USER"] or None,
        "password": found["PASSWORD"] or None,
        "dbname": found["NAME"],
        **found.get("OPTIONS", {}),
    }


def renamed(url: str, name: str) -> str:
    """Return the address of another database on the same server."""
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path.rpartition('/')[0]}/{name}").geturl()


def connect(url: str) -> Any:
    """Return a connection that commits by itself and changes records in the name of the benchmarks."""
    connection = psycopg2.connect(**parameters(url))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SET app.actor = 'system:bench'")
    return connection


@contextlib.contextmanager
def database(server: str, name: str, template: str | None = None) -> Iterator[str]:
    """Make a database beside that of ``server``, yield its address, and drop it."""
    with contextlib.closing(connect(server)) as connection, connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        try:
            yield renamed(server, name)
        finally:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def load_country() -> None:
    """Fill the database that Django is connected to with the demonstration."""
    from django.core.management import call_command
    from django.db import connection

    from lsg_portal.demo.load import load_all

    with connection.as_owner():
        call_command("migrate", verbosity=0, interactive=False)
    load_all()


def enlarge(url: str, *, units: int = 0, settlements: int = 0) -> None:
    """Add constructed units and settlements; a million entries of theirs in the journal would measure nothing."""
    with contextlib.closing(connect(url)) as connection, connection.cursor() as cursor:
        for table in JOURNALLED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER aa_audit_write")
        if units:
            cursor.execute(MORE_UNITS, {"units": units})
        if settlements:
            cursor.execute(MORE_SETTLEMENTS, {"settlements": settlements})
        for table in JOURNALLED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER aa_audit_write")
        cursor.execute("VACUUM ANALYZE")
