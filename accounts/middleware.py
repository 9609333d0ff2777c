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
        if second_factor.waived() or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        route = (request.resolver_match.url_name or "") if request.resolver_match else ""
        if request.path_info.startswith(API) or route.startswith(WITHOUT):
            return None
        if not request.user.is_authenticated or not second_factor.missing(request.user, on=rules.today()):
            return None
        address = addresses.optional("second-factor")
        if request.method in SAFE:
            address = addresses.with_query(address, next=request.get_full_path())
        return redirect(address)


def _authenticated(request: HttpRequest, known: Any) -> Any:
    """Return the user of the session, with a word on the second factor."""
    bool(known.is_authenticated)  # opens the session
    user = getattr(known, "_wrapped", known)
    if isinstance(user, User):
        user.second_factor = second_factor.was_used(request, user)
    return user
