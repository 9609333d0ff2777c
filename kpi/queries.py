"""Reads that span the records of KPI: plain SQL, the day always passed in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import connection

from kpi.models import Methodology, Period

LATEST = """
    SELECT DISTINCT ON (r.unit_id, r.appointment_id) r.id, r.revision, r.unit_id, r.appointment_id
      FROM kpi_report r
     WHERE r.period_id = %(period)s AND r.methodology_id = %(methodology)s AND r.status IN ('approved', 'published')
     ORDER BY r.unit_id, r.appointment_id, r.revision DESC"""
COUNTING_REPORTS = f"""
    WITH latest AS ({LATEST})
    SELECT l.id, l.revision, l.unit_id, l.appointment_id, v.kind, coalesce(p.kind, ''), f.value
      FROM latest l
      JOIN registry_unitversion v ON v.unit_id = l.unit_id AND v.valid @> %(day)s::date AND v.voided_by_id IS NULL
      LEFT JOIN ayil_okmotu_appointment a ON a.id = l.appointment_id
      LEFT JOIN ayil_okmotu_post p ON p.id = a.post_id
      LEFT JOIN LATERAL (SELECT x.value FROM registry_population x WHERE x.unit_id = l.unit_id AND x.voided_by_id IS NULL
                            AND x."on" <= %(day)s::date ORDER BY x."on" DESC, x.recorded_at DESC LIMIT 1) f ON true
     ORDER BY l.id"""
COUNTING_VALUES = f"""
    WITH latest AS ({LATEST})
    SELECT l.id, i.measure_id, c.status, c.number, c.numerator, c.denominator, c.corrected
      FROM latest l JOIN kpi_counting c ON c.report_id = l.id JOIN kpi_indicator i ON i.id = c.indicator_id
     ORDER BY l.id, i.measure_id"""


def _rows(sql: str, period: Period, methodology: Methodology) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"period": period.pk, "methodology": methodology.pk, "day": period.last_day})
        while rows := cursor.fetchmany(5000):
            yield from rows


def counting_reports(period: Period, methodology: Methodology) -> Iterator[tuple[Any, ...]]:
    """Yield the latest approved report of each subject: identifier, revision, unit, appointment, the unit's kind and the
    post's, and the residents, on the period's last day."""
    return _rows(COUNTING_REPORTS, period, methodology)


def counting_values(period: Period, methodology: Methodology) -> Iterator[tuple[Any, ...]]:
    """Yield what these reports say, as audits left it: report, measure, status, number, parts, whether corrected."""
    return _rows(COUNTING_VALUES, period, methodology)


def measures() -> dict[str, int]:
    """Return the number of each measure by its code."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, id FROM kpi_measure ORDER BY id")
        return dict(cursor.fetchall())


def current_run(period: uuid.UUID, subject: str) -> uuid.UUID | None:
    """Return the published run that rankings of a period show, None before there is one."""
    return _run(period, subject, "r.current")


def run_on(period: uuid.UUID, subject: str, day: dt.date) -> uuid.UUID | None:
    """Return the run that rankings of a period showed at the end of a day, None where none was published by then."""
    ends = "(%(day)s::date + 1)::timestamp AT TIME ZONE 'Asia/Bishkek'"
    return _run(period, subject, f"r.published_at < {ends}", day=day)


def _run(period: uuid.UUID, subject: str, condition: str, **args: Any) -> uuid.UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM kpi_scorerun r JOIN kpi_methodology m ON m.id = r.methodology_id"
            f" WHERE r.period_id = %(period)s AND m.subject = %(subject)s AND {condition}"
            " ORDER BY r.published_at DESC LIMIT 1",
            {"period": period, "subject": subject, **args},
        )
        found = cursor.fetchone()
        return found[0] if found else None
