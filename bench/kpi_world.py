"""KPI of a large country: the ranking of a quarter, a line of ten years, and the import of a year that is missing."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import floors, kpi_rows, kpi_sql
from bench.cases import Unequal
from bench.data import connect
from bench.kpi_cases import RANKINGS, equal_ranking
from bench.kpi_rows import period
from bench.report import Verdict, spread

TODAY = dt.date(2026, 11, 22)
SAMPLE = 200
"""Lines and rankings in a round."""
WARM = 50
PAGES = 3
IMPORTS = 2
"""Rounds of COPY and import: each writes a quarter."""


@dataclass
class Load:
    """A way to bring a quarter's rows in."""

    seconds: list[float] = field(default_factory=list)
    rows: int = 0
    written: int = 0

    @property
    def rate(self) -> float:
        """Rows a second, the median."""
        return self.rows / statistics.median(self.seconds)


@dataclass
class Found:
    """What was measured, in milliseconds, and the loads by their name."""

    values: int
    ranking: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    line: list[float] = field(default_factory=list)
    million: list[float] = field(default_factory=list)
    loads: dict[str, Load] = field(default_factory=dict)
    of_lines: list[float] = field(default_factory=list)
    """Ratios of a ten-year line to that on a million values, round by round."""

    def verdicts(self) -> list[Verdict]:
        """Return the bounds of the issue."""
        copied, imported = self.loads["COPY"], self.loads["import"]
        return [
            Verdict("ranking of a quarter, in the database", statistics.median(self.ranking), 1, True, "ms"),
            Verdict(
                "ten years of an indicator ÷ on 1 million values", statistics.median(self.of_lines), 1.3, True
            ),
            Verdict("import of values ÷ COPY into the indexed table", imported.rate / copied.rate, 0.40),
            Verdict("import of values, unchanged: rows written", self.loads["again"].written, 0, True, ""),
        ]

    def lines(self) -> list[str]:
        """Return the tables."""
        rows = [
            ("first hundred of a peer group, from kept scores", self.ranking),
            ("the same as the portal's page, names and all", self.page),
            ("the ranking computed from the values", self.raw),
            ("ten years of an indicator of a municipality", self.line),
            ("the same, on 1 million values", self.million),
        ]
        found = [f"### KPI of a large country: {self.values:,} values", ""]
        found += ["| in the database | ms (5th–95th percentile) |", "|---|---|"]
        found += [f"| {name} | {_percentiles(times)} |" for name, times in rows if times]
        found += ["", f"Line ÷ line on 1 million values, by rounds: {spread(self.of_lines, 2)}.", ""]
        found += ["| load of a quarter | rows | rows written | s | rows/s |", "|---|---|---|---|---|"]
        for name, load in self.loads.items():
            took = statistics.median(load.seconds)
            found.append(f"| {name} | {load.rows:,} | {load.written:,} | {took:.1f} | {load.rate:,.0f} |")
        return [*found, ""]


