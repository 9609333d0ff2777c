"""The administrative-territorial reform."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReformConfig(AppConfig):
    """Programmes, events, road maps, hand-overs and the statistics of the reform."""

    name = "reform"
    verbose_name = _("Administrative-territorial reform")

    def ready(self) -> None:
        """Add what the reform knows to the lists of the apps below."""
        from reform import narrowing

        narrowing.add()
