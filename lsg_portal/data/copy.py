"""``COPY … TO STDOUT`` as an iterator of bytes, in flat memory.

psycopg2 *pushes* the rows of a COPY into a file object, while an answer is *pulled* by the server. A thread
with its own connection pushes into a bounded queue, the answer pulls from it: a slow client holds the
thread, a client that has gone cancels the statement.

Making a connection, and planning in one that has not seen a table yet, takes twice as long as copying two
thousand rows. A connection whose COPY came to its end is therefore kept for the next export of the same
thread, for as long as the thread's own connection lives.
"""

from __future__ import annotations

import contextlib
import io
import queue
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import IO, Any
from weakref import WeakKeyDictionary

import psycopg2
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg2.sql import SQL as sql_text
from psycopg2.sql import Identifier

from lsg_portal.data.prepared import adapt

CHUNK = 64 * 1024
QUEUED = 16
"""Chunks waiting at most: one megabyte per export."""

SLOTS = 4
"""Exports at once, over all processes; advisory locks count them."""

LOCK_SPACE = 0x4C5347
TIMEOUT = "15min"
PULSE = 0.5
START = 0.02
"""Seconds a statement gets to fail while the answer has no status yet."""


class Busy(Exception):
    """As many exports run as may run at once."""


class _Gone(Exception):
    """Nobody reads any more."""


class _Shelf:
    """Where an export's connection waits for the next export."""

    def __init__(self) -> None:
        self._kept: Any = None

    def take(self) -> Any:
        """Return the connection, None where there is none."""
        kept, self._kept = self._kept, None
        return kept

    def put(self, own: Any) -> None:
        """Keep the connection, or close it where another is kept already."""
        if self._kept is None:
            self._kept = own
        else:
            own.close()


_shelves: WeakKeyDictionary[Any, _Shelf] = WeakKeyDictionary()
"""By the psycopg2 connection of the thread: when Django closes that one, the kept one goes with it."""


class _Pipe(io.RawIOBase):
    """The far end of what ``copy_expert`` writes into: a call per chunk, waiting while the queue is full."""

    def __init__(self) -> None:
        self.chunks: queue.Queue[bytes | BaseException | None] = queue.Queue(QUEUED)
        self.gone = threading.Event()
        self.drains = False
        """Whether what still comes is dropped, because the statement has been cancelled and will end by itself."""
        self._told = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if not self.put(bytes(data)) and not self.drains and not self._told:
            self._told = True  # the writer flushes once more when it is dropped: that goes nowhere, silently
            raise _Gone
        return len(data)

    def put(self, item: bytes | BaseException | None) -> bool:
        """Queue ``item``; return False when nobody will read it."""
        while not self.gone.is_set():
            try:
                self.chunks.put(item, timeout=PULSE)
            except queue.Full:
                continue
            return True
        return False


def copy(
    sql: str, args: Mapping[str, Any], *, head: bytes = b"", options: str = "", using: str = DEFAULT_DB_ALIAS
) -> Export:
    """Return ``head`` and then the bytes of ``COPY (sql) TO STDOUT``, piece by piece.

    The connection is made and a slot taken before this returns, so that ``Busy`` can still become an answer
    with a status. Inside a transaction the rows are those the transaction sees, and are gathered before
    this returns.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        return _gathered(connection, head, sql, args, options)
    connection.ensure_connection()
    shelf = _shelves.setdefault(connection.connection, _Shelf())
    with connection.wrap_database_errors:
        own = _ready(connection, shelf)
        try:
            with own.cursor() as cursor:
                command = _command(cursor, sql, args, options)
        except BaseException:
            own.close()
            raise
        running = _Running(own, shelf, head, command)
        running.watch_the_start()
    return running


class Export(ABC, Iterator[bytes]):
    """Bytes to be read once, and closed by whoever reads them, also before the first piece."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything the export holds."""


class _Job:
    """A COPY on its connection, and what becomes of the connection afterwards."""

    def __init__(self, own: Any, shelf: _Shelf, command: bytes, pipe: _Pipe) -> None:
        self._own = own
        self._shelf = shelf
        self._command = command
        self._pipe = pipe
        self._lock = threading.Lock()
        self._over = False
        self._cancelled = False

    def run(self) -> None:
        """Run the COPY and put its end, or its error, last into the pipe; in a thread."""
        last: BaseException | None = None
        try:
            writer = io.BufferedWriter(self._pipe, CHUNK)  # called for every row, and therefore not in Python
            with self._own.cursor() as cursor:
                cursor.copy_expert(self._command, writer)
            writer.flush()
        except _Gone:
            self._cancelled = True
        except BaseException as error:  # the reader raises it
            last = error
        with self._lock:
            self._over = True
        self._pipe.put(last)
        self._give_back(sound=last is None and not self._cancelled)

    def cancel(self) -> bool:
        """Cancel the COPY, unless it is over: what runs next on a kept connection is not ours to cancel.

        Returns whether it will end by itself now, as long as somebody takes what it still sends.
        """
        with self._lock:
            if not self._over:
                self._cancelled = True
                try:
                    self._own.cancel()
                except psycopg2.Error:
                    return False
            return True

    def _give_back(self, *, sound: bool) -> None:
        """Give up the slot, and the connection where it cannot be trusted any more."""
        with contextlib.suppress(psycopg2.Error):
            if sound:
                with self._own.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock_all()")
                self._shelf.put(self._own)
                return
            self._own.cancel()  # the server may still be sending
        self._own.close()


