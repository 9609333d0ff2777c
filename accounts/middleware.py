"""Who is at the other end of a request: with what they were authenticated, and in which capacity they write."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from accounts import rules, second_factor
from accounts.acting import acting_for
from accounts.models import User
from lsg_portal.web import addresses

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
API = "/api/"
WITHOUT = ("second-factor", "account_", "mfa_", "jsi18n")
"""Routes that stay open to whoever still has to set up or confirm a second factor, by the start of their name."""
CONFIRMS = ("mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_authenticate", "mfa_login_webauthn")
"""Routes on which a second factor is used, at login or later."""
GUARDED = ("mfa_", "account_reauthenticate")
"""Routes on which a second factor is shown, added or removed, by the start of their name: whoever has one uses it
first. The password alone, in a session from before the factor was set up, leads to none of them."""


class ActorMiddleware:
    """Say on ``request.user`` how the session was opened, and name the actor of what a request writes.

    Reading names nobody, since reading changes nothing, and so costs no query. The REST plumbing names the actor of
    its own writes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as the user, or as a visitor."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            known: Any = request.user
            request.user = SimpleLazyObject(lambda: _authenticated(request, known))  # type: ignore[assignment]
        with self.acting(request):
            return self.get_response(request)

    def acting(self, request: HttpRequest) -> contextlib.AbstractContextManager[None]:
        """Return the context in which the request's writes are made."""
        if request.method in SAFE or request.path_info.startswith(API):
            return contextlib.nullcontext()
        return acting_for(request.user, request_id=str(getattr(request, "request_id", "")))


class SecondFactorMiddleware:
    """Lead whoever has a role that demands a second factor, in a session opened without, to the page that asks for it.

    The role does not count in such a session anyway (``accounts.second_factor.counts``); this only says so, and where
    to go. Under ``/api/`` nothing is redirected.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Redirect, or let the view answer."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        route = (request.resolver_match.url_name or "") if request.resolver_match else ""
        if route.startswith(GUARDED) and route not in CONFIRMS and _has_yet_to_use_it(request):
            return redirect(_to("mfa_reauthenticate", request, onward=request.GET.get("next")))
        if second_factor.waived():
            return None
        if request.path_info.startswith(API) or route.startswith(WITHOUT):
            return None
        if not request.user.is_authenticated or not second_factor.missing(request.user, on=rules.today()):
            return None
        return redirect(_to("second-factor", request))


def _to(name: str, request: HttpRequest, *, onward: str | None = None) -> str:
    """Return the address of a page that leads on to what was asked for, where that can be asked for again."""
    address = addresses.optional(name)
    if request.method in SAFE:
        address = addresses.with_query(address, next=onward or request.get_full_path())
    return address


def _has_yet_to_use_it(request: HttpRequest) -> bool:
    """Tell whether the user has a second factor that was not used in this session."""
    user: Any = request.user
    return bool(user.is_authenticated and not user.second_factor and second_factor.is_set_up(user))


def _authenticated(request: HttpRequest, known: Any) -> Any:
    """Return the user of the session, with a word on the second factor."""
    bool(known.is_authenticated)  # opens the session
    user = getattr(known, "_wrapped", known)
    if isinstance(user, User):
        user.second_factor = second_factor.was_used(request, user)
    return user
