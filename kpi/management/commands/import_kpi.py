"""``manage.py import_kpi``: take values of reports from a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kpi.errors import DomainError
from kpi.importing import import_file, refuse_conflicts
from lsg_portal.data.uploads import CellError, RowsRefused, UploadRefused


class Command(BaseCommand):
    """Read values of reports that are in entry; dry run unless ``--commit``."""

    help = (
        "Import values of KPI reports (XLSX or CSV, columns by name: report, indicator, version, number or numerator and "
        "denominator, status, note). Dry run by default."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--commit", action="store_true", help="write; without it everything is only tried"
        )
        parser.add_argument(
            "--keep-newer",
            action="store_true",
            help="leave values that were changed since the file was made; without it their rows are refused",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, write or try, report."""
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                outcome = import_file(
                    file=file,
                    name=path.name,
                    commit=options["commit"],
                    at=timezone.now(),
                    resolve=_keep if options["keep_newer"] else refuse_conflicts,
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except RowsRefused as error:
            self._said(error.report.refused)
            raise CommandError("Refused rows: nothing was written.") from error
        except (UploadRefused, DomainError) as error:
            raise CommandError(str(error)) from error
        self._said(outcome.refused)
        self.stdout.write(
            f"{outcome.rows} rows, {outcome.empty_rows} empty, {outcome.same} as they were; values: {outcome.written} "
            f"written, {len(outcome.conflicts)} changed since the file was made, {len(outcome.warnings)} need a note; "
            f"rows refused: {outcome.refused_rows}"
        )
        if outcome.refused_rows:
            raise CommandError("Refused rows: with --commit nothing would be written. Mend them first.")
        if not options["commit"]:
            self.stdout.write("Dry run: nothing was written. Add --commit to write.")
        elif not outcome.written:
            self.stdout.write("Nothing to change: the reports already say all of this.")
        else:
            self.stdout.write(self.style.SUCCESS("Written."))

    def _said(self, errors: list[CellError]) -> None:
        """Name the cell, and what is said of it."""
        for error in errors:
            self.stderr.write(f"{error.column}{error.row} {error.heading}: {error.reason}".strip())


def _keep(_key: str) -> bool:
    return False
