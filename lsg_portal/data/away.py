"""Whether an error means that the database cannot serve just now, and asking again will do."""

from __future__ import annotations

from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from django.db.transaction import TransactionManagementError

OURS = (DataError, IntegrityError, InternalError, NotSupportedError, ProgrammingError)
"""Errors of a statement that the server has judged; repeating it changes nothing."""


def is_away(error: BaseException | None) -> bool:
    """Tell whether the database was away, restarting, or busy with somebody's lock, when ``error`` was raised.

    A lost connection is an OperationalError or an InterfaceError, and, where the server's answer was cut off in the
    middle, a plain DatabaseError without a state. Whoever goes on in a transaction after that gets a
    TransactionManagementError.
    """
    while isinstance(error, TransactionManagementError):
        error = error.__context__
    if isinstance(error, (OperationalError, InterfaceError)):
        return True
    if not isinstance(error, DatabaseError) or isinstance(error, OURS):
        return False
    return getattr(error.__cause__, "pgcode", None) is None
