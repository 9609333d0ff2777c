"""``manage.py dissolve_councils``: end the sitting convocations of the country, or of an oblast, by a decree."""

from __future__ import annotations

import argparse
import datetime as dt
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from councils import secretary_queries, services, wording
from lsg_portal.data import actor
from registry import titles
from registry.errors import DomainError
from registry.models import LegalAct, UnitCode


class Command(BaseCommand):
    """Say what would end; end it with ``--commit``."""

    help = (
        "Dissolve the councils that sit on a day: their convocations, mandates and posts end, planned sessions are "
        "cancelled. Dry run unless --commit."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--act", required=True, help="key (decree-256-2024) or identifier of the legal act"
        )
        parser.add_argument(
            "--on",
            required=True,
            type=_day,
            help="first day without the councils, YYYY-MM-DD",
        )
        parser.add_argument("--reason", required=True, help="stands in the convocations and in the journal")
        parser.add_argument(
            "--oblast", default="", help="identifier or SOATE code; the whole country without it"
        )
        parser.add_argument("--list", action="store_true", help="name every council")
        parser.add_argument(
            "--commit", action="store_true", help="write, instead of saying what would be done"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Preview, then dissolve exactly that."""
        act, on, reason = _act(options["act"]), options["on"], options["reason"].strip()
        if not reason:
            raise CommandError("Give the reason.")
        oblast = _oblast(options["oblast"])
        try:
            with transaction.atomic(), actor.because(reason):
                rows = secretary_queries.sitting(on, oblast)
                chosen = [row["convocation_id"] for row in rows]
                preview = services.preview_dissolution(on=on, convocation_ids=chosen)
                self._tell(rows, preview, act, on, listed=options["list"])
                if not options["commit"]:
                    self.stdout.write("Nothing was written; run again with --commit.")
                    return
                number = services.dissolve(act=act, on=on, reason=reason, convocation_ids=chosen)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"dissolved: {number}")

    def _tell(self, rows: Any, preview: Any, act: LegalAct, on: dt.date, *, listed: bool) -> None:
        if not rows:
            raise CommandError(f"No council sits on {on} there.")
        self.stdout.write(f"{titles.act_name(act)}, on {on}")
        self.stdout.write(
            f"convocations: {preview.convocations}, mandates: {preview.mandates} (women {preview.women}), "
            f"planned sessions: {preview.planned_sessions}"
        )
        for row in rows if listed else ():
            self.stdout.write(f"  {wording.council_name(row, row['council_kind'])}: {row['mandates']}")
        for item in preview.blocked:
            self.stderr.write(str(item.message))


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write the day as YYYY-MM-DD") from None


def _identifier(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _act(text: str) -> LegalAct:
    key = _identifier(text)
    found = LegalAct.objects.filter(**({"pk": key} if key else {"key": text})).first()
    if found is None:
        raise CommandError(f"There is no legal act {text}.")
    return found


def _oblast(text: str) -> uuid.UUID | None:
    if not text:
        return None
    if key := _identifier(text):
        return key
    found = UnitCode.objects.filter(code=text, voided_by__isnull=True).order_by("-valid").first()
    if found is None:
        raise CommandError(f"No unit ever bore the code {text}.")
    return found.unit_id
