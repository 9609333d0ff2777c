"""``manage.py audit_checkpoint``: sign the end of the journal's chain."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import checkpoints
from audit.models import Checkpoint


class Command(BaseCommand):
    """Sign now; print what to keep elsewhere."""

    help = "Sign the end of the journal's chain and print all checkpoints, to be kept on another machine."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take nothing but what limits the output."""
        parser.add_argument("--last", action="store_true", help="print the last checkpoint only")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sign unless nothing was added since the last checkpoint."""
        try:
            checkpoints.make()
        except checkpoints.NoKey as error:
            raise CommandError(str(error)) from None
        rows = Checkpoint.objects.order_by("-seq")
        shown = checkpoints.document(rows[:1] if options["last"] else rows)
        self.stdout.write(json.dumps(shown, indent=2))
