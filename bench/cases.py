"""What is measured: each case with its variants, and the ratios that must hold."""

from __future__ import annotations

import csv
import datetime as dt
import http.client
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import floors, load
from bench.load import Answers
from bench.pgbench import CopyFloor, Floor
from bench.server import Postgres, Server

DAY = "2025-01-01"
UNITS = f"units/?page_size=100&at={DAY}"
SETTLEMENTS = f"/api/v1/settlements/?format=csv&at={DAY}"
CONNECTIONS = 8
"""Of the load on everything but tables: as many as the demo's server has threads."""

OFTEN = 2
"""Slices in every round for what a bound rests on."""

FEW = 10_000
"""Settlements up to which the peers, which build every row as an object, are worth waiting for."""

BEFORE, AFTER = dt.date(2021, 6, 1), dt.date(2024, 9, 6)
STATISTICS = f"statistics/?before={BEFORE}&after={AFTER}&group_by=district"


@dataclass
class Slice:
    """One variant in one round."""

    rate: float
    cpu: float
    """Milliseconds of processor time a request, of web server and database together."""

    peak: float
    """Megabytes of the largest worker."""


@dataclass
class Variant:
    """One way to give the answer."""

    name: str
    busy: Callable[[float], Answers]
    paced: Callable[[float, float], Answers] | None = None
    server: Server | None = None
    path: str = ""
    seconds: float = 1.0
    times: int = 1
    """Slices in every round: what a bound rests on is measured more often."""

    spare: float = 0.0
    """Seconds of processor time that a floor spends on connecting and planning, in every slice."""

    queries: int | None = None
    bytes: int = 0
    slices: list[Slice] = field(default_factory=list)
    latencies: list[float] | None = None

    def measure(self, postgres: Postgres) -> None:
        """Run one slice."""
        if self.server:
            self.server.forget_peaks()
        web, database = self.server.cpu() if self.server else 0.0, postgres.cpu()
        answers = self.busy(self.seconds)
        spent = postgres.cpu() - database + (self.server.cpu() - web if self.server else 0.0) - self.spare
        peak = max(self.server.memory().values()) if self.server else float("nan")
        self.slices.append(Slice(answers.requests / answers.seconds, spent / answers.requests * 1000, peak))
        self.bytes = answers.bytes or self.bytes


@dataclass
class Case:
    """One answer, its variants by name, and the rate at which latencies are taken."""

    key: str
    title: str
    rate: float
    variants: dict[str, Variant]
    connections: int = CONNECTIONS


def over_http(
    name: str,
    server: Server,
    path: str,
    *,
    connections: int,
    headers: dict[str, str] | None = None,
    expected: int = 200,
    times: int = 1,
) -> Variant:
    """Return a variant answered by a web server."""
    message = load.request(path, headers)

    def busy(duration: float) -> Answers:
        return load.busy(
            server.address, message, connections=connections, seconds=duration, expected=expected
        )

    def paced(rate: float, duration: float) -> Answers:
        return load.paced(
            server.address,
            message,
            connections=connections,
            rate=rate,
            seconds=duration,
            seed=1,
            expected=expected,
        )

    return Variant(name, busy, paced, server, path, times=times)


def by_pgbench(sql: str, url: str, var: Path, postgres: Postgres, *, connections: int) -> Variant:
    """Return the floor as pgbench runs it."""
    floor = Floor(sql, url, var)
    before = postgres.cpu()
    floor.once(connections=connections)

    def busy(seconds: float) -> Answers:
        return floor.busy(connections=connections, seconds=seconds)

    def paced(rate: float, seconds: float) -> Answers:
        return floor.paced(connections=connections, rate=rate, seconds=seconds, seed=1)

    return Variant("floor", busy, paced, times=OFTEN, spare=postgres.cpu() - before, queries=1)


