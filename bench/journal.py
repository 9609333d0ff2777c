"""What the journal costs: writes with it beside the same writes without it."""

from __future__ import annotations

import contextlib
import random
import statistics
from dataclasses import dataclass, field
from pathlib import Path

from audit.operations import Journal
from bench.data import connect
from bench.pgbench import Floor

CLIENTS = 8
WORK = 0.010
"""Seconds of other work in each transaction."""

BOUND = 0.5
"""The rate with the journal, of the rate without it, that must at least be reached."""

TABLES = """
DROP TABLE IF EXISTS bench_plain, bench_journalled;
DELETE FROM audit_journaltable WHERE name = 'bench_journalled';
CREATE TABLE bench_plain (id bigint PRIMARY KEY, unit text NOT NULL, value numeric NOT NULL, note text NOT NULL);
INSERT INTO bench_plain SELECT n, md5(n::text), n, repeat('эсеп ', 20) FROM generate_series(1, 5000) AS n;
CREATE TABLE bench_journalled (LIKE bench_plain INCLUDING ALL);
INSERT INTO bench_journalled SELECT * FROM bench_plain;
"""

TRANSACTION = """
\\set id random(1, 5000)
\\set value random(1, 1000000)
BEGIN;
SELECT set_config('app.actor', 'user:1', true), set_config('app.name', 'Абдыраева Айгүл', true),
       set_config('app.roles', 'staff', true), set_config('app.request', 'bench', true),
       set_config('app.reason', '', true), set_config('app.unit', '', true);
SELECT pg_sleep({work});
UPDATE {table} SET value = :value WHERE id = :id;
COMMIT;
"""
"""One write among other work, as the portal does it: the actor is told in both."""


@dataclass
class Cost:
    """Transactions per second of both, round by round."""

    journalled: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The median rate with the journal, of the one without it."""
        return statistics.median(self.journalled) / statistics.median(self.plain)

    def lines(self) -> list[str]:
        """Return the table."""
        head = f"### The journal: {CLIENTS} clients, {WORK * 1000:.0f} ms of other work per transaction"
        lines = [head, "", "| | transactions/s (range) | share |", "|---|---|---|"]
        for name, rates in (("with the journal", self.journalled), ("without it", self.plain)):
            share = statistics.median(rates) / statistics.median(self.plain)
            spread = f"{statistics.median(rates):.0f} ({min(rates):.0f}–{max(rates):.0f})"
            lines.append(f"| {name} | {spread} | {share:.2f} |")
        return [*lines, ""]


def measure(url: str, var: Path, *, rounds: int, order: random.Random) -> Cost:
    """Measure both variants in turn, in a random order; ``url`` is the owner's."""
    with contextlib.closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        cursor.execute(Journal("bench_journalled").sql)
        cursor.execute("VACUUM ANALYZE bench_plain")
        cursor.execute("VACUUM ANALYZE bench_journalled")
    cost = Cost()
    variants = {"bench_journalled": cost.journalled, "bench_plain": cost.plain}
    scripts = {name: Script(name, url, var) for name in variants}
    for script in scripts.values():
        script.once(connections=CLIENTS)
    for _round in range(rounds):
        for name in order.sample(list(variants), len(variants)):
            done = scripts[name].busy(connections=CLIENTS, seconds=3)
            variants[name].append(done.requests / done.seconds)
    return cost


class Script(Floor):
    """The transaction on one of the tables."""

    def __init__(self, table: str, url: str, var: Path) -> None:
        super().__init__("SELECT 1", url, var)
        self._file = var / f"journal-{table}.sql"
        self._file.write_text(TRANSACTION.format(table=table, work=WORK))
