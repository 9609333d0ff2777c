"""Tokens for REST clients: given for a password (and a second factor), listed, withdrawn."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import second_factor, throttle
from accounts.acting import acting_for
from accounts.models import Token, User
from accounts.rules import needs_second_factor, today
from lsg_portal.data import actor
from lsg_portal.rest.problems import Conflict, Fault, Throttled, Unauthenticated

MOST = 20
"""Tokens of one user that work at a time."""


def issue(*, username: str, password: str, otp: str, address: str, name: str = "") -> tuple[Token, str]:
    """Return a new token and its text, which is never seen again.

    Raise Throttled, or Unauthenticated with the code ``bad_credentials``, ``otp_required`` or
    ``otp_invalid``. A name that does not exist costs as much time as a wrong password.
    """
    taken = _take("password", username, address)
    with transaction.atomic(), actor.acting("visitor"):  # an old hash of the password may be renewed
        user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        raise Unauthenticated(_("The name or the password is wrong."), code="bad_credentials")
    throttle.give_back(taken)
    user.second_factor = _second_factor(user, otp, address)
    with acting_for(user):
        return create(user=user, name=name)


@transaction.atomic
def create(*, user: User, name: str) -> tuple[Token, str]:
    """Return a new token of somebody who is logged in, as strong as that login was, and its text.

    Raise Conflict where the user has as many as may work at a time.
    """
    User.objects.select_for_update(of=("self",)).only("pk").get(pk=user.pk)
    if own(user).count() >= MOST:
        raise Conflict(
            _("You have as many tokens as one user may have. Revoke one first."), code="too_many_tokens"
        )
    instance, text = Token.objects.create(user, name=name, second_factor=user.second_factor)
    return instance, text


def _take(kind: str, account: str, address: str) -> list[str]:
    try:
        return throttle.take(kind, account, address)
    except throttle.TooMany as error:
        raise Throttled(error.wait) from None


def _second_factor(user: User, otp: str, address: str) -> bool:
    """Tell whether a second factor was shown; refuse where one is wanted and the right one was not."""
    if not Authenticator.objects.filter(user=user).exists():
        if needs_second_factor(user, on=today()) and not second_factor.waived():
            detail = _("Your role needs a second factor. Set it up on the pages of your account first.")
            raise Unauthenticated(detail, code="otp_required", errors=[Fault("/otp", "otp_required", detail)])
        return False
    if not otp:
        detail = _("Send the one-time code of your second factor too.")
        raise Unauthenticated(detail, code="otp_required", errors=[Fault("/otp", "otp_required", detail)])
    taken = _take("code", str(user.pk), address)
    with transaction.atomic(), acting_for(user):
        factor = second_factor.spend(user, otp)
        if factor is not None:
            factor.record_usage()
            throttle.give_back(taken)
            return True
    detail = _("The one-time code is wrong or was used before.")
    raise Unauthenticated(detail, code="otp_invalid", errors=[Fault("/otp", "otp_invalid", detail)])


def own(user: Any) -> QuerySet[Token]:
    """Return the user's tokens that still work, newest first."""
    now = timezone.now()
    return Token.objects.filter(Q(expiry__isnull=True) | Q(expiry__gt=now), user=user).order_by(
        "-created", "pk"
    )


def find(user: Any, token_id: uuid.UUID) -> QuerySet[Token]:
    """Return the user's token of this id, as a queryset of one or none."""
    return own(user).filter(digest__startswith=token_id.hex)


def purge_expired() -> int:
    """Drop tokens that have expired; return how many."""
    return Token.objects.filter(expiry__lte=timezone.now()).delete()[0]