class _Running(Export):
    """A COPY in its thread. The thread knows the job only, so that a forgotten export ends it."""

    def __init__(self, own: Any, shelf: _Shelf, head: bytes, command: bytes) -> None:
        self._pipe = _Pipe()
        self._job = _Job(own, shelf, command, self._pipe)
        self._ahead = [head] if head else []
        self._thread = threading.Thread(target=self._job.run, name="lsg-copy", daemon=True)
        self._thread.start()

    def __next__(self) -> bytes:
        if self._ahead:
            return self._ahead.pop(0)
        item = self._pipe.chunks.get()
        if isinstance(item, bytes):
            return item
        self._pipe.chunks.put(None)
        if item is None:
            raise StopIteration
        raise item

    def watch_the_start(self) -> None:
        """Wait a moment for the first rows, and raise the error that came instead."""
        with contextlib.suppress(queue.Empty):
            item = self._pipe.chunks.get(timeout=START)
            if isinstance(item, bytes):
                self._ahead.append(item)
            elif item is None:
                self._pipe.chunks.put(None)
            else:
                raise item

    def close(self) -> None:
        """Cancel the statement where it still runs, and wait for its end."""
        if self._thread.is_alive():
            self._pipe.drains = self._job.cancel()
        self._pipe.gone.set()
        with contextlib.suppress(queue.Empty):  # let go at once of a thread that waits for room
            while True:
                self._pipe.chunks.get_nowait()
        self._thread.join(timeout=10)

    def __del__(self) -> None:
        self._pipe.gone.set()


class _Spooled(Export):
    """Bytes already gathered."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool

    def __next__(self) -> bytes:
        piece = b"" if self._spool.closed else self._spool.read(CHUNK)
        if not piece:
            self._spool.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        """Drop the file."""
        self._spool.close()


def _ready(connection: Any, shelf: _Shelf) -> Any:
    """Return a connection that holds a slot: the kept one, or a new one where there is none or it was lost."""
    own = shelf.take()
    if own is not None:
        try:
            return _with_slot(own)
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            pass
    return _with_slot(_connect(connection))


def _with_slot(own: Any) -> Any:
    """Return the connection with a slot taken; close it and raise Busy where all are taken."""
    try:
        with own.cursor() as cursor:
            cursor.execute(_TAKE_SLOT)
            if cursor.fetchone()[0]:
                return own
        raise Busy
    except BaseException:
        own.close()
        raise


def _connect(connection: Any) -> Any:
    """Return a bare connection like Django's own: same server, same options, same role."""
    parameters = {**connection.get_connection_params(), "client_encoding": "UTF8"}
    own = psycopg2.connect(**parameters)
    own.autocommit = True
    with own.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [TIMEOUT])
    if role := connection.settings_dict["OPTIONS"].get("assume_role"):
        with own.cursor() as cursor:
            cursor.execute(sql_text("SET ROLE {}").format(Identifier(role)))
    return own


_TAKE_SLOT = (
    "SELECT CASE "
    + " ".join(f"WHEN pg_try_advisory_lock({LOCK_SPACE}, {slot}) THEN true" for slot in range(SLOTS))
    + " ELSE false END"
)


def _command(cursor: Any, sql: str, args: Mapping[str, Any], options: str) -> bytes:
    body: bytes = cursor.mogrify(sql, {name: adapt(value) for name, value in args.items()})
    return b"COPY (" + body + b") TO STDOUT " + options.encode()


def _gathered(connection: Any, head: bytes, sql: str, args: Mapping[str, Any], options: str) -> Export:
    spool = tempfile.SpooledTemporaryFile(max_size=QUEUED * CHUNK)  # noqa: SIM115 - the reader closes it
    spool.write(head)
    with connection.cursor() as cursor:
        cursor.copy_expert(_command(cursor, sql, args, options), spool)
    spool.seek(0)
    return _Spooled(spool)
