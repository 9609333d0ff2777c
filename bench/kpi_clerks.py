"""Clerks at their browsers: each asks, reads, types and sends, and thinks in between, as the day goes on.

A clerk is a generator of requests; a few threads send what is due. How long an answer took counts from the moment
the request was due, so that a server that falls behind is not spared.
"""

from __future__ import annotations

import heapq
import http.client
import itertools
import json
import random
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from bench.load import Address

THREADS = 48
FIGURES: dict[str, dict[str, str]] = {
    "revenue_growth": {"numerator": "110", "denominator": "100"},
    "investment": {"number": "12"},
    "jobs": {"number": "24"},
    "satisfaction": {"number": "71"},
    "accessibility": {"number": "55"},
    "roads": {"number": "4.5"},
    "public_zones": {"number": "2"},
    "projects": {"number": "3"},
    "programmes_on_time": {"numerator": "18", "denominator": "20"},
    "budget_saved": {"numerator": "3", "denominator": "120"},
    "budget_execution": {"numerator": "190", "denominator": "200"},
}
"""What is entered; the last part of every figure is made the office's own."""
BOUNDARY = "lsg-bench-boundary"


@dataclass(frozen=True)
class Ask:
    """A request; ``expected`` are the statuses that are no failure."""

    step: str
    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    expected: tuple[int, ...] = (200,)
    twice: bool = False
    """Sent again under the same key as soon as it is answered, as an impatient clerk does."""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: Any


Clerk = Generator["Ask | float", Answer, None]
"""Yields requests, and how many seconds to wait."""


@dataclass
class Office:
    """An office, what its clerks entered, and who of them is ready to hand the report in."""

    unit: str
    number: int
    tokens: list[str]
    report: str = ""
    entered: dict[str, dict[str, str]] = field(default_factory=dict)
    sent: int = 0
    """Values that were answered with 200."""

    ready: int = 0
    submitted: int = 0
    moment: float = 0.0
    """When all press the button."""

    def figures(self, code: str) -> dict[str, str]:
        """Return this office's figures of an indicator."""
        given = dict(FIGURES[code])
        if "number" in given and code in ("investment", "roads", "satisfaction", "accessibility"):
            given["number"] = f"{float(given['number']) + self.number % 100 / 100:.2f}"
        elif "number" in given:
            given["number"] = str(int(given["number"]) + self.number % 10)
        else:
            given["numerator"] = f"{float(given['numerator']) - self.number % 100 / 100:.2f}"
        return given


def clerk(
    office: Office, place: int, people: int, quarter: str, think: float, chance: random.Random
) -> Clerk:
    """Open the report or find it, enter every third indicator, prove what needs proof, and hand it in with the others."""
    auth = {"Authorization": f"Token {office.tokens[place]}"}

    def once() -> dict[str, str]:
        return {**auth, "Idempotency-Key": str(uuid.UUID(int=chance.getrandbits(128), version=4))}

    def pause() -> float:
        return chance.expovariate(1 / think)

    opening = {"period": quarter, "unit": office.unit}
    yield Ask("open", "POST", "/api/v1/kpi/reports/", opening, once(), (201, 409), twice=place == 0)
    found = yield Ask(
        "find", "GET", f"/api/v1/kpi/reports/?period={quarter}&unit={office.unit}", headers=auth
    )
    office.report = found.body["results"][0]["id"]
    yield pause()
    listed = yield Ask(
        "read", "GET", f"/api/v1/kpi/reports/{office.report}/values/?page_size=100", headers=auth
    )
    for number, row in enumerate(listed.body["results"]):
        if number % people != place:
            continue
        yield pause()
        path, code = f"/api/v1/kpi/values/{row['id']}/", row["indicator"]["code"]
        seen = yield Ask("value", "GET", path, headers=auth)
        wanted = {**office.figures(code), "note": "Эсепке ылайык"}
        yield pause()
        match = {**auth, "If-Match": seen.headers["etag"]}
        yield Ask("enter", "PATCH", path, wanted, match)
        office.entered[code] = office.figures(code)
        office.sent += 1
        if seen.body["evidence_required"]:
            yield Ask("evidence", "POST", f"{path}evidence/", b"%PDF-1.4\n%%EOF", auth, (201,))
    office.ready += 1
    if office.ready == people:
        office.moment = time.perf_counter() + 1
    while not office.moment:
        yield 0.5
    yield max(0.0, office.moment - time.perf_counter())
    whole = yield Ask("check", "GET", f"/api/v1/kpi/reports/{office.report}/", headers=auth)
    match = {**once(), "If-Match": whole.headers.get("etag", '"gone"')}
    done = yield Ask(
        "submit",
        "POST",
        f"/api/v1/kpi/reports/{office.report}/submit/",
        None,
        match,
        (200, 409, 412),
        twice=place == 0,
    )
    office.submitted += done.status == 200


