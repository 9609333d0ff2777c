"""``manage.py make_messages``: bring the catalogues up to what the project says, and compile them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from lsg_portal import catalogue


class Command(BaseCommand):
    """Add new messages untranslated, drop unused ones, compile."""

    help = "Add new messages to the catalogues (untranslated), drop unused ones, compile."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Synchronise each language and say what changed."""
        for language in catalogue.LANGUAGES:
            added, dropped = catalogue.synchronise(language)
            self.stdout.write(f"{language}: {added} added, {dropped} dropped")
