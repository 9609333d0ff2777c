"""Reads of the review: what waits for it, and one report beside the quarter before, its peers and its former self."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from kpi import visibility
from kpi.models import Report, Step
from kpi.visibility import Sight
from registry.queries import Row, names, rows, unit_json

LEAST_PRIVATE = 5
"""Employees of other offices that a median is made of, at least: their single results are private."""

INBOX = f"""
    WITH asked AS MATERIALIZED (
        SELECT r.* FROM kpi_report r
          JOIN kpi_period p ON p.id = r.period_id JOIN kpi_methodology m ON m.id = r.methodology_id
          LEFT JOIN ayil_okmotu_appointment a ON a.id = r.appointment_id
         WHERE r.status = ANY (%(states)s) AND r.closed_by_id IS NULL
           AND (%(period)s::text IS NULL OR p.code = %(period)s)
           AND (%(subject)s::text IS NULL OR m.subject = %(subject)s)
           AND {{readable}}),
    places AS MATERIALIZED (
        SELECT p.id AS period_id, u.* FROM kpi_period p CROSS JOIN LATERAL registry_units_on(p.ends - 1) u
         WHERE p.id IN (SELECT period_id FROM asked))
    SELECT r.id, r.version, r.status, r.revision, r.submitted_at, r.correct_by, r.provenance, r.submitted_by_id,
           r.appointment_id, p.code AS period, p.number AS period_number, m.subject,
           (r.first_submitted_at AT TIME ZONE 'Asia/Bishkek')::date > greatest(p.due, e.until) AS late,
           {unit_json("x")} AS unit, {unit_json("d")} AS district, {unit_json("o")} AS oblast,
           {names("n")}, r.reviewed_by_id,
           coalesce(nullif(concat_ws(' ', nullif(w.last_name, ''), nullif(w.first_name, ''), nullif(w.patronymic, '')), ''),
                    w.username) AS reviewer,
           (SELECT count(*) FROM kpi_step s WHERE s.report_id = r.id AND s.action = 'return') AS returns
      FROM asked r
      JOIN kpi_period p ON p.id = r.period_id JOIN kpi_methodology m ON m.id = r.methodology_id
      JOIN places x ON x.period_id = r.period_id AND x.unit_id = r.unit_id
      LEFT JOIN places d ON d.period_id = r.period_id AND d.unit_id = x.district_id
      LEFT JOIN places o ON o.period_id = r.period_id AND o.unit_id = x.oblast_id
      LEFT JOIN ayil_okmotu_appointment a ON a.id = r.appointment_id
      LEFT JOIN registry_person n ON n.id = a.person_id
      LEFT JOIN accounts_user w ON w.id = r.reviewed_by_id
      LEFT JOIN LATERAL (SELECT max(x.until) AS until FROM kpi_extension x
                          WHERE x.unit_id = r.unit_id AND x.period_id = r.period_id) e ON true
     WHERE %(oblast)s::uuid IS NULL OR x.oblast_id = %(oblast)s::uuid
     ORDER BY r.submitted_at, r.id"""
"""The reports in some states that a reader may read, with the places they were of on the period's last day."""

PEERS = """
    WITH latest AS (
        SELECT DISTINCT ON (r.unit_id, r.appointment_id) r.id, r.unit_id, r.appointment_id
          FROM kpi_report r
         WHERE r.period_id = %(period)s AND r.methodology_id = %(methodology)s
           AND (r.status IN ('submitted', 'in_review', 'approved', 'published') OR r.id = %(report)s)
         ORDER BY r.unit_id, r.appointment_id, r.id = %(report)s DESC, r.revision DESC),
    placed AS MATERIALIZED (
        SELECT l.id, g.id AS group_id
          FROM latest l
          JOIN registry_unitversion v ON v.unit_id = l.unit_id AND v.valid @> %(day)s::date AND v.voided_by_id IS NULL
          LEFT JOIN ayil_okmotu_appointment a ON a.id = l.appointment_id
          LEFT JOIN ayil_okmotu_post t ON t.id = a.post_id
          LEFT JOIN LATERAL (SELECT x.value FROM registry_population x
                              WHERE x.unit_id = l.unit_id AND x.voided_by_id IS NULL AND x."on" <= %(day)s::date
                              ORDER BY x."on" DESC, x.recorded_at DESC LIMIT 1) f ON true
          JOIN LATERAL (SELECT x.id FROM kpi_peergroup x
                         WHERE x.methodology_id = %(methodology)s AND x.removed_at IS NULL
                           AND (cardinality(x.unit_kinds) = 0 OR v.kind = ANY (x.unit_kinds))
                           AND (cardinality(x.post_kinds) = 0 OR t.kind = ANY (x.post_kinds))
                           AND (x.from_population = 0 AND x.below_population IS NULL
                                OR f.value >= x.from_population
                                   AND (x.below_population IS NULL OR f.value < x.below_population))
                         ORDER BY x."order", x.code, x.id LIMIT 1) g ON true),
    peers AS (SELECT p.id FROM placed p JOIN placed own ON own.id = %(report)s AND own.group_id = p.group_id
               WHERE p.id <> %(report)s)
    SELECT c.indicator_id, count(*) AS peers,
           percentile_cont(0.5) WITHIN GROUP (
               ORDER BY kpi_figure(i.formula, c.number, c.numerator, c.denominator)::float8) AS median
      FROM peers p JOIN kpi_counting c ON c.report_id = p.id AND c.status IN ('normal', 'estimated')
      JOIN kpi_indicator i ON i.id = c.indicator_id
     GROUP BY c.indicator_id HAVING count(*) >= %(least)s"""
