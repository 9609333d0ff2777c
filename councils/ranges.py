"""Periods closed and opened again in the database itself, for many rows at once."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Func, Value

from councils.models import Council
from registry.services import LowerBound


def _range(day: dt.date | None) -> Func:
    return Func(
        LowerBound(F("valid")),
        Value(day, output_field=models.DateField()),
        function="daterange",
        output_field=Council.valid.field,
    )


def until(day: dt.date) -> Func:
    """Return the row's period ended on ``day``, which is the first that no longer belongs to it."""
    return _range(day)


def unending() -> Func:
    """Return the row's period without an end."""
    return _range(None)
