"""Sessions in the database, found by the digest of what the cookie holds.

Whoever reads the table, or a backup of it, can open no session with it. A session ends after some hours without
use (``SESSION_IDLE``) and, used or not, some days after login (``SESSION_COOKIE_AGE``): logging in again makes
a new one. Asynchronous use is not supported and fails loudly.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import Session

CLIENT = "client"
"""Where a session keeps the address and the browser it was opened from."""
NOTED_EVERY = dt.timedelta(minutes=5)
"""How exactly the last use of a session is known; reading a page costs no write more often than that."""


def digest(key: str) -> str:
    """Return what is stored in place of a session's key."""
    return hashlib.sha256(key.encode()).hexdigest()


class SessionStore(SessionBase):
    """A session by its key; the database knows the key's digest."""

    @property
    def _rows(self) -> Any:
        from accounts.models import Session

        return Session.objects

    @property
    def public_id(self) -> uuid.UUID | None:
        """What names this session on pages, or None before it is stored."""
        return uuid.UUID(digest(self.session_key)[:32]) if self.session_key else None

    def load(self) -> dict[str, Any]:
        """Return what the session holds; an ended one is forgotten, key and all."""
        now = timezone.now()
        row = live(now).filter(session_key=digest(self.session_key or "")).first()
        if row is None:
            self._session_key = None
            return {}
        if row.last_seen_at < now - NOTED_EVERY:
            self._rows.filter(pk=row.pk).update(last_seen_at=now)
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        """Tell whether there is a session of this key."""
        return bool(self._rows.filter(session_key=digest(session_key)).exists())

    def create(self) -> None:
        """Store a new, empty session."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write the session; its end stays where login has put it."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        user_id = data.get(SESSION_KEY)
        address, client = data.get(CLIENT) or (None, "")
        row = {
            "session_data": self.encode(data),
            "user_id": int(user_id) if user_id else None,
            "address": address,
            "client": client,
        }
        key = digest(self.session_key)
        if not must_create:
            if not self._rows.filter(session_key=key).update(**row):
                raise UpdateError
            return
        expires = timezone.now() + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
        try:
            with transaction.atomic():
                self._rows.create(session_key=key, expire_date=expires, **row)
        except IntegrityError as error:
            raise CreateError from error

    def delete(self, session_key: str | None = None) -> None:
        """End the session."""
        key = session_key or self.session_key
        if key is not None:
            self._rows.filter(session_key=digest(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Drop the sessions that have ended."""
        purge()


def live(now: dt.datetime) -> QuerySet[Session]:
    """Return the sessions that still hold at a moment."""
    from accounts.models import Session

    return Session.objects.filter(expire_date__gt=now, last_seen_at__gt=now - settings.SESSION_IDLE)


def purge() -> int:
    """Drop the sessions that have ended; return how many."""
    from accounts.models import Session

    now = timezone.now()
    ended = Q(expire_date__lte=now) | Q(last_seen_at__lte=now - settings.SESSION_IDLE)
    return Session.objects.filter(ended).delete()[0]


def own(user: Any) -> QuerySet[Session]:
    """Return a user's sessions that still hold, the one used last first."""
    return live(timezone.now()).filter(user=user).order_by("-last_seen_at", "-created_at")


def find(user: Any, public_id: uuid.UUID) -> QuerySet[Session]:
    """Return the user's session of this public id, as a queryset of one or none."""
    return own(user).filter(session_key__startswith=public_id.hex)
