"""Answers kept in memory for as long as the data they were made from stand.

For the few answers that cost milliseconds to compute and are asked for again and again, such as the reform's
statistics. They are kept under their ETag, which names the version of the data, the parameters and the
language: with the data the tag changes, and what was kept is not found any more.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from django.conf import settings
from django.db import connection

LIMIT = 8 * 1024 * 1024
"""Bytes kept in each process; the answer not asked for longest makes room."""


class Kept:
    """Answers by their tag."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._answers: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, tag: str, make: Callable[[], bytes]) -> bytes:
        """Return the answer under this tag, made now where it is not kept.

        Inside a transaction nothing is kept: it sees rows that its version does not speak of.
        """
        if not self._limit or connection.in_atomic_block:
            return make()
        with self._lock:
            if (answer := self._answers.get(tag)) is not None:
                self._answers.move_to_end(tag)
                return answer
        answer = make()
        with self._lock:
            self._size += len(answer) - len(self._answers.pop(tag, b""))
            self._answers[tag] = answer
            while self._size > self._limit:
                _tag, oldest = self._answers.popitem(last=False)
                self._size -= len(oldest)
        return answer

    def forget(self) -> None:
        """Drop everything."""
        with self._lock:
            self._answers.clear()
            self._size = 0


# Tests empty the tables behind the versions' back; LSG_KEPT_ANSWERS = 0 switches it off elsewhere.
answers = Kept(getattr(settings, "LSG_KEPT_ANSWERS", 0 if getattr(settings, "TESTING", False) else LIMIT))
