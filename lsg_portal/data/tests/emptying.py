"""After a test that commits: the database again as its migrations left it.

Django would empty every table with TRUNCATE, each a handful of new files, and enter content types, permissions and
what migrations enter anew. Here only tables that hold something are emptied, row by row, and only what migrations
entered and the test changed is entered again: hundredths of a second instead of half a second, however many tables
there are. Sequences go on, as after Django's.
"""

from __future__ import annotations

import io
from typing import Any

from django.db import connection as default
from django.db import transaction

connection: Any = default
TABLES = "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"


class Left:
    """What the migrations left in each table: lines as COPY writes them, sorted, for they lie anywhere."""

    def __init__(self) -> None:
        with connection.as_owner(), connection.cursor() as cursor:
            cursor.execute(TABLES)
            self.tables = [name for (name,) in cursor.fetchall()]
            self.rows = {name: _rows(cursor, name) for name in self._filled(cursor)}

    def restore(self) -> None:
        """Empty what holds other rows than the migrations left, and enter theirs again."""
        with connection.as_owner(), transaction.atomic(), connection.cursor() as cursor:
            changed = [
                name
                for name in {*self._filled(cursor), *self.rows}
                if name not in self.rows or _rows(cursor, name) != self.rows[name]
            ]
            if not changed:
                return
            # in one statement: rules that are not deferred, too, look at it when all is gone
            deletions = ", ".join(f"t{n} AS (DELETE FROM {name})" for n, name in enumerate(changed))
            self._enter(cursor, changed, after=f"WITH {deletions} SELECT")

    def renew(self) -> None:
        """Empty every table with its files: the planner then takes none for as small as it has been."""
        with connection.as_owner(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(self.tables)}")
            self._enter(cursor, list(self.rows))

    def _enter(self, cursor: Any, tables: list[str], after: str = "SELECT") -> None:
        for name in tables:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        cursor.execute(after)
        for name in tables:
            if name in self.rows:
                cursor.copy_expert(f"COPY {name} FROM STDIN", io.BytesIO(self.rows[name]))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in tables:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")

    def _filled(self, cursor: Any) -> list[str]:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in self.tables))
        return [name for (name,) in cursor.fetchall()]


def _rows(cursor: Any, name: str) -> bytes:
    written = io.BytesIO()
    cursor.copy_expert(f"COPY {name} TO STDOUT", written)
    return b"".join(sorted(written.getvalue().splitlines(keepends=True)))
