"""What a territorial change does to reports in entry; what was submitted stays as it is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from kpi.errors import conflict, told
from kpi.models import EDITABLE, Report, ReportStatus
from registry.models import Annulment, Change, UnitRole
from registry.services import ChangeSpec


@dataclass(frozen=True)
class ReportEffect:
    """What a municipality would no longer owe for a period: the office's report, and how many employees' ones.

    Employees' reports are counted and not named: who drafts an event does not read them.
    """

    unit_id: uuid.UUID
    period_code: str
    report_id: uuid.UUID | None
    """The office's; None where only employees' are there."""
    status: str | None
    employees: int


def effects_of(spec: ChangeSpec) -> list[ReportEffect]:
    """Return the reports that a change would close, by municipality and period; reads only."""
    rows = _not_owed([line.unit_id for line in spec.units if line.role == UnitRole.ENDS], spec.effective_on)
    found = list(
        rows.order_by("period__number", "unit_id")
        .values("unit_id", "period_id", "period__code")
        .annotate(employees=Count("appointment_id", distinct=True, filter=Q(appointment__isnull=False)))
    )
    if not found:
        return []
    offices = {
        (unit, period): (report, status)
        for unit, period, report, status in rows.filter(appointment=None)
        .order_by("revision")  # the latest one stands
        .values_list("unit_id", "period_id", "id", "status")
    }
    return [
        ReportEffect(
            row["unit_id"],
            row["period__code"],
            *offices.get((row["unit_id"], row["period_id"]), (None, None)),
            employees=row["employees"],
        )
        for row in found
    ]


def _not_owed(ends: Collection[uuid.UUID], effective_on: dt.date) -> QuerySet[Report]:
    """Reports of municipalities that end, for periods whose last day they do not live to see."""
    return Report.objects.filter(unit__in=ends, closed_by=None, period__ends__gt=effective_on)


@transaction.atomic
def apply_change(*, change: Change) -> int:
    """Close the reports in entry that municipalities which end no longer owe; return how many.

    What an annulment of the same event had closed is open again. Raises StateConflict where a report has been submitted
    already: it says something of a day on which, by the change, there is no such municipality.
    """
    units: dict[str, list[uuid.UUID]] = {}
    for unit, role in change.change_units.live().values_list("unit_id", "role"):
        units.setdefault(role, []).append(unit)
    if begins := units.get(UnitRole.BEGINS):
        with told():
            Report.objects.filter(unit__in=begins).exclude(closed_by=None).update(
                closed_by=None, version=F("version") + 1
            )
    rows = _not_owed(units.get(UnitRole.ENDS, []), change.effective_on)
    states = set(rows.values_list("status", flat=True))
    if states - set(EDITABLE):
        conflict(
            "later_reports",
            _("KPI reports of the municipalities have been submitted for periods that end after %(day)s.")
            % {"day": f"{change.effective_on:%d.%m.%Y}"},
        )
    with told():
        return rows.update(closed_by=change, version=F("version") + 1) if states else 0


@transaction.atomic
def annul_change(*, annulment: Annulment) -> int:
    """Open again what a change had closed, and return how many; drafts of the units that it began are closed.

    Raises StateConflict where one of those units has submitted a report.
    """
    change = annulment.change
    begun = Report.objects.filter(
        unit__in=change.change_units.filter(role=UnitRole.BEGINS).values("unit_id"), closed_by=None
    )
    if begun.exclude(status=ReportStatus.DRAFT).exists():
        conflict("reports_exist", _("The municipalities that began with the change have reported since."))
    with told():
        opened = Report.objects.filter(closed_by=change).update(closed_by=None, version=F("version") + 1)
        begun.update(closed_by=change, version=F("version") + 1)
    return opened
