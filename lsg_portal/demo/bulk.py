"""Write many rows at once: as one COPY for each table, several times faster than INSERT statements made row by row."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from psycopg2.sql import SQL, Identifier

ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
NULL = r"\N"


def write(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Write new rows of one table in one statement, as ``bulk_create`` does: triggers see them together.

    Columns that the database fills are left to it; rows with a key of the database's making do not learn it.
    """
    if not rows:
        return
    fields = list(_written(model, rows[0]))
    text = io.StringIO()
    for row in rows:
        text.write("\t".join([_text(field, field.pre_save(row, True)) for field in fields]) + "\n")
        row._state.adding, row._state.db = False, connection.alias
    text.seek(0)
    columns = SQL(", ").join(Identifier(field.column) for field in fields)
    with connection.cursor() as cursor:
        statement = SQL("COPY {} ({}) FROM STDIN").format(Identifier(model._meta.db_table), columns)
        with connection.wrap_database_errors:
            cursor.cursor.copy_expert(statement, text)


def _written(model: type[models.Model], row: models.Model) -> Iterator[models.Field[Any, Any]]:
    """The fields that a row brings a value for."""
    for field in model._meta.local_concrete_fields:
        made_by_database = isinstance(getattr(row, field.attname), DatabaseDefault) or field.generated
        if not made_by_database and not (isinstance(field, models.AutoField) and row.pk is None):
            yield field


def _text(field: models.Field[Any, Any], value: Any) -> str:
    """A value as COPY reads it."""
    if value is None:
        return NULL
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        return value.translate(ESCAPED)
    if isinstance(value, tuple) or hasattr(value, "lower_inc"):
        first, last = value if isinstance(value, tuple) else (value.lower, value.upper)
        return f"[{_bound(first)},{_bound(last)})"
    return str(value)


def _bound(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()
