"""Having the database check now what it would check when the transaction ends."""

from __future__ import annotations

from django.db import connection


def check_records() -> None:
    """Have the database check that reports, courses, breaches and measures lie within what they hang on."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ayil_okmotu_records IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ayil_okmotu_records DEFERRED")
