"""Writes in plain SQL, past every service and model."""

import uuid

from django.db import connection, transaction

from registry.services import check_now


def run(sql, *values):
    """Run SQL and have the deferred rules checked."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        check_now()


def change(row, **values):
    """Change fields of a row in SQL alone."""
    columns = ", ".join(f'"{name}" = %s' for name in values)
    run(
        f"UPDATE {row._meta.db_table} SET {columns} WHERE {row._meta.pk.column} = %s",
        *values.values(),
        row.pk,
    )


def copy(row, **values):
    """Insert a row like another one, with a new identifier, in SQL alone."""
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608
        columns = [column.name for column in cursor.description]
    if "id" in columns:
        new = uuid.uuid4() if isinstance(row.pk, uuid.UUID) else 100_000 + row.pk
        values = {"id": new, **values}
    given = [f"%({name})s" if name in values else f'"{name}"' for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    sql = f"INSERT INTO {table} ({names}) SELECT {', '.join(given)} FROM {table} WHERE {row._meta.pk.column} = %(row)s"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, {**values, "row": row.pk})
        check_now()
