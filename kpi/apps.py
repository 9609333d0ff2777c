"""KPI: by what heads and employees are assessed, what they report, and how they score."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class KpiConfig(AppConfig):
    """Methodologies, periods, reports, reviews, scores, rankings and series."""

    name = "kpi"
    verbose_name = _("KPI")

    def ready(self) -> None:
        """Keep what the migrations entered."""
        from kpi import upkeep

        post_migrate.connect(upkeep.after_migrate, sender=self, dispatch_uid="kpi.upkeep")
