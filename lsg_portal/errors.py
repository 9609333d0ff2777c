"""Error answers: problems under ``/api/``, pages in the reader's language everywhere else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from lsg_portal.rest import problems
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
    """Answer after a fault of ours; Django has logged it."""
    return (problems.handler500 if is_api(request) else errors.server_error)(request)
