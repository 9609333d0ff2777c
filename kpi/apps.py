"""KPI: by what heads and employees are assessed, what they report, and how they score."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class KpiConfig(AppConfig):
    """Methodologies, periods, reports, reviews, scores, rankings and series."""

    name = "kpi"
    verbose_name = _("KPI")

    def ready(self) -> None:
        """Announce the pages of KPI, declare its histories, keep what the migrations entered."""
        from kpi import journal, upkeep
        from lsg_portal.web.navigation import NavItem, register

        journal.declare()
        post_migrate.connect(upkeep.after_migrate, sender=self, dispatch_uid="kpi.upkeep")
        register(NavItem(40, "kpi", _("KPI")))
