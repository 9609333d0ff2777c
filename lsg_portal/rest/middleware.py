"""Refuse text that no part of the system can hold, before any part sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from lsg_portal.rest import language
from lsg_portal.rest.problems import Malformed, is_api

_SUSPECT = re.compile(r"[^\x20-\x7e]|%(?:00|[89a-fA-F])")
"""What an address must contain to be worth decoding: something beyond plain printable ASCII."""

_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")


class HostileInputMiddleware:
    """Answer 400 to addresses with NUL, broken UTF-8, lone surrogates or digits other than 0–9.

    PostgreSQL has no NUL and no surrogates; a digit of another script would pass ``\\d`` in a route and ``int()``.
    Bodies are the parsers' concern.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        path, query = meta.get("PATH_INFO", ""), meta.get("QUERY_STRING", "")
        if (_SUSPECT.search(path) or _SUSPECT.search(query)) and (
            is_hostile(path.encode("latin-1", "replace"))
            or is_hostile(unquote_to_bytes(query.encode("latin-1", "replace")))
        ):
            if not is_api(request):
                raise BadRequest("hostile address")
            language.choose(request)
            return Malformed(_("The address contains characters that are not allowed.")).response()
        return self.get_response(request)


def is_hostile(raw: bytes) -> bool:
    """Tell whether ``raw``, an address with its percent signs resolved, holds what nothing may hold."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return True
    return "\0" in text or _FOREIGN_DIGIT.search(text) is not None
