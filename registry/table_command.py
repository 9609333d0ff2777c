"""What commands that import a table share: a file, a dry run unless told otherwise, and what is said of it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from lsg_portal.data.uploads import CellError, RowsRefused, UploadRefused
from registry.errors import DomainError


class ImportCommand(BaseCommand):
    """Import a file; dry run unless ``--commit``. An app says how a file is taken and what is told of it."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--commit", action="store_true", help="write; without it everything is only tried"
        )

    def take(self, file: IO[bytes], name: str, options: dict[str, Any]) -> Any:
        """Import the file, or try it; return the report."""
        raise NotImplementedError

    def summary(self, report: Any) -> str:
        """Return one line of figures."""
        raise NotImplementedError

    def remarks(self, report: Any) -> None:
        """Say what is odd and not refused."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, write or try, report."""
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                report = self.take(file, path.name, options)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except RowsRefused as error:
            self.tell(error.report.refused)
            raise CommandError("Refused rows: nothing was written.") from error
        except (UploadRefused, DomainError) as error:
            raise CommandError(str(error)) from error
        self.tell(report.refused)
        self.remarks(report)
        self.stdout.write(f"{self.summary(report)}; rows refused: {report.refused_rows}")
        if report.refused_rows:
            raise CommandError("Refused rows: with --commit nothing would be written. Mend them first.")
        if not options["commit"]:
            self.stdout.write("Dry run: nothing was written. Add --commit to write.")
        elif not report.changes:
            self.stdout.write("Nothing to change: all of this is on record.")
        else:
            self.stdout.write(self.style.SUCCESS("Written."))

    def tell(self, errors: Sequence[CellError]) -> None:
        """Name each cell, or the row where all of it is meant, and what is said of it."""
        for error in errors:
            place = f"{error.column}{error.row} {error.heading}" if error.column else f"row {error.row}"
            self.stderr.write(f"{place.strip()}: {error.reason}")
