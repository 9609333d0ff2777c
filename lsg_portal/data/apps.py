"""Prepared SQL and COPY."""

from django.apps import AppConfig


class DataConfig(AppConfig):
    """Prepared SQL and COPY."""

    name = "lsg_portal.data"
    label = "data"
