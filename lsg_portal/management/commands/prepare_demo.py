"""``manage.py prepare_demo``: make the demonstration ready, in one process; used by ``make demo``."""

from __future__ import annotations

import time
from hashlib import blake2b
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from audit import checkpoints
from lsg_portal.demo import load


class Command(BaseCommand):
    """Migrate, gather the static files, load the country when it is not there yet."""

    help = "Make the demonstration ready: migrate, collect static files, load the country if it is absent."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do each step and say how long it took."""
        if not settings.DEMO:
            raise CommandError("The demonstration, with its known passwords, exists under `make demo` only.")
        self._step("database", self._migrate)
        if self._static_files_changed():
            self._step("static files", self._collect)
        if load.is_loaded():
            self.stdout.write("the country is there already")
        else:
            self._step("the whole country", load.load_all)
            self._step("first checkpoint of the journal", checkpoints.make)

    def _migrate(self) -> None:
        """Bring the tables up to date as their owner; everything after is done as the role that serves."""
        with connection.as_owner():  # type: ignore[attr-defined]
            call_command("migrate", verbosity=0, interactive=False)

    def _static_files_changed(self) -> bool:
        """Whether the static files differ from those gathered at an earlier start."""
        mark = Path(settings.STATIC_ROOT) / "fingerprint"
        return not mark.exists() or mark.read_text() != self._fingerprint()

    def _fingerprint(self) -> str:
        """A digest of the names, sizes and moments of all static files."""
        digest = blake2b(digest_size=16)
        for finder in get_finders():
            for path, storage in sorted(finder.list([]), key=lambda item: str(item[0])):
                moment = storage.get_modified_time(path)
                digest.update(f"{path} {storage.size(path)} {moment};".encode())
        return digest.hexdigest()

    def _collect(self) -> None:
        """Gather and compress the static files; what only developers of libraries need is left out."""
        ignored = ["rest_framework", "redoc*"]
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=ignored)
        (Path(settings.STATIC_ROOT) / "fingerprint").write_text(self._fingerprint())

    def _step(self, what: str, work: Any) -> None:
        """Do one step and report it."""
        started = time.monotonic()
        self.stdout.write(f"{what} …", ending=" ")
        self.stdout.flush()
        work()
        self.stdout.write(f"{time.monotonic() - started:.1f} s")
