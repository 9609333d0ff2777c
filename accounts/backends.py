"""Names and passwords."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from accounts.passwords import LONGEST


class PasswordBackend(ModelBackend):
    """Django's own check of a name and a password; what can be nobody's password is not even hashed.

    A name that does not exist, and one that is not active, cost as much time as a wrong password. Rights are
    the rules' concern alone (``User.has_perm``).
    """

    def authenticate(  # type: ignore[override]
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> AbstractBaseUser | None:
        """Return the user, or None."""
        if password is None or len(password) > LONGEST:
            return None
        return super().authenticate(request, username=username, password=password, **kwargs)