def _percentiles(times: list[float]) -> str:
    ordered = sorted(times)
    low, high = ordered[len(ordered) // 20], ordered[-1 - len(ordered) // 20]
    return f"{statistics.median(ordered):.3f} ({low:.3f}–{high:.3f})"


def measure(
    url: str,
    var: Path,
    *,
    rounds: int,
    chance: random.Random,
    say: Callable[[str], None],
    quarters: int = kpi_rows.QUARTERS,
) -> Found:
    """Fill the database, which Django is connected to as well, and measure."""
    found = Found(kpi_rows.fill(url, methodology=kpi_rows.methodology(), say=say, quarters=quarters))
    with contextlib.closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(MILLION_IS_EQUAL)
        if cursor.fetchone()[0]:
            raise Unequal("the million values are not among all")
        equal_ranking(cursor, kpi_rows.LAST)
        cursor.execute(GROUPS, {"since": kpi_sql.SINCE})
        groups = cursor.fetchall()
        cursor.execute("SELECT array_agg(unit_id::text ORDER BY n) FROM bench_place")
        (units,) = cursor.fetchone()
        cursor.execute("SELECT count(DISTINCT unit_id) FROM bench_million")
        (some,) = cursor.fetchone()
        say("rankings and lines")
        for _round in range(rounds):
            rank(cursor, found, groups, chance)
            draw(cursor, found, units, some, chance)
        say("imports")
        load_quarters(connection, var, found, number=kpi_rows.LAST - quarters)
    return found


GROUPS = """
SELECT DISTINCT s.run_id, s.peer_group_id, p.number, g.code
  FROM kpi_score s JOIN kpi_scorerun n ON n.id = s.run_id JOIN kpi_period p ON p.id = n.period_id
  JOIN kpi_peergroup g ON g.id = s.peer_group_id
 WHERE p.begins >= %(since)s ORDER BY 3, 4
"""
MILLION_IS_EQUAL = "SELECT count(*) FROM (TABLE bench_million EXCEPT TABLE kpi_publishedvalue) AS other"


def took(cursor: Any, sql: str, args: Mapping[str, Any] | None = None) -> float:
    """Return the milliseconds that PostgreSQL needs to run a statement to its end."""
    cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", args)
    (plan,) = cursor.fetchone()
    return float((json.loads(plan) if isinstance(plan, str) else plan)[0]["Execution Time"])


def rank(cursor: Any, found: Found, groups: Sequence[tuple[Any, ...]], chance: random.Random) -> None:
    """Take rankings of peer groups of quarters at random: from kept scores, as the portal's pages, and computed."""
    for place in range(WARM + SAMPLE):
        run, group, _number, _code = chance.choice(groups)
        spent = took(cursor, kpi_sql.FIRST_PLACES, {"run": run, "group": group})
        if place >= WARM:
            found.ranking.append(spent)
    for _place in range(PAGES):
        _run, _group, number, code = chance.choice(groups)
        found.page.append(
            took(cursor, floors.page_sql(f"{RANKINGS}&period={period(number)}&peer_group={code}"))
        )
    found.raw.append(took(cursor, kpi_sql.PAGE.format(number=chance.choice(groups)[2])))


def draw(cursor: Any, found: Found, units: Sequence[str], some: int, chance: random.Random) -> None:
    """Take lines of municipalities at random, from all values and from a million, each table in a block of its own."""
    from kpi import series

    blocks = {"kpi_publishedvalue": (units, found.line), "bench_million": (units[:some], found.million)}
    medians = {}
    for table in chance.sample(list(blocks), len(blocks)):
        places, times = blocks[table]
        spent = []
        for place in range(WARM + SAMPLE):
            asked = {
                "units": [chance.choice(places)],
                "measure": chance.randint(1, kpi_rows.INDICATORS),
                "day": TODAY,
            }
            one = took(cursor, series.READ.replace("kpi_publishedvalue", table), asked)
            if place >= WARM:
                spent.append(one)
        times += spent
        medians[table] = statistics.median(spent)
    found.of_lines.append(medians["kpi_publishedvalue"] / medians["bench_million"])


def load_quarters(connection: Any, var: Path, found: Found, *, number: int) -> None:
    """Bring a quarter in by COPY and by the import, in turn, each into the table with all its keys and indexes."""
    ready, coded = var / "values-ready.txt", var / "values-coded.csv"
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(kpi_sql.PERIODS, {"first": number, "last": number})
        cursor.execute("SELECT count(*) FROM bench_place")
        given = {"number": number, "period": period(number), "places": cursor.fetchone()[0]}
        with ready.open("wb") as file:
            cursor.copy_expert(f"COPY ({kpi_sql.READY.format(**given)}) TO STDOUT", file)
        with coded.open("wb") as file:
            copy = f"COPY ({kpi_sql.CODED.format(**given)}) TO STDOUT (FORMAT csv, HEADER, DELIMITER ';')"
            cursor.copy_expert(copy, file)
        found.loads |= {"COPY": Load(), "import": Load(), "again": Load()}
        for place in range(IMPORTS):
            ways: list[Callable[[], None]] = [
                lambda: copied(cursor, ready, found.loads["COPY"]),
                lambda: imported(coded, found.loads["import"]),
            ]
            for way in ways if place % 2 else reversed(ways):
                way()
                if way is ways[1]:
                    imported(coded, found.loads["again"])
                cursor.execute("DELETE FROM kpi_publishedvalue WHERE period_id = %s", [number])
                cursor.execute("VACUUM kpi_publishedvalue")
    for path in (ready, coded):
        path.unlink()


def copied(cursor: Any, path: Path, load: Load) -> None:
    """Copy rows that are ready into the table."""
    with path.open("rb") as file:
        began = time.perf_counter()
        cursor.copy_expert(kpi_sql.INTO, file, 1 << 20)
        load.seconds.append(time.perf_counter() - began)
    load.rows = load.written = cursor.rowcount


def imported(path: Path, load: Load) -> None:
    """Import the same rows by their codes, as ``manage.py import_published_values --commit`` does."""
    from kpi import loading

    before = rows_written()
    with path.open("rb") as file:
        began = time.perf_counter()
        outcome = loading.load(file, day=TODAY, commit=True)
        load.seconds.append(time.perf_counter() - began)
    if outcome.refused:
        raise Unequal(f"{outcome.errors[0].row}: {outcome.errors[0].reason}")
    load.rows, load.written = outcome.rows, rows_written() - before


def rows_written() -> int:
    """Return the rows of KPI's tables written so far, as PostgreSQL counts them; not those of the file on its way."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"
            " WHERE relname LIKE 'kpi%' AND relname <> 'kpi_loadedvalue'"
        )
        return int(cursor.fetchone()[0])
