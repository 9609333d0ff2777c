"""What units are called, and which changes of territory touched one, for pages of KPI."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from registry.queries import Row, names, rows


def named(units: Iterable[uuid.UUID], day: dt.date) -> dict[uuid.UUID, Row]:
    """Return kind and names of units: as of a day where they exist on it, else as they were last called.

    ``constructed`` are the numbers of the periods whose published report was constructed, ``gave`` the changes in which
    territory of the unit went to another.
    """
    found = rows(
        f"""
        SELECT DISTINCT ON (v.unit_id) v.unit_id AS id, v.kind, {names("v")},
               (SELECT coalesce(array_agg(p.number), '{{}}') FROM kpi_report r JOIN kpi_period p ON p.id = r.period_id
                 WHERE r.unit_id = v.unit_id AND r.appointment_id IS NULL AND r.status = 'published'
                   AND r.provenance = 'constructed') AS constructed,
               (SELECT coalesce(array_agg(p.change_id), '{{}}') FROM registry_changepart p
                 WHERE p.source_id = v.unit_id AND p.voided_by_id IS NULL) AS gave
          FROM registry_unitversion v
         WHERE v.unit_id = ANY(%(units)s::uuid[]) AND v.voided_by_id IS NULL
         ORDER BY v.unit_id, v.valid @> %(day)s::date DESC, v.valid DESC""",
        {"units": sorted(map(str, set(units))), "day": day},
    )
    return {row["id"]: row for row in found}


def changes(unit: uuid.UUID, first: dt.date, last: dt.date) -> list[Row]:
    """Return the changes that moved territory to or from a unit after ``first`` and by ``last``, oldest first."""
    return rows(
        """
        SELECT DISTINCT c.effective_on, c.kind FROM registry_changepart p JOIN registry_change c ON c.id = p.change_id
         WHERE p.voided_by_id IS NULL AND (p.source_id = %(unit)s OR p.target_id = %(unit)s)
           AND c.effective_on > %(first)s AND c.effective_on <= %(last)s ORDER BY c.effective_on, c.kind""",
        {"unit": unit, "first": first, "last": last},
    )
