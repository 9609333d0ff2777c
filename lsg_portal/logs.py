"""Logs: one line for each event, as JSON in production, with who and which request, and without secrets.

What people send is never logged: no bodies, no query strings, no headers. What may still slip in with a path or
the message of an exception is made unrecognisable here, the last place before a line is written.
"""

from __future__ import annotations

import logging
import re
import time
import traceback
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any

import orjson
import structlog
from celery.signals import setup_logging
from django.db import Error as DjangoDatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import LazyObject, empty
from gunicorn.glogging import Logger
from psycopg2 import Error as PsycopgError

from lsg_portal.data import actor

Event = MutableMapping[str, Any]
logger = logging.getLogger("lsg_portal.request")

LONGEST = 2000
"""Characters of one text in a line; a traceback may have more."""
HIDDEN = "…"

_DETAIL = re.compile(r"\n?^(DETAIL|CONTEXT|HINT|QUERY|STATEMENT|LINE \d+):.*(\n[ \t]+.*)*", re.MULTILINE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]*:[^/@\s]*(?=@)")
_LONG = re.compile(r"(?<![\w-])[A-Za-z0-9_+=-]{20,}(?![\w-])")
_UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
_WORDS = re.compile(r"[A-Z]?[a-z]+([_-][a-z]+)*|[A-Z_]+|([A-Z][a-z]+)+|[a-z]+(_[a-z0-9]+)+")


def redact(text: str) -> str:
    """Return ``text`` without what the database says of values, addresses of mail, and whatever looks like a token.

    Long names of code and constraints stay, and so do UUIDs, which name records and open nothing.
    """
    text = _DETAIL.sub("", text)
    text = _CREDENTIALS.sub(HIDDEN, text)
    text = _MAIL.sub(HIDDEN, text)
    return _LONG.sub(_unless_a_name, text)


def _unless_a_name(match: re.Match[str]) -> str:
    found = match[0]
    return found if _UUID.fullmatch(found) or _WORDS.fullmatch(found) else HIDDEN


def _who(_logger: Any, _method: str, event: Event) -> Event:
    """Add the actor by number, and the request; names are not for logs."""
    now = actor.current()
    if now.request:
        event.setdefault("request_id", now.request)
    if now.actor:
        event.setdefault("actor", now.actor)
    return event


def _exception(_logger: Any, _method: str, event: Event) -> Event:
    """Write the exception: its kinds and places, of its message what is ours to tell, never a variable."""
    found = event.pop("exc_info", None)
    if found is True or found is None or found == (None, None, None):
        return event
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["exception"] = told(error)
    return event


def told(error: BaseException) -> str:
    """Return the chain of exceptions, the cause first."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain and len(chain) < 5:
        chain.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(_one(each, each.__traceback__) for each in reversed(chain))


def _one(error: BaseException, trace: TracebackType | None) -> str:
    places = [f"  {one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(trace)[-25:]]
    return "\n".join([*places, f"{type(error).__module__}.{type(error).__qualname__}: {_message(error)}"])


def _message(error: BaseException) -> str:
    """Return the first line; PostgreSQL's holds values wherever it names no constraint and no lost connection."""
    cause = error if isinstance(error, PsycopgError) else error.__cause__
    if isinstance(error, (PsycopgError, DjangoDatabaseError)) and getattr(cause, "pgcode", None):
        diagnosis = getattr(cause, "diag", None)
        names = (getattr(diagnosis, name, None) for name in ("table_name", "column_name", "constraint_name"))
        return " ".join([str(getattr(cause, "pgcode", "")), *(name for name in names if name)])
    lines = str(error).strip().splitlines()
    return redact(lines[0][:LONGEST]) if lines else ""


def _redacted(_logger: Any, _method: str, event: Event) -> Event:
    """Clean every text of the line; the exception is clean already."""
    for name, value in event.items():
        if isinstance(value, str) and name not in ("exception", "timestamp", "request_id"):
            event[name] = redact(value[:LONGEST] if name != "event" else value[: 5 * LONGEST])
    return event


def _json(event: Event, **options: Any) -> str:
    return orjson.dumps(event, default=str).decode()


SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _who,
    _exception,
    _redacted,
]


def formatter(kind: str = "json") -> logging.Formatter:
    """Return what writes the lines: ``json``, or ``console`` for people."""
    written: Any = (
        structlog.processors.JSONRenderer(serializer=lambda event, **options: _json(event))
        if kind == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=FIELDS), *SHARED],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, written],
    )


FIELDS = ("method", "path", "status", "ms", "actor", "request_id")
"""What a line may carry beside its text; whatever else a library attaches (a request, arguments) is dropped."""


def configuration(*, level: str, kind: str, quiet: bool) -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error, nothing by mail; ``quiet`` leaves out each refusal."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "lsg_portal.logs.formatter", "kind": kind}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level},
            # each request has a line of its own: what was refused needs no second one
            "django.request": {"level": "ERROR" if quiet else level},
            "django.security.csrf": {"level": "ERROR" if quiet else level},
            "celery.app.trace": {"level": level},
        },
    }


@setup_logging.connect
def _celery_keeps_out(**options: Any) -> None:
    """Have Celery leave the loggers as Django's settings make them."""


class GunicornLogger(Logger):
    """Gunicorn's own lines in the same form; ``--logger-class=lsg_portal.logs.GunicornLogger``."""

    def setup(self, cfg: Any) -> None:
        """Set up as usual, then change the form."""
        super().setup(cfg)
        import os

        for handler in self.error_log.handlers:
            handler.setFormatter(formatter(os.environ.get("LSG_LOG_FORMAT") or "json"))


class RequestLogMiddleware:
    """Log one line for each request: its address without query, its status, its duration, who asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and log."""
        if not logger.isEnabledFor(logging.INFO):
            return self.get_response(request)
        began = time.perf_counter()
        response = self.get_response(request)
        logger.info(
            "request",
            extra={
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "ms": round((time.perf_counter() - began) * 1000, 1),
                "actor": who_asked(request),
                "request_id": getattr(request, "request_id", ""),
            },
        )
        return response


def who_asked(request: HttpRequest) -> str:
    """Return ``user:<id>`` or ``visitor``, without asking the database for it."""
    user: Any = request.__dict__.get("_cached_user") or request.__dict__.get("user")
    if isinstance(user, LazyObject):
        user = user.__dict__.get("_wrapped", empty)
    pk = None if user is empty else getattr(user, "pk", None)
    return f"user:{pk}" if pk else "visitor"
