"""``manage.py import_funding``: take a quarter's reports on delegated powers from a file."""

from __future__ import annotations

from typing import IO, Any

from delegation.importing import Report, import_file
from registry.table_command import ImportCommand


class Command(ImportCommand):
    """Read money and performance of quarters; dry run unless ``--commit``."""

    help = (
        "Import a quarter's money and performance of delegated powers (XLSX or CSV, columns by name, amounts in "
        "thousand som). Dry run by default."
    )

    def take(self, file: IO[bytes], name: str, options: dict[str, Any]) -> Report:
        """Import the file, or try it."""
        return import_file(file=file, name=name, commit=options["commit"])

    def summary(self, report: Report) -> str:
        """What is new and what changed."""
        return (
            f"{report.rows} rows, {report.empty_rows} empty, {report.same} as they were; money: {report.money_new} new, "
            f"{report.money_changed} changed; performance: {report.performance_new} new, "
            f"{report.performance_changed} changed"
        )
