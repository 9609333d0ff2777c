"""Pages for what went wrong, in the language of the path.

The address table names these as ``handler400`` … ``handler500`` (for paths outside ``/api/``) and the
settings as ``CSRF_FAILURE_VIEW``. 500 and 503 are rendered without session, user or database, which may be
what failed.
"""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from .days import InvalidDay

RETRY_AFTER_SECONDS = 30


def _language(request: HttpRequest) -> str:
    from .middleware import language_of_path  # the middleware imports this module

    return language_of_path(request.path_info)


def _page(request: HttpRequest, status: int, message: str = "", template: str = "") -> HttpResponse:
    with translation.override(_language(request)):
        context = {"status": status, "message": message, "path": request.path}
        return HttpResponse(render_to_string(template or f"{status}.html", context, request), status=status)


def _bare_page(request: HttpRequest, status: int) -> HttpResponse:
    language = _language(request)
    with translation.override(language):
        context = {"status": status, "language": language, "path": request.path}
        return HttpResponse(render_to_string(f"{status}.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say what in the request could not be understood, where that was meant for the reader."""
    meant_for_reader = isinstance(exception, BadRequest | InvalidDay)
    with translation.override(_language(request)):  # the message may be lazy, and older than the language
        return _page(request, 400, str(exception) if meant_for_reader else "")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the reader may see the thing and not do this with it."""
    return _page(request, 403, str(exception) if exception and str(exception) else "")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form came without its token: a sign-in elsewhere, blocked cookies or an old page."""
    with translation.override(_language(request)):
        return _page(
            request,
            403,
            translation.gettext(
                "The form could not be matched to your session. Go back, reload the page and send it again; "
                "cookies must be allowed for this address."
            ),
            "403_csrf.html",
        )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that nothing is under this address, and where else to look."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours."""
    return _bare_page(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Say that the register is away for a moment and when to ask again."""
    response = _bare_page(request, 503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
