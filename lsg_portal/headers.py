"""Headers that every answer has, whoever made it: page, REST, static file, redirect or refusal."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

NOBODY = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
)
OURSELVES = ("fullscreen", "publickey-credentials-create", "publickey-credentials-get")
PERMISSIONS = ", ".join(
    [f"{name}=()" for name in (*NOBODY, "midi", "payment", "usb", "xr-spatial-tracking")]
    + [f"{name}=(self)" for name in OURSELVES]
)
"""What a page may ask a browser for: passkeys, and nothing that senses or pays."""


class HeadersMiddleware:
    """Put the headers of all answers; keep it before everything else, so that no refusal goes past it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add what the middleware below, or the view, has not set."""
        response = self.get_response(request)
        headers = response.headers
        headers["Permissions-Policy"] = PERMISSIONS
        if "Content-Security-Policy" not in headers:
            headers["Content-Security-Policy"] = policy()
        if "X-Frame-Options" not in headers:
            headers["X-Frame-Options"] = settings.X_FRAME_OPTIONS
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "Cache-Control" not in headers:
            headers["Cache-Control"] = "private, no-store"  # what a session shows is kept on no disk
        if request.method == "HEAD" and isinstance(response, HttpResponse) and response.content:
            headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""  # the server would drop it, with a warning
        return response


@lru_cache(maxsize=1)
def policy() -> str:
    """Return the content security policy of the settings."""
    return str(build_policy())
