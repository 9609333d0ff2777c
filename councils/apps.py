"""Local councils: who sits in them, what they decide, and what becomes of their seats."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CouncilsConfig(AppConfig):
    """Councils, convocations, mandates, sessions, resolutions, votes."""

    name = "councils"
    verbose_name = _("Local councils")
