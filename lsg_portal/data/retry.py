"""Try a transaction again when PostgreSQL asks for it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

T = TypeVar("T")

DEADLOCK = "40P01"
SERIALIZATION = "40001"
ATTEMPTS = 3


def retrying(work: Callable[[], T], *, using: str = DEFAULT_DB_ALIAS, attempts: int = ATTEMPTS) -> T:
    """Run ``work``, which opens its own transaction, again after a deadlock or a serialization failure.

    Inside an outer transaction nothing can be repeated, and the error passes.
    """
    for attempt in range(1, attempts + 1):
        try:
            return work()
        except OperationalError as error:
            state = getattr(error.__cause__, "pgcode", None)
            if (
                state not in (DEADLOCK, SERIALIZATION)
                or attempt == attempts
                or connections[using].in_atomic_block
            ):
                raise
            time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - a pause, no secret
    raise AssertionError("unreachable")
