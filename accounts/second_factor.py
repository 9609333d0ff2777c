"""The second factor: whose roles demand it, and whether a session was opened with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.checks import Error, register
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.models import SECOND_FACTOR

NAMES = {
    Authenticator.Type.TOTP: gettext_lazy("authenticator app"),
    Authenticator.Type.WEBAUTHN: gettext_lazy("passkey or security key"),
}
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as one. Recovery codes stand in for a factor that is lost, and are nothing without it."""


def waived() -> bool:
    """Tell whether the second factor is waived: under ``make demo`` alone, which says so in a banner."""
    return bool(settings.SECOND_FACTOR_WAIVED)


def counts(user: Any, kind: str) -> bool:
    """Tell whether a role of this kind counts for ``user`` as the user is authenticated now.

    This is the one place that decides it: a role that demands a second factor is not held in a session, nor with
    a token, that was opened without.
    """
    return kind not in SECOND_FACTOR or bool(user.second_factor) or waived()


def demanded_of(user: Any, *, on: dt.date) -> bool:
    """Tell whether a role given to the user for a day demands a second factor."""
    return any(role.role in SECOND_FACTOR for role in user.roles_on(on))


def missing(user: Any, *, on: dt.date) -> bool:
    """Tell whether the user has a role that does not count for want of a second factor."""
    return not user.second_factor and not waived() and demanded_of(user, on=on)


def is_set_up(user: Any) -> bool:
    """Tell whether the user has a second factor."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def was_used(request: HttpRequest, user: Any) -> bool:
    """Tell whether the session of a request was opened, or confirmed later, with a second factor of the user."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


@transaction.atomic
def spend(user: Any, code: str) -> Authenticator | None:
    """Return the factor that ``code`` is right for, and use the code up; None where it is wrong or was used before.

    A code of an app counts once and only if it is newer than the last one that counted, for as long as it is shown
    and the clocks may differ. That is kept with the factor, so that it holds without the cache too.
    """
    factors = {
        factor.type: factor
        for factor in Authenticator.objects.select_for_update().filter(
            user=user, type__in=(Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
        )
    }
    app, codes = factors.get(Authenticator.Type.TOTP), factors.get(Authenticator.Type.RECOVERY_CODES)
    if app is not None and _is_newer_code(app, code):
        return app
    if codes is not None and codes.wrap().validate_code(code):
        return codes
    return None


def _is_newer_code(app: Authenticator, code: str) -> bool:
    secret, last = decrypt(app.data["secret"]), app.data.get("last_counter", 0)
    for counter in yield_hotp_counters_from_time():
        expected = format_hotp_value(hotp_value(secret, counter))
        if counter > last and compare_user_code(actual=code, expected=expected):
            app.data["last_counter"] = counter
            app.save(update_fields=["data"])
            return True
    return False


@register(deploy=True)
def check_not_waived(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Refuse to deploy with the second factor waived."""
    if not waived() or settings.DEMO or settings.TESTING:
        return []
    return [Error("SECOND_FACTOR_WAIVED is for demonstrations only.", id="accounts.E001")]
