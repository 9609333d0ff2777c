"""Tokens for REST clients: given for a password (and a second factor), listed, withdrawn."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.models import AuthToken

from accounts.models import User
from accounts.rules import needs_second_factor
from lsg_portal.rest.clock import today
from lsg_portal.rest.problems import Fault, Throttled, Unauthenticated

logger = logging.getLogger(__name__)

FAILURES = 10
FAILURES_OF_ADDRESS = 100
WINDOW = dt.timedelta(minutes=5)
"""Failed attempts within it: of one account from one address, and of one address for any account.

An account is never locked as such: whoever guesses from elsewhere does not keep its owner out.
"""


def issue(*, username: str, password: str, otp: str, address: str) -> tuple[AuthToken, str]:
    """Return a new token and its text, which is never seen again.

    Raise Throttled, or Unauthenticated with the code ``bad_credentials``, ``otp_required`` or
    ``otp_invalid``. A name that does not exist costs as much time as a wrong password.
    """
    counters = _counters(username, address)
    _refuse_after_failures(counters)
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        _count_failure(counters)
        raise Unauthenticated(_("The name or the password is wrong."), code="bad_credentials")
    _check_second_factor(user, otp, counters)
    instance, text = AuthToken.objects.create(user)
    return instance, text


def _check_second_factor(user: User, otp: str, counters: dict[str, int]) -> None:
    factors = {factor.type: factor for factor in Authenticator.objects.filter(user=user)}
    if not factors:
        if needs_second_factor(user, on=today()) and not waived():
            detail = _("Your role needs a second factor. Set it up on the pages of your account first.")
            raise Unauthenticated(detail, code="otp_required", errors=[Fault("/otp", "otp_required", detail)])
        return
    if not otp:
        detail = _("Send the one-time code of your second factor too.")
        raise Unauthenticated(detail, code="otp_required", errors=[Fault("/otp", "otp_required", detail)])
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        if kind in factors and factors[kind].wrap().validate_code(otp):
            factors[kind].record_usage()
            return
    _count_failure(counters)
    detail = _("The one-time code is wrong or was used before.")
    raise Unauthenticated(detail, code="otp_invalid", errors=[Fault("/otp", "otp_invalid", detail)])


def waived() -> bool:
    """Tell whether the second factor is waived: under ``make demo`` alone, which says so in a banner."""
    return bool(getattr(settings, "SECOND_FACTOR_WAIVED", settings.DEMO))


def _counters(username: str, address: str) -> dict[str, int]:
    """Return the counters of this attempt with their limits; the name is hashed, whatever it contains."""
    account = uuid.uuid5(uuid.NAMESPACE_OID, f"{username.casefold()}\x1f{address}")
    return {
        f"tokens:{account}": FAILURES,
        f"tokens:{uuid.uuid5(uuid.NAMESPACE_OID, address)}": FAILURES_OF_ADDRESS,
    }


def _refuse_after_failures(counters: dict[str, int]) -> None:
    try:
        failures = cache.get_many(list(counters))
    except Exception:  # the cache is away: passwords are slow to guess even without it
        logger.warning("failed logins are not counted", exc_info=True)
        return
    if any(failures.get(key, 0) >= limit for key, limit in counters.items()):
        raise Throttled(int(WINDOW.total_seconds()))


def _count_failure(counters: dict[str, int]) -> None:
    try:
        for key in counters:
            cache.add(key, 0, timeout=WINDOW.total_seconds())
            cache.incr(key)
    except Exception:
        logger.warning("failed logins are not counted", exc_info=True)


def own(user: Any) -> QuerySet[AuthToken]:
    """Return the user's tokens that still work, newest first."""
    now = timezone.now()
    return AuthToken.objects.filter(Q(expiry__isnull=True) | Q(expiry__gt=now), user=user).order_by(
        "-created"
    )


def public_id(token: AuthToken) -> uuid.UUID:
    """Return the id of a token: the start of its digest, of no use for logging in."""
    return uuid.UUID(token.digest[:32])


def find(user: Any, token_id: uuid.UUID) -> QuerySet[AuthToken]:
    """Return the user's token of this id, as a queryset of one or none."""
    return own(user).filter(digest__startswith=token_id.hex)


def purge_expired() -> int:
    """Drop tokens that have expired; return how many."""
    return AuthToken.objects.filter(expiry__lte=timezone.now()).delete()[0]
