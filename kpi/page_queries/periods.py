"""Reads of reporting periods and of who got longer."""

from __future__ import annotations

from kpi.models import Period
from registry.queries import Row, rows, unit_json

EXTENSIONS = f"""
    SELECT e.until, e.reason, e.recorded_at, e.provenance, {unit_json("u")} AS unit,
           coalesce(nullif(concat_ws(' ', nullif(w.last_name, ''), nullif(w.first_name, ''), nullif(w.patronymic, '')), ''),
                    w.username) AS given_by
      FROM kpi_extension e JOIN kpi_period p ON p.id = e.period_id
      JOIN registry_unitversion u ON u.unit_id = e.unit_id AND u.valid @> p.ends - 1 AND u.voided_by_id IS NULL
      LEFT JOIN accounts_user w ON w.id = e.given_by_id
     WHERE e.period_id = %(period)s ORDER BY u.sort_ky, e.until DESC"""


def extensions(of: Period) -> list[Row]:
    """Return the extensions of a period, by municipality."""
    return rows(EXTENSIONS, {"period": of.pk})
