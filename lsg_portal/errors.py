"""Error answers: problems under ``/api/``, pages in the reader's language everywhere else."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse

from lsg_portal.data.away import is_away
from lsg_portal.rest import language, problems
from lsg_portal.rest.problems import is_api
from lsg_portal.web import errors


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that could not be read."""
    return (problems.handler400 if is_api(request) else errors.bad_request)(request, exception)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that is not allowed."""
    return (problems.handler403 if is_api(request) else errors.permission_denied)(request, exception)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for what does not exist."""
    return (problems.handler404 if is_api(request) else errors.not_found)(request, exception)


def handler500(request: HttpRequest) -> HttpResponse:
    """Answer after a fault of ours, which Django has logged; while the database is away, say when to ask again."""
    if is_away(sys.exc_info()[1]):
        return unavailable(request)
    return (problems.handler500 if is_api(request) else errors.server_error)(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer 503 with ``Retry-After``."""
    if not is_api(request):
        return errors.unavailable(request)
    language.choose(request)
    return problems.Unavailable().response()
