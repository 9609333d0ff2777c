"""``manage.py prepare_demo``: make the demonstration ready, in one process; used by ``make demo``."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from lsg_portal.demo import load


class Command(BaseCommand):
    """Migrate, gather the static files, load the country when it is not there yet."""

    help = "Make the demonstration ready: migrate, collect static files, load the country if it is absent."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do each step and say how long it took."""
        if not settings.DEMO:
            raise CommandError("The demonstration, with its known passwords, exists under `make demo` only.")
        self._step("database", lambda: call_command("migrate", verbosity=0, interactive=False))
        self._step("static files", lambda: call_command("collectstatic", verbosity=0, interactive=False))
        if load.is_loaded():
            self.stdout.write("the country is there already")
        else:
            self._step("the whole country", load.load_all)

    def _step(self, what: str, work: Any) -> None:
        """Do one step and report it."""
        started = time.monotonic()
        self.stdout.write(f"{what} …", ending=" ")
        self.stdout.flush()
        work()
        self.stdout.write(f"{time.monotonic() - started:.1f} s")
