"""Language from the path, day from ``?at=``."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from . import days, errors

API_PREFIX = "/api/"


def language_of_path(path: str) -> str:
    """Return the language a path is under, the register's own (Kyrgyz) where it is under none."""
    code = path[1:3]
    return code if path[3:4] in ("/", "") and code in _languages() else settings.LANGUAGE_CODE


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    return frozenset(code for code, _name in settings.LANGUAGES)


def language_of_api_call(request: HttpRequest) -> str:
    """Return what ``lang=`` asks for, else the best of Accept-Language, else Kyrgyz.

    A ``lang=`` nobody knows is not refused here: the REST plumbing answers it with a problem document.
    """
    asked = request.GET.get("lang")
    if asked in _languages():
        return str(asked)
    header = request.headers.get("Accept-Language", "")
    return _preferred(header[:200]) if header else settings.LANGUAGE_CODE


@lru_cache(maxsize=512)
def _preferred(header: str) -> str:
    for code, _quality in parse_accept_lang_header(header):
        if code == "*":
            break
        if code.split("-")[0] in _languages():
            return code.split("-")[0]
    return settings.LANGUAGE_CODE


class LanguageMiddleware(LocaleMiddleware):
    """A page speaks the language its path begins with; no cookie, session or browser setting changes it.

    So an address shows everyone the same page and caches need no ``Vary``. ``/`` leads to the Kyrgyz
    front page, a known path without its language to the Kyrgyz one. Under ``/api/`` the caller chooses.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:  # type: ignore[override]
        """Activate the language for this request; send ``/`` to the front page."""
        path = request.path_info
        language = language_of_api_call(request) if path.startswith(API_PREFIX) else language_of_path(path)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        if path == "/":
            query = request.META.get("QUERY_STRING", "")
            return HttpResponseRedirect(f"/{language}/" + (f"?{query}" if query else ""))
        return None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Name the language of the answer; send a path without language to the Kyrgyz page."""
        path = request.path_info
        language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
        if path.startswith(API_PREFIX):
            patch_vary_headers(response, ("Accept-Language",))
        elif response.status_code == 404 and path[1:3] not in _languages():
            return super().process_response(request, response)
        response.headers.setdefault("Content-Language", language)
        return response


class DayMiddleware:
    """Set ``request.day`` from ``?at=`` and ``request.today``; a day that cannot be is a 400 page.

    ``/api/`` is left alone: the REST plumbing reads ``at`` itself and answers with a problem document.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, or refuse its day."""
        if request.path_info.startswith(API_PREFIX):
            return self.get_response(request)
        refused = self.set_day(request)
        return refused or self.get_response(request)

    def set_day(self, request: HttpRequest) -> HttpResponse | None:
        """Read the day; return the 400 page where it cannot be read."""
        today = days.today()
        request.today = request.day = today  # type: ignore[attr-defined]
        # An empty ``at=`` is the date bar submitted empty: today.
        asked = {value for value in request.GET.getlist("at") if value}
        if not asked:
            return None
        if len(asked) > 1:
            return errors.bad_request(request, days.InvalidDay(_several()))
        try:
            request.day = days.parse_day(asked.pop())  # type: ignore[attr-defined]
        except days.InvalidDay as error:
            return errors.bad_request(request, error)
        return None


def _several() -> str:
    return translation.gettext("The address asks for several days at once. A page shows one day.")
