"""``manage.py import_budgets``: take local budgets from a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ayil_okmotu.importing import import_file
from lsg_portal.data.uploads import CellError, RowsRefused, UploadRefused
from registry.errors import DomainError


class Command(BaseCommand):
    """Read local budgets; dry run unless ``--commit``."""

    help = "Import local budgets (XLSX or CSV, columns by name, amounts in million som). Dry run by default."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--keep-unreadable",
            action="store_true",
            help="store figures that are no numbers as printed instead of refusing them",
        )
        parser.add_argument(
            "--commit", action="store_true", help="write; without it everything is only tried"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, write or try, report."""
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                report = import_file(
                    file=file,
                    name=path.name,
                    commit=options["commit"],
                    keep_unreadable=options["keep_unreadable"],
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except RowsRefused as error:
            self._said(error.report.refused)
            raise CommandError("Refused rows: nothing was written.") from error
        except (UploadRefused, DomainError) as error:
            raise CommandError(str(error)) from error
        self._said(report.refused)
        self._said(report.unreadable)
        for finding in report.findings:
            self.stderr.write(f"{finding['unit']}, {finding['year']}: {finding['sentence']}")
        self.stdout.write(
            f"{report.rows} rows, {report.empty_rows} without amounts; budgets: {report.budgets_new} new, "
            f"{report.budgets_changed} changed, {report.budgets_same} as they were; lines written: "
            f"{report.lines_written}; kept as printed: {len(report.unreadable)}; budgets flagged: {report.flagged}; "
            f"rows refused: {report.refused_rows}"
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
