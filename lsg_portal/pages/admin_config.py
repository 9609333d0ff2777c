"""The administration pages as an app: stands in the settings instead of ``django.contrib.admin``."""

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    """Django's administration with the portal's own site."""

    default = False
    default_site = "lsg_portal.pages.admin_site.AdministrationSite"
