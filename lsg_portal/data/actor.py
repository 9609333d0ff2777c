"""Who acts, by whose request and why: what the journal writes beside every change.

The actor stands in a context variable while a request, a task or a command runs. At the beginning of each
transaction the portal's own database backend (``lsg_portal.data.postgresql``) tells it to PostgreSQL with
``set_config(…, true)``, which ends with the transaction: nothing can leak to whoever uses the connection next.
A change without an actor is refused by the triggers of ``audit``.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

LONGEST_REASON = 2000
"""Characters of a reason that the journal keeps."""


@dataclass(frozen=True)
class Acting:
    """The actor of the moment: by value, so that the journal needs no relation to users."""

    actor: str
    """``user:<id>``, ``visitor``, or ``system:<name>`` for commands, tasks and migrations."""
    name: str = ""
    """The person's name as it was that day."""
    roles: str = ""
    """The roles held that day, comma-separated: in which capacity somebody acts."""
    request: str = ""
    """What joins the changes of one request and the tasks it started."""
    reason: str = ""
    unit: str = ""
    """The municipality beyond which this actor changes nothing (see the unit guard), or empty."""


_process = Acting("")
_current: ContextVar[Acting | None] = ContextVar("lsg_actor", default=None)
_SETTINGS = ", ".join(
    f"set_config('app.{name}', %s, true)" for name in ("actor", "name", "roles", "request", "reason", "unit")
)


def current() -> Acting:
    """Return who acts now; ``actor`` is empty where nobody does."""
    return _current.get() or _process


def new_request() -> str:
    """Return an identifier for a request, a task or a command."""
    return str(uuid.uuid4())


@contextlib.contextmanager
def acting(
    actor: str, *, name: str = "", roles: str = "", request_id: str = "", unit: str | None = None
) -> Iterator[None]:
    """Let ``actor`` be named for the changes made inside.

    The request of the surrounding actor is kept where none is given, its reason is not.
    """
    request = request_id or current().request or new_request()
    with _as(Acting(actor, name=name, roles=roles, request=request, unit=str(unit or ""))):
        yield


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """Name nobody inside: for work that only reads, and any change by which must fail."""
    with _as(Acting("")):
        yield


@contextlib.contextmanager
def because(reason: str) -> Iterator[None]:
    """Let ``reason`` stand in the journal beside the changes made inside; an empty one changes nothing."""
    if not reason:
        yield
        return
    with _as(replace(current(), reason=reason.strip()[:LONGEST_REASON])):
        yield


@contextlib.contextmanager
def _as(acting: Acting) -> Iterator[None]:
    token = _current.set(acting)
    try:
        _tell_open_transactions()
        yield
    finally:
        _current.reset(token)
        _tell_open_transactions()


def set_process_actor(actor: str) -> None:
    """Let ``actor`` be named for whatever this process does outside ``acting``: for commands."""
    global _process
    _process = Acting(actor, request=new_request())


def _tell_open_transactions() -> None:
    connection: Any = connections[DEFAULT_DB_ALIAS]
    if not connection.in_atomic_block or connection.connection is None or connection.needs_rollback:
        return
    # after a refusal of the database nothing can be said; rolling back restores what was said before
    if connection.connection.get_transaction_status() != TRANSACTION_STATUS_INERROR:
        tell(connection)


def tell(connection: BaseDatabaseWrapper) -> None:
    """Tell PostgreSQL who acts, until the end of the transaction (or savepoint) that is open."""
    known = asdict(current())
    values = [
        known[name].replace("\0", "") for name in ("actor", "name", "roles", "request", "reason", "unit")
    ]
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(f"SELECT {_SETTINGS}", values)
