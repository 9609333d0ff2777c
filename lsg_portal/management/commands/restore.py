"""``manage.py restore DIRECTORY``: the register out of a backup, into an empty database."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.migrations.loader import MigrationLoader

from audit import upkeep
from lsg_portal.backups import database, folder
from lsg_portal.embedded import letters

DAMAGED, NOT_EMPTY = 2, 3


class Command(BaseCommand):
    """Verify a backup, read it into an empty database and directory, and compare what came out.

    Exit codes: 0 done and equal; 2 the backup is damaged, or what was read differs from it; 3 there is something in
    the database or the directory of files already; 1 anything else. The database is read in one transaction: after
    a failure before its end it is as empty as before.
    """

    help = "Restore a backup into an empty database."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the directory."""
        parser.add_argument("directory", type=Path, help="made by `manage.py backup`")
        parser.add_argument(
            "--check", action="store_true", help="verify the backup's files, and restore nothing"
        )

    def handle(self, *, directory: Path, check: bool, verbosity: int, **options: Any) -> None:
        """Restore; explain what is in the way."""
        self._loud = verbosity > 0
        try:
            manifest = folder.read_manifest(directory)
            folder.verify(directory, manifest)
            self._say(f"the backup of {manifest['made_at']} is whole: {len(manifest['files'])} files")
            if not check:
                self._restore(directory, manifest)
        except folder.Damaged as error:
            raise CommandError(str(error), returncode=DAMAGED) from None
        except database.Unable as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"The backup could not be restored: {error}.") from None

    def _restore(self, directory: Path, manifest: dict[str, Any]) -> None:
        began = time.monotonic()
        register = database.Database()
        known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
        if later := [name for name in manifest["migrations"] if name not in known]:
            raise CommandError(
                f"The backup is of another release: {later[0]} is unknown here. Install that release first."
            )
        with register.connected() as cursor:
            major = database.major_of(cursor)
            self._judge(cursor, major, manifest)
        register.load(directory / folder.DUMP, major=major, say=self._say)
        self._say(f"database: {time.monotonic() - began:.1f} s")
        with register.connected(snapshot=True) as cursor:
            self._compare(cursor, manifest)
        with register.connected() as cursor:
            upkeep.give_rights(cursor)
            cursor.execute("ANALYZE")
        with folder.private():
            files = folder.copy_files(directory / folder.MEDIA, Path(settings.MEDIA_ROOT))
        self._say(
            f"{len(manifest['tables'])} tables are equal, {files} files; {time.monotonic() - began:.1f} s in all"
        )
        if known - set(manifest["migrations"]):
            self._say("This release has more migrations: run `manage.py migrate`.")
        self._say("Then `manage.py audit_verify`, against the last checkpoint that you keep elsewhere.")

    def _judge(self, cursor: Any, major: int, manifest: dict[str, Any]) -> None:
        """Raise CommandError unless this database can take the backup."""
        if wrong := letters.faults(cursor):
            raise CommandError(letters.refusal(wrong))
        if not database.is_empty(cursor):
            raise CommandError("The database is not empty. Restore into a new one.", returncode=NOT_EMPTY)
        media = Path(settings.MEDIA_ROOT)
        if media.is_dir() and any(path.is_file() for path in media.rglob("*")):
            raise CommandError(
                f"There are files in {media} already. Move them away first.", returncode=NOT_EMPTY
            )
        made_by = int(manifest["postgresql"].split(".")[0])
        if made_by > major:
            raise CommandError(f"The backup is of PostgreSQL {made_by}, this server is older ({major}).")
        role = manifest["serving_role"]
        if role != settings.LSG_APP_ROLE:
            raise CommandError(f"The backup gives its rights to the role {role}: set LSG_APP_ROLE={role}.")
        cursor.execute("SELECT current_user, (SELECT count(*) FROM pg_roles WHERE rolname = %s)", [role])
        user, there = cursor.fetchone()
        if user == role:
            raise CommandError(f"Restore as the owner of the database, not as {role}, the role that serves.")
        if not there:
            raise CommandError(upkeep.MISSING_ROLE.format(role=role))

    def _compare(self, cursor: Any, manifest: dict[str, Any]) -> None:
        """Raise Damaged unless every table came out as it went in."""
        found = database.fingerprints(cursor, self._say)
        if different := [name for name, table in manifest["tables"].items() if found.get(name) != table]:
            raise folder.Damaged(
                f"The table {different[0]} differs from what was backed up. Do not use this database."
            )
        if set(found) != set(manifest["tables"]) or database.journal_head(cursor) != manifest["journal"]:
            raise folder.Damaged("The tables or the end of the journal differ from what was backed up.")

    def _say(self, text: str) -> None:
        if self._loud:
            self.stdout.write(text)
            self.stdout.flush()
