"""What lets somebody in: sessions, tokens and invitations, only digests of them; and what was done about it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

LONGEST_CLIENT = 200
"""Characters of a browser's own name for itself that are kept."""


_BROWSERS = ("YaBrowser", "Edg", "OPR", "Firefox", "Chrome", "Safari", "curl", "python")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
_SAID = {"Edg": "Edge", "OPR": "Opera", "YaBrowser": "Yandex"}
"""Browsers name those they resemble too, so the particular ones are looked for first."""


class Session(AbstractBaseSession):
    """A browser that is signed in, or a visitor's form. ``session_key`` is the digest of what the cookie holds."""

    not_a_record = "sessions: only the digest of a key, gone when it ends"
    erasable = True

    session_key = models.CharField(_("digest of the session key"), max_length=64, primary_key=True)
    user = models.ForeignKey(
        "accounts.User", models.CASCADE, null=True, related_name="sessions", verbose_name=_("user")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    last_seen_at = models.DateTimeField(_("last seen at"), default=timezone.now)
    address = models.GenericIPAddressField(_("network address"), null=True)
    client = models.CharField(_("browser"), max_length=LONGEST_CLIENT, blank=True, default="")

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        verbose_name = _("session")  # type: ignore[assignment]
        verbose_name_plural = _("sessions")  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"session of {self.user_id or 'a visitor'} since {self.created_at:%Y-%m-%d}"

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        """Return the store that reads and writes these rows."""
        from accounts.sessions import SessionStore

        return SessionStore

    @property
    def browser(self) -> str:
        """The browser and the system in two words, as far as its own name for itself says."""
        found = [next((word for word in words if word in self.client), "") for words in (_BROWSERS, _SYSTEMS)]
        return " · ".join(_SAID.get(word, word) for word in found if word) or self.client[:40]

    @property
    def public_id(self) -> uuid.UUID:
        """What names the session on pages: the start of its digest, of no use for logging in."""
        return uuid.UUID(self.session_key[:32])


class Token(AbstractAuthToken):
    """A REST client's token: what it is for, how it was given, when it was last used."""

    not_a_record = "tokens: only digests, gone when withdrawn or expired"
    erasable = True

    USE_NOTED_EVERY: ClassVar = dt.timedelta(hours=1)

    name = models.CharField(_("name"), max_length=100, blank=True, default="")
    second_factor = models.BooleanField(_("given for a second factor"), default=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return f"token {self.name or self.public_id} of {self.user_id}"

    @property
    def public_id(self) -> uuid.UUID:
        """What names the token: the start of its digest, of no use for logging in."""
        return uuid.UUID(self.digest[:32])

    def admit(self, user: Any) -> None:
        """Say on the user of a request how the token was given, and note its use, at most once an hour."""
        user.second_factor = self.second_factor
        now = timezone.now()
        if now - (self.last_used_at or self.created) >= self.USE_NOTED_EVERY:
            self.last_used_at = now
            Token.objects.filter(pk=self.pk).update(last_used_at=now)


class Invitation(models.Model):
    """A link by which a prepared user sets the password, once; the row goes when it is used."""

    not_a_record = "invitations: only the digest of a link, gone when used"
    erasable = True

    user = models.OneToOneField(
        "accounts.User", models.CASCADE, related_name="invitation", verbose_name=_("user")
    )
    digest = models.CharField(_("digest of the link"), max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"))
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", null=True, verbose_name=_("invited by")
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                name="accounts_invitation_expires_later",
                condition=models.Q(expires_at__gt=models.F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation of {self.user}"


class AccessAct(models.Model):
    """That somebody was let in or shut out: what else would leave no trace but a row that is gone.

    Never changed and never deleted. What a factor or a link was made of is not kept here.
    """

    class Kind(models.TextChoices):
        """What was done."""

        LINK_MADE = "link_made", _("link to set the password made")
        PASSWORD_SET = "password_set", _("password set")  # noqa: S105 (a word, no password)
        ACCESS_ENDED = "access_ended", _("sessions ended and tokens revoked")
        FACTOR_ADDED = "factor_added", _("second factor added")
        FACTOR_REMOVED = "factor_removed", _("second factor removed")
        FACTOR_RESET = "factor_reset", _("second factor reset")

    user = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="access_acts", verbose_name=_("user")
    )
    kind = models.CharField(_("what was done"), max_length=20, choices=Kind)
    by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", null=True, verbose_name=_("done by")
    )
    at = models.DateTimeField(_("done at"), default=timezone.now)
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("act about access")
        verbose_name_plural = _("acts about access")
        constraints = [
            models.CheckConstraint(
                name="accounts_accessact_known",
                condition=models.Q(
                    kind__in=[
                        "link_made",
                        "password_set",
                        "access_ended",
                        "factor_added",
                        "factor_removed",
                        "factor_reset",
                    ]
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.user_id})"
