"""Pages composed of several apps."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Pages composed of several apps."""

    name = "lsg_portal.pages"
    label = "pages"
