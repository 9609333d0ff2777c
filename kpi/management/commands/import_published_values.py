"""``manage.py import_published_values``: take published values of earlier years from a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kpi.errors import DomainError
from kpi.loading import load


class Command(BaseCommand):
    """Read values by official code; dry run unless ``--commit``."""

    help = (
        "Import published values of heads' indicators of earlier years (CSV in UTF-8, columns period, unit, indicator, value, "
        "numerator, denominator). Dry run by default."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--system", default="soate", help="the system of codes (default: soate)")
        parser.add_argument(
            "--commit", action="store_true", help="write; without it everything is only looked at"
        )
        parser.add_argument(
            "--skip-refused", action="store_true", help="leave out refused rows, take the others"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, compare, write or only say what would be written."""
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                outcome = load(
                    file,
                    day=timezone.localdate(),
                    system=options["system"],
                    commit=options["commit"],
                    skip_refused=options["skip_refused"],
                    progress=self._progress,
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        for cell in outcome.errors:
            self.stderr.write(f"{cell.column}{cell.row} {cell.heading}: {cell.reason}")
        states = outcome.states
        self.stdout.write(
            f"{outcome.rows} rows: {states['new']} new, {states['changed']} changed, {states['same']} as they were, "
            f"{states['kept']} kept as reports say, {states['empty']} without a figure, {outcome.refused} refused"
        )
        if outcome.periods:
            self.stdout.write(f"Periods to enter: {', '.join(outcome.periods)}")
        if outcome.refused and not options["skip_refused"]:
            raise CommandError(
                "Refused rows: nothing was written. Mend them, or leave them out with --skip-refused."
            )
        if not options["commit"]:
            self.stdout.write("Dry run: nothing was written. Add --commit to write.")
        elif not outcome.written:
            self.stdout.write("Nothing to change: the register already says all of this.")
        else:
            self.stdout.write(self.style.SUCCESS(f"Written: {outcome.written} values."))

    def _progress(self, done: int, total: int) -> None:
        """Say how far the quarters are, on a terminal on one line."""
        ending = "\r" if sys.stderr.isatty() and done < total else "\n"
        self.stderr.write(f"{done} of {total} quarters", ending=ending)
