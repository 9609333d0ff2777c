"""``python -m bench``: see ``--help``; ``make bench`` starts it with both services around it."""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.cases import Case
    from bench.extras import Import
    from bench.report import Verdict
    from bench.server import Postgres

SIZES = {"national": (0, 60_000), "world": (50_000, 250_000)}
"""Units and settlements added to the country: for tables alone at national size, for everything at world size."""

PARTS = ("register", "kpi")
PACED = 2.0
"""Seconds at a fixed rate."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=list(SIZES), default="national")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of all variants (5)")
    parser.add_argument("--seed", type=int, default=20240906, help="of the order in which they run")
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=PARTS, help="measure only these (all of them)"
    )
    parser.add_argument("--units", type=int, help="units added, to try things out at less than their size")
    parser.add_argument("--output", type=Path, help="where to write the tables as well")
    return parser


def main(argv: Sequence[str]) -> int:
    """Measure; return 1 where a bound is broken."""
    arguments = parser().parse_args(argv)
    server = os.environ["DATABASE_URL"]
    os.environ.pop("LSG_TESTING", None)  # the server under test runs as the demo does
    os.environ |= {"LSG_DEMO": "1", "LSG_ASSUME_APP_ROLE": "1", "DJANGO_SETTINGS_MODULE": "bench.settings"}
    var = Path(os.environ.get("LSG_VAR", "var/bench"))
    var.mkdir(parents=True, exist_ok=True)

    from bench import data

    with contextlib.ExitStack() as stack:
        name = f"lsg_bench_{os.getpid()}"
        url = stack.enter_context(data.database(server, name))
        os.environ["DATABASE_URL"] = url
        return measure(arguments, stack, server, name, var)


def measure(
    arguments: argparse.Namespace, stack: contextlib.ExitStack, server: str, name: str, var: Path
) -> int:
    """Fill the databases, start the servers, run everything and report."""
    import django

    django.setup()
    from django.db import connection

    from bench import data, extras
    from bench.server import Postgres
    from lsg_portal.data import actor

    actor.set_process_actor("system:bench")
    url, began = os.environ["DATABASE_URL"], time.monotonic()
    units, settlements = SIZES[arguments.size]
    if "register" not in arguments.parts:
        settlements = 0
    stack.callback(connection.close)

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {text}", file=sys.stderr, flush=True)

    say("the country")
    data.load_country()
    say("the classifier")
    imports = extras.import_twice(var)
    connection.close()
    data.enlarge(url, units=arguments.units or units, settlements=settlements if units else 0)
    run = Run(arguments, url, var, Postgres(url), random.Random(arguments.seed), say)
    lines = [f"Size {arguments.size}, {arguments.rounds} rounds, seed {arguments.seed}; {machine()}.", ""]
    found: list[Verdict] = []
    if "register" in arguments.parts:
        with data.database(server, f"{name}_large", template=name) as large_url:
            data.enlarge(large_url, settlements=0 if units else settlements)
            run.register(large_url, imports, lines, found)
    if "kpi" in arguments.parts:
        run.kpi(lines, found)
    lines += [
        "### Bounds",
        "",
        "| | found | bound | |",
        "|---|---|---|---|",
        *map(str, found),
        "",
        f"At the end: {machine()}.",
    ]
    text = "\n".join(lines)
    print(text)
    if arguments.output:
        arguments.output.write_text(text + "\n")
    say("done")
    return 0 if all(verdict.holds for verdict in found) else 1


@dataclass
class Run:
    """A run: its database, the order that chance gives it, and what it says on the way."""

    arguments: argparse.Namespace
    url: str
    var: Path
    postgres: Postgres
    order: random.Random
    say: Callable[[str], None]

    def register(
        self, large_url: str, imports: tuple[Import, Import], lines: list[str], found: list[Verdict]
    ) -> None:
        """Measure reads of the register, tables, and the journal."""
        from bench import extras, journal, report
        from bench.cases import Place, all_cases
        from bench.server import serving

        url, var = self.url, self.var
        self.say("the tables")
        with serving(url, var, "small", workers=1) as one:
            small = extras.export(one, times=7)
        with serving(large_url, var, "large", workers=1) as one:
            large = extras.export(one, times=5)
        with (
            serving(url, var, "portal") as portal,
            serving(url, var, "peers", keeps=False) as peers,
            serving(large_url, var, "portal-large") as portal_large,
        ):
            self.say("equality of the answers")
            place = Place(portal, peers, portal_large, url, large_url, var, self.postgres)
            cases = self.take(all_cases(place))
        self.say("the journal")
        cost = journal.measure(url, var, rounds=self.arguments.rounds, order=self.order)
        for case in cases:
            lines += report.case_table(case)
        lines += report.extras(small, large, *imports) + cost.lines()
        found += report.verdicts(cases, small, large, imports[1])
        found.append(report.Verdict("writes with the journal ÷ without", cost.share, journal.BOUND))

    def kpi(self, lines: list[str], found: list[Verdict]) -> None:
        """Measure KPI: at national size the demonstration and earlier years, at world size ten years made up."""
        from django.db import connection

        from bench import kpi_cases, kpi_world, report
        from bench.server import serving

        units = self.arguments.units or SIZES[self.arguments.size][0]
        self.say("KPI")
        if units:
            world = kpi_world.measure(
                self.url, self.var, rounds=self.arguments.rounds, chance=self.order, say=self.say
            )
            lines += world.lines()
            found += world.verdicts()
        else:
            lines += kpi_cases.import_earlier(self.url, self.var).lines()
        connection.close()
        with serving(self.url, self.var, "portal-kpi") as portal:
            self.say("equality of the answers")
            cases = self.take(kpi_cases.cases(portal, self.url, self.var, self.postgres))
        for case in cases:
            lines += report.case_table(case)
        found += kpi_cases.verdicts(cases)

    def take(self, cases: list[Case]) -> list[Case]:
        """Run all variants of all cases in one order left to chance, round by round, then at a fixed rate."""
        from bench import extras

        extras.count_queries(cases)
        variants = [each for case in cases for each in case.variants.values() for _slice in range(each.times)]
        for number in range(self.arguments.rounds):
            self.say(f"round {number + 1} of {self.arguments.rounds}")
            for variant in self.order.sample(variants, len(variants)):
                variant.measure(self.postgres)
        self.say("latencies")
        for case in cases:
            for variant in case.variants.values():
                # what cannot do half as much again would only show how long a queue grows in three seconds
                if variant.paced and min(each.rate for each in variant.slices) > 1.5 * case.rate:
                    variant.latencies = variant.paced(case.rate, PACED).latencies
        return cases


def machine() -> str:
    """Say where this ran and how busy the machine was with other things."""
    load = "/".join(f"{each:.1f}" for each in os.getloadavg())
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, load at the end {load}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
