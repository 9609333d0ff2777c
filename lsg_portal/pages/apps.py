"""Pages composed of several apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    """Pages composed of several apps."""

    name = "lsg_portal.pages"
    label = "pages"

    def ready(self) -> None:
        """Announce the pages of the country and of the register's lists."""
        from lsg_portal.web.navigation import NavItem, register

        register(
            NavItem(10, "country", _("Country")),
            NavItem(40, "settlements", _("Settlements")),
            NavItem(50, "legal-acts", _("Legal acts")),
            NavItem(60, "published-figures", _("Published figures")),
        )
