"""``python -m bench.kpi_submit``: the last ten minutes before reports are due, with three clerks in every office.

Every office valid before the reform, counted from the records, fills in the report of one quarter: three clerks share
the indicators, and all three press the button at the same moment. Nothing may be lost or doubled, and 95 of 100
answers take at most a second. ``make bench-submit`` starts it with both services around it.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import random
import statistics
import sys
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

PEOPLE = 3
WITHIN = 1.0
"""Seconds that 95 of 100 answers may take."""
STEPS = 12
"""Pauses of a clerk, about."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.kpi_submit", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="in which all reports are handed in (10)")
    parser.add_argument("--offices", type=int, help="only so many, to try things out")
    parser.add_argument("--seed", type=int, default=20240906)
    return parser


def main(argv: Sequence[str]) -> int:
    """Run; return 1 where something was lost, doubled or late."""
    arguments = parser().parse_args(argv)
    server = os.environ["DATABASE_URL"]
    os.environ.pop("LSG_TESTING", None)  # the server under test runs as the demo does
    os.environ |= {
        "LSG_DEMO": "1",
        "LSG_ASSUME_APP_ROLE": "1",
        "DJANGO_SETTINGS_MODULE": "lsg_portal.settings",
    }
    var = Path(os.environ.get("LSG_VAR", "var/bench"))
    var.mkdir(parents=True, exist_ok=True)

    from bench import data

    with contextlib.ExitStack() as stack:
        url = stack.enter_context(data.database(server, f"lsg_submit_{os.getpid()}"))
        os.environ["DATABASE_URL"] = url
        import django

        django.setup()
        from django.db import connection

        from lsg_portal.data import actor

        stack.callback(connection.close)
        actor.set_process_actor("system:bench")
        say("the country")
        data.load_country()
        return rush(arguments, url, var)


BEGAN = time.monotonic()


def say(text: str) -> None:
    """Say how far it is."""
    print(f"{time.monotonic() - BEGAN:5.0f} s  {text}", file=sys.stderr, flush=True)


def rush(arguments: argparse.Namespace, url: str, var: Path) -> int:
    """Let everybody work, then look at the records."""
    from bench.kpi_clerks import Crowd, clerk
    from bench.server import serving

    period, offices = prepare(arguments.offices)
    say(f"{len(offices)} offices valid on {period.last_day:%d.%m.%Y}, {len(offices) * PEOPLE} clerks")
    began = journalled()
    window = arguments.minutes * 60
    with serving(url, var, "submit") as server:
        crowd, chance = Crowd(server.address), random.Random(arguments.seed)
        for office in offices:
            arrives = chance.uniform(0, window * 0.55)
            for place in range(PEOPLE):
                own = random.Random(chance.getrandbits(64))
                work = clerk(office, place, PEOPLE, period.code, window * 0.2 / STEPS, own)
                crowd.add(work, arrives + own.uniform(0, window * 0.05))
        cpu, started = server.cpu(), time.perf_counter()
        took = crowd.run()
        busy = (server.cpu() - cpu) / (time.perf_counter() - started)
    faults = [*crowd.log.failures, *wrong(period, offices, journalled() - began)]
    every = sorted(one for times in crowd.log.seconds.values() for one in times)
    print(f"{len(offices)} offices × {PEOPLE} clerks, in {took / 60:.1f} minutes: {len(every):,} answers,")
    print(
        f"{len(every) / took:.1f} a second; web server {busy:.2f} processors; a request waited {crowd.log.late:.2f} s"
    )
    print("for a thread of ours at most.\n")
    print(
        "| step | answers | p50 ms | p95 ms | p99 ms | longest ms | statuses |\n|---|---|---|---|---|---|---|"
    )
    for step, times in [*crowd.log.seconds.items(), ("all", every)]:
        told = ", ".join(f"{s}: {n}" for (of, s), n in sorted(crowd.log.statuses.items()) if of == step)
        print(f"| {step} | {len(times):,} | {' | '.join(points(times))} | {told} |")
    late = quantile(every, 0.95)
    print(
        f"\np95 {late:.3f} s (≤ {WITHIN:g} s); finished {crowd.log.finished} of {len(offices) * PEOPLE} clerks"
    )
    print(f"within {arguments.minutes:g} minutes: {'yes' if took <= window else 'NO'}")
    print(f"lost or doubled: {len(faults)}")
    for fault in faults[:20]:
        print(f"- {fault}")
    return 1 if faults or late > WITHIN or took > window else 0


