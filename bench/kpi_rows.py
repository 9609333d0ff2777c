"""Ten years of a large country's values, reports and scores, made up in a database of its own."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from bench import kpi_sql
from bench.data import connect

LAST = 2026 * 4 + 2
"""The third quarter of 2026, the last that is over in the demonstration."""
QUARTERS = 40
MILLION = 1_000_000
INDICATORS = 11
FILLED = ("kpi_report", "kpi_score", "kpi_publishedvalue")

KEYS = """
SELECT c.conname, pg_get_constraintdef(c.oid), c.contype FROM pg_constraint c
 WHERE c.conrelid = %(table)s::regclass AND c.contype IN ('f', 'u', 'p')
   AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.confrelid = c.conrelid AND f.conindid = c.conindid
                      AND f.oid <> c.oid AND c.contype <> 'f')
 ORDER BY c.contype
"""
INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
 WHERE i.indrelid = %(table)s::regclass
   AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


@contextlib.contextmanager
def bare(cursor: Any, tables: tuple[str, ...]) -> Iterator[None]:
    """Take keys, indexes and triggers of our own off the tables, and put them back when they are full."""
    again: list[str] = []
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(KEYS, {"table": table})
        keys = cursor.fetchall()
        cursor.execute(INDEXES, {"table": table})
        indexes = cursor.fetchall()
        for name, _definition, _kind in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        again += [definition for _name, definition in indexes]
        again += [
            f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
            for name, definition, _kind in sorted(keys, key=lambda key: key[2] == "f")
        ]
        again.append(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    yield
    for statement in again:
        cursor.execute(statement)


def methodology() -> str:
    """Return the methodology of heads, put in force where it is none yet."""
    from django.db import transaction

    from kpi import services
    from kpi.models import Methodology, Subject

    row = Methodology.objects.filter(subject=Subject.HEAD).order_by("number").first()
    assert row is not None
    if row.status == "draft":
        with transaction.atomic():
            row = services.activate(methodology=row, on=dt.date.fromisoformat(kpi_sql.SINCE))
    return str(row.pk)


def period(number: int) -> str:
    """Return the code of a quarter."""
    return f"{number // 4}Q{number % 4 + 1}"


def fill(url: str, *, methodology: str, say: Callable[[str], None], quarters: int = QUARTERS) -> int:
    """Fill the tables of KPI for every unit that ``bench.data`` added; return how many values there are.

    The records of the demonstration go. ``bench_million`` holds a million of the same values, in the same order.
    """
    with contextlib.closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'; SET statement_timeout = 0"
        )
        numbers = range(LAST - quarters + 1, LAST + 1)
        cursor.execute(kpi_sql.EMPTY)
        cursor.execute(kpi_sql.PERIODS, {"first": numbers[0], "last": numbers[-1]})
        cursor.execute(kpi_sql.PLACES, {"all": False})
        cursor.execute(kpi_sql.MEASURES, {"methodology": methodology})
        cursor.execute("ANALYZE bench_place, bench_measure, kpi_period")
        cursor.execute("SELECT count(*) FROM bench_place")
        (places,) = cursor.fetchone()
        cursor.execute("CREATE TABLE bench_million (LIKE kpi_publishedvalue INCLUDING ALL)")
        some = min(places, MILLION // INDICATORS // quarters)
        with bare(cursor, FILLED):
            for number in numbers:
                given = {"number": number, "methodology": methodology, "places": places}
                for table, many in (("kpi_publishedvalue", places), ("bench_million", some)):
                    cursor.execute(kpi_sql.VALUES.format(table=table, number=number, places=many))
                cursor.execute(kpi_sql.REPORTS, given)
            say(f"{places * INDICATORS * quarters:,} values")
        cursor.execute("ANALYZE kpi_publishedvalue, kpi_report")
        say("keys and indexes")
        with bare(cursor, ("kpi_score", "kpi_scorerun")):
            for number in numbers:
                given = {"number": number, "methodology": methodology, "places": places}
                cursor.execute(kpi_sql.RUN, given)
                cursor.execute(kpi_sql.SCORES.format(number=number))
        say("scores")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT (SELECT count(*) FROM kpi_publishedvalue), (SELECT count(*) FROM kpi_score)")
        values, scores = cursor.fetchone()
        if scores != places * quarters:
            raise AssertionError(f"{scores} scores of {places * quarters}")
        cursor.execute(
            "SELECT pg_size_pretty(pg_database_size(current_database())),"
            " pg_size_pretty(pg_table_size('kpi_publishedvalue')), pg_size_pretty(pg_indexes_size('kpi_publishedvalue'))"
        )
        say("database, values, their indexes: " + ", ".join(cursor.fetchone()))
        return int(values)
