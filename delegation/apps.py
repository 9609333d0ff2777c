"""Delegated state powers: who does the state's work, on what basis and with what money."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DelegationConfig(AppConfig):
    """State powers, transfers, means, funding, performance, disputes, succession."""

    name = "delegation"
    verbose_name = _("Delegated state powers")
