"""Columns, parameters and kinds of views that the resources of delegated powers share."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from councils.api.columns import PLACE, narrow, narrow_to, narrow_to_words, one, place_columns, texts
from delegation import rules, visibility
from delegation.models import Basis, PowerGroup, TransferStatus
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Fault, Forbidden, RuleBroken
from lsg_portal.rest.sight import BySight, SeenThing

__all__ = [
    "PLACE",
    "narrow",
    "narrow_to",
    "narrow_to_words",
    "one",
    "place_columns",
    "texts",
]

M = TypeVar("M", bound=Model)
DATA = ("delegation", "registry")
GROUPS = {"enum": list(PowerGroup.values)}
BASES = {"enum": list(Basis.values)}
STATUSES = {"enum": list(TransferStatus.values)}
POWER = Param("power", "uuid", _("Only this state power."))
CODE = Param("code", "text", _("Only the state power of this code."), max_length=60)
TRANSFER = Param("transfer", "uuid", _("Only this transfer."))
GROUP = Param(
    "group", "choice", _("Only these groups of powers."), choices=tuple(PowerGroup.values), many=True
)
YEAR = Param("year", "int", _("Only this year."), minimum=1991, maximum=2100)
QUARTER = Param("quarter", "int", _("Only this quarter."), minimum=1, maximum=4)
NOT_YOURS = _("Only the staff of this municipality and the ministry record this.")
MINISTRYS = _("Only the ministry takes this step.")
UNKNOWN = _("There is no such record.")


def power_columns(alias: str) -> tuple[Column, ...]:
    """Return the power of a row: identifier, code and name."""
    return (
        Column("power.id", f"{alias}.power_id", "uuid"),
        Column("power.code", f"{alias}.power_code"),
        *(Column(f"power.name.{lang}", f"{alias}.power_{lang}", null=True) for lang in ("ky", "ru", "en")),
    )


class OfDelegation(BySight):
    """A view that shows more to some: drafts."""

    def sight(self, viewer: Any) -> visibility.Sight:
        """How far the viewer sees."""
        return rules.sight(viewer)


class Seen(OfDelegation, SeenThing):
    """A thing of delegated powers, with an ETag that depends on its viewer."""


class Readable(OfDelegation, SqlListView):
    """A list of transfers or of what belongs to them: drafts for those who read them."""

    data = DATA


def only_readable(source: Source, viewer: Any, alias: str = "t") -> None:
    """Keep the transfers ``alias`` that the viewer may read."""
    readable, args = visibility.condition(rules.sight(viewer), alias)
    source.add(readable, **args)


def must_keep(user: Any, unit: Any) -> None:
    """Raise Forbidden unless the user records for the municipality; where none is given yet, for any."""
    keeps = user.has_perm("delegation.keep_any") if unit is None else user.has_perm("delegation.keep", unit)
    if not keeps:
        raise Forbidden(NOT_YOURS)


def must_decide(user: Any) -> None:
    """Raise Forbidden unless the user takes the ministry's steps."""
    if not user.has_perm("delegation.decide"):
        raise Forbidden(MINISTRYS)


def known(things: QuerySet[M], key: uuid.UUID | None, pointer: str) -> M:
    """Return the thing of this identifier; raise RuleBroken where there is none."""
    found = things.filter(pk=key).first()
    if found is None:
        raise RuleBroken(errors=[Fault(pointer, "unknown", UNKNOWN)])
    return found


def maybe(things: QuerySet[M], key: uuid.UUID | None, pointer: str) -> M | None:
    """Return the thing of this identifier, where one is named."""
    return known(things, key, pointer) if key else None
