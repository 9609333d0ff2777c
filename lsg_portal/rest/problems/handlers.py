"""Turn whatever is raised under ``/api/`` into a problem.

``exception_handler`` serves the views; ``handler400`` … ``handler500`` serve what fails before or around a
view and hand pages of the web back to Django's own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.core import exceptions as django
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import exceptions as drf

from lsg_portal.rest import language
from lsg_portal.rest.problems.kinds import (
    Conflict,
    Failed,
    Fault,
    Forbidden,
    Malformed,
    MethodNotAllowed,
    NotAcceptable,
    NotVisible,
    Problem,
    RuleBroken,
    Stale,
    Throttled,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    is_api,
)

logger = logging.getLogger(__name__)

MOST = 100
"""Faults told at once."""

RAISED_BY_TRIGGER = "P0001"
LOCK_NOT_AVAILABLE = "55P03"
DEADLOCKS = ("40P01", "40001")
NOT_NULL_OR_CHECK = ("23502", "23514")
_KINDS_OF_DOMAIN: dict[int, type[Problem]] = {
    400: Malformed,
    403: Forbidden,
    404: NotVisible,
    409: Conflict,
    412: Stale,
    413: TooLarge,
    415: UnsupportedMediaType,
}


def exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Return the problem for ``error``, or None for a fault of ours, which Django then logs and answers."""
    problem = as_problem(error)
    return problem.response() if problem else None


def as_problem(error: BaseException) -> Problem | None:
    """Return what to tell the client about ``error``, or None when it is not the client's."""
    if isinstance(error, Problem):
        return error
    if hasattr(error, "problem_status"):
        return _of_domain(error)
    if isinstance(error, (drf.APIException, Http404, django.PermissionDenied)):
        return _of_framework(error)
    if isinstance(error, django.ValidationError):
        return RuleBroken(errors=list(_faults_of_model(error)))
    if isinstance(error, django.RequestDataTooBig):
        return TooLarge()
    if isinstance(error, (django.SuspiciousOperation, MultiPartParserError, UnicodeDecodeError)):
        return Malformed()
    if isinstance(error, (DatabaseError, InterfaceError)):
        return _of_database(error)
    return None


def _of_domain(error: Any) -> Problem:
    """Read an app's own refusal: ``problem_status``, ``code`` and ``violations`` (code, message, pointer)."""
    violations = list(getattr(error, "violations", ()))
    kind = _KINDS_OF_DOMAIN.get(error.problem_status, RuleBroken)
    faults = [Fault(one.pointer, one.code, one.message) for one in violations]
    detail = " ".join(str(one.message) for one in violations)
    return kind(detail, code=str(getattr(error, "code", "")), errors=faults)


def _of_framework(error: Exception) -> Problem:
    if isinstance(error, drf.ValidationError):
        return Malformed(
            _("The body does not have the right form."), errors=list(islice(_faults(error.detail), MOST))
        )
    if isinstance(error, (drf.NotAuthenticated, drf.AuthenticationFailed)):
        return Unauthenticated(str(error.detail))
    if isinstance(error, drf.UnsupportedMediaType):
        return UnsupportedMediaType()
    if isinstance(error, drf.MethodNotAllowed):
        return MethodNotAllowed()
    if isinstance(error, drf.NotAcceptable):
        return NotAcceptable()
    if isinstance(error, drf.Throttled):
        return Throttled(int(getattr(error, "wait", None) or 1) + 1)
    if isinstance(error, (Http404, drf.NotFound)):
        return NotVisible()
    if isinstance(error, (django.PermissionDenied, drf.PermissionDenied)):
        detail = error.detail if isinstance(error, drf.PermissionDenied) else str(error)
        return Forbidden(str(detail))
    return Malformed(str(getattr(error, "detail", "")))


def _of_database(error: Exception) -> Problem | None:
    """Read the state PostgreSQL gave: a constraint is the last of the checks and speaks for itself."""
    cause = error.__cause__
    state = getattr(cause, "pgcode", None) or ""
    diagnosis = getattr(cause, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None) or "database_rule"
    if isinstance(error, IntegrityError) or state == RAISED_BY_TRIGGER:
        logger.info("refused by the database: %s %s", state, constraint)
        fault = Fault("", constraint, _("The records do not allow this."))
        kind = RuleBroken if state in (*NOT_NULL_OR_CHECK, RAISED_BY_TRIGGER) else Conflict
        return kind(errors=[fault])
    if isinstance(error, DataError):
        return Malformed(_("A value is out of range."))
    if state in (LOCK_NOT_AVAILABLE, *DEADLOCKS):
        return Conflict(
            _("Somebody else is changing this just now. Try again."), headers={"Retry-After": "2"}
        )
    if isinstance(error, (OperationalError, InterfaceError)):
        logger.warning("the database is away: %s", error)
        return Unavailable()
    return None


def _faults(detail: Any, pointer: str = "") -> Iterator[Fault]:
    """Walk the errors of a serializer, which have the shape of the body."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            whole = name in ("non_field_errors", "__all__")
            yield from _faults(inner, pointer if whole else f"{pointer}/{_escape(str(name))}")
    elif isinstance(detail, (list, tuple)):
        nested = any(isinstance(item, (Mapping, list)) for item in detail)
        for index, inner in enumerate(detail):
            yield from _faults(inner, f"{pointer}/{index}" if nested else pointer)
    else:
        yield Fault(pointer, str(getattr(detail, "code", "invalid")), str(detail))


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _faults_of_model(error: django.ValidationError) -> Iterator[Fault]:
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            pointer = "" if name == django.NON_FIELD_ERRORS else f"/{_escape(name)}"
            for one in errors:
                yield Fault(pointer, one.code or "invalid", " ".join(one.messages))
    else:
        for one in error.error_list:
            yield Fault("", one.code or "invalid", " ".join(one.messages))


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that could not be read."""
    if not is_api(request):
        return defaults.bad_request(request, exception)
    language.choose(request)
    return (as_problem(exception) or Malformed()).response()


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that is not allowed."""
    if not is_api(request):
        return defaults.permission_denied(request, exception)
    language.choose(request)
    return Forbidden().response()


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for what does not exist."""
    if not is_api(request):
        return defaults.page_not_found(request, exception)
    language.choose(request)
    return NotVisible().response()


def handler500(request: HttpRequest) -> HttpResponse:
    """Answer after a fault of ours; Django has logged it."""
    if not is_api(request):
        return defaults.server_error(request)
    language.choose(request)
    return Failed().response()
