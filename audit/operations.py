"""What a migration of an app says to have its tables journalled and guarded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import RunSQL


def _array(names: Sequence[str]) -> str:
    """Return names as the text of a PostgreSQL array; they are ours, never anybody's input."""
    return "{" + ",".join(names) + "}"


class Journal(RunSQL):
    """Record every change of a table from now on; what stands in it already is taken over.

    ``private`` fields enter the chain as salted commitments and can be erased; ``secret`` ones are not even kept
    beside it; changes of ``ignored`` ones (when somebody last logged in) are none.
    """

    reversible = True

    def __init__(
        self,
        table: str,
        *,
        key: str = "id",
        private: Sequence[str] = (),
        secret: Sequence[str] = (),
        ignored: Sequence[str] = (),
    ) -> None:
        """Describe the table; ``key`` is the column that names a record."""
        self.table, self.key = table, key
        self.private, self.secret, self.ignored = private, secret, ignored
        lists = [json.dumps(list(names)) for names in (private, secret, ignored)]
        arguments = ", ".join(f"'{text}'" for text in (key, *map(_array, (private, secret, ignored))))
        forward = f"""
            INSERT INTO audit_journaltable (name, key, private, secret, ignored, columns)
            VALUES ('{table}', '{key}', '{lists[0]}', '{lists[1]}', '{lists[2]}', '[]');
            SELECT set_config('app.actor', 'system:migrate', true)
             WHERE coalesce(current_setting('app.actor', true), '') = '';
            SELECT audit_baseline('{table}');
            CREATE TRIGGER aa_audit_write AFTER INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION audit_write({arguments});
        """  # noqa: S608 (names written in migrations)
        backward = f"""
            DROP TRIGGER aa_audit_write ON {table};
            DELETE FROM audit_journaltable WHERE name = '{table}';
        """  # noqa: S608
        super().__init__(forward, backward)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return how to write this operation."""
        lists = {"private": self.private, "secret": self.secret, "ignored": self.ignored}
        given = {name: value for name, value in lists.items() if value}
        return (type(self).__name__, [self.table], {"key": self.key, **given})

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Journal {self.table}"


class UnitGuard(RunSQL):
    """Refuse changes of another municipality's rows while ``app.unit`` names one."""

    reversible = True

    def __init__(self, table: str, *, field: str = "unit_id") -> None:
        """Describe the table; ``field`` is the column with the municipality."""
        self.table, self.field = table, field
        super().__init__(
            f"CREATE TRIGGER a_unit_guard BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION lsg_unit_guard('{field}')",
            f"DROP TRIGGER a_unit_guard ON {table}",
        )

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return how to write this operation."""
        return (type(self).__name__, [self.table], {"field": self.field})

    def describe(self) -> str:
        """Say what the operation does."""
        return f"Guard {self.table} by municipality"