"""The median figure of each indicator among the other reports of the same peer group, handed in for the same period."""

BEFORE_RETURN = """
    SELECT v.id, e.after::json AS after
      FROM kpi_value v
      JOIN LATERAL (SELECT max(s.id) AS id FROM audit_entry s
                     WHERE s.table_name = 'kpi_step' AND s.key = %(step)s) s ON s.id IS NOT NULL
      JOIN LATERAL (SELECT x.after FROM audit_entry x
                     WHERE x.table_name = 'kpi_value' AND x.key = v.id::text AND x.id < s.id
                     ORDER BY x.id DESC LIMIT 1) e ON true
     WHERE v.report_id = %(report)s"""
"""What each value said when the report was returned, from the journal."""

AMENDED = """
    SELECT v.id, json_build_object('status', f.status, 'number', f.number, 'numerator', f.numerator,
                                    'denominator', f.denominator, 'note', f.note) AS after
      FROM kpi_value v JOIN kpi_value f ON f.report_id = %(former)s AND f.indicator_id = v.indicator_id
     WHERE v.report_id = %(report)s"""

UNIT = f"""
    SELECT u.unit_id AS id, u.kind, {names("u")}, {unit_json("d")} AS district, {unit_json("o")} AS oblast
      FROM registry_units_on(%(day)s::date) u
      LEFT JOIN registry_unitversion d ON d.unit_id = u.district_id AND d.valid @> %(day)s::date AND d.voided_by_id IS NULL
      LEFT JOIN registry_unitversion o ON o.unit_id = u.oblast_id AND o.valid @> %(day)s::date AND o.voided_by_id IS NULL
     WHERE u.unit_id = %(unit)s"""


def inbox(
    seen: Sight,
    states: list[str],
    *,
    period: str | None = None,
    subject: str | None = None,
    oblast: uuid.UUID | None = None,
) -> list[Row]:
    """Return the reports in these states that the reader may review or, in the ministry, look into.

    Outside the ministry these are the reports of the employees whom the reader heads, never an own one.
    """
    if seen.everything:
        readable, args = visibility.condition(seen)
    else:
        readable = (
            "r.appointment_id IS NOT NULL AND r.unit_id = ANY (%(led_units)s::uuid[])"
            " AND a.person_id IS DISTINCT FROM %(own_person)s::uuid"
        )
        args = {
            "led_units": sorted(map(str, seen.led)),
            "own_person": seen.person and str(seen.person),
        }
    asked = {"states": states, "period": period, "subject": subject, "oblast": oblast and str(oblast)}
    return rows(INBOX.format(readable=readable), {**asked, **args})


def report(pk: uuid.UUID) -> Report | None:
    """Return a report with everything that a page says of it; None where there is none."""
    related = (
        "period",
        "methodology",
        "unit",
        "appointment__person",
        "appointment__post__body",
        "appointment__post__settlement",
        "submitted_by",
        "reviewed_by",
        "approved_by",
        "amends",
        "amend_act",
    )
    return Report.objects.select_related(*related).filter(pk=pk).first()


def unit(pk: uuid.UUID, day: dt.date) -> Row | None:
    """Return a unit as it is called on a day, with district and oblast; None where it is none then."""
    return next(iter(rows(UNIT, {"unit": pk, "day": day})), None)


def medians(of: Report) -> dict[uuid.UUID, Row]:
    """Return, by indicator, the median figure of the report's peers and how many there are."""
    args = {
        "period": of.period_id,
        "methodology": of.methodology_id,
        "report": of.pk,
        "day": of.period.last_day,
        "least": LEAST_PRIVATE if of.appointment_id else 1,
    }
    return {row["indicator_id"]: row for row in rows(PEERS, args)}


def former(of: Report, last_return: Step | None) -> dict[uuid.UUID, dict[str, Any]]:
    """Return what each value said before: when the report was returned last, or in the revision that it amends."""
    if last_return is not None:
        return {
            row["id"]: row["after"]
            for row in rows(BEFORE_RETURN, {"step": str(last_return.pk), "report": of.pk})
        }
    if of.amends_id is not None:
        return {row["id"]: row["after"] for row in rows(AMENDED, {"report": of.pk, "former": of.amends_id})}
    return {}
