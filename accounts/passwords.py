"""What a password must be, beyond Django's own validators."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 256
"""Characters: more than anybody types, few enough that hashing them is no attack."""


SHORTEST_NAME = 4
"""Characters of a login name that would be no accident in a password."""


class LoginNameValidator:
    """Refuse passwords in which the login name stands: whoever guesses begins there."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password that has the user's login name in it, whatever the case."""
        name = user.get_username().casefold() if user is not None else ""
        if len(name) >= SHORTEST_NAME and name in password.casefold():
            raise ValidationError(
                _("The password must not have the login name in it."), code="password_has_login_name"
            )

    def get_help_text(self) -> str:
        """Say the rule before it is broken."""
        return _("Your password can’t have your login name in it.")


class MaximumLengthValidator:
    """Refuse passwords that are only there to keep the server busy."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password of more than ``LONGEST`` characters."""
        if len(password) > LONGEST:
            raise ValidationError(
                _("The password is too long: at most %(longest)s characters."),
                code="password_too_long",
                params={"longest": LONGEST},
            )

    def get_help_text(self) -> str:
        """Say the rule before it is broken."""
        return _("Your password can’t have more than %(longest)s characters.") % {"longest": LONGEST}
