"""``manage.py import_budgets``: take local budgets from a file."""

from __future__ import annotations

import argparse
from typing import IO, Any

from ayil_okmotu.importing import Report, import_file
from registry.table_command import ImportCommand


class Command(ImportCommand):
    """Read local budgets; dry run unless ``--commit``."""

    help = "Import local budgets (XLSX or CSV, columns by name, amounts in million som). Dry run by default."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument(
            "--keep-unreadable",
            action="store_true",
            help="store figures that are no numbers as printed instead of refusing them",
        )

    def take(self, file: IO[bytes], name: str, options: dict[str, Any]) -> Report:
        """Import the file, or try it."""
        return import_file(
            file=file,
            name=name,
            commit=options["commit"],
            keep_unreadable=options["keep_unreadable"],
        )

    def remarks(self, report: Report) -> None:
        """Name figures that are kept as printed, and budgets that do not add up."""
        self.tell(report.unreadable)
        for finding in report.findings:
            self.stderr.write(f"{finding['unit']}, {finding['year']}: {finding['sentence']}")

    def summary(self, report: Report) -> str:
        """What is new and what changed."""
        return (
            f"{report.rows} rows, {report.empty_rows} without amounts; budgets: {report.budgets_new} new, "
            f"{report.budgets_changed} changed, {report.budgets_same} as they were; lines written: "
            f"{report.lines_written}; kept as printed: {len(report.unreadable)}; budgets flagged: {report.flagged}"
        )
