"""SQL prepared once per connection and executed after.

Planning a hot statement costs about as much as running it. ``rows`` therefore prepares a text the first time a
connection meets it. What is prepared belongs to the server's session, so it is remembered beside the psycopg2
connection itself: a new connection starts with nothing, and nothing has to be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

LIMIT = 300
"""Statements kept per connection; past it all are dropped, and those in use come back at once."""

LOST = "26000"
CHANGED = "0A000"

_PLACEHOLDER = re.compile(r"%(?:%|\((\w+)\)s)")
_known: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


class Statement:
    """A text with ``%(name)s`` placeholders, as PostgreSQL prepares it.

    Cast every placeholder whose type its place does not give (``%(day)s::date``): PREPARE infers types once.
    """

    __slots__ = ("execute", "name", "names", "prepare")

    def __init__(self, sql: str) -> None:
        names: list[str] = []

        def number(match: re.Match[str]) -> str:
            name = match.group(1)
            if name is None:
                return "%"
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

    Outside a transaction a statement the server has lost, or whose result type has changed under it (a migration
    ran meanwhile), is prepared again; inside one the transaction is over anyway and the error is raised.
    """
    connection = connections[using]
    prepared = statement(sql)
    values = [adapt(args[name]) for name in prepared.names]
    try:
        return _execute(connection, prepared, values)
    except DatabaseError as error:
        state = getattr(error.__cause__, "pgcode", None)
        if state not in (LOST, CHANGED) or connection.in_atomic_block:
            raise
        forget(connection)
        return _execute(connection, prepared, values)


def _execute(connection: Any, prepared: Statement, values: Iterable[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        _prepare(connection, prepared)
        cursor.execute(prepared.execute, values)
        result: list[tuple[Any, ...]] = cursor.fetchall()
        return result


def _prepare(connection: Any, prepared: Statement) -> None:
    """Prepare on the bare connection: it happens once and is no query of the request."""
    raw = connection.connection
    known = _known.setdefault(raw, set())
    if prepared.name in known:
        return
    if len(known) >= LIMIT:
        forget(connection)
        known = _known.setdefault(raw, set())
    with connection.wrap_database_errors, raw.cursor() as cursor:
        cursor.execute(prepared.prepare)
    known.add(prepared.name)


def forget(connection: Any) -> None:
    """Drop what this connection has prepared."""
    raw = connection.connection
    if raw is not None and _known.pop(raw, None):
        with connection.wrap_database_errors, raw.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
