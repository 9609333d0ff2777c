"""``manage.py import_sessions``: take a council's sessions and resolutions from a file."""

from __future__ import annotations

import argparse
import uuid
from typing import IO, Any

from django.core.management.base import CommandError

from councils.importing import Report, import_file
from councils.models import Council
from lsg_portal.rest import clock
from registry.models import UnitCode
from registry.table_command import ImportCommand


class Command(ImportCommand):
    """Read sessions and resolutions of one council; dry run unless ``--commit``."""

    help = "Import a council's sessions and resolutions (XLSX or CSV, columns by name). Dry run by default."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        super().add_arguments(parser)
        parser.add_argument(
            "--council",
            required=True,
            help="identifier of the council, or a code of the unit whose council it is today",
        )

    def take(self, file: IO[bytes], name: str, options: dict[str, Any]) -> Report:
        """Import the file, or try it."""
        return import_file(
            file=file,
            name=name,
            council=_council(options["council"]),
            today=clock.today(),
            commit=options["commit"],
        )

    def summary(self, report: Report) -> str:
        """What is new and what was known."""
        return (
            f"{report.rows} rows; sessions: {report.sessions_new} new, {report.sessions_matched} known; "
            f"resolutions: {report.resolutions_new} new, {report.resolutions_matched} known; "
            f"agenda items: {report.agenda_items_new} new; attendance: {report.attendance_recorded}"
        )


def _council(text: str) -> Council:
    """Return the council meant; raise CommandError where there is none."""
    councils = Council.objects.live()
    try:
        found = councils.filter(pk=uuid.UUID(text)).first()
    except ValueError:
        units = UnitCode.objects.live().filter(code=text).values("unit_id")
        found = councils.on(clock.today()).filter(unit_id__in=units).first()
    if found is None:
        raise CommandError(f"There is no council {text}.")
    return found
