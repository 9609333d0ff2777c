"""The settings mypy reads: without django-modeltranslation, whose managers its plugin cannot follow.

The translated fields (``name_ky`` …) are declared on the models for type checkers instead.
"""

from lsg_portal.settings import *  # noqa: F403
from lsg_portal.settings import INSTALLED_APPS as _APPS

_INSTEAD = {
    "modeltranslation": [],
    "lsg_portal.pages.admin_config.AdministrationConfig": ["django.contrib.admin.apps.SimpleAdminConfig"],
}
INSTALLED_APPS = [name for app in _APPS for name in _INSTEAD.get(app, [app])]
