"""Invitation by link: shown once, kept as a digest, used once, for a week."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import acts, services
from accounts.errors import NotYours
from accounts.models import AccessAct, Invitation, Session, User
from accounts.spelling import must_be_seen
from lsg_portal.data import actor
from registry.errors import StateConflict, Violation

LONGEST_REASON = 500


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def invite(*, user: User, by: User | None, at: dt.datetime, reason: str) -> str:
    """Return the secret of a link with which ``user`` sets a password; an earlier link no longer holds.

    Also for somebody who has forgotten the password and has no mail. It opens nothing by itself where a second
    factor is set up. Nobody invites himself.
    """
    if by is not None and by.pk == user.pk:
        raise NotYours(Violation("own_account", _("Another administrator must make a link for you.")))
    must_be_seen(reason, "/reason", lines=True)
    if not user.is_active:
        raise StateConflict(Violation("already_inactive", _("The account is closed already.")))
    text = secrets.token_urlsafe(32)
    with actor.because(reason):
        Invitation.objects.filter(user=user).delete()
        Invitation.objects.create(
            user=user,
            digest=_digest(text),
            created_at=at,
            expires_at=at + settings.INVITATION_LIFE,
            created_by=by,
        )
        acts.record(
            user=user, kind=AccessAct.Kind.LINK_MADE, by=by, at=at, reason=reason.strip()[:LONGEST_REASON]
        )
    return text


@transaction.atomic
def invite_new(
    *,
    username: str,
    last_name: str,
    first_name: str,
    patronymic: str = "",
    email: str = "",
    role: str,
    unit: object = None,
    begins: dt.date,
    ends: dt.date | None = None,
    by: User | None,
    at: dt.datetime,
    reason: str,
) -> tuple[User, str]:
    """Make a user with a first role; return the user and the secret of the link."""
    with actor.because(reason):
        user = services.create_user(
            username=username, last_name=last_name, first_name=first_name, patronymic=patronymic, email=email
        )
    services.grant(
        user=user,
        role=role,
        unit=unit,  # type: ignore[arg-type]
        begins=begins,
        ends=ends,
        by=by,
        at=at,
        reason=reason,
    )
    return user, invite(user=user, by=by, at=at, reason=reason)


def find(text: str, *, at: dt.datetime) -> Invitation | None:
    """Return the invitation a link stands for, while it holds."""
    found = Invitation.objects.select_related("user").filter(
        digest=_digest(text), expires_at__gt=at, user__is_active=True
    )
    return found.first()


@transaction.atomic
def accept(*, text: str, password: str, at: dt.datetime) -> User:
    """Set the invited user's password and use up the link; StateConflict where it no longer holds.

    Sessions and tokens from before end.
    """
    row = Invitation.objects.select_for_update().filter(digest=_digest(text), expires_at__gt=at).first()
    user = User.objects.select_for_update().filter(pk=row.user_id, is_active=True).first() if row else None
    if row is None or user is None:
        raise StateConflict(
            Violation("no_such_link", _("The link no longer holds: it was used, or its time is over."))
        )
    with translation.override(settings.LANGUAGE_CODE):  # the journal's own language, whatever the page's
        why = gettext("The invitation was accepted.")
    with actor.acting(f"user:{user.pk}", name=str(user)), actor.because(why):
        user.set_password(password)
        user.save(update_fields=["password"])
        Session.objects.filter(user=user).delete()
        acts.password_was_set(user=user, at=at)
    return user


def purge_expired(*, at: dt.datetime) -> int:
    """Drop the invitations that were not accepted in time; return how many."""
    return Invitation.objects.filter(expires_at__lte=at).delete()[0]
