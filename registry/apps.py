"""The register of units: what exists, under which name, where, from when until when."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """Units, settlements, legal acts and the changes between them."""

    name = "registry"
    verbose_name = _("Register of units")

    def ready(self) -> None:
        """Declare what the journal tells of the register."""
        from registry import journal

        journal.declare()
