"""The cache, which nothing may depend on: while its server is away, it is empty."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends import redis as backend
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

PAUSE = 2.0
"""Seconds in which a server that did not answer is not asked again: a server that hangs costs its timeout once."""


class RedisCache(backend.RedisCache):
    """Django's, which knows nothing and forgets all while the server is away."""

    _away_until = 0.0

    def _asked(self, ask: Callable[[], Any], otherwise: Any) -> Any:
        """Return the server's answer, or ``otherwise`` while there is none."""
        if time.monotonic() < RedisCache._away_until:
            return otherwise
        try:
            return ask()
        except (RedisError, OSError) as error:
            RedisCache._away_until = time.monotonic() + PAUSE
            logger.warning("the cache is away: %s", type(error).__name__)
            return otherwise

    def add(self, *args: Any, **kwargs: Any) -> Any:
        """Say that it was added: whoever takes a lock in the cache must not wait for a server that is away."""
        return self._asked(lambda: super(RedisCache, self).add(*args, **kwargs), True)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return what is kept, or the default."""
        return self._asked(lambda: super(RedisCache, self).get(key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        """Keep a value."""
        return self._asked(lambda: super(RedisCache, self).set(*args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        """Prolong a value; False where there is none."""
        return self._asked(lambda: super(RedisCache, self).touch(*args, **kwargs), False)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Drop a value; False where there is none."""
        return self._asked(lambda: super(RedisCache, self).delete(*args, **kwargs), False)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        """Return what is kept of several."""
        return self._asked(lambda: super(RedisCache, self).get_many(*args, **kwargs), {})

    def set_many(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep several; return the keys that could not be kept."""
        return self._asked(lambda: super(RedisCache, self).set_many(data, *args, **kwargs), list(data))

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        """Drop several."""
        return self._asked(lambda: super(RedisCache, self).delete_many(*args, **kwargs), None)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        """Tell whether something is kept."""
        return self._asked(lambda: super(RedisCache, self).has_key(*args, **kwargs), False)

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        """Count; where nothing can be counted, this is the first."""
        return self._asked(lambda: super(RedisCache, self).incr(key, delta, version), delta)

    def clear(self) -> Any:
        """Drop everything."""
        return self._asked(lambda: super(RedisCache, self).clear(), False)
