"""The demonstration data."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demonstration data."""

    name = "lsg_portal.demo"
    label = "demo"
