"""Which tables hold records, and which do not, with the reason.

A record is journalled and never deleted. Every model of the portal is one, unless its class says why not:
``not_a_record = "…"``; if its rows may go away, it also says ``erasable = True``.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

OF_LIBRARIES = {
    "account_emailaddress": "allauth: kept equal to the user's own address, which is journalled",
    "account_emailconfirmation": "allauth: links that are pending",
    "admin_log": "Django: what was done in the administration; the journal says it too",
    "auth_group": "Django: unused; roles are accounts.Role",
    "auth_group_permissions": "Django: unused",
    "auth_permission": "Django: derived from the models",
    "accounts_user_groups": "Django: unused",
    "accounts_user_user_permissions": "Django: unused",
    "django_admin_log": "Django: what was done in the administration; the journal says it too",
    "django_content_type": "Django: derived from the models",
    "django_migrations": "Django: which migrations ran; only the owner writes it",
    "django_session": "sessions",
    "knox_authtoken": "tokens",
    "mfa_authenticator": "second factors: secrets of the user alone",
    "usersessions_usersession": "sessions",
}
"""Tables of Django and its libraries, none of which hold records."""

ERASABLE = {
    "account_emailaddress",
    "account_emailconfirmation",
    "django_session",
    "knox_authtoken",
    "mfa_authenticator",
    "usersessions_usersession",
}
"""Those among them whose rows the serving role may delete."""

READ_ONLY = {"django_migrations", "auth_group", "auth_group_permissions", "accounts_user_groups"} | {
    "accounts_user_user_permissions"
}
"""Those that the serving role only reads: Django's own permissions are used for nothing."""


def models_of_portal() -> Iterator[type[models.Model]]:
    """Yield every model with a table of its own that is not a library's."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in OF_LIBRARIES:
            yield model


def record_tables() -> list[str]:
    """Return the tables whose every change the journal must hold."""
    return sorted(m._meta.db_table for m in models_of_portal() if not getattr(m, "not_a_record", ""))


def erasable_tables() -> list[str]:
    """Return the tables from which the serving role may delete."""
    own = {m._meta.db_table for m in models_of_portal() if getattr(m, "erasable", False)}
    return sorted(own | ERASABLE)


def model_of(table: str) -> type[models.Model] | None:
    """Return the model of a table, or None where a later release has none."""
    return next((m for m in apps.get_models() if m._meta.db_table == table), None)
