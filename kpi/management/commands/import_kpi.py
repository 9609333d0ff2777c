"""``manage.py import_kpi``: take values of reports from a file."""

from __future__ import annotations

import argparse
from typing import IO, Any

from django.utils import timezone

from kpi.importing import Outcome, import_file, refuse_conflicts
from registry.table_command import ImportCommand


class Command(ImportCommand):
    """Read values of reports that are in entry; dry run unless ``--commit``."""

    help = (
        "Import values of KPI reports (XLSX or CSV, columns by name: report, indicator, version, number or numerator and "
        "denominator, status, note). Dry run by default."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument(
            "--keep-newer",
            action="store_true",
            help="leave values that were changed since the file was made; without it their rows are refused",
        )

    def take(self, file: IO[bytes], name: str, options: dict[str, Any]) -> Outcome:
        """Import the file, or try it."""
        return import_file(
            file=file,
            name=name,
            commit=options["commit"],
            at=timezone.now(),
            resolve=_keep if options["keep_newer"] else refuse_conflicts,
        )

    def summary(self, report: Outcome) -> str:
        """What was written, and what asks for a look."""
        return (
            f"{report.rows} rows, {report.empty_rows} empty, {report.same} as they were; values: {report.written} "
            f"written, {len(report.conflicts)} changed since the file was made, {len(report.warnings)} need a note"
        )


def _keep(_key: str) -> bool:
    return False
