"""``manage.py import_funding``: take a quarter's reports on delegated powers from a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from delegation.errors import DomainError
from delegation.importing import import_file
from lsg_portal.data.uploads import CellError, RowsRefused, UploadRefused


class Command(BaseCommand):
    """Read money and performance of quarters; dry run unless ``--commit``."""

    help = (
        "Import a quarter's money and performance of delegated powers (XLSX or CSV, columns by name, amounts in "
        "thousand som). Dry run by default."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--commit", action="store_true", help="write; without it everything is only tried"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, write or try, report."""
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                report = import_file(file=file, name=path.name, commit=options["commit"])
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except RowsRefused as error:
            self._said(error.report.refused)
            raise CommandError("Refused rows: nothing was written.") from error
        except (UploadRefused, DomainError) as error:
            raise CommandError(str(error)) from error
        self._said(report.refused)
        self.stdout.write(
            f"{report.rows} rows, {report.empty_rows} empty, {report.same} as they were; money: {report.money_new} new, "
            f"{report.money_changed} changed; performance: {report.performance_new} new, "
            f"{report.performance_changed} changed; rows refused: {report.refused_rows}"
        )
        if report.refused_rows:
            raise CommandError("Refused rows: with --commit nothing would be written. Mend them first.")
        if not options["commit"]:
            self.stdout.write("Dry run: nothing was written. Add --commit to write.")
        elif not report.changes:
            self.stdout.write("Nothing to change: the register already says all of this.")
        else:
            self.stdout.write(self.style.SUCCESS("Written."))

    def _said(self, errors: list[CellError]) -> None:
        """Name the cell, and what is said of it."""
        for error in errors:
            self.stderr.write(f"{error.column}{error.row} {error.heading}: {error.reason}".strip())
