"""A value as it was typed becomes a stored one, once however often it is sent."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from kpi import services
from kpi.entry_forms import ValueForm, amounts
from kpi.models import WITHOUT_FIGURE, Notice, Value
from registry.names import clean


def save(form: ValueForm, *, at: dt.datetime, expected_version: int | None = None) -> Value:
    """Store what was typed and return the value; raise DomainError where it is refused.

    What stands there already is not written again: an answer may be lost on a slow line, and the same figure sent
    again is no change of anybody's.
    """
    value, given = form.value, form.given
    if stands(value, given):
        return value
    wanted = form.expected_version if expected_version is None else expected_version
    return services.enter_value(
        value=value, at=at, origin=_origin(value, given), expected_version=wanted, **given
    )


def _figures(given: dict[str, Any], value: Value) -> dict[str, Decimal | None]:
    return {name: given[name] for name in amounts(value.indicator)}


def stands(value: Value, given: dict[str, Any]) -> bool:
    """Whether the stored value is what was sent."""
    figures = _figures(given, value)
    status = given["status"]
    if status not in WITHOUT_FIGURE and None in figures.values():
        status = ""
    same = all(getattr(value, name) == figure for name, figure in figures.items())
    return same and value.status == status and value.note == clean(given["note"])


def _origin(value: Value, given: dict[str, Any]) -> str:
    """Tell where the figures come from: they stay what they are where only the note changes."""
    figures, known = _figures(given, value), value.known or {}
    if all(getattr(value, name) == figure for name, figure in figures.items()):
        return value.origin
    offered = {name: Decimal(known[name]) for name in figures if name in known}
    return Value.Origin.REGISTER if offered == figures else Value.Origin.ENTERED


@transaction.atomic
def notices_seen(user: User, *, at: dt.datetime) -> int:
    """Mark what somebody was told as seen; return how many."""
    return Notice.objects.filter(user=user, seen_at=None).update(seen_at=at)
