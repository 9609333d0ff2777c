"""REST plumbing: errors, filters, paging, formats, preconditions."""

from django.apps import AppConfig


class RestConfig(AppConfig):
    """REST plumbing: errors, filters, paging, formats, preconditions."""

    name = "lsg_portal.rest"
    label = "rest"
