"""Who uses the portal, and in which role for which unit."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users, their roles and their tokens."""

    name = "accounts"
    verbose_name = _("Users and roles")
