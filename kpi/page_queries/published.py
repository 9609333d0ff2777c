"""What has been published by a day: the run that the ranking of each quarter shows, bands by place, one municipality.

A run that a later one replaced stays the one of the days on which it was shown.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from kpi.models import Subject
from registry.queries import Row, names, rows

REPORTING = "({within}::uuid IS NULL OR {within} IN ({unit}.unit_id, {unit}.district_id, {unit}.oblast_id))"
"""The condition that a unit lies where a period is reported on: everywhere, or where reporting is tried out."""

PUBLISHED = "{what}.published_at < ((%(day)s::date + 1)::timestamp AT TIME ZONE 'Asia/Bishkek')"
"""The condition that a report or a run had been published by the end of the day."""
BY_THE_DAY = PUBLISHED.format(what="r")
RUNS = f"""
    SELECT DISTINCT ON (p.number) p.id AS period_id, p.number, p.code, p.begins, p.ends, p.ends - 1 AS last_day,
           p.within_id, p.provenance, r.id AS run_id, r.number AS run_number, r.total AS scored, r.published_at,
           r.methodology_id, m.number AS methodology_number, m.act_id, m.gate, {names("m")},
           m.provenance AS methodology_provenance,
           %(day)s::date AS known_on
      FROM kpi_scorerun r JOIN kpi_period p ON p.id = r.period_id JOIN kpi_methodology m ON m.id = r.methodology_id
     WHERE m.subject = %(subject)s AND {BY_THE_DAY}
     ORDER BY p.number DESC, r.published_at DESC"""
"""The run that the ranking of each quarter showed on a day, the latest quarter first."""

PLACE = f"""
    WITH run AS MATERIALIZED (SELECT * FROM ({RUNS}) x ORDER BY x.number DESC LIMIT 1),
         s AS MATERIALIZED (
           SELECT u.unit_id, s.id, s.total, s.band_id, t.provenance, b.code, b.name_ky, b.name_ru, b.name_en
             FROM run CROSS JOIN LATERAL registry_units_on(run.last_day) u
             LEFT JOIN kpi_score s ON s.run_id = run.run_id AND s.unit_id = u.unit_id AND s.appointment_id IS NULL
             LEFT JOIN kpi_report t ON t.id = s.report_id LEFT JOIN kpi_band b ON b.id = s.band_id
            WHERE registry_is_municipality(u.kind) AND {REPORTING.format(within="run.within_id", unit="u")}
              AND (%(oblast)s::uuid IS NULL OR u.oblast_id = %(oblast)s::uuid)
              AND (%(district)s::uuid IS NULL OR u.district_id = %(district)s::uuid))
    SELECT run.*, (SELECT count(*) FROM s) AS municipalities, (SELECT count(*) FROM s WHERE s.band_id IS NULL) AS without,
           (SELECT json_agg(json_build_object('code', b.code, 'name_ky', b.name_ky, 'name_ru', b.name_ru,
                                              'name_en', b.name_en, 'least', b.least::text,
                                              'count', (SELECT count(*) FROM s WHERE s.band_id = b.id))
                            ORDER BY b.least DESC)
              FROM kpi_band b WHERE b.methodology_id = run.methodology_id AND b.removed_at IS NULL) AS bands,
           CASE WHEN %(district)s::uuid IS NOT NULL THEN (
                SELECT json_object_agg(s.unit_id, json_build_object(
                           'id', s.id, 'total', s.total::text, 'provenance', s.provenance, 'code', s.code, 'name_ky', s.name_ky,
                           'name_ru', s.name_ru, 'name_en', s.name_en))
                  FROM s WHERE s.id IS NOT NULL) END AS scores
      FROM run WHERE EXISTS (SELECT FROM s)"""


def _named(alias: str) -> str:
    """Return the SQL of a band or a peer group as one value, null where there is none."""
    return (
        f"CASE WHEN {alias}.id IS NOT NULL THEN json_build_object('code', {alias}.code, 'name_ky', {alias}.name_ky,"
        f" 'name_ru', {alias}.name_ru, 'name_en', {alias}.name_en) END"
    )


def runs(day: dt.date, subject: str = Subject.HEAD) -> list[Row]:
    """Return the quarters with a ranking published by a day, the latest first, with run and methodology of each."""
    return rows(RUNS, {"day": day, "subject": subject})


def of_place(
    day: dt.date, *, oblast: uuid.UUID | None = None, district: uuid.UUID | None = None
) -> Row | None:
    """Return how many municipalities lie in each band in the latest quarter published by a day, in one statement.

    ``without`` counts those without a score; of a district ``scores`` has the score of each municipality by its id.
    None where nothing has been published of the place.
    """
    args = {
        "day": day,
        "subject": Subject.HEAD,
        "oblast": oblast and str(oblast),
        "district": district and str(district),
    }
    return next(iter(rows(PLACE, args)), None)


def of_units(units: Iterable[uuid.UUID], day: dt.date) -> list[Row]:
    """Return the scores of municipalities in the rankings published by a day, the latest quarter first."""
    return rows(
        f"""
        WITH run AS MATERIALIZED ({RUNS})
        SELECT s.unit_id, run.number, run.code, run.ends, run.last_day, run.period_id, run.run_id, run.methodology_id,
               run.methodology_number, run.act_id, run.methodology_provenance, run.known_on, s.id AS score, s.report_id, s.total,
               s.coverage, s.rank, s.of, s.peer_group_id, {_named("b")} AS band, {_named("g")} AS peer_group,
               t.provenance, t.revision
          FROM run JOIN kpi_score s ON s.run_id = run.run_id AND s.unit_id = ANY (%(units)s::uuid[])
               AND s.appointment_id IS NULL
          JOIN kpi_report t ON t.id = s.report_id
          LEFT JOIN kpi_band b ON b.id = s.band_id LEFT JOIN kpi_peergroup g ON g.id = s.peer_group_id
         ORDER BY run.number DESC""",
        {"day": day, "subject": Subject.HEAD, "units": [str(unit) for unit in units]},
    )


def municipalities(run: Row) -> list[Row]:
    """Return the municipalities that report on a quarter in the order of the alphabet, with the band of each that has one."""
    return rows(
        f"""
        SELECT u.unit_id AS id, u.kind, {names("u")}, u.district_id, u.oblast_id, b.code AS band, s.id AS score
          FROM registry_units_on(%(day)s::date) u
          LEFT JOIN kpi_score s ON s.run_id = %(run)s AND s.unit_id = u.unit_id AND s.appointment_id IS NULL
          LEFT JOIN kpi_band b ON b.id = s.band_id
         WHERE registry_is_municipality(u.kind) AND {REPORTING.format(within="%(within)s", unit="u")}
         ORDER BY u.sort_ky, u.unit_id""",
        {"day": run["last_day"], "run": run["run_id"], "within": run["within_id"] and str(run["within_id"])},
    )


def calendar(day: dt.date, most: int = 12) -> list[Row]:
    """Return the latest periods that had opened by a day, with how many municipalities owe a report and have a public one."""
    return rows(
        """
        SELECT p.id, p.number, p.code, p.opens, p.due, p.locks, p.published_on, p.provenance,
               CASE WHEN p.published_on <= %(day)s::date THEN 'published'
                    WHEN p.locks <= %(day)s::date THEN 'locked' ELSE 'open' END AS status,
               CASE WHEN p.within_id IS NULL THEN (
                    SELECT count(*) FROM registry_unitversion v WHERE v.valid @> (p.ends - 1) AND v.voided_by_id IS NULL
                       AND registry_is_municipality(v.kind))
               ELSE (SELECT count(*) FROM registry_units_on(p.ends - 1) u WHERE registry_is_municipality(u.kind)
                        AND p.within_id IN (u.unit_id, u.district_id, u.oblast_id)) END AS owed,
               (SELECT count(DISTINCT r.unit_id) FROM kpi_report r WHERE r.period_id = p.id AND r.appointment_id IS NULL
                   AND r.status IN ('published', 'superseded')
                   AND r.published_at < ((%(day)s::date + 1)::timestamp AT TIME ZONE 'Asia/Bishkek')) AS published
          FROM kpi_period p WHERE p.opens <= %(day)s::date ORDER BY p.number DESC LIMIT %(most)s""",
        {"day": day, "most": most},
    )
