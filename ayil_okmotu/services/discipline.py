"""Discipline: a breach, its explanation, what the commission found, and the one measure imposed for it."""

from __future__ import annotations

import calendar
import datetime as dt

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from ayil_okmotu.errors import conflict, refuse, told
from ayil_okmotu.models import Appointment, DisciplinaryMeasure, Violation
from ayil_okmotu.services.employees import short
from councils.services.locking import locked
from registry.models import Provenance

MONTHS = 6
LONGEST = 4000


def last_day_to_impose(discovered_on: dt.date) -> dt.date:
    """Return the last day on which a measure may be imposed: six months after the breach was discovered."""
    month = discovered_on.month - 1 + MONTHS
    year, month = discovered_on.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(discovered_on.day, calendar.monthrange(year, month)[1]))


@transaction.atomic
def report_violation(
    *,
    appointment: Appointment,
    discovered_on: dt.date,
    description: str,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Violation:
    """Record a breach of discipline by somebody in a post, discovered on a day on which they held it."""
    appointment = locked(appointment)
    with told():
        return Violation.objects.create(
            appointment=appointment,
            discovered_on=discovered_on,
            description=_said(description, "/description"),
            provenance=provenance,
            source=source,
        )


@transaction.atomic
def record_explanation(
    *, violation: Violation, on: dt.date, expected_version: int | None = None
) -> Violation:
    """Record the day of the employee's written explanation."""
    row = _unpunished(violation, expected_version)
    if on < row.discovered_on:
        refuse("ayil_okmotu_violation_days", pointer="/on")
    row.explanation_on = on
    row.version += 1
    with told():
        row.save(update_fields=["explanation_on", "version"])
    return row


@transaction.atomic
def record_finding(
    *, violation: Violation, on: dt.date, finding: str, expected_version: int | None = None
) -> Violation:
    """Record what the commission found, and when."""
    row = _unpunished(violation, expected_version)
    if on < row.discovered_on:
        refuse("ayil_okmotu_violation_days", pointer="/on")
    row.finding_on, row.finding = on, _said(finding, "/finding")
    row.version += 1
    with told():
        row.save(update_fields=["finding_on", "finding", "version"])
    return row


@transaction.atomic
def impose(
    *,
    violation: Violation,
    kind: str,
    on: dt.date,
    order_number: str,
    until: dt.date | None = None,
    expected_version: int | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> DisciplinaryMeasure:
    """Impose the measure for a breach, in force from ``on`` until ``until``, or until it is lifted.

    One for each breach, after the explanation and the finding, within six months of the discovery; nobody is promoted
    while it is in force. ``expected_version`` is that of the breach.
    """
    row = locked(violation, expected_version)
    if DisciplinaryMeasure.objects.filter(violation=row).exists():
        refuse("ayil_okmotu_disciplinarymeasure_violation_id_key")
    if kind not in DisciplinaryMeasure.Kind.values:
        refuse("ayil_okmotu_disciplinarymeasure_kind", pointer="/kind")
    if until is not None and until <= on:
        refuse("ayil_okmotu_disciplinarymeasure_in_force", pointer="/until")
    order_number = short(order_number, 40, "/order_number")
    if not order_number:
        refuse("ayil_okmotu_disciplinarymeasure_order", pointer="/order_number")
    if row.explanation_on is None or row.finding_on is None or max(row.explanation_on, row.finding_on) > on:
        refuse("ayil_okmotu_measure_order", pointer="/on")
    if on > last_day_to_impose(row.discovered_on):
        refuse("ayil_okmotu_measure_six_months", pointer="/on")
    with told():
        return DisciplinaryMeasure.objects.create(
            violation=row,
            kind=kind,
            in_force=DateRange(on, until),
            order_number=order_number,
            provenance=provenance,
            source=source,
        )


@transaction.atomic
def lift(
    *, measure: DisciplinaryMeasure, on: dt.date, reason: str, expected_version: int | None = None
) -> DisciplinaryMeasure:
    """Lift a measure early: ``on`` is the first day on which it is no longer in force."""
    row = locked(measure, expected_version)
    if row.in_force.upper is not None and on >= row.in_force.upper:
        conflict("already_ended", _("The measure is no longer in force on that day."))
    if on <= row.in_force.lower:
        refuse("ayil_okmotu_disciplinarymeasure_in_force", pointer="/on")
    reason = short(reason, 500, "/reason")
    if not reason:
        refuse("required", _("Say why the measure is lifted."), "/reason")
    row.in_force, row.lifted_early = DateRange(row.in_force.lower, on), reason
    row.version += 1
    with told():
        row.save(update_fields=["in_force", "lifted_early", "version"])
    return row


def _unpunished(violation: Violation, expected_version: int | None) -> Violation:
    """Return a breach for which nothing has been imposed yet, locked."""
    row = locked(violation, expected_version)
    if DisciplinaryMeasure.objects.filter(violation=row).exists():
        refuse("ayil_okmotu_violation_frozen")
    return row


def _said(text: str, pointer: str) -> str:
    """Return a text that says something."""
    kept = "\n".join(short(line, LONGEST, pointer) for line in text.splitlines()).strip()
    if not kept:
        refuse("required", _("This field is required."), pointer)
    if len(kept) > LONGEST:
        refuse("too_long", _("At most %(most)s characters.") % {"most": LONGEST}, pointer)
    return kept
