"""``manage.py import_classifier``: take units, settlements and codes from an official classifier."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lsg_portal.data.uploads import CellError, UploadRefused
from registry.classifier import read
from registry.errors import DomainError
from registry.importing import ClassifierImport
from registry.table_import import MOST_ERRORS


class Command(BaseCommand):
    """Read the SOATE layout; dry run unless ``--commit``."""

    help = "Import units, settlements and their codes from a classifier (CSV or XLSX, columns by name). Dry run by default."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--valid-from",
            type=dt.date.fromisoformat,
            required=True,
            help="the day the classifier speaks of, YYYY-MM-DD",
        )
        parser.add_argument("--system", default="soate", help="the system of codes (default: soate)")
        parser.add_argument(
            "--commit", action="store_true", help="write; without it everything is only tried"
        )
        parser.add_argument(
            "--skip-refused", action="store_true", help="leave out refused rows, take the others"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, match, write or try, report."""
        path: Path = options["file"]
        try:
            rows = read(path)
            job = ClassifierImport(
                rows,
                valid_from=options["valid_from"],
                system=options["system"],
                source=f"classifier {path.name}",
            )
            outcome = job.run(
                commit=options["commit"], skip_refused=options["skip_refused"], progress=self._progress
            )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except (UploadRefused, DomainError) as error:
            raise CommandError(str(error)) from error
        for error in outcome.errors[:MOST_ERRORS]:
            self.stderr.write(f"row {error.row}: {_said(error)}")
        for difference in outcome.differences[:MOST_ERRORS]:
            self.stdout.write(f"row {difference.row} differs: {_said(difference)}")
        for kind in sorted(outcome.met):
            self.stdout.write(f"{kind}: {outcome.met[kind]} rows, {outcome.created[kind]} new")
        self.stdout.write(
            f"codes added: {outcome.codes}; names filled in: {outcome.names}; rows refused: {len(outcome.refused)}"
        )
        if outcome.refused and not options["skip_refused"]:
            raise CommandError(
                "Refused rows: nothing was written. Mend them, or leave them out with --skip-refused."
            )
        if not options["commit"]:
            self.stdout.write("Dry run: nothing was written. Add --commit to write.")
        elif not outcome.changes:
            self.stdout.write("Nothing to change: the register already says all of this.")
        else:
            self.stdout.write(self.style.SUCCESS("Written."))

    def _progress(self, done: int, total: int) -> None:
        """Say how far the rows are, on a terminal on one line."""
        if done == total or done % 500 == 0:
            ending = "\r" if sys.stderr.isatty() and done < total else "\n"
            self.stderr.write(f"{done} of {total} rows", ending=ending)


def _said(error: CellError) -> str:
    """Name the column at fault, if it is one, and the reason."""
    return f"{error.heading}: {error.reason}" if error.heading else error.reason
