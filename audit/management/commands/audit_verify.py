"""``manage.py audit_verify``: prove that the journal is whole."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from audit import checkpoints
from audit.models import Checkpoint
from audit.verify import verify

WHOLE, BROKEN, CANNOT_TELL = 0, 2, 3
SHOWN = 100


class Command(BaseCommand):
    """Exit 0 when the journal is whole, 2 when it is broken (each row is named), 3 when it cannot tell."""

    help = "Verify the journal with all records. Exits 0 when it is whole, 2 when it is broken, 3 when it cannot tell."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a file of checkpoints kept elsewhere."""
        parser.add_argument("--against", type=Path, metavar="FILE", help="checkpoints kept elsewhere (JSON)")
        parser.add_argument(
            "--key",
            action="append",
            default=[],
            metavar="BASE64",
            help="a public key they may be signed with",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and report."""
        try:
            kept = self._kept(options)
            result = verify(against=kept, progress=self._progress)
        except (OSError, checkpoints.Unreadable, checkpoints.NoKey, DatabaseError) as error:
            self.stderr.write(f"Cannot tell: {error}")
            sys.exit(CANNOT_TELL)
        for finding in result.findings[:SHOWN]:
            self.stdout.write(f"BROKEN  {finding.where}: {finding.what}")
        if len(result.findings) > SHOWN:
            self.stdout.write(f"… and {len(result.findings) - SHOWN} more")
        state = "whole" if result.whole else f"BROKEN, {len(result.findings)} findings"
        self.stdout.write(
            f"The journal is {state}: {result.links} links, {result.records} records, "
            f"{result.checkpoints} checkpoints compared."
        )
        if not result.whole:
            sys.exit(BROKEN)

    def _kept(self, options: dict[str, Any]) -> list[checkpoints.Signed]:
        """Return the checkpoints to compare with: those of the file, and those of the database."""
        keys = [*checkpoints.public_keys().values(), *(self._key(text) for text in options["key"])]
        if options["against"] and not keys:
            raise checkpoints.NoKey("Name the public key that the file is signed with: --key BASE64.")
        kept = []
        if options["against"]:
            kept = checkpoints.read(options["against"].read_text(), public_keys=keys)
        known = {checkpoints.key_id(key) for key in keys}
        own = [row for row in checkpoints.signed(Checkpoint.objects.all()) if row.key_id in known]
        seen = {each.seq for each in kept}
        return kept + [each for each in own if each.seq not in seen]

    def _key(self, text: str) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except ValueError:
            raise checkpoints.Unreadable(f"{text!r} is no key in base64.") from None

    def _progress(self, text: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{text:<60}", ending="")
            self.stderr.flush()
