"""``python -m bench``: see ``--help``; ``make bench`` starts it with both services around it."""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

SIZES = {"national": (0, 60_000), "world": (50_000, 250_000)}
"""Units and settlements added to the country: for tables alone at national size, for everything at world size."""

PACED = 2.0
"""Seconds at a fixed rate."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=list(SIZES), default="national")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of all variants (5)")
    parser.add_argument("--seed", type=int, default=20240906, help="of the order in which they run")
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

    from bench import data, extras, journal, report
    from bench.cases import Place, all_cases
    from bench.server import Postgres, serving

    url, began = os.environ["DATABASE_URL"], time.monotonic()
    units, settlements = SIZES[arguments.size]

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {text}", file=sys.stderr, flush=True)

    say("the country")
    data.load_country()
    say("the classifier")
    first, again = extras.import_twice(var)
    connection.close()
    data.enlarge(url, units=units, settlements=settlements if units else 0)
    large_url = stack.enter_context(data.database(server, f"{name}_large", template=name))
    data.enlarge(large_url, settlements=0 if units else settlements)
    postgres = Postgres(url)
    say("the tables")
    with serving(url, var, "small", workers=1) as one:
        small = extras.export(one, times=7)
    with serving(large_url, var, "large", workers=1) as one:
        large = extras.export(one, times=5)
    place = Place(
        portal=stack.enter_context(serving(url, var, "portal")),
        peers=stack.enter_context(serving(url, var, "peers", keeps=False)),
        large=stack.enter_context(serving(large_url, var, "portal-large")),
        url=url,
        large_url=large_url,
        var=var,
        postgres=postgres,
    )
    stack.callback(connection.close)
    say("equality of the answers")
    cases = all_cases(place)
    extras.count_queries(cases)
    order = random.Random(arguments.seed)
    variants = [each for case in cases for each in case.variants.values() for _slice in range(each.times)]
    for number in range(arguments.rounds):
        say(f"round {number + 1} of {arguments.rounds}")
        for variant in order.sample(variants, len(variants)):
            variant.measure(postgres)
    say("the journal")
    cost = journal.measure(url, var, rounds=arguments.rounds, order=order)
    say("latencies")
    for case in cases:
        for variant in case.variants.values():
            # what cannot do half as much again would only show how long a queue grows in three seconds
            if variant.paced and min(each.rate for each in variant.slices) > 1.5 * case.rate:
                variant.latencies = variant.paced(case.rate, PACED).latencies
    found = report.verdicts(cases, small, large, again)
    found.append(report.Verdict("writes with the journal ÷ without", cost.share, journal.BOUND))
    lines = [f"Size {arguments.size}, {arguments.rounds} rounds, seed {arguments.seed}; {machine()}.", ""]
    for case in cases:
        lines += report.case_table(case)
    lines += report.extras(small, large, first, again) + cost.lines()
    lines += ["### Bounds", "", "| | found | bound | |", "|---|---|---|---|", *map(str, found)]
    text = "\n".join(lines)
    print(text)
    if arguments.output:
        arguments.output.write_text(text + "\n")
    say("done")
    return 0 if all(verdict.holds for verdict in found) else 1


def machine() -> str:
    """Say where this ran and how busy the machine was with other things."""
    load = "/".join(f"{each:.1f}" for each in os.getloadavg())
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, load at the end {load}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