def fetch(server: Server, path: str) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of an answer."""
    connection = http.client.HTTPConnection(server.address.host, server.address.port, timeout=120)
    connection.request("GET", path, headers={"Host": "127.0.0.1"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise load.Failed(f"{path}: {response.status} {body[:500]!r}")
    return body, {name.lower(): value for name, value in response.getheaders()}


@dataclass
class Place:
    """The servers of a run, and the database of the country behind two of them."""

    portal: Server
    peers: Server
    large: Server
    url: str
    large_url: str
    var: Path
    postgres: Postgres


def all_cases(at: Place) -> list[Case]:
    """Return the cases, after the answers of each have been found equal."""
    return [
        *units_cases(at.portal, at.peers, at.url, at.var, at.postgres),
        statistics_case(at.portal, at.peers, at.url, at.var, at.postgres),
        csv_case(at.portal, at.peers, at.url),
        large_csv_case(at.large, at.large_url),
    ]


def units_cases(portal: Server, peers: Server, url: str, var: Path, postgres: Postgres) -> list[Case]:
    """Return the list of units, and the same where the client has it already."""
    path = f"/api/v1/{UNITS}"
    sql = floors.list_sql(path)
    body, headers = fetch(portal, path)
    first = json.loads(body)
    late = floors.list_sql(path, late=True)
    # a link names its own server; the peers count every row, however many there are
    apart = ["next"] if first["count"] is not None else ["next", "count"]
    same("units, floor", json.loads(scalar(sql)), first, ignoring=apart)
    same("units, joined late", json.loads(scalar(late)), first, ignoring=apart)
    for peer in ("naive", "tuned", "conditional"):
        same(f"units, {peer}", json.loads(fetch(peers, f"/bench/{peer}/{UNITS}")[0]), first, ignoring=apart)
    known = {"If-None-Match": headers["etag"]}
    stock = {"If-None-Match": fetch(peers, f"/bench/conditional/{UNITS}")[1]["etag"]}
    return [
        Case(
            "units",
            "List of 100 units as of a day",
            50,
            {
                "portal": over_http("portal", portal, path, connections=CONNECTIONS, times=OFTEN),
                "floor": by_pgbench(sql, url, var, postgres, connections=CONNECTIONS),
                "late": replace(
                    by_pgbench(late, url, var, postgres, connections=CONNECTIONS), name="late", times=1
                ),
                "tuned": over_http("tuned", peers, f"/bench/tuned/{UNITS}", connections=2),
                "naive": over_http("naive", peers, f"/bench/naive/{UNITS}", connections=2),
            },
        ),
        Case(
            "304",
            "The same, unchanged (`If-None-Match`)",
            200,
            {
                "portal": over_http(
                    "portal", portal, path, connections=CONNECTIONS, headers=known, expected=304, times=OFTEN
                ),
                "floor": by_pgbench(
                    floors.version_sql(("registry", "reform")), url, var, postgres, connections=CONNECTIONS
                ),
                "tuned": over_http(
                    "tuned",
                    peers,
                    f"/bench/conditional/{UNITS}",
                    connections=2,
                    headers=stock,
                    expected=304,
                ),
            },
        ),
    ]


def statistics_case(portal: Server, peers: Server, url: str, var: Path, postgres: Postgres) -> Case:
    """Return the reform statistics by district."""
    path = f"/api/v1/reform/{STATISTICS}"
    sql = floors.statistics_sql(group_by="district", before=BEFORE, after=AFTER)
    first = json.loads(fetch(portal, path)[0])
    same("statistics, floor", json.loads(scalar(sql)), first)
    variants = {
        "portal": over_http("portal", portal, path, connections=CONNECTIONS, times=OFTEN),
        "computed": over_http("computed", peers, path, connections=CONNECTIONS),
        "floor": by_pgbench(sql, url, var, postgres, connections=CONNECTIONS),
    }
    few = int(scalar("SELECT count(*) FROM registry_settlement")) < FEW
    for peer in ("tuned", "naive") if few else ():
        other = f"/bench/{peer}/{STATISTICS}"
        same(f"statistics, {peer}", json.loads(fetch(peers, other)[0]), first)
        variants[peer] = over_http(peer, peers, other, connections=2 if peer == "tuned" else 1)
    return Case("statistics", "Reform statistics by district", 40, variants)


def csv_case(portal: Server, peers: Server, url: str) -> Case:
    """Return the table of all settlements, one reader at a time."""
    floor = CopyFloor(floors.copy_sql(SETTLEMENTS), url)
    head, *first = table(fetch(portal, SETTLEMENTS)[0].decode("utf-8-sig"))
    same("settlements, floor", table(floor.text()), first)
    variants = {
        "portal": over_http("portal", portal, SETTLEMENTS, connections=1, times=OFTEN),
        "floor": Variant("floor", floor.connecting, times=OFTEN, queries=1),
        "kept": Variant("kept", floor.kept, queries=1),
    }
    for peer in ("tuned", "naive") if len(first) < FEW else ():
        path = f"/bench/{peer}/settlements.csv?at={DAY}"
        same(f"settlements, {peer}", table(fetch(peers, path)[0].decode("utf-8-sig")), [head, *first])
        variants[peer] = over_http(peer, peers, path, connections=1)
    return Case("csv", f"CSV of all {len(first):,} settlements", 10, variants, connections=1)


def large_csv_case(portal: Server, url: str) -> Case:
    """Return the same with many more rows, where making a connection no longer counts."""
    floor = CopyFloor(floors.copy_sql(SETTLEMENTS), url)
    first = table(fetch(portal, SETTLEMENTS)[0].decode("utf-8-sig"))[1:]
    same("settlements, floor", table(floor.text()), first)
    variants = {
        "portal": over_http("portal", portal, SETTLEMENTS, connections=1),
        "floor": Variant("kept", floor.kept, queries=1),
    }
    return Case("csv large", f"CSV of {len(first):,} settlements", 1, variants, connections=1)


def scalar(sql: str) -> str:
    """Return the one value of a statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return str(cursor.fetchone()[0])


def table(text: str) -> list[list[str]]:
    """Return the rows of a CSV."""
    return list(csv.reader(io.StringIO(text), delimiter=";"))


class Unequal(Exception):
    """Two variants give different answers: their speeds must not be compared."""


def same(what: str, other: Any, ours: Any, *, ignoring: Sequence[str] = ()) -> None:
    """Raise Unequal unless both answers are the same, apart from some members."""
    if ignoring:
        nothing = dict.fromkeys(ignoring)
        other, ours = {**other, **nothing}, {**ours, **nothing}
    if other != ours:
        raise Unequal(f"{what}: {difference(other, ours)}")


def difference(other: Any, ours: Any, place: str = "") -> str:
    """Say where two answers differ first."""
    if isinstance(other, dict) and isinstance(ours, dict) and other.keys() == ours.keys():
        pairs = [(f"{place}/{key}", other[key], ours[key]) for key in ours]
    elif isinstance(other, list) and isinstance(ours, list) and len(other) == len(ours):
        pairs = [(f"{place}/{index}", *pair) for index, pair in enumerate(zip(other, ours, strict=True))]
    else:
        return f"at {place or '/'}: {other!r:.200} where the portal says {ours!r:.200}"
    return next(difference(theirs, mine, where) for where, theirs, mine in pairs if theirs != mine)
