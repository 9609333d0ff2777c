"""Columns, parameters and conditions that the councils' resources share."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy

from councils.models import CouncilKind
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source
from lsg_portal.rest.params import Param
from lsg_portal.rest.views import Query
from registry.api.columns import DISTRICT, OBLAST, UNIT, lies_in, unit_columns
from registry.resolving import unit_id

COUNCIL_KINDS = {"enum": list(CouncilKind.values)}
STATES = ("existing", "ended", "annulled")
STATE = {"enum": list(STATES)}
SEX = {"enum": ["f", "m", ""]}
PLACE = (UNIT, OBLAST, DISTRICT)
COUNCIL = Param("council", "uuid", gettext_lazy("Only what belongs to this council."))
CONVOCATION = Param("convocation", "uuid", gettext_lazy("Only what belongs to this convocation."))
FROM = Param("from", "date", gettext_lazy("Only what happened on or after this day."))
TO = Param("to", "date", gettext_lazy("Only what happened before this day."))
ROW_STATUS = Param(
    "status",
    "choice",
    gettext_lazy("Existing on the day (default), ended by then, annulled, or any."),
    choices=(*STATES, "any"),
)


def place_columns() -> tuple[Column, ...]:
    """Return the unit of a council, its district and its oblast, on the day a row is seen."""
    return (
        *unit_columns("unit", "u"),
        *unit_columns("district", "d"),
        *unit_columns("oblast", "o"),
    )


def texts(path: str, alias: str, field: str = "name") -> tuple[Column, ...]:
    """Return a text in three languages."""
    return tuple(
        Column(f"{path}.{language}", f"{alias}.{field}_{language}", null=True)
        for language in ("ky", "ru", "en")
    )


def period(alias: str) -> tuple[Column, ...]:
    """Return the days a row holds, its state on the day asked for, and that day."""
    return (
        Column("valid.from", f"lower({alias}.valid)", "date"),
        Column("valid.to", f"upper({alias}.valid)", "date", null=True),
        Column("status", f"{alias}.status", schema=STATE),
        Column("at", "%(at)s::date", "date"),
    )


def narrow(source: Source, query: Query, alias: str) -> None:
    """Keep the rows of councils of the unit, or of units in the oblast or district, asked for, on the day they are seen."""
    if query.get("unit") is not None:
        source.add(f"{alias}.unit_id = %(unit)s::uuid", unit=str(unit_id(query["unit"])))
    for name in ("oblast", "district"):
        if query.get(name) is not None:
            wanted = str(unit_id(query[name]))
            source.add(lies_in(f"{alias}.unit_id", f"{alias}.seen", name), **{name: wanted})


def narrow_to(source: Source, query: Query, **columns: str) -> None:
    """Keep the rows whose column is the identifier that the parameter of that name gives."""
    for name, column in columns.items():
        if query.get(name) is not None:
            source.add(f"{column} = %({name})s::uuid", **{name: str(query[name])})


def narrow_to_words(source: Source, query: Query, **columns: str) -> None:
    """Keep the rows whose column is one of the words that the parameter of that name gives."""
    for name, column in columns.items():
        if query.get(name):
            source.add(f"{column} = ANY(%({name})s::text[])", **{name: list(query[name])})


def narrow_to_days(source: Source, query: Query, column: str) -> None:
    """Keep the rows from a day on, and until before another."""
    if query["from"]:
        source.add(f"{column} >= %(from)s::date", **{"from": query["from"]})
    if query["to"]:
        source.add(f"{column} < %(to)s::date", to=query["to"])


def one(source: Source, alias: str, key: uuid.UUID) -> Source:
    """Keep the row with this identifier."""
    source.add(f"{alias}.id = %(pk)s::uuid", pk=str(key))
    return source


def name_of(thing: Any, field: str = "name") -> dict[str, str | None]:
    """Return a text of a record in three languages."""
    return {language: getattr(thing, f"{field}_{language}", None) or None for language in ("ky", "ru", "en")}
