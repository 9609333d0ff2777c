"""Who owes a report: the municipalities of the period's last day; how complete and how punctual reporting is.

Derived, never stored: when territory changes in hindsight, obligations follow.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from kpi.models import Period
from registry.queries import Row, names, rows

OWED = f"""
    SELECT u.unit_id, u.kind, {names("u")}, u.sort_ky, u.district_id, u.oblast_id, u.provenance,
           r.id AS report_id, r.revision, r.status, r.version, r.submitted_at, r.first_submitted_at, r.correct_by,
           r.provenance AS report_provenance,
           greatest(p.due, e.until) AS due, greatest(p.locks - 1, e.until) AS last_day,
           f.first_at, f.is_published,
           (SELECT count(*) FROM kpi_value v WHERE v.report_id = r.id AND v.status <> '') AS filled,
           (SELECT count(*) FROM kpi_value v WHERE v.report_id = r.id) AS fields
      FROM kpi_period p
     CROSS JOIN LATERAL registry_units_on(p.ends - 1) u
      LEFT JOIN LATERAL (SELECT x.* FROM kpi_report x WHERE x.unit_id = u.unit_id AND x.period_id = p.id
                            AND x.appointment_id IS NULL ORDER BY x.revision DESC LIMIT 1) r ON true
     CROSS JOIN (SELECT (%(day)s::date + 1)::timestamp AT TIME ZONE 'Asia/Bishkek' AS ends) d
      LEFT JOIN LATERAL (SELECT min(x.first_submitted_at) FILTER (WHERE x.first_submitted_at < d.ends) AS first_at,
                                coalesce(bool_or(x.published_at < d.ends), false) AS is_published FROM kpi_report x
                          WHERE x.unit_id = u.unit_id AND x.period_id = p.id AND x.appointment_id IS NULL) f ON true
      LEFT JOIN LATERAL (SELECT max(x.until) AS until FROM kpi_extension x
                          WHERE x.unit_id = u.unit_id AND x.period_id = p.id) e ON true
     WHERE p.id = %(period)s AND registry_is_municipality(u.kind)
       AND (p.within_id IS NULL OR p.within_id IN (u.unit_id, u.district_id, u.oblast_id))
       AND EXISTS (SELECT FROM kpi_methodology m WHERE m.subject = 'head_of_executive' AND m.valid @> (p.ends - 1))
       AND (%(oblast)s::uuid IS NULL OR u.oblast_id = %(oblast)s::uuid)
       AND (%(district)s::uuid IS NULL OR u.district_id = %(district)s::uuid)
       AND (%(units)s::uuid[] IS NULL OR u.unit_id = ANY (%(units)s::uuid[]))"""
"""A row for each municipality that owes the report of a period, with its latest revision, if any; ``first_at`` and
``is_published`` as they were at the end of the day asked about."""

STATE = """CASE WHEN o.report_id IS NULL OR o.status = 'draft' AND o.revision = 1 AND o.filled = 0 THEN 'not_started'
                ELSE o.status END"""
SUBMITTED = "o.first_at IS NOT NULL"
OVERDUE = "o.first_at IS NULL AND %(day)s::date > o.due"
LATE = "(o.first_at AT TIME ZONE 'Asia/Bishkek')::date > o.due"
BOARD = f"""
    WITH owed AS MATERIALIZED ({OWED})
    SELECT {{key}} AS key, count(*) AS owed, count(*) FILTER (WHERE {SUBMITTED}) AS submitted,
           count(*) FILTER (WHERE {SUBMITTED} AND NOT {LATE}) AS on_time, count(*) FILTER (WHERE {OVERDUE}) AS overdue,
           count(*) FILTER (WHERE o.status IN ('submitted', 'in_review')) AS waiting,
           count(*) FILTER (WHERE o.status = 'returned') AS returned,
           count(*) FILTER (WHERE o.status = 'approved') AS approved,
           count(*) FILTER (WHERE o.is_published) AS published
      FROM owed o GROUP BY 1"""
KEYS = {
    "oblast": "o.oblast_id::text",
    "district": "coalesce(o.district_id::text, 'none:' || o.oblast_id::text)",
    "kind": "o.kind",
    "all": "''::text",
}


def _args(period: Period, day: dt.date, **more: Any) -> dict[str, Any]:
    given = {"oblast": None, "district": None, "units": None, **more}
    return {"period": period.pk, "day": day, **given}


def owed(
    period: Period,
    day: dt.date,
    *,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
    units: list[uuid.UUID] | None = None,
) -> list[Row]:
    """Return a row for each municipality that owes the report: ``state`` (``not_started`` or the report's status),
    ``filled`` of ``fields``, ``due``, ``overdue`` and ``late`` as of ``day``, in the order of the alphabet."""
    args = _args(
        period,
        day,
        oblast=oblast and str(oblast),
        district=district and str(district),
        units=None if units is None else [str(unit) for unit in units],
    )
    return rows(
        f"SELECT o.*, {STATE} AS state, {OVERDUE} AS overdue, coalesce({LATE}, false) AS late"
        f" FROM ({OWED}) o ORDER BY o.sort_ky, o.unit_id",
        args,
    )


def board(period: Period, day: dt.date, group_by: str, *, oblast: uuid.UUID | None = None) -> dict[str, Row]:
    """Return, by the key of the group (see ``KEYS``), how many owe, submitted, were on time, are overdue, are published as
    of ``day``, and in which states they are now."""
    args = _args(period, day, oblast=oblast and str(oblast))
    return {row["key"]: row for row in rows(BOARD.format(key=KEYS[group_by]), args)}


def unsubmitted(period: Period, day: dt.date) -> dict[uuid.UUID, dt.date]:
    """Return the municipalities that owe a report and have never submitted it, with the day each is due."""
    found = rows(f"SELECT o.unit_id, o.due FROM ({OWED}) o WHERE o.first_at IS NULL", _args(period, day))
    return {row["unit_id"]: row["due"] for row in found}
