"""The life of a report after its entry: submitted, reviewed, returned, approved, published, amended.

Who may take a step is ``kpi.rules``'s to say; here is what the step needs. Days and moments are given.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from councils.services.locking import locked
from kpi import checking
from kpi.errors import RULES, RuleBroken, Violation, conflict, refuse, told
from kpi.models import (
    EDITABLE,
    Evidence,
    Report,
    ReportStatus,
    ReturnedValue,
    Step,
    Value,
    ValueStatus,
)
from kpi.services import findings, notices
from kpi.services.entry import in_entry, may_enter, step, values_of
from kpi.services.locking import hold
from registry.models import LegalAct
from registry.names import clean

CORRECT_WITHIN = dt.timedelta(days=10)
"""For a returned report, also where the period has locked meanwhile: our own term."""


STATES = {
    ReportStatus.DRAFT: ("not_a_draft", gettext_lazy("Only a draft or a returned report is submitted.")),
    ReportStatus.SUBMITTED: (
        "not_submitted",
        gettext_lazy("The report is not submitted, or already in review."),
    ),
    ReportStatus.IN_REVIEW: ("not_in_review", gettext_lazy("The report is not in review.")),
    ReportStatus.APPROVED: ("not_approved", gettext_lazy("Only an approved report is published.")),
}


def _at(report: Report, expected_version: int | None, *states: str) -> Report:
    """Return the report, locked, its version raised; raise Stale, or StateConflict unless it is in one of the states."""
    row = locked(report, expected_version)
    if row.status not in states:
        conflict(*STATES[ReportStatus(states[0])])
    row.version += 1
    return row


@transaction.atomic
def submit(
    *, report: Report, by: User | None, at: dt.datetime, expected_version: int | None = None
) -> Report:
    """Hand a complete report in; raises RuleBroken with everything that is missing, each by its indicator."""
    row = _at(report, expected_version, *EDITABLE)
    in_entry(row, at)
    found = checking.in_the_way(row, values_of(row), checking.last_values(row))
    if found:
        raise RuleBroken(found)
    row.status = ReportStatus.SUBMITTED
    row.submitted_at, row.submitted_by = at, by
    row.first_submitted_at = row.first_submitted_at or at
    with told():
        row.save(update_fields=["status", "submitted_at", "submitted_by", "first_submitted_at", "version"])
    step(row, Step.Action.SUBMIT, by, at)
    notices.submitted(row, at)
    return row


@transaction.atomic
def recall(
    *, report: Report, by: User | None, at: dt.datetime, expected_version: int | None = None
) -> Report:
    """Take a submitted report back before its review has begun, while it can still be submitted again."""
    row = _at(report, expected_version, ReportStatus.SUBMITTED)
    if not may_enter(row, timezone.localdate(at)):
        conflict(
            "period_locked",
            _("The period has locked: a report that is taken back now could not be submitted again."),
        )
    row.status = ReportStatus.DRAFT
    with told():
        row.save(update_fields=["status", "version"])
    step(row, Step.Action.RECALL, by, at)
    return row


@transaction.atomic
def start_review(
    *, report: Report, by: User | None, at: dt.datetime, expected_version: int | None = None
) -> Report:
    """Begin the review: from now on the report cannot be recalled. Nobody reviews what he or she submitted."""
    row = _at(report, expected_version, ReportStatus.SUBMITTED)
    _four_eyes(row, by)
    row.status, row.reviewed_by = ReportStatus.IN_REVIEW, by
    with told():
        row.save(update_fields=["status", "reviewed_by", "version"])
    step(row, Step.Action.START_REVIEW, by, at)
    return row


def _four_eyes(report: Report, by: User | None) -> None:
    if by is not None and report.submitted_by_id == by.pk:
        refuse("kpi_report_four_eyes", pointer="/by")


@transaction.atomic
def return_report(
    *,
    report: Report,
    reasons: Mapping[str, str],
    by: User | None,
    at: dt.datetime,
    expected_version: int | None = None,
) -> Report:
    """Return values, by the code of their indicator, each with its reason; they can be corrected for ten days."""
    row = _at(report, expected_version, ReportStatus.IN_REVIEW)
    _four_eyes(row, by)
    values = {value.indicator.measure.code: value for value in values_of(row)}
    if not reasons:
        refuse("kpi_report_returned", pointer="/reasons")
    said = {code: clean(reason) for code, reason in reasons.items()}
    wrong = [
        Violation(
            "kpi_value_indicator" if code not in values else "kpi_returnedvalue_reason",
            RULES["kpi_value_indicator" if code not in values else "kpi_returnedvalue_reason"],
            f"/reasons/{code}",
        )
        for code, reason in said.items()
        if code not in values or not reason or len(reason) > 1000
    ]
    if wrong:
        raise RuleBroken(wrong)
    returned = step(row, Step.Action.RETURN, by, at)
    ReturnedValue.objects.bulk_create(
        ReturnedValue(
            step=returned,
            value=values[code],
            value_version=values[code].version,
            reason=reason,
            provenance=row.provenance,
        )
        for code, reason in said.items()
    )
    row.status, row.reviewed_by = ReportStatus.RETURNED, by
    row.correct_by = timezone.localdate(at) + CORRECT_WITHIN
    with told():
        row.save(update_fields=["status", "reviewed_by", "correct_by", "version"])
    notices.to_submitter(row, "returned", at)
    return row


def returned_reasons(report: Report) -> dict[uuid.UUID, ReturnedValue]:
    """Return the reasons of the latest return, by value."""
    last = Step.objects.filter(report=report, action=Step.Action.RETURN).order_by("-at").first()
    if last is None:
        return {}
    return {row.value_id: row for row in ReturnedValue.objects.filter(step=last)}


@transaction.atomic
def approve(
    *, report: Report, by: User | None, at: dt.datetime, expected_version: int | None = None
) -> Report:
    """Approve a report in review; never by who submitted it. Its values change by an amendment only from now on."""
    row = _at(report, expected_version, ReportStatus.IN_REVIEW)
    _four_eyes(row, by)
    row.status, row.approved_at, row.approved_by = ReportStatus.APPROVED, at, by
    row.reviewed_by = row.reviewed_by or by
    with told():
        row.save(update_fields=["status", "approved_at", "approved_by", "reviewed_by", "version"])
    step(row, Step.Action.APPROVE, by, at)
    notices.to_submitter(row, "approved", at)
    return row


@transaction.atomic
def publish(
    *, report: Report, by: User | None, at: dt.datetime, expected_version: int | None = None
) -> Report:
    """Publish an approved report: an office's is public from now on; the revisions before it are superseded, and stay."""
    row = _at(report, expected_version, ReportStatus.APPROVED)
    of = (
        {"appointment": row.appointment_id}
        if row.appointment_id
        else {"unit": row.unit_id, "appointment": None}
    )
    before = Report.objects.filter(period=row.period_id, revision__lt=row.revision, **of)
    standing = before.filter(status__in=(ReportStatus.APPROVED, ReportStatus.PUBLISHED))
    for former in standing.select_for_update(of=("self",)).order_by("revision"):
        former.status = ReportStatus.SUPERSEDED
        former.version += 1
        with told():
            former.save(update_fields=["status", "version"])
        step(former, Step.Action.SUPERSEDE, by, at)
    row.status, row.published_at = ReportStatus.PUBLISHED, at
    with told():
        row.save(update_fields=["status", "published_at", "version"])
    step(row, Step.Action.PUBLISH, by, at)
    notices.to_submitter(row, "published", at)
    return row


