"""What migrations enter is entered again where tables were emptied (between tests)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import apps as real
from django.db import connections, transaction

from lsg_portal.data import actor


def after_migrate(*, using: str, plan: Any = None, **kwargs: Any) -> None:
    """Enter what ``0004_data`` and ``0005_record_data`` enter, unless it stands there: after a flush, without a plan."""
    connection: Any = connections[using]
    ground = real.get_model("ayil_okmotu", "EndGround")
    if plan is not None or "ayil_okmotu_endground" not in connection.introspection.table_names():
        return
    with (
        connection.as_owner(),
        actor.acting(actor.current().actor or "system:migrate"),
        transaction.atomic(using=using),
    ):
        if not ground._default_manager.using(using).exists():
            for name in ("0004_data", "0005_record_data"):
                import_module(f"ayil_okmotu.migrations.{name}").enter(real, None)
