"""Web shell: tables, charts, forms, formats, template tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Web shell: tables, charts, forms, formats, template tags."""

    name = "lsg_portal.web"
    label = "web"
