"""What a password must be, beyond Django's own validators."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 256
"""Characters: more than anybody types, few enough that hashing them is no attack."""


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
