"""Reports of KPI in bulk: each with its values and the steps it has taken, moved along the allowed ways only.

Rows are written while the reports are drafts; then the reports of one stage move on together, in one statement each.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from ayil_okmotu.models import Appointment
from kpi import services
from kpi.models import (
    Indicator,
    Methodology,
    Period,
    Report,
    ReportStatus,
    ReturnedValue,
    Step,
    Value,
)
from kpi.services.reports import CORRECT_WITHIN
from lsg_portal.demo.council_election import CONSTRUCTED, Batch
from lsg_portal.demo.country import identifier
from lsg_portal.demo.executive_form import SOURCE
from lsg_portal.demo.kpi_figures import EMPTY, Entered, Entries

ROWS = (Report, Value, Step, ReturnedValue)
SET = {
    ReportStatus.SUBMITTED: "submitted_at = x.at, submitted_by_id = x.who,"
    " first_submitted_at = coalesce(r.first_submitted_at, x.at)",
    ReportStatus.IN_REVIEW: "reviewed_by_id = x.who",
    ReportStatus.RETURNED: "reviewed_by_id = x.who, correct_by = x.until",
    ReportStatus.APPROVED: "approved_at = x.at, approved_by_id = x.who",
    ReportStatus.PUBLISHED: "published_at = x.at",
}
MOVE = """
    UPDATE kpi_report r SET status = %(status)s, version = r.version + 1, {columns}
      FROM unnest(%(ids)s::uuid[], %(moments)s::timestamptz[], %(whom)s::bigint[], %(until)s::date[])
           AS x (id, at, who, until) WHERE r.id = x.id"""
CORRECT = """
    UPDATE kpi_value v SET status = x.status, number = x.number, numerator = x.numerator, denominator = x.denominator,
           note = x.note, version = v.version + 1
      FROM unnest(%(ids)s::uuid[], %(status)s::text[], %(number)s::numeric[], %(numerator)s::numeric[],
                  %(denominator)s::numeric[], %(note)s::text[])
           AS x (id, status, number, numerator, denominator, note) WHERE v.id = x.id"""
ACTIONS = {
    ReportStatus.SUBMITTED: Step.Action.SUBMIT,
    ReportStatus.IN_REVIEW: Step.Action.START_REVIEW,
    ReportStatus.RETURNED: Step.Action.RETURN,
    ReportStatus.APPROVED: Step.Action.APPROVE,
    ReportStatus.PUBLISHED: Step.Action.PUBLISH,
}


@dataclass
class Stage:
    """A step that a report takes, when and by whom; a return names values with reasons and what they become."""

    status: ReportStatus
    at: dt.datetime
    by: User | None = None
    reasons: dict[str, str] = field(default_factory=dict)
    corrected: dict[str, Entered] = field(default_factory=dict)


@dataclass
class Course:
    """A report with the stages it passes, one after another."""

    report: Report
    stages: list[Stage]


class Reports:
    """Reports gathered to be written together."""

    def __init__(self, methodology: Methodology) -> None:
        """Gather reports by one methodology."""
        self.methodology = methodology
        self.indicators: list[Indicator] = services.indicators_of(methodology)
        self.batch = Batch(order=ROWS)
        self.courses: list[Course] = []
        self.values: dict[tuple[uuid.UUID, str], Value] = {}

    def add(
        self,
        period: Period,
        unit: uuid.UUID,
        entries: Entries,
        opened: dt.datetime,
        stages: list[Stage],
        *,
        by: User | None = None,
        appointment: Appointment | None = None,
    ) -> Report:
        """Add a report as it was opened, with what is entered in the end, and the stages it passes."""
        key = (period.code, str(appointment.pk if appointment else unit))
        report = self.batch.add(
            Report(
                id=identifier("kpi report", *key),
                period=period,
                methodology=self.methodology,
                unit_id=unit,
                appointment=appointment,
                opened_by=by,
                provenance=CONSTRUCTED,
                source=SOURCE,
            )
        )
        for indicator in self.indicators:
            self._value(report, indicator, entries.get(indicator.code, EMPTY))
        self._step(report, Step.Action.OPEN, opened, by)
        for stage in stages:
            self._stage(report, stage)
        self.courses.append(Course(report, stages))
        return report

    def _value(self, report: Report, indicator: Indicator, entered: Entered) -> None:
        self.values[report.pk, indicator.code] = self.batch.add(
            Value(
                id=identifier("kpi value", str(report.pk), indicator.code),
                report=report,
                indicator=indicator,
                number=entered.number,
                numerator=entered.numerator,
                denominator=entered.denominator,
                status=entered.status,
                note=entered.note,
                origin=entered.origin,
                known=entered.known,
                provenance=CONSTRUCTED,
                source=SOURCE,
            )
        )

    def _step(self, report: Report, action: str, at: dt.datetime, by: User | None) -> Step:
        return self.batch.add(
            Step(
                id=identifier("kpi step", str(report.pk), action, at.isoformat()),
                report=report,
                action=action,
                at=at,
                by=by,
                provenance=CONSTRUCTED,
                source=SOURCE,
            )
        )

    def _stage(self, report: Report, stage: Stage) -> None:
        step = self._step(report, ACTIONS[stage.status], stage.at, stage.by)
        for code, reason in stage.reasons.items():
            value = self.values[report.pk, code]
            self.batch.add(
                ReturnedValue(
                    id=identifier("kpi return", str(step.pk), code),
                    step=step,
                    value=value,
                    value_version=value.version,
                    reason=reason,
                    provenance=CONSTRUCTED,
                    source=SOURCE,
                )
            )

    def write(self) -> None:
        """Write the rows: all reports are drafts."""
        self.batch.write()

    def move(self) -> None:
        """Take every report through its stages; the first stages of all together, then the second ones."""
        for place in range(max((len(course.stages) for course in self.courses), default=0)):
            reached = [course for course in self.courses if len(course.stages) > place]
            by_status: dict[ReportStatus, list[Course]] = {}
            for course in reached:
                by_status.setdefault(course.stages[place].status, []).append(course)
            for status, courses in by_status.items():
                _move(status, [(course.report.pk, course.stages[place]) for course in courses])
            self._correct([(course.report.pk, course.stages[place]) for course in reached])

    def _correct(self, stages: Iterable[tuple[uuid.UUID, Stage]]) -> None:
        """Write what the office corrects after a return."""
        changes = [
            (self.values[report, code].pk, entered)
            for report, stage in stages
            for code, entered in stage.corrected.items()
        ]
        if not changes:
            return
        columns: dict[str, list[Any]] = {
            name: [getattr(entered, name) for _id, entered in changes]
            for name in ("status", "number", "numerator", "denominator", "note")
        }
        with connection.cursor() as cursor:
            cursor.execute(CORRECT, {"ids": [str(key) for key, _entered in changes], **columns})


def _move(status: ReportStatus, stages: list[tuple[uuid.UUID, Stage]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            MOVE.format(columns=SET[status]),
            {
                "status": str(status),
                "ids": [str(report) for report, _stage in stages],
                "moments": [stage.at for _report, stage in stages],
                "whom": [stage.by.pk if stage.by else None for _report, stage in stages],
                "until": [timezone.localdate(stage.at) + CORRECT_WITHIN for _report, stage in stages],
            },
        )
