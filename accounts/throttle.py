"""Guessing is slowed for whoever guesses, and for nobody else.

Attempts are counted for an account *from one address*, and for an address whatever the account. An account as
such is never locked: wrong passwords from one address do not keep its owner from logging in at another. An
attempt is counted before it is made and given back when it was right, so that many at once count too.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import uuid
from typing import Any

from django.core.cache import cache

ATTEMPTS = 10
"""Wrong attempts at one account from one address within the window."""
ATTEMPTS_OF_ADDRESS = 100
"""Wrong attempts from one address at any account: offices share one."""
WINDOW = dt.timedelta(minutes=5)


class TooMany(Exception):
    """There were too many wrong attempts; ``wait`` seconds are certainly enough."""

    def __init__(self) -> None:
        self.wait = int(WINDOW.total_seconds())
        super().__init__()


def take(kind: str, account: str, address: str) -> list[str]:
    """Count an attempt; return what ``give_back`` takes when it turns out right. Raise TooMany."""
    network = _network(address)
    limits = {
        _key(kind, account.casefold(), network): ATTEMPTS,
        _key(kind, network): ATTEMPTS_OF_ADDRESS,
    }
    made = {
        key: _count(key) for key in limits
    }  # 1 while the cache is away: passwords are slow to guess anyway
    if any(made[key] > limit for key, limit in limits.items()):
        raise TooMany
    return list(limits)


def give_back(taken: list[str]) -> None:
    """Uncount an attempt that was right; what was counted before it stays."""
    for key in taken:
        with contextlib.suppress(ValueError):  # it has run out in the meantime
            cache.decr(key)


def _count(key: str) -> int:
    cache.add(key, 0, timeout=WINDOW.total_seconds())
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two
        cache.set(key, 1, timeout=WINDOW.total_seconds())
        return 1


def _key(kind: str, *parts: str) -> str:
    """Return the counter's name; whatever the parts contain, it is a plain word."""
    return f"attempts:{kind}:{uuid.uuid5(uuid.NAMESPACE_OID, repr(parts))}"


def _network(address: str) -> str:
    """Return an IPv4 address as it is, of an IPv6 address its network: one customer has all of a /64."""
    try:
        found: Any = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
