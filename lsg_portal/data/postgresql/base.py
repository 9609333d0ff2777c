"""Django's PostgreSQL backend, which also knows the two database roles and who acts.

- Every transaction begins by telling PostgreSQL who acts (``lsg_portal.data.actor``).
- Where the login is the owner's and ``assume_role`` names the serving role (tests, benchmarks, preparing the
  demonstration), databases are made, migrated and emptied as the owner, and all else is done as the serving role.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.backends.postgresql import base, creation, operations
from django.db.utils import DatabaseErrorWrapper, ProgrammingError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from psycopg2.sql import SQL, Identifier

from lsg_portal.data import actor

GUARD = "lsg_unit_guard"
"""What the database names as the constraint when staff of one municipality change a row of another."""


class OtherMunicipality(PermissionDenied):
    """The database refused to change another municipality's row (trust: unit guard)."""


class _Errors(DatabaseErrorWrapper):
    """Turns the refusal of the unit guard into what pages and REST answer with 403."""

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            super().__exit__(kind, error, trace)
        except ProgrammingError as wrapped:
            if getattr(getattr(error, "diag", None), "constraint_name", None) == GUARD:
                raise OtherMunicipality(_("This belongs to another municipality.")) from wrapped
            raise


def drop_database(cursor: Any, name: str) -> None:
    """Drop a database, if there is one of this name, also while connections to it are saying good-bye.

    ``WITH (FORCE)`` is refused while autovacuum, which is a superuser's, works in it; without, the server itself asks
    autovacuum to leave, and waits five seconds for whoever is on the way out.
    """
    cursor.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'",
        [name],
    )
    cursor.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))


class DatabaseOperations(operations.DatabaseOperations):
    """Empties tables as the owner: the serving role may not."""

    connection: DatabaseWrapper

    def execute_sql_flush(self, sql_list: Any) -> None:
        """Run TRUNCATE as the owner."""
        with self.connection.as_owner():
            super().execute_sql_flush(sql_list)


class DatabaseCreation(creation.DatabaseCreation):
    """Makes and migrates test databases as the owner."""

    connection: DatabaseWrapper

    def create_test_db(self, *args: Any, **kwargs: Any) -> str:
        """Make the database, migrate it, and go on as the serving role."""
        with self.connection.as_owner():
            name = super().create_test_db(*args, **kwargs)
        self.connection.close()
        return name

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        """Drop the database also while an export's own connection is still saying good-bye."""
        with self._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            drop_database(cursor, test_database_name)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that may step back into the owner's role, where the login is the owner's."""

    creation_class = DatabaseCreation
    ops_class = DatabaseOperations
    _as_owner = 0

    @cached_property
    def wrap_database_errors(self) -> _Errors:
        """Return the context manager that turns psycopg2's errors into Django's."""
        return _Errors(self)

    @contextlib.contextmanager
    def as_owner(self) -> Iterator[None]:
        """Act as the role that logged in, not as the one assumed; without effect where none is assumed."""
        self._as_owner += 1
        if self._as_owner == 1:
            self._set_role()
        try:
            yield
        finally:
            self._as_owner -= 1
            if self._as_owner == 0 and not (self.in_atomic_block and self.needs_rollback):
                self._set_role()

    def _set_role(self) -> None:
        if self.connection is not None and self.settings_dict["OPTIONS"].get("assume_role"):
            with self.wrap_database_errors, self.connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
            if not self._as_owner:
                self._configure_role(self.connection)

    def _configure_role(self, connection: Any) -> bool:
        """Assume the serving role, except while acting as the owner and outside of the portal's databases."""
        if self._as_owner or self.settings_dict["NAME"] in (None, "postgres"):
            return False
        return bool(super()._configure_role(connection))

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)
        if not autocommit and actor.current().actor:
            actor.tell(self)
