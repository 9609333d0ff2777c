"""The two questions a supervisor asks: is the process alive, and may it be sent requests?

``/healthz`` asks nothing of anybody, so that a database away for a minute does not get every web process
restarted. ``/readyz`` asks all that a request depends on. Neither says why something fails to whoever asks;
the reason is logged.
"""

from __future__ import annotations

import functools
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lsg_portal.embedded import letters

logger = logging.getLogger(__name__)

RETRY_AFTER = 5
"""Seconds after which to ask again."""

LEAST_FREE_BYTES = 200 * 1024 * 1024
"""Below this much room for files and exports we take no more requests."""

BROKER_TIMEOUT = 2.0


class NotReady(Exception):
    """A check found its subject wanting; the message says how, in the log and in the answer."""


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
@transaction.non_atomic_requests
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when every check passes, else 503 with ``Retry-After`` and the names of those that fail."""
    results = {name: _outcome(name, check) for name, check in CHECKS.items()}
    ready = all(outcome == "ok" for outcome in results.values())
    response = JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": results}, status=200 if ready else 503
    )
    if not ready:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def _outcome(name: str, check: Callable[[], None]) -> str:
    """Return ``ok``, what NotReady says, or ``failed`` for whatever else happened."""
    try:
        check()
    except NotReady as error:
        logger.warning("not ready: %s: %s", name, error)
        return str(error)
    except Exception:  # a check that breaks must not turn the answer into a 500
        logger.exception("not ready: %s", name)
        return "failed"
    return "ok"


def _database() -> None:
    """The database answers, and keeps Kyrgyz text as search needs it."""
    with connection.cursor() as cursor:
        if wrong := letters.faults(cursor):
            raise NotReady("; ".join(wrong))


def _migrations() -> None:
    """Every migration of this release has been applied, itself or through those it replaces."""
    applied = MigrationRecorder(connection).applied_migrations()
    missing = [
        key
        for key, migration in _release().items()
        if key not in applied and not (migration and all(each in applied for each in migration))
    ]
    if missing:
        raise NotReady(f"{len(missing)} not applied, the first {'.'.join(min(missing))}")


@functools.cache
def _release() -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    """Return the migrations on disk with those each replaces; they cannot change under a running process."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    migrations: dict[tuple[str, str], Migration] = loader.disk_migrations
    replaced = {each for migration in migrations.values() for each in migration.replaces}
    return {key: tuple(migration.replaces) for key, migration in migrations.items() if key not in replaced}


JOURNAL = """
SELECT h.seq = coalesce(l.seq, 0) AND (l.hash = h.hash OR l.seq IS NULL)
  FROM (SELECT max(seq) AS seq FROM audit_link) last
  FULL JOIN audit_head h ON true
  LEFT JOIN audit_link l ON l.seq = last.seq
"""


def _journal() -> None:
    """The journal's chain ends where its head says; ``manage.py audit_verify`` looks at the whole of it."""
    with connection.cursor() as cursor:
        cursor.execute(JOURNAL)
        if cursor.fetchall() != [(True,)]:
            raise NotReady("the chain does not end where its head says: run `manage.py audit_verify`")


def _broker() -> None:
    """The broker answers."""
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=BROKER_TIMEOUT, socket_connect_timeout=BROKER_TIMEOUT
    ) as client:
        client.ping()


def _disk() -> None:
    """There is room for files and exports."""
    place = Path(settings.MEDIA_ROOT)
    while not place.exists():
        place = place.parent
    if shutil.disk_usage(place).free < LEAST_FREE_BYTES:
        raise NotReady(f"less than {LEAST_FREE_BYTES // 1024**2} MB free")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "journal": _journal,
    "broker": _broker,
    "disk": _disk,
}
