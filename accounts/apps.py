"""Who uses the portal, and in which role for which unit."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users, their roles and their tokens."""

    name = "accounts"
    verbose_name = _("Users and roles")

    def ready(self) -> None:
        """Declare what lies below the users and cannot ask about roles itself: who reads the journal, who imports."""
        from accounts import audit_permissions, factor_changes, journal, permissions_registry  # noqa: F401

        journal.declare()
