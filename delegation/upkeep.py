"""What a migration enters is entered again where tables were emptied (between tests)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import apps as real
from django.db import connections, transaction

from lsg_portal.data import actor


def after_migrate(*, using: str, plan: Any = None, **kwargs: Any) -> None:
    """Enter what ``0003_data`` enters, unless it stands there: after a flush, which has no plan."""
    connection: Any = connections[using]
    power = real.get_model("delegation", "StatePower")
    if plan is not None or "delegation_statepower" not in connection.introspection.table_names():
        return
    with (
        connection.as_owner(),
        actor.acting(actor.current().actor or "system:migrate"),
        transaction.atomic(using=using),
    ):
        if not power._default_manager.using(using).exists():
            import_module("delegation.migrations.0003_data").enter(real, None)
