"""``manage.py audit_erase``: erase former private values of a record from the journal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from audit import tables
from audit.models import Private
from lsg_portal.data import actor


class Command(BaseCommand):
    """Erase what the law on personal data requires to go; the chain still verifies. Needs the owner's login."""

    help = "Erase former private values of a record from the journal (dry run without --commit)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the record and why."""
        parser.add_argument("table", help="for example registry_personprivate")
        parser.add_argument("key", help="what names the record")
        parser.add_argument("--reason", required=True, help="why, for the journal")
        parser.add_argument("--commit", action="store_true", help="erase; without it, only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, and erase when told to."""
        table, key = options["table"], options["key"]
        if table not in tables.record_tables():
            raise CommandError(f"{table} is no table of the journal.")
        known = Private.objects.filter(entry__table_name=table, entry__key=key)
        if not known.exists():
            raise CommandError(f"The journal holds no private values of {table} {key}.")
        if not options["commit"]:
            self.stdout.write(
                f"{known.count()} values are kept; the present ones stay. Nothing was erased (no --commit)."
            )
            return
        with actor.because(options["reason"]), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT audit_erase(%s, %s)", [table, key])
            self.stdout.write(f"{cursor.fetchone()[0]} values erased.")
