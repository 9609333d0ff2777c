"""SQL prepared once per connection and executed after.

Planning a hot statement costs about as much as running it. ``rows`` therefore prepares a text the first
time a connection meets it. What is prepared belongs to the server's session, so it is remembered beside the
psycopg2 connection itself: a new connection starts with nothing, and nothing has to be told.

Days are written into the text instead of being passed to it. A plan made for any day at all expects ``valid
@> day`` to find next to nothing, and joins the whole register by nested loops (measured: 14 ms against 2
ms); the days that are asked for often, today and the ends of quarters, are few.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connections

LIMIT = 300
"""Statements kept per connection; the one not used for longest makes room."""

LOST = "26000"
CHANGED = "0A000"

_PLACEHOLDER = re.compile(r"%(%|\((\w+)\)s)?")
_known: WeakKeyDictionary[Any, OrderedDict[str, None]] = WeakKeyDictionary()


class Statement:
    """A text with ``%(name)s`` placeholders, as PostgreSQL prepares it.

    A percent sign is written ``%%``, as everywhere in psycopg2. Cast every placeholder whose type its place
    does not give (``%(day)s::date``): PREPARE infers types once.
    """

    __slots__ = ("execute", "name", "names", "prepare")

    def __init__(self, sql: str, days: tuple[tuple[str, dt.date], ...] = ()) -> None:
        names: list[str] = []
        written = {name: f"'{day.isoformat()}'::date" for name, day in days}

        def number(match: re.Match[str]) -> str:
            if match.group(1) == "%":
                return "%"
            name = match.group(2)
            if name is None:
                raise ValueError(f"write %% for a percent sign: {sql[match.start() : match.start() + 20]!r}")
            if name in written:
                return written[name]
            if name not in names:
                names.append(name)
            return f"${names.index(name) + 1}"

        text = _PLACEHOLDER.sub(number, sql)
        self.names = tuple(names)
        self.name = "lsg_" + blake2b(text.encode(), digest_size=12).hexdigest()
        self.prepare = f"PREPARE {self.name} AS {text}"
        arguments = f" ({', '.join(['%s'] * len(names))})" if names else ""
        self.execute = f"EXECUTE {self.name}{arguments}"


statement = lru_cache(maxsize=1000)(Statement)


def adapt(value: Any) -> Any:
    """Write a list as an array literal without a type, so that the placeholder's own cast decides it."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return "{" + ",".join(_element(item) for item in value) + "}"
    return value


def _element(item: object) -> str:
    if item is None:
        return "NULL"
    text = str(item).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def rows(sql: str, args: Mapping[str, Any], *, using: str = DEFAULT_DB_ALIAS) -> list[tuple[Any, ...]]:
    """Return every row of ``sql``, in one query.

    Outside a transaction it mends what can be mended and runs once more: a connection that was lost since
    its last use (which makes Django's own check before each request superfluous here), a statement the
    server has lost, or one whose result has changed its type, because a migration ran meanwhile.
    """
    connection = connections[using]
    prepared = statement(sql, tuple((name, value) for name, value in args.items() if type(value) is dt.date))
    values = [adapt(args[name]) for name in prepared.names]
    if connection.in_atomic_block:
        return _execute(connection, prepared, values)
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _execute(connection, prepared, values)
    except Error as error:
        if getattr(error.__cause__, "pgcode", None) in (LOST, CHANGED):
            forget(connection)
        elif isinstance(error, (InterfaceError, OperationalError)) and not connection.is_usable():
            connection.close()
        else:
            raise
    return _execute(connection, prepared, values)


def _execute(connection: Any, prepared: Statement, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        _prepare(connection, prepared)
        cursor.execute(prepared.execute, values)
        result: list[tuple[Any, ...]] = cursor.fetchall()
        return result


def _prepare(connection: Any, prepared: Statement) -> None:
    """Prepare on the bare connection: it happens once and is no query of the request."""
    raw = connection.connection
    known = _known.setdefault(raw, OrderedDict())
    if prepared.name in known:
        known.move_to_end(prepared.name)
        return
    with connection.wrap_database_errors, raw.cursor() as cursor:
        if len(known) >= LIMIT:
            oldest, _none = known.popitem(last=False)
            cursor.execute(f"DEALLOCATE {oldest}")
        cursor.execute(prepared.prepare)
    known[prepared.name] = None


def forget(connection: Any) -> None:
    """Drop what this connection has prepared."""
    raw = connection.connection
    if raw is not None and _known.pop(raw, OrderedDict()):
        with connection.wrap_database_errors, raw.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