def quantile(times: Sequence[float], share: float) -> float:
    """Return the value below which a share of them lies."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def points(times: Sequence[float]) -> list[str]:
    """Return the figures of a step in milliseconds."""
    shown = (statistics.median(times), quantile(times, 0.95), quantile(times, 0.99), max(times))
    return [f"{one * 1000:.0f}" for one in shown]


def prepare(most: int | None) -> tuple[Any, list[Any]]:
    """Plan a quarter before the reform that is open today, and make clerks for every office that owes its report."""
    from django.db import transaction
    from django.utils import timezone

    from bench.kpi_clerks import Office
    from bench.kpi_rows import methodology
    from kpi import services
    from kpi.models import Period
    from kpi.obligations import owed
    from reform.models import Event

    methodology()
    first_event = (
        Event.objects.filter(status="in_force")
        .order_by("effective_on")
        .values_list("effective_on", flat=True)[0]
    )
    entered = set(Period.objects.values_list("number", flat=True))
    ends = {n: dt.date(n // 4 + n % 4 // 3, (n % 4 + 1) % 4 * 3 + 1, 1) for n in range(2021 * 4, 2027 * 4)}
    number = next(n for n, end in sorted(ends.items()) if n not in entered and end <= first_event)
    today = timezone.localdate()
    with transaction.atomic():
        period = services.plan_period(
            year=number // 4,
            quarter=number % 4 + 1,
            due=today + dt.timedelta(days=10),
            locks=today + dt.timedelta(days=50),
        )
        units = [row["unit_id"] for row in owed(period, today)][:most]
        tokens = clerks(units)
    return period, [Office(str(unit), place, tokens[unit]) for place, unit in enumerate(units)]


def clerks(units: Sequence[Any]) -> dict[Any, list[str]]:
    """Make three clerks for each office, already logged in: a password is asked for once, not ten minutes before the end."""
    from accounts.models import Role, Token, User

    users = [
        User(
            username=f"clerk{number}-{place}",
            first_name="Кызматчы",
            last_name=f"{number}-{place}",
            password="!",
        )
        for number, _unit in enumerate(units)
        for place in range(PEOPLE)
    ]
    User.objects.bulk_create(users)
    owners = [unit for unit in units for _place in range(PEOPLE)]
    valid = (dt.date(2021, 1, 1), dt.date(2100, 1, 1))
    Role.objects.bulk_create(
        Role(user=user, role="staff", unit_id=unit, valid=valid)
        for user, unit in zip(users, owners, strict=True)
    )
    found: dict[Any, list[str]] = {}
    for user, unit in zip(users, owners, strict=True):
        found.setdefault(unit, []).append(Token.objects.create(user, name="bench", second_factor=False)[1])
    return found


def journalled() -> int:
    """Return how many changes of values the journal holds."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_entry WHERE table_name = 'kpi_value' AND operation = 'update'"
        )
        return int(cursor.fetchone()[0])


def wrong(period: Any, offices: Sequence[Any], changes: int) -> list[str]:
    """Return what the records say otherwise than the clerks were told."""
    from django.db.models import Count

    from accounts.models import Role
    from kpi.models import Notice, Report, Step, Value

    found = []
    reports = list(Report.objects.filter(period=period).values_list("unit_id", "pk", "revision", "status"))
    if len(reports) != len(offices):
        found.append(f"{len(reports)} reports of {len(offices)} offices")
    states = {str(unit): (str(pk), revision, status) for unit, pk, revision, status in reports}
    steps = dict(
        Step.objects.filter(report__period=period, action="submit")
        .values_list("report")
        .annotate(n=Count("pk"))
    )
    opened = dict(
        Step.objects.filter(report__period=period, action="open")
        .values_list("report")
        .annotate(n=Count("pk"))
    )
    values: dict[str, dict[str, Any]] = {}
    for row in Value.objects.filter(report__period=period).select_related("indicator__measure", "report"):
        values.setdefault(str(row.report.unit_id), {})[row.indicator.measure.code] = row
    for office in offices:
        report, revision, status = states.get(office.unit, ("", 0, ""))
        if (report, revision, status) != (office.report, 1, "submitted"):
            found.append(f"{office.unit}: {report} {revision} {status}, not {office.report} 1 submitted")
        counts = {str(key): n for key, n in steps.items()}.get(report, 0)
        begun = {str(key): n for key, n in opened.items()}.get(report, 0)
        if (office.submitted, counts, begun) != (1, 1, 1):
            found.append(
                f"{office.unit}: told {office.submitted} times, submitted {counts}, opened {begun} times"
            )
        for code, row in values.get(office.unit, {}).items():
            told = office.entered.get(code)
            if told is None or any(getattr(row, name) != Decimal(text) for name, text in told.items()):
                found.append(
                    f"{office.unit} {code}: {row.number} {row.numerator} {row.denominator}, told {told}"
                )
    sent = sum(office.sent for office in offices)
    if changes != sent:
        found.append(f"the journal holds {changes} changes of values, {sent} were answered")
    approvers = Role.objects.on(dt.date.today()).filter(role="approver").values("user").distinct().count()
    notices = Notice.objects.filter(period=period, kind="submitted").count()
    if notices != approvers * len(offices):
        found.append(f"{notices} notices for {approvers} approvers and {len(offices)} reports")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
