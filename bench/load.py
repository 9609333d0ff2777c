"""A small HTTP client that keeps a fixed number of connections busy, for the portal and its peers alike.

One thread and one selector: it costs the machine it shares with the server as little as Python can.
"""

from __future__ import annotations

import random
import re
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

BUFFER = 1 << 18
KEPT = 1.0
"""Seconds a connection is kept without work: fewer than gunicorn keeps it."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
LAST_CHUNK = b"\r\n0\r\n\r\n"


class Failed(Exception):
    """The server answered something else than was expected."""


@dataclass(frozen=True)
class Address:
    """Where the server listens."""

    host: str
    port: int


@dataclass
class Answers:
    """What a run got."""

    requests: int = 0
    seconds: float = 0.0
    bytes: int = 0
    latencies: list[float] = field(default_factory=list)


def request(path: str, headers: dict[str, str] | None = None) -> bytes:
    """Return a GET request as it goes over the wire."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in (headers or {}).items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Connection:
    """One connection with one request on its way at most."""

    def __init__(self, address: Address, expected: int) -> None:
        self._address = address
        self._expected = b"HTTP/1.1 %d " % expected
        self._bodyless = expected in (204, 304)
        self._buffer = bytearray(BUFFER)
        self.socket: socket.socket | None = None
        self.began = 0.0
        self.closing = False
        self.watched: socket.socket | None = None
        """The socket that the selector looks at: it stays there from one request to the next."""
        self._used = time.perf_counter()

    def open(self) -> socket.socket:
        """Return the socket, a new one where the server has closed the last."""
        if self.socket is None:
            self.socket = socket.create_connection((self._address.host, self._address.port), timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.socket

    def send(self, message: bytes, began: float) -> None:
        """Send a request."""
        self.began = began
        if time.perf_counter() - self._used > KEPT:
            self.close()
        self.size, self.head = 0, 0
        self._left: int | None = None
        self._tail = b""
        self.open().sendall(message)

    def receive(self) -> bool:
        """Read what has come; return True when the answer is complete."""
        assert self.socket is not None
        count = self.socket.recv_into(self._buffer)
        if not count:
            raise Failed("the server closed the connection")
        self.size += count
        if self.size == count:
            return self._head(count)
        if self._left is None:
            return self._chunks(count)
        self._left -= count
        return self._left == 0

    def _head(self, count: int) -> bool:
        """Read the head, which arrives in one piece."""
        data = self._buffer
        end = data.find(b"\r\n\r\n", 0, count)
        if end < 0 or not data.startswith(self._expected):
            raise Failed(bytes(data[: min(count, 500)]).decode(errors="replace"))
        head = bytes(data[:end])
        self.head = end + 4
        self.closing = b"\r\nConnection: close" in head
        if self._bodyless:
            self._left = 0
        elif length := _LENGTH.search(head):
            self._left = end + 4 + int(length[1]) - count
        else:
            return self._chunks(count)
        return self._left == 0

    def _chunks(self, count: int) -> bool:
        """Tell whether the last chunk has come; the tables sent have no carriage return of their own."""
        self._tail = (self._tail + bytes(self._buffer[max(0, count - 7) : count]))[-7:]
        return self._tail == LAST_CHUNK

    def rest(self) -> None:
        """Keep the socket for the next request, unless the server closes it."""
        self._used = time.perf_counter()
        if self.closing:
            self.close()

    def close(self) -> None:
        """Close."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def busy(
    address: Address, message: bytes, *, connections: int, seconds: float, expected: int = 200
) -> Answers:
    """Send again as soon as answered, on every connection, for so long; all answers are waited for."""
    answers = Answers()
    with selectors.DefaultSelector() as selector:
        pool = [Connection(address, expected) for _ in range(connections)]
        for connection in pool:
            connection.open()
        began = time.perf_counter()
        for connection in pool:
            dispatch(selector, connection, message, began)
        waiting = connections
        while waiting:
            for connection in ready(selector, 60):
                answers.requests += 1
                answers.bytes = connection.size
                if (now := time.perf_counter()) - began < seconds:
                    dispatch(selector, connection, message, now)
                else:
                    forget(selector, connection)
                    connection.close()
                    waiting -= 1
        answers.seconds = time.perf_counter() - began
    return answers


def dispatch(selector: selectors.BaseSelector, connection: Connection, message: bytes, began: float) -> None:
    """Send a request and wait for its answer with the others."""
    connection.send(message, began)
    if connection.watched is not connection.socket:
        connection.watched = connection.open()
        selector.register(connection.watched, selectors.EVENT_READ, connection)


def ready(selector: selectors.BaseSelector, patience: float) -> Iterator[Connection]:
    """Read what comes; yield the connections whose answer is complete."""
    for key, _mask in selector.select(patience):
        connection = key.data
        if connection.receive():
            if connection.closing:
                forget(selector, connection)
            connection.rest()
            yield connection


def forget(selector: selectors.BaseSelector, connection: Connection) -> None:
    """Look at a connection no more."""
    if connection.watched is not None:
        selector.unregister(connection.watched)
        connection.watched = None


def arrivals(rate: float, seconds: float, seed: int) -> Iterator[float]:
    """Yield moments of arrival, at random as visitors come, ``rate`` a second on average."""
    chance, moment = random.Random(seed), 0.0
    while (moment := moment + chance.expovariate(rate)) < seconds:
        yield moment


def paced(
    address: Address,
    message: bytes,
    *,
    connections: int,
    rate: float,
    seconds: float,
    seed: int,
    expected: int = 200,
) -> Answers:
    """Send at a fixed rate whatever the answers do; latencies count from the moment a request was due."""
    answers = Answers()
    due = list(arrivals(rate, seconds, seed))
    with selectors.DefaultSelector() as selector:
        free = [Connection(address, expected) for _ in range(connections)]
        on_the_way, sent = 0, 0
        began = time.perf_counter()
        while sent < len(due) or on_the_way:
            now = time.perf_counter() - began
            while sent < len(due) and due[sent] <= now and free:
                dispatch(selector, free.pop(), message, due[sent])
                sent, on_the_way = sent + 1, on_the_way + 1
            patience = max(0.0, due[sent] - now) if sent < len(due) and free else 60
            for connection in ready(selector, patience):
                answers.latencies.append(time.perf_counter() - began - connection.began)
                answers.requests += 1
                forget(selector, connection)  # idle, it may be closed by the server, and is by us
                free.append(connection)
                on_the_way -= 1
        for connection in free:
            connection.close()
        answers.seconds = time.perf_counter() - began
    return answers


def first_byte(address: Address, message: bytes) -> tuple[float, float, int]:
    """Return the seconds until the first byte of the body, until the last one, and the bytes, of one request."""
    connection = Connection(address, 200)
    connection.open()
    began = time.perf_counter()
    connection.send(message, began)
    complete, first = False, None
    while not complete:
        complete = connection.receive()
        if first is None and connection.size > connection.head:
            first = time.perf_counter() - began
    assert first is not None
    connection.close()
    return first, time.perf_counter() - began, connection.size
