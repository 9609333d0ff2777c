"""Errors as RFC 9457 problem details.

Raise one of these anywhere below a REST view. ``detail`` is said to a person, in the language of the request;
``code`` and the ``errors`` are for programs and never change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "/api/v1/problems/"

Text = str | Promise


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one part of the request.

    ``pointer`` is a JSON pointer (RFC 6901): into the body, or ``/name`` for a parameter of that name.
    """

    pointer: str
    code: str
    detail: Text

    def as_dict(self) -> dict[str, str]:
        """Return it as the answer shows it, in the active language."""
        return {"pointer": self.pointer, "code": self.code, "detail": str(self.detail)}


class Problem(Exception):
    """A request that is refused, and why."""

    status = 400
    code = "malformed"
    title: Text = _("The request is malformed.")

    def __init__(
        self,
        detail: Text = "",
        *,
        code: str = "",
        errors: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        if code:
            self.code = code

    def as_dict(self) -> dict[str, Any]:
        """Return the body of the answer, in the active language."""
        return {
            "type": f"{TYPE_BASE}#{self.code}",
            "title": str(self.title),
            "status": self.status,
            "code": self.code,
            "detail": str(self.detail or self.title),
            "errors": [fault.as_dict() for fault in self.errors],
        }

    def response(self) -> HttpResponse:
        """Return the answer, in the active language."""
        response = HttpResponse(orjson.dumps(self.as_dict()), status=self.status, content_type=MEDIA_TYPE)
        response["Content-Language"] = translation.get_language() or "en"
        response["Cache-Control"] = "no-store"
        for name, value in self.headers.items():
            response[name] = value
        return response


class Malformed(Problem):
    """The request cannot be read."""


class Unauthenticated(Problem):
    """Nobody is logged in, or not as the one they say."""

    status, code, title = 401, "unauthenticated", _("Log in first.")

    def response(self) -> HttpResponse:
        """Name the way to authenticate, which 401 requires."""
        response = super().response()
        response.setdefault("WWW-Authenticate", 'Token realm="api"')
        return response


class Forbidden(Problem):
    """The thing may be seen but not changed by this user."""

    status, code, title = 403, "forbidden", _("You may not do this.")


class NotVisible(Problem):
    """There is no such thing, or not for this user: the two look the same."""

    status, code, title = 404, "not_found", _("There is nothing here.")


class MethodNotAllowed(Problem):
    """The address has no such method."""

    status, code, title = 405, "method_not_allowed", _("This address does not take that method.")


class NotAcceptable(Problem):
    """None of the formats asked for is offered here."""

    status, code, title = 406, "not_acceptable", _("None of the accepted formats is offered here.")


class Conflict(Problem):
    """The state of the thing does not allow it."""

    status, code, title = 409, "conflict", _("The state of the record does not allow this.")


class Stale(Problem):
    """Somebody changed the thing since the client read it."""

    status, code, title = 412, "stale", _("The record was changed since you read it.")


class TooLarge(Problem):
    """The body is larger than is read."""

    status, code, title = 413, "too_large", _("The request is too large.")


class UnsupportedMediaType(Problem):
    """The body is in a format that is not read here."""

    status, code, title = 415, "unsupported_media_type", _("The format of the body is not read here.")


class RuleBroken(Problem):
    """The request is well formed and breaks a rule of the domain."""

    status, code, title = 422, "rule_broken", _("A rule does not allow this.")


class KeyReused(Problem):
    """The Idempotency-Key belongs to another request."""

    status, code, title = (
        422,
        "idempotency_key_reused",
        _("This Idempotency-Key was used for another request."),
    )


class PreconditionRequired(Problem):
    """A change without If-Match."""

    status, code, title = 428, "precondition_required", _("Send If-Match with the ETag you have read.")


class Throttled(Problem):
    """Too many requests; ``Retry-After`` says when to come back."""

    status, code, title = 429, "throttled", _("Too many requests. Try again later.")

    def __init__(self, wait: int = 1, **kwargs: Any) -> None:
        super().__init__(headers={"Retry-After": str(max(1, wait))}, **kwargs)


class Failed(Problem):
    """A fault of ours."""

    status, code, title = 500, "failed", _("The server failed. It has been recorded.")


class Unavailable(Problem):
    """The database is away for the moment."""

    status, code, title = 503, "unavailable", _("The service is away for a moment. Try again.")

    def __init__(self, wait: int = 5, **kwargs: Any) -> None:
        super().__init__(headers={"Retry-After": str(wait)}, **kwargs)


KINDS: tuple[type[Problem], ...] = (
    Malformed,
    Unauthenticated,
    Forbidden,
    NotVisible,
    MethodNotAllowed,
    NotAcceptable,
    Conflict,
    Stale,
    TooLarge,
    UnsupportedMediaType,
    RuleBroken,
    KeyReused,
    PreconditionRequired,
    Throttled,
    Failed,
    Unavailable,
)


def is_api(request: HttpRequest) -> bool:
    """Tell whether the request is for the REST interface, whose errors are problem details."""
    return request.path_info.startswith("/api/")