@transaction.atomic
def amend(
    *,
    report: Report,
    reason: str,
    by: User | None,
    at: dt.datetime,
    act: LegalAct | None = None,
    expected_version: int | None = None,
) -> Report:
    """Open the next revision of an approved or published report for a reason; the former stays.

    It begins with the values as they count: where an audit has corrected one, with the audit's figure.
    """
    row = locked(report, expected_version)
    if row.status not in (ReportStatus.APPROVED, ReportStatus.PUBLISHED):
        conflict("not_amendable", _("Only an approved or published report is amended."))
    hold(row.period_id, row.appointment_id or row.unit_id)
    if Report.objects.filter(amends=row).exists():
        conflict("amended_already", _("The report has been amended already; amend the latest revision."))
    reason = clean(reason)
    if not reason or len(reason) > 1000:
        refuse("kpi_report_amendment", pointer="/reason")
    with told():
        fresh = Report.objects.create(
            period_id=row.period_id,
            methodology_id=row.methodology_id,
            unit_id=row.unit_id,
            appointment_id=row.appointment_id,
            revision=row.revision + 1,
            opened_by=by,
            amends=row,
            amend_reason=reason,
            amend_act=act,
            provenance=row.provenance,
            source=row.source,
        )
        files: list[Evidence] = []
        corrections = findings.corrections(row)
        for value in values_of(row):
            counts = corrections.get(value.pk, value)
            copy = Value.objects.create(
                report=fresh,
                indicator=value.indicator,
                number=counts.number,
                numerator=counts.numerator,
                denominator=counts.denominator,
                status=ValueStatus.NORMAL if value.pk in corrections else value.status,
                note=value.note,
                origin=Value.Origin.CARRIED,
                known=value.known,
                provenance=value.provenance,
                source=value.source,
            )
            files += [
                Evidence(
                    value=copy,
                    file=file.file,
                    name=file.name,
                    media_type=file.media_type,
                    size=file.size,
                    sha256=file.sha256,
                    added_by=file.added_by,
                    provenance=file.provenance,
                    source=file.source,
                )
                for file in value.evidence.all()
                if file.removed_at is None
            ]
        Evidence.objects.bulk_create(files)
    step(fresh, Step.Action.AMEND, by, at, reason)
    return fresh
