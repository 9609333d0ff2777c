"""The project itself as an app, for its commands."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The project's own commands."""

    name = "lsg_portal"
    label = "lsg_portal"
