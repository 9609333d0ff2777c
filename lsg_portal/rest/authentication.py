"""Who is asking: a token, or the session of the web pages."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxAuthentication
from knox.crypto import hash_token
from knox.models import get_token_model
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

_TOKEN = re.compile(rb"[0-9A-Za-z_-]{1,200}")


class TokenAuthentication(KnoxAuthentication):
    """``Authorization: Token …``, found by its digest in one query.

    Knox's own would read every token of the user and fail on bytes that are not UTF-8.
    """

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        """Return the user and the token; refuse unknown and expired ones alike."""
        if not _TOKEN.fullmatch(token):
            raise AuthenticationFailed(_("The token is not valid."))
        found = (
            get_token_model()
            .objects.select_related("user")
            .filter(digest=hash_token(token.decode("ascii")))
            .first()
        )
        if found is None or (found.expiry is not None and found.expiry <= timezone.now()):
            raise AuthenticationFailed(_("The token is not valid."))
        user, auth_token = self.validate_user(found)
        auth_token.admit(user)  # says how strongly the user was authenticated, and notes the use
        return user, auth_token


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of the web pages, with its CSRF token; without its cookie the session is not even opened.

    Its challenge makes a missing login 401, where Django REST framework would answer 403.
    """

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """Return the user of the session, or None for a visitor."""
        if settings.SESSION_COOKIE_NAME not in request._request.COOKIES:
            return None
        return super().authenticate(request)

    def enforce_csrf(self, request: Request) -> None:
        """Refuse a write of a session without its CSRF token, in the reader's language."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied:
            raise PermissionDenied(_("Send the CSRF token of the session with what it changes.")) from None

    def authenticate_header(self, request: Request) -> str:
        """Name the challenge."""
        return 'Token realm="api"'


class TokenScheme(OpenApiAuthenticationExtension):
    """The token in the schema."""

    target_class = "lsg_portal.rest.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Describe the header."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Authorization: Token <token>`; a token comes from `POST /api/v1/tokens/`.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    """The session cookie in the schema."""

    target_class = "lsg_portal.rest.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Describe the cookie."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
