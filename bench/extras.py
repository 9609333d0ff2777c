"""What is measured once: queries, the memory and the first byte of large tables, and the classifier's import."""

from __future__ import annotations

import csv
import datetime as dt
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import load
from bench.cases import DAY, SETTLEMENTS, Case, fetch
from bench.server import Server
from lsg_portal.rest import kept
from registry.classifier import read
from registry.importing import ClassifierImport

CLASSIFIER = """
WITH u AS MATERIALIZED (
    SELECT *, (10000000000000 + row_number() OVER (ORDER BY unit_id))::text AS code FROM registry_units_on(%(day)s))
SELECT u.code, u.name_ru, u.kind, p.code AS parent, 1 AS part FROM u LEFT JOIN u p ON p.unit_id = u.parent_id
UNION ALL
SELECT (20000000000000 + row_number() OVER (ORDER BY s.id))::text, s.name_ru, s.kind, u.code, 2
  FROM registry_settlement s JOIN registry_settlementassignment a ON a.settlement_id = s.id JOIN u USING (unit_id)
 WHERE a.valid @> %(day)s AND a.voided_by_id IS NULL AND s.kind IN ('village', 'urban_type_settlement')
 ORDER BY part, code"""
"""The register of a day in the layout of the classifier, with codes made up."""


def count_queries(cases: list[Case]) -> None:
    """Count the queries of each variant, in this process and with everything prepared."""
    client = Client(headers={"host": "127.0.0.1"})
    for case in cases:
        for variant in case.variants.values():
            if not variant.server or case.key == "csv large" or (case.key, variant.name) == ("csv", "naive"):
                continue
            headers = {}
            if case.key == "304":
                headers = {"if-none-match": client.get(variant.path).headers["ETag"]}
            drain(client, variant.path, headers)
            if variant.name == "computed":
                kept.answers.forget()
            with CaptureQueriesContext(connection) as queries:
                drain(client, variant.path, headers)
            # the table's own connection is not Django's: two statements take and free a slot, one copies
            variant.queries = len(queries) + (3 if case.key == "csv" and variant.name == "portal" else 0)


def drain(client: Client, path: str, headers: dict[str, str]) -> None:
    """Read an answer to its end."""
    response = client.get(path, headers=headers)
    if response.streaming:
        for _piece in response.streaming_content:
            pass
    response.close()


@dataclass
class Table:
    """One table of many rows."""

    rows: int
    megabytes: float
    first_byte: float
    """Milliseconds, the median of several."""

    seconds: float
    growth: float
    """Megabytes that the worker's peak rose above what it held before."""


def export(server: Server, *, times: int) -> Table:
    """Read the table of all settlements several times, from a server with one worker."""
    fetch(server, f"{SETTLEMENTS}&page_size=1")
    fetch(server, f"/api/v1/units/?at={DAY}")
    before = max(server.memory("VmRSS").values())
    server.forget_peaks()
    read_in = [load.first_byte(server.address, load.request(SETTLEMENTS)) for _ in range(times)]
    growth = max(server.memory().values()) - before
    body, _headers = fetch(server, SETTLEMENTS)
    return Table(
        rows=body.count(b"\n") - 1,
        megabytes=len(body) / 1e6,
        first_byte=statistics.median(first for first, _total, _size in read_in) * 1000,
        seconds=statistics.median(total for _first, total, _size in read_in),
        growth=growth,
    )


@dataclass
class Import:
    """One run of the classifier's import."""

    rows: int
    changes: int
    written: int
    """Rows that PostgreSQL has inserted, changed or removed."""

    seconds: float


def import_twice(var: Path) -> tuple[Import, Import]:
    """Give the country of a day its codes from a classifier, and read the same classifier again."""
    path = var / "classifier.csv"
    with connection.cursor() as cursor, path.open("w", encoding="utf-8", newline="") as file:
        cursor.execute(CLASSIFIER, {"day": dt.date.fromisoformat(DAY)})
        table = csv.writer(file)
        table.writerow(("code", "name_ru", "type", "parent_code"))
        table.writerows(row[:4] for row in cursor.fetchall())
    return import_once(path), import_once(path)


def import_once(path: Path) -> Import:
    """Import a classifier."""
    before, began = rows_written(), time.perf_counter()
    rows = read(path)
    job = ClassifierImport(rows, valid_from=dt.date.fromisoformat(DAY), system="soate", source="bench")
    outcome = job.run(commit=True, skip_refused=True, progress=lambda done, total: None)
    took = time.perf_counter() - began
    return Import(len(rows), outcome.changes, rows_written() - before, took)


def rows_written() -> int:
    """Return the rows of the register written so far, as PostgreSQL counts them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables WHERE relname LIKE 'registry%'"
        )
        return int(cursor.fetchone()[0])