@dataclass
class Log:
    """What was answered, by step: seconds from the moment due, statuses, and failures."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    late: float = 0.0
    """The longest that a request that was due waited for a thread of ours."""

    finished: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Crowd:
    """Clerks that come at their time, and the threads that send for them."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.log = Log()
        self._due: list[tuple[float, int, Clerk, Ask | float | None]] = []
        self._order = itertools.count()
        self._change = threading.Condition()
        self._left = 0

    def add(self, clerk: Clerk, after: float) -> None:
        """Let a clerk begin so many seconds after the start."""
        self._left += 1
        heapq.heappush(self._due, (after, next(self._order), clerk, None))

    def run(self) -> float:
        """Let all of them work to the end; return how many seconds it took."""
        began = time.perf_counter()
        self._due = [(began + after, *rest) for after, *rest in self._due]  # type: ignore[misc]
        threads = [threading.Thread(target=self._work, daemon=True) for _number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - began

    def _next(self) -> tuple[float, Clerk, Ask | float | None] | None:
        with self._change:
            while self._left:
                now = time.perf_counter()
                if self._due and self._due[0][0] <= now:
                    due, _order, clerk, ask = heapq.heappop(self._due)
                    return due, clerk, ask
                self._change.wait(min(0.5, self._due[0][0] - now) if self._due else 0.5)
        return None

    def _put(self, due: float, clerk: Clerk, ask: Ask | float | None) -> None:
        with self._change:
            heapq.heappush(self._due, (due, next(self._order), clerk, ask))
            self._change.notify()

    def _gone(self) -> None:
        with self._change:
            self._left -= 1
            self._change.notify_all()

    def _work(self) -> None:
        connection = http.client.HTTPConnection(self.address.host, self.address.port, timeout=60)
        while (task := self._next()) is not None:
            due, clerk, ask = task
            try:
                answer = self._send(connection, ask, due) if isinstance(ask, Ask) else None
                following = clerk.send(answer) if answer else next(clerk)
            except StopIteration:
                self.log.finished += 1
                self._gone()
            except Exception as error:  # the clerk gives up, and the run says so
                with self.log.lock:
                    self.log.failures.append(f"{ask.step if isinstance(ask, Ask) else ''}: {error!r}"[:500])
                connection.close()
                self._gone()
            else:
                now = time.perf_counter()
                if isinstance(following, Ask):
                    self._put(now, clerk, following)
                else:
                    self._put(now + following, clerk, None)

    def _send(self, connection: http.client.HTTPConnection, ask: Ask, due: float) -> Answer:
        began = time.perf_counter()
        answer = _asked(connection, ask)
        spent = time.perf_counter() - due
        with self.log.lock:
            self.log.late = max(self.log.late, began - due)
            self.log.seconds[ask.step].append(spent)
            self.log.statuses[ask.step, answer.status] += 1
        if answer.status not in ask.expected:
            raise RuntimeError(f"{answer.status} {answer.body}")
        if ask.twice:
            again = _asked(connection, ask)
            # a repeat under the key of what succeeded gets the same answer; what was refused is refused again
            if again.status != answer.status or (answer.status < 300 and again.body != answer.body):
                raise RuntimeError(f"repeated: {again.status} {again.body} after {answer.status}")
        return answer


def _asked(connection: http.client.HTTPConnection, ask: Ask) -> Answer:
    """Send a request; once more where the server has closed the connection meanwhile."""
    headers = {"Host": "127.0.0.1", **ask.headers}
    body: bytes | None = None
    if isinstance(ask.body, bytes):
        headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="evidence.pdf"\r\n\r\n'
        body = head.encode() + ask.body + f"\r\n--{BOUNDARY}--\r\n".encode()
    elif ask.body is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(ask.body).encode()
    for attempt in (1, 2):
        try:
            connection.request(ask.method, ask.path, body, headers)
            response = connection.getresponse()
            break
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            connection.close()
            if attempt == 2:
                raise
    text = response.read()
    named = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, named, json.loads(text) if text else None)
