"""The administrative-territorial reform."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from lsg_portal.web import navigation


class ReformConfig(AppConfig):
    """Programmes, events, road maps, hand-overs and the statistics of the reform."""

    name = "reform"
    verbose_name = _("Administrative-territorial reform")

    def ready(self) -> None:
        """Announce the reform in the main menu, add its filter to the list of units, declare its histories."""
        from reform import journal, narrowing

        narrowing.add()
        journal.declare()
        navigation.register(navigation.NavItem(40, "reform", _("Reform")))
