"""The hot reads of KPI over REST: published values, and the ranking of a quarter beside computing it."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench import floors, kpi_sql
from bench.cases import CONNECTIONS, OFTEN, Case, Unequal, by_pgbench, fetch, over_http, same, scalar
from bench.data import connect
from bench.kpi_rows import methodology, period
from bench.report import Verdict, ratio
from bench.server import Postgres, Server

VALUES = "/api/v1/kpi/values/?page_size=100"
RANKINGS = "/api/v1/kpi/rankings/?page_size=100"
EARLIER = (2016 * 4, 2021 * 4)
"""Quarters before any methodology, whose values are imported at national size."""

TODAY = dt.date(2026, 11, 22)
"""The day of the demonstration's state."""

SHOWN = """
SELECT p.number FROM kpi_scorerun n JOIN kpi_period p ON p.id = n.period_id
  JOIN kpi_methodology m ON m.id = n.methodology_id AND m.subject = 'head_of_executive'
 WHERE n.current
   AND NOT EXISTS (SELECT FROM kpi_publishedvalue v WHERE v.period_id = p.number AND v.status = 'c')
   AND NOT EXISTS (SELECT FROM kpi_report r WHERE r.period_id = p.id AND r.appointment_id IS NULL AND r.status = 'published'
                      AND NOT EXISTS (SELECT FROM kpi_score s WHERE s.run_id = n.id AND s.report_id = r.id))
 ORDER BY p.number DESC LIMIT 1
"""
"""The latest published ranking that no audit and no amendment has overtaken: values and scores say the same."""


def latest() -> int | None:
    """Return the latest quarter whose ranking is what its values give."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(SHOWN)
        found = cursor.fetchone()
    return found[0] if found else None


def cases(portal: Server, url: str, var: Path, postgres: Postgres) -> list[Case]:
    """Return the cases, after their answers have been found equal."""
    number = latest()
    if number is None:
        raise Unequal("no ranking of municipalities is published")
    return [values_case(portal, url, var, postgres, number), ranking_case(portal, url, var, postgres, number)]


def values_case(portal: Server, url: str, var: Path, postgres: Postgres, number: int) -> Case:
    """Return a page of a quarter's published values."""
    path = f"{VALUES}&period={period(number)}"
    sql, late = floors.list_sql(path), floors.list_sql(path, late=True)
    first = json.loads(fetch(portal, path)[0])
    for name, other in (("floor", sql), ("joined late", late)):
        same(f"values, {name}", json.loads(scalar(other)), first, ignoring=["next"])
    return Case(
        "values",
        f"Page of 100 of {first['count'] or 'more than 10,000'} published values of a quarter",
        50,
        {
            "portal": over_http("portal", portal, path, connections=CONNECTIONS, times=OFTEN),
            "floor": by_pgbench(sql, url, var, postgres, connections=CONNECTIONS),
            "late": replace(
                by_pgbench(late, url, var, postgres, connections=CONNECTIONS), name="late", times=1
            ),
        },
    )


def ranking_case(portal: Server, url: str, var: Path, postgres: Postgres, number: int) -> Case:
    """Return the ranking of a quarter, beside computing it from its values."""
    path = f"{RANKINGS}&period={period(number)}"
    with contextlib.closing(connect(url)) as connection, connection.cursor() as cursor:
        equal_ranking(cursor, number)
        raw = kpi_sql.PAGE.format(number=number)
    return Case(
        "ranking",
        "First 100 of a quarter's ranking",
        50,
        {
            "portal": over_http("portal", portal, path, connections=CONNECTIONS, times=OFTEN),
            # it may take a second at world size, beside which connecting and planning are nothing
            "floor": replace(
                by_pgbench(raw, url, var, postgres, connections=CONNECTIONS),
                name="raw",
                spare=0.0,
                seconds=3.0,
            ),
        },
    )


def equal_ranking(cursor: Any, number: int) -> None:
    """Raise Unequal unless the kept scores of a quarter, the portal's page of them, and the computed ones agree."""
    from django.test import Client

    cursor.execute(kpi_sql.RANKING.format(number=number))
    computed = {str(unit): said(*row) for unit, *row in cursor.fetchall()}
    cursor.execute(kpi_sql.KEPT.format(number=number))
    same(
        f"ranking of {period(number)}, kept",
        {str(unit): said(*row) for unit, *row in cursor.fetchall()},
        computed,
    )
    answer = Client(headers={"host": "127.0.0.1"}).get(f"{RANKINGS}&period={period(number)}")
    told = {
        row["subject"]["id"]: said(
            row["peer_group"] and row["peer_group"]["code"],
            row["rank"],
            row["of"],
            row["total"],
            row["coverage"],
            row["band"] and row["band"]["code"],
        )
        for row in json.loads(answer.content)["results"]
    }
    same(f"ranking of {period(number)}, page", told, {unit: computed.get(unit) for unit in told})
    if len(told) != min(100, len(computed)):
        raise Unequal(f"the page of the ranking shows {len(told)} of {len(computed)} municipalities")


def said(group: str | None, rank: Any, of: Any, total: Any, coverage: Any, band: str | None) -> list[Any]:
    """Return a place in a ranking; figures to eight places, as binary numbers are no more exact."""
    return [group, rank, of, None if total is None else f"{float(total):.8f}", f"{float(coverage):.8f}", band]


def verdicts(found: list[Case]) -> list[Verdict]:
    """Return the bounds, the same in a small country and in a large one."""
    by_key = {case.key: case.variants for case in found}
    values, ranking = by_key["values"], by_key["ranking"]
    return [
        Verdict("published values: requests/s ÷ floor", ratio(values["portal"], values["floor"]), 0.38),
        Verdict("published values: queries", values["portal"].queries or 0, 1, at_most=True, unit=""),
        Verdict("ranking: requests/s ÷ computing it", ratio(ranking["portal"], ranking["floor"]), 5),
        Verdict("ranking: queries", ranking["portal"].queries or 0, 1, at_most=True, unit=""),
    ]


@dataclass
class Earlier:
    """The import of years before any methodology at national size."""

    rows: int
    written: int
    seconds: float

    def lines(self) -> list[str]:
        """Return what to say of it."""
        rate = f"{self.rows / self.seconds:,.0f} rows/s"
        return [
            f"Import of {self.rows:,} values of earlier years: {self.written:,} written in {self.seconds:.1f} s, {rate}.",
            "",
        ]


def import_earlier(url: str, var: Path) -> Earlier:
    """Import five years of values for every municipality that has a code, made up."""
    from kpi import loading

    path = var / "values-earlier.csv"
    with contextlib.closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(kpi_sql.PLACES, {"all": True})
        cursor.execute(kpi_sql.MEASURES, {"methodology": methodology()})
        with path.open("wb") as file:
            for number in range(*EARLIER):
                sql = kpi_sql.CODED.format(number=number, period=period(number), places=1_000_000)
                header = ", HEADER" if number == EARLIER[0] else ""
                cursor.copy_expert(f"COPY ({sql}) TO STDOUT (FORMAT csv, DELIMITER ';'{header})", file)
        cursor.execute("DROP TABLE bench_place, bench_measure")
        with path.open("rb") as file:
            began = time.perf_counter()
            outcome = loading.load(file, day=TODAY, commit=True, skip_refused=True)
            seconds = time.perf_counter() - began
        cursor.execute("VACUUM ANALYZE")
    path.unlink()
    return Earlier(outcome.rows, outcome.written, seconds)
