"""How allauth behaves here."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import acts, second_factor, throttle
from accounts.acting import acting_for
from accounts.models import LONGEST_CLIENT
from accounts.rules import today
from accounts.sessions import CLIENT


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

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the user's own page."""
        return resolve_url("me")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return the user of a name and a password, or None; slow down whoever guesses."""
        try:
            taken = throttle.take("password", str(credentials.get("username", "")), address_of(request))
        except throttle.TooMany:
            raise self.validation_error("too_many_login_attempts") from None
        user = super().authenticate(request, **credentials)
        if user is not None:
            throttle.give_back(taken)
        return user

    def login(self, request: HttpRequest, user: Any) -> None:
        """Open the session, in the user's own name; note where it was opened from."""
        with acting_for(user):
            super().login(request, user)
        request.session[CLIENT] = client_of(request)

    def set_password(self, user: Any, password: str) -> None:
        """Set the password, in the user's own name; tokens and an open link end with the one of before."""
        with acting_for(user), transaction.atomic():
            super().set_password(user, password)
            acts.password_was_set(user=user, at=timezone.now())


class MFAAdapter(DefaultMFAAdapter):
    """The second factor: secrets encrypted, none taken away from whoever must have one."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": gettext_lazy(
            "Your role demands a second factor. Add another one before you remove this one."
        ),
    }

    def get_totp_issuer(self) -> str:
        """Return what an authenticator app calls the portal."""
        return _("Register of local self-government")

    def encrypt(self, text: str) -> str:
        """Return the secret as it is stored."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse to remove the last factor of a user whose role demands one."""
        user = authenticator.user
        if second_factor.waived() or not second_factor.demanded_of(user, on=today()):
            return True
        others = Authenticator.objects.filter(user=user, type__in=second_factor.FACTORS)
        return others.exclude(pk=authenticator.pk).exists()


def _cipher() -> MultiFernet:
    """Return the cipher of the secrets: the first key writes, older ones still read."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"second factor\0" + key.encode()).digest()))
        for key in keys
    )


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from, as far as the proxies can be trusted; empty where nobody can say."""
    try:
        return str(DefaultAccountAdapter().get_client_ip(request))
    except PermissionDenied:
        return ""


def client_of(request: HttpRequest) -> list[str | None]:
    """Return the address and the browser of a request, as a session keeps them."""
    agent = request.META.get("HTTP_USER_AGENT", "").replace("\0", "")
    return [address_of(request) or None, agent[:LONGEST_CLIENT]]
