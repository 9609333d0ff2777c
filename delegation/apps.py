"""Delegated state powers: who does the state's work, on what basis and with what money."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DelegationConfig(AppConfig):
    """State powers, transfers, means, funding, performance, disputes, succession."""

    name = "delegation"
    verbose_name = _("Delegated state powers")

    def ready(self) -> None:
        """Announce the pages of state powers, declare their histories, keep what the migrations entered."""
        from delegation import journal, upkeep
        from lsg_portal.web.navigation import NavItem, register

        journal.declare()
        post_migrate.connect(upkeep.after_migrate, sender=self, dispatch_uid="delegation.upkeep")
        register(NavItem(35, "state-powers", _("Powers")))
