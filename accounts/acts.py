"""What is done about somebody's access: recorded, since sessions, tokens and links themselves are no records."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import AccessAct, Invitation, Session, Token, User


def record(*, user: User, kind: str, by: User | None, at: dt.datetime, reason: str = "") -> AccessAct:
    """Put an act on record, and so into the journal."""
    return AccessAct.objects.create(user=user, kind=kind, by=by, at=at, reason=reason)


def shut_out(user: User) -> int:
    """End every session and token of a user; return how many."""
    sessions = Session.objects.filter(user=user).delete()[0]
    return sessions + Token.objects.filter(user=user).delete()[0]


@transaction.atomic
def password_was_set(*, user: User, at: dt.datetime) -> None:
    """Withdraw what was given for the password of before: tokens, and a link that would set another.

    Sessions of before end by themselves: each remembers the password it was opened with.
    """
    Token.objects.filter(user=user).delete()
    Invitation.objects.filter(user=user).delete()
    record(user=user, kind=AccessAct.Kind.PASSWORD_SET, by=user, at=at)


def end_what_is_weaker(user: User, *, here: Any) -> None:
    """End what was opened without the second factor that was just added: other sessions, and tokens given without.

    ``here`` is the digest of the session in which it was added, which goes on.
    """
    Session.objects.filter(user=user).exclude(pk=here).delete()
    Token.objects.filter(user=user, second_factor=False).delete()
