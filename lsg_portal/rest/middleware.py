"""Before the views: refuse text that nothing can hold, and take visitors' reads the short way."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from lsg_portal.rest import language
from lsg_portal.rest.problems import Malformed, is_api
from lsg_portal.rest.views import ReadView, is_visitor

_SUSPECT = re.compile(r"[^\x20-\x7e]|%(?:00|[89a-fA-F])")
"""What an address must contain to be worth decoding: something beyond plain printable ASCII."""

_BROKEN = re.compile(r"%[89a-fA-F][0-9a-fA-F]")
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")


class HostileInputMiddleware:
    """Answer 400 to addresses with NUL, broken UTF-8, lone surrogates or digits other than 0–9.

    PostgreSQL has no NUL and no surrogates; a digit of another script would pass ``\\d`` in a route and
    ``int()``. Bodies are the parsers' concern.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Refuse, or pass on."""
        path, query = request.path_info, request.META.get("QUERY_STRING", "")
        if (_SUSPECT.search(path) and is_hostile_path(path)) or (
            _SUSPECT.search(query) and is_hostile(unquote_to_bytes(query.encode("latin-1", "replace")))
        ):
            message = _("The address contains characters that are not allowed.")
            if not is_api(request):
                raise BadRequest(message)
            language.choose(request)
            return Malformed(message).response()
        return self.get_response(request)


class VisitorReadMiddleware:
    """Hand a visitor's read of public data to its view, past the middleware below.

    Without session, login, messages and pages those have nothing to do here, and cost a third of the answer
    that has not changed. What they would still have added is added: the length, and headers against being
    framed or run.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or pass on."""
        if request.method not in ("GET", "HEAD") or not is_api(request) or not is_visitor(request):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        view = getattr(match.func, "cls", None)
        if view is None or not issubclass(view, ReadView) or not view.public:
            return self.get_response(request)
        request.get_host()  # raises DisallowedHost, as CommonMiddleware would
        request.resolver_match = match
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        headers = response.headers
        headers["X-Frame-Options"] = "DENY"
        headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        if isinstance(response, HttpResponse) and "Content-Length" not in headers:
            headers["Content-Length"] = str(len(response.content))
        return response


def is_hostile_path(path: str) -> bool:
    """Tell whether a path holds what nothing may hold; Django has decoded it and escaped again what is no UTF-8."""
    return _BROKEN.search(path) is not None or is_hostile(path.encode("utf-8", "surrogatepass"))


def is_hostile(raw: bytes) -> bool:
    """Tell whether ``raw``, a query with its percent signs resolved, holds what nothing may hold."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return True
    return "\0" in text or _FOREIGN_DIGIT.search(text) is not None
