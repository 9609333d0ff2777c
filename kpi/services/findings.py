"""What independent audits find of values: both figures stay, the audit's counts."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from kpi import checking
from kpi.errors import RuleBroken, Violation, conflict, refuse, told
from kpi.models import AuditFinding, Report, ReportStatus, Value
from registry.models import Provenance
from registry.names import clean


@transaction.atomic
def record_finding(
    *,
    value: Value,
    verdict: str,
    found_on: dt.date,
    note: str,
    by: User | None,
    today: dt.date,
    number: Decimal | None = None,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> AuditFinding:
    """Confirm or correct a value of an approved or published report; published figures follow at once.

    The latest finding of a value stands: a confirmation takes a correction before it back. ``found_on`` is ``today`` or
    earlier. A score that is published does not change by it: another run has to be computed and published.
    """
    if found_on > today:
        refuse("kpi_auditfinding_future", pointer="/found_on")
    report = Report.objects.select_for_update().get(pk=value.report_id)
    if report.status not in (ReportStatus.APPROVED, ReportStatus.PUBLISHED):
        conflict("not_approved", _("Findings are about values of approved and published reports."))
    row = AuditFinding(
        value=value,
        verdict=verdict,
        number=number,
        numerator=numerator,
        denominator=denominator,
        found_on=found_on,
        note=clean(note)[:1000],
        by=by,
        provenance=provenance,
        source=source,
    )
    if not row.note:
        refuse("kpi_auditfinding_note", pointer="/note")
    figures = (number, numerator, denominator)
    if verdict not in AuditFinding.Verdict.values or (verdict == "confirmed") != (
        figures == (None, None, None)
    ):
        refuse("kpi_auditfinding_figures", pointer="/verdict")
    if verdict == AuditFinding.Verdict.CORRECTED:
        tried = Value(
            indicator=value.indicator,
            status="normal",
            number=number,
            numerator=numerator,
            denominator=denominator,
        )
        if broken := checking.fault(value.indicator, tried):
            raise RuleBroken(
                Violation(broken.code.replace("kpi_value", "kpi_auditfinding"), broken.message, "/number")
            )
    with told():
        row.save(force_insert=True)
    return row


def corrections(report: Report) -> dict[uuid.UUID, AuditFinding]:
    """Return the correction that counts, by the value it is of: the latest finding, where it corrects."""
    rows = AuditFinding.objects.filter(value__report=report).order_by("value_id", "-recorded_at", "id")
    latest = rows.distinct("value_id")
    return {row.value_id: row for row in latest if row.verdict == AuditFinding.Verdict.CORRECTED}
