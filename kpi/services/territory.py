"""What a territorial change does to reports in entry; what was submitted stays as it is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from councils.services.planning import Territory
from kpi.errors import conflict, told
from kpi.models import EDITABLE, Report
from registry.models import Annulment, Change
from registry.services import ChangeSpec


@dataclass(frozen=True)
class ReportEffect:
    """A report that a change would close: its municipality would owe it no longer."""

    report_id: uuid.UUID
    unit_id: uuid.UUID
    period_code: str
    status: str


def effects_of(spec: ChangeSpec) -> list[ReportEffect]:
    """Return the reports that a change would close; reads only."""
    territory = Territory.of_spec(spec)
    rows = (
        _not_owed(territory, spec.effective_on).select_related("period").order_by("unit_id", "period__number")
    )
    return [ReportEffect(row.pk, row.unit_id, row.period.code, row.status) for row in rows]


def _not_owed(territory: Territory, effective_on: object) -> QuerySet[Report]:
    """Reports of municipalities that end, for periods whose last day they do not live to see."""
    return Report.objects.filter(unit__in=territory.ends, closed_by=None, period__ends__gt=effective_on)


@transaction.atomic
def apply_change(*, change: Change) -> int:
    """Close the reports in entry that municipalities which end no longer owe; return how many.

    Raises StateConflict where such a report has been submitted already: it says something of a day on which, by the
    change, there is no such municipality.
    """
    territory = Territory.of_change(change)
    if not territory.ends:
        return 0
    rows = _not_owed(territory, change.effective_on)
    if rows.exclude(status__in=EDITABLE).exists():
        conflict(
            "later_reports",
            _("KPI reports of the municipalities have been submitted for periods that end after %(day)s.")
            % {"day": f"{change.effective_on:%d.%m.%Y}"},
        )
    with told():
        return rows.filter(status__in=EDITABLE).update(closed_by=change, version=F("version") + 1)


@transaction.atomic
def annul_change(*, annulment: Annulment) -> int:
    """Open again what a change had closed, and return how many; StateConflict where the units it began have reported."""
    change = annulment.change
    territory = Territory.of_change(change)
    if Report.objects.filter(unit__in=territory.begins).exists():
        conflict("reports_exist", _("The municipalities that began with the change have reported since."))
    with told():
        return Report.objects.filter(closed_by=change).update(closed_by=None, version=F("version") + 1)
