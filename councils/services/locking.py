"""Rows as they are now, locked, for a service that changes them."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from registry.errors import RuleBroken, Stale, Violation
from registry.names import clean

Row = TypeVar("Row", bound=models.Model)


def locked(row: Row, expected_version: int | None = None) -> Row:
    """Return the row as it stands, locked; raise Stale if it is no longer the version the caller has read."""
    manager: Any = type(row)._default_manager
    current: Row = manager.select_for_update().get(pk=row.pk)
    if expected_version is not None and current.version != expected_version:  # type: ignore[attr-defined]
        raise Stale(Violation("stale", _("The record has been changed by someone else since you opened it.")))
    return current


def check_adoption() -> None:
    """Have the database check now with what resolutions were adopted."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS councils_adoption, councils_adopted IMMEDIATE")
        cursor.execute("SET CONSTRAINTS councils_adoption, councils_adopted DEFERRED")


def write_texts(row: models.Model, field: str, texts: Any, *, longest: int) -> None:
    """Set a translated field; raise RuleBroken where it says nothing in Kyrgyz and Russian, or too much."""
    for language in ("ky", "ru", "en"):
        text = clean(texts.get(language))
        if len(text) > longest:
            raise RuleBroken(
                Violation(
                    "too_long", _("At most %(most)s characters.") % {"most": longest}, f"/{field}_{language}"
                )
            )
        setattr(row, f"{field}_{language}", text or None)
    if not (getattr(row, f"{field}_ky") or getattr(row, f"{field}_ru")):
        raise RuleBroken(Violation("required", _("Give a title in Kyrgyz or Russian."), f"/{field}"))
