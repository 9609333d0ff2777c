"""``manage.py check_messages``: every string in Kyrgyz and Russian, none fuzzy, catalogues compiled."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lsg_portal import catalogue


class Command(BaseCommand):
    """Fail on a missing, fuzzy, unused or uncompiled message."""

    help = "Check that every message exists in Kyrgyz and Russian, none fuzzy, and that the catalogues are compiled."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Check each language."""
        found = [problem for language in catalogue.LANGUAGES for problem in catalogue.problems(language)]
        for problem in found:
            self.stderr.write(problem)
        if found:
            raise CommandError(f"{len(found)} problems in the message catalogues.")
        self.stdout.write(
            f"{len(catalogue.messages())} messages, complete in {', '.join(catalogue.LANGUAGES)}."
        )
