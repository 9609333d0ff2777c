"""How allauth behaves here."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url


class AccountAdapter(DefaultAccountAdapter):
    """Login without sign-up; whoever logs in keeps the language of the page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: administrators make the users."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the first page in the language of the request."""
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Return the first page in the language of the request."""
        return resolve_url(settings.LOGOUT_REDIRECT_URL)
