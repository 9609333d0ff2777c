"""Around every request: its identifier, and one transaction for whatever a page's form changes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from allauth.account.middleware import AccountMiddleware
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.db import OperationalError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from lsg_portal.data import actor
from lsg_portal.data.retry import retrying

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class RequestIdMiddleware:
    """Give each request an identifier: in the log, in the journal, and in the answer as ``X-Request-Id``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request under its identifier; one that the caller made up counts for nothing."""
        request.request_id = actor.new_request()  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


class AtomicWritesMiddleware:
    """Run the view of a page that changes something in one transaction; keep it after everything else.

    The journal names the actor per transaction, and Django's own views and those of its libraries open none. After
    a deadlock the view runs again, from where the request stood before. The REST interface opens and repeats its
    own transactions.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Answer requests that may change something inside a transaction."""
        if request.method in SAFE or request.path_info.startswith("/api/"):
            return None
        before = _Before(request)

        def attempt() -> HttpResponseBase:
            before.restore()
            with transaction.atomic():
                return view(request, *args, **kwargs)

        try:
            return retrying(attempt)
        except (ImmediateHttpResponse, ReauthenticationRequired) as error:
            # the handler asks middleware about the exceptions of views alone, and this is none
            answer: HttpResponseBase = AccountMiddleware(self.get_response).process_exception(request, error)
            return answer


class _Before:
    """What a view may change of its request, as it was before: session, messages, user, files read to their end."""

    def __init__(self, request: HttpRequest) -> None:
        """Read the body, which is a stream until then, and keep the rest."""
        self._request = request
        if request.content_type == "multipart/form-data":
            request.POST  # noqa: B018 (parses the fields and files and keeps them)
        else:
            request.body  # noqa: B018
        known = ("user", "_cached_user")
        self._user = {name: request.__dict__[name] for name in known if name in request.__dict__}
        self._session = copy.deepcopy(vars(request.session)) if hasattr(request, "session") else None
        messages = getattr(request, "_messages", None)
        kept = ("_queued_messages", "added_new", "used") if messages is not None else ()
        self._messages = {name: copy.copy(getattr(messages, name)) for name in kept}
        self._untouched = True

    def restore(self) -> None:
        """Put everything back; the first time nothing was changed yet."""
        if self._untouched:
            self._untouched = False
            return
        request: Any = self._request
        request.__dict__.update(self._user)
        if self._session is not None:
            vars(request.session).clear()
            vars(request.session).update(copy.deepcopy(self._session))
        for name, value in self._messages.items():
            setattr(request._messages, name, copy.copy(value))
        for _name, files in request.FILES.lists():
            for file in files:
                if file.closed:
                    raise OperationalError("the files that were sent cannot be read a second time")
                file.seek(0)
