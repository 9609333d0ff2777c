"""Local councils: who sits in them, what they decide, and what becomes of their seats."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CouncilsConfig(AppConfig):
    """Councils, convocations, mandates, sessions, resolutions, votes."""

    name = "councils"
    verbose_name = _("Local councils")

    def ready(self) -> None:
        """Announce the pages of the councils, declare their histories, keep what the migrations entered."""
        from councils import journal, upkeep
        from lsg_portal.web.navigation import NavItem, register

        journal.declare()
        post_migrate.connect(upkeep.after_migrate, sender=self, dispatch_uid="councils.upkeep")
        register(NavItem(20, "councils", _("Councils")))
