"""What migrations enter is entered again where tables were emptied (between tests)."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.apps import apps as real
from django.db import connections, transaction

from lsg_portal.data import actor


def reentering(app: str, model: str, *migrations: str) -> Callable[..., None]:
    """Return the receiver of ``post_migrate`` that calls ``enter`` of these migrations of an app after a flush.

    A flush has no plan; what stands in ``model`` already is left alone.
    """

    def after_migrate(*, using: str, plan: Any = None, **kwargs: Any) -> None:
        connection: Any = connections[using]
        entered = real.get_model(app, model)
        if plan is not None or entered._meta.db_table not in connection.introspection.table_names():
            return
        with (
            connection.as_owner(),
            actor.acting(actor.current().actor or "system:migrate"),
            transaction.atomic(using=using),
        ):
            if not entered._default_manager.using(using).exists():
                for name in migrations:
                    import_module(f"{app}.migrations.{name}").enter(real, None)

    return after_migrate
