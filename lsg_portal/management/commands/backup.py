"""``manage.py backup DIRECTORY``: the whole register in one directory."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lsg_portal.backups import database, folder
from lsg_portal.rest import versions


class Command(BaseCommand):
    """Write database and files, as they stand at one moment, with what proves them; nobody has to stop working.

    Exit code 0 when the directory is whole, else 1 and there is none.
    """

    help = "Back up database and files into a new directory."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the directory."""
        parser.add_argument("directory", type=Path, help="to be made; a day in its name helps")

    def handle(self, *, directory: Path, verbosity: int, **options: Any) -> None:
        """Back up; explain what is missing."""
        self._loud = verbosity > 0
        try:
            with folder.private(), folder.draft(directory.absolute()) as draft:
                self._fill(draft)
        except FileExistsError as error:
            raise CommandError(f"{error} exists already. Name a directory that does not.") from None
        except database.Unable as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"The backup could not be written: {error}.") from None
        self._say(f"{directory} is whole.")

    def _fill(self, draft: Path) -> None:
        """Put everything into the draft."""
        began = time.monotonic()
        register = database.Database()
        with register.connected(snapshot=True) as cursor:
            major = database.major_of(cursor)
            cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
            snapshot, version = cursor.fetchone()
            register.dump(draft / folder.DUMP, snapshot=snapshot, major=major, say=self._say)
            self._say(
                f"database: {(draft / folder.DUMP).stat().st_size / 1e6:.1f} MB, {time.monotonic() - began:.1f} s"
            )
            manifest = {
                "made_at": timezone.now()
                .astimezone(timezone.get_default_timezone())
                .isoformat(timespec="seconds"),
                "build": versions.build(),
                "postgresql": version,
                "serving_role": settings.LSG_APP_ROLE,
                "journal": database.journal_head(cursor),
                "migrations": database.migrations(cursor),
                "tables": database.fingerprints(cursor, self._say),
            }
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self._say(
            f"{len(manifest['tables'])} tables, {rows} rows; the journal ends at {manifest['journal']['seq']}"
        )
        files = folder.copy_files(Path(settings.MEDIA_ROOT), draft / folder.MEDIA)
        folder.write_manifest(draft, manifest)
        self._say(f"{files} files; {time.monotonic() - began:.1f} s in all")

    def _say(self, text: str) -> None:
        if self._loud:
            self.stdout.write(text)
            self.stdout.flush()
