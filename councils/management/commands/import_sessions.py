"""``manage.py import_sessions``: take a council's sessions and resolutions from a file."""

from __future__ import annotations

import argparse
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from councils.importing import import_file
from councils.models import Council
from lsg_portal.data.uploads import CellError, RowsRefused, UploadRefused
from lsg_portal.rest import clock
from registry.errors import DomainError
from registry.models import UnitCode


class Command(BaseCommand):
    """Read sessions and resolutions of one council; dry run unless ``--commit``."""

    help = "Import a council's sessions and resolutions (XLSX or CSV, columns by name). Dry run by default."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--council",
            required=True,
            help="identifier of the council, or a code of the unit whose council it is today",
        )
        parser.add_argument(
            "--commit", action="store_true", help="write; without it everything is only tried"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, write or try, report."""
        path: Path = options["file"]
        council = _council(options["council"])
        try:
            with path.open("rb") as file:
                report = import_file(
                    file=file, name=path.name, council=council, today=clock.today(), commit=options["commit"]
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except RowsRefused as error:
            self._refused(error.report.refused)
            raise CommandError("Refused rows: nothing was written.") from error
        except (UploadRefused, DomainError) as error:
            raise CommandError(str(error)) from error
        self._refused(report.refused)
        self.stdout.write(
            f"{report.rows} rows; sessions: {report.sessions_new} new, {report.sessions_matched} known; "
            f"resolutions: {report.resolutions_new} new, {report.resolutions_matched} known; "
            f"agenda items: {report.agenda_items_new} new; attendance: {report.attendance_recorded}; "
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

    def _refused(self, errors: list[CellError]) -> None:
        """Name the column at fault, if it is one, and the reason."""
        for error in errors:
            said = f"{error.heading}: {error.reason}" if error.heading else error.reason
            self.stderr.write(f"row {error.row}: {said}")


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
