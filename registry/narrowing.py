"""Filters of the list of units that apps above the register add to it, so that the register knows none of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Narrowing:
    """A text parameter of the list and the SQL condition on ``u.unit_id`` it stands for (``%(name)s`` its value)."""

    name: str
    description: StrOrPromise
    condition: str


_added: dict[str, Narrowing] = {}


def register(narrowing: Narrowing) -> None:
    """Add a filter; called from ``AppConfig.ready`` of the app that knows what it means."""
    _added[narrowing.name] = narrowing


def added() -> list[Narrowing]:
    """Return the filters added so far, in the order of their names."""
    return [_added[name] for name in sorted(_added)]
