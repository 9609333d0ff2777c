"""What the journal tells of users: to auditors and administrators alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import visibility
from audit.visibility import Part, Subject


def _may_see(user: Any, key: int) -> bool:
    return bool(user) and user.has_perm("audit.view_private") and User.objects.filter(pk=key).exists()


def _names(keys: Iterable[str]) -> dict[str, str]:
    return {str(user.pk): str(user) for user in User.objects.filter(pk__in=list(keys))}


def declare() -> None:
    """Declare that a user has a history: the account, its roles, and what was done about its access."""
    visibility.subject(
        Subject(
            "user",
            gettext_lazy("user"),
            "accounts_user",
            key=int,
            may_see=_may_see,
            route="user",
            parts=(
                Part("accounts_role", "SELECT id::text FROM accounts_role WHERE user_id = %(key)s::bigint"),
                Part(
                    "accounts_accessact",
                    "SELECT id::text FROM accounts_accessact WHERE user_id = %(key)s::bigint",
                ),
            ),
        )
    )
    technical = ("is_superuser", "is_staff", "last_login")
    visibility.table("accounts_user", identity=("username",), hidden=technical, sealed=True)
    visibility.table(
        "accounts_role", identity=("role", "unit_id"), persons=("granted_by_id", "ended_by_id"), sealed=True
    )
    visibility.table(
        "accounts_accessact", identity=("kind",), persons=("by_id",), hidden=("at", "reason"), sealed=True
    )
    visibility.names("accounts_user", _names)
