"""One report as pages show it: where it stands, its values with evidence and findings, its steps and its revisions."""

from __future__ import annotations

import datetime as dt
import uuid

from kpi.page_queries.figures import INDICATOR
from kpi.page_queries.published import BY_THE_DAY, PUBLISHED
from kpi.visibility import Sight, condition
from registry.queries import Row, rows, unit_json

DUE = """greatest(p.due, (SELECT max(e.until) FROM kpi_extension e
                          WHERE e.period_id = p.id AND e.unit_id = r.unit_id)) AS due"""
"""The day until which the municipality is on time, an extension with it."""

OTHERS = """
    (SELECT json_agg(json_build_object('id', o.id, 'revision', o.revision, 'status', o.status) ORDER BY o.revision)
       FROM kpi_report o WHERE o.unit_id = r.unit_id AND o.period_id = r.period_id AND o.id <> r.id
        AND o.appointment_id IS NOT DISTINCT FROM r.appointment_id AND {seen}) AS others"""


def report(pk: uuid.UUID, sight: Sight) -> Row | None:
    """Return a report that somebody may read, with its municipality as of the period's last day; None for any other.

    ``first_submitted_at`` is of its first revision: an amendment is not late; ``scores`` are those of published runs,
    the latest first; ``others`` the revisions beside it that may be read.
    """
    seen, args = condition(sight, "r")
    also, more = condition(sight, "o")
    found = rows(
        f"""
        SELECT r.id, r.unit_id, r.appointment_id, r.revision, r.status, r.version, r.provenance, r.source,
               r.submitted_at, r.approved_at,
               (SELECT min(x.first_submitted_at) FROM kpi_report x
                 WHERE x.unit_id = r.unit_id AND x.period_id = r.period_id
                   AND x.appointment_id IS NOT DISTINCT FROM r.appointment_id) AS first_submitted_at,
               r.published_at, r.amend_reason, r.amends_id, r.closed_by_id,
               p.number AS period_number, p.code AS period_code, p.ends - 1 AS last_day, {DUE},
               m.id AS methodology_id, m.number AS methodology_number, m.subject, m.act_id,
               m.provenance AS methodology_provenance, {unit_json("u")} AS unit, {unit_json("d")} AS district,
               {unit_json("o")} AS oblast,
               CASE WHEN n.id IS NOT NULL THEN json_build_object(
                    'name_ky', n.name_ky, 'name_ru', n.name_ru, 'name_en', n.name_en) END AS person,
               a.kind AS act_kind, a.number AS act_number, a.adopted_on AS act_adopted_on, r.amend_act_id,
               {OTHERS.format(seen=also)},
               (SELECT json_agg(json_build_object('id', s.id, 'total', s.total::text, 'run', q.number, 'current', q.current)
                                ORDER BY q.published_at DESC)
                  FROM kpi_score s JOIN kpi_scorerun q ON q.id = s.run_id
                 WHERE s.report_id = r.id AND q.published_at IS NOT NULL) AS scores
          FROM kpi_report r JOIN kpi_period p ON p.id = r.period_id JOIN kpi_methodology m ON m.id = r.methodology_id
          LEFT JOIN LATERAL registry_units_on(p.ends - 1) u ON u.unit_id = r.unit_id
          LEFT JOIN LATERAL registry_units_on(p.ends - 1) d ON d.unit_id = u.district_id
          LEFT JOIN LATERAL registry_units_on(p.ends - 1) o ON o.unit_id = u.oblast_id
          LEFT JOIN ayil_okmotu_appointment x ON x.id = r.appointment_id
          LEFT JOIN registry_person n ON n.id = x.person_id
          LEFT JOIN registry_legalact a ON a.id = r.amend_act_id
         WHERE r.id = %(pk)s AND {seen}""",
        {**args, **more, "pk": pk},
    )
    return next(iter(found), None)


def values(pk: uuid.UUID) -> list[Row]:
    """Return what a report says of each indicator, with the figure it makes, its evidence and what audits found of it."""
    return rows(
        f"""
        SELECT x.*, v.id AS value_id, v.status, v.number, v.numerator, v.denominator, v.note, v.origin, v.known,
               kpi_figure(x.formula, v.number, v.numerator, v.denominator) AS figure,
               (SELECT json_agg(json_build_object('id', f.id, 'name', f.name, 'size', f.size) ORDER BY f.recorded_at, f.id)
                  FROM kpi_evidence f WHERE f.value_id = v.id AND f.removed_at IS NULL) AS evidence,
               (SELECT json_agg(json_build_object(
                           'verdict', f.verdict, 'found_on', f.found_on, 'note', f.note,
                           'figure', kpi_figure(x.formula, f.number, f.numerator, f.denominator)::text)
                       ORDER BY f.recorded_at, f.id)
                  FROM kpi_auditfinding f WHERE f.value_id = v.id) AS findings
          FROM kpi_value v JOIN (SELECT c."order" AS place, i."order" AS line, {INDICATOR}) x ON x.indicator_id = v.indicator_id
         WHERE v.report_id = %(pk)s ORDER BY x.place, x.line, x.indicator_id""",
        {"pk": pk},
    )


def steps(pk: uuid.UUID) -> list[Row]:
    """Return the steps of a report in their order, with the values that a return named."""
    return rows(
        """
        SELECT s.action, s.at, s.reason,
               (SELECT json_agg(json_build_object('reason', t.reason, 'name_ky', i.name_ky, 'name_ru', i.name_ru,
                                                  'name_en', i.name_en) ORDER BY i."order")
                  FROM kpi_returnedvalue t JOIN kpi_value v ON v.id = t.value_id JOIN kpi_indicator i ON i.id = v.indicator_id
                 WHERE t.step_id = s.id) AS returned
          FROM kpi_step s WHERE s.report_id = %(pk)s ORDER BY s.at, s.recorded_at, s.id""",
        {"pk": pk},
    )


def of_unit(unit: uuid.UUID, day: dt.date, sight: Sight) -> list[Row]:
    """Return the reports of a municipality's office that somebody may read, the latest period and revision first.

    Of periods that had opened by ``day``, public ones from the day on which they were published; they are in force until
    the end of the day before a later one was.
    """
    seen, args = condition(Sight(everything=sight.everything, units=sight.units), "r")
    return rows(
        f"""
        SELECT r.id, r.revision, r.submitted_at, r.published_at, r.provenance, p.number AS period_number,
               CASE WHEN r.published_at IS NULL THEN r.status
                    WHEN EXISTS (SELECT FROM kpi_report n
                                  WHERE n.unit_id = r.unit_id AND n.period_id = r.period_id AND n.appointment_id IS NULL
                                    AND n.revision > r.revision AND {PUBLISHED.format(what="n")}) THEN 'superseded'
                    ELSE 'published' END AS status,
               p.code AS period_code, {DUE}, r.amend_reason,
               (r.first_submitted_at AT TIME ZONE 'Asia/Bishkek')::date AS first_on
          FROM kpi_report r JOIN kpi_period p ON p.id = r.period_id
         WHERE r.unit_id = %(unit)s AND r.appointment_id IS NULL AND p.opens <= %(day)s::date AND {seen}
           AND (r.published_at IS NULL OR {BY_THE_DAY})
         ORDER BY p.number DESC, r.revision DESC""",
        {**args, "unit": unit, "day": day},
    )
