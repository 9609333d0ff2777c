"""Executive bodies: who heads them, who works there, what they earn and spend."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AyilOkmotuConfig(AppConfig):
    """Executive bodies, posts, appointments, staffing, discipline, training, budgets."""

    name = "ayil_okmotu"
    verbose_name = _("Executive bodies")

    def ready(self) -> None:
        """Announce the pages of the bodies, declare their histories, keep what the migrations entered."""
        from ayil_okmotu import journal, upkeep
        from lsg_portal.web.navigation import NavItem, register

        journal.declare()
        post_migrate.connect(upkeep.after_migrate, sender=self, dispatch_uid="ayil_okmotu.upkeep")
        register(NavItem(30, "executive-bodies", _("Executive bodies")))
