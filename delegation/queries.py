"""Where the lists of delegated powers over REST read from: SQL alone, the day always passed in.

Dated relations take ``%(at)s``. ``seen`` is the day as of which a row is shown and its unit looked up.
"""

from __future__ import annotations

from councils.queries import place

__all__ = [
    "DISPUTES",
    "FUNDING",
    "PERFORMANCE",
    "POWERS",
    "PRACTICES",
    "REQUESTS",
    "SUCCESSIONS",
    "TRANSFERS",
    "place",
]

_LIFE = """(SELECT max(coalesce(upper(v.valid), 'infinity'::date)) - 1 FROM registry_unitversion v
             WHERE v.unit_id = {unit} AND v.voided_by_id IS NULL)"""

TRANSFERS = f"""(SELECT x.*, w.code AS power_code, w."group" AS power_group, w.name_ky AS power_ky, w.name_ru AS power_ru,
                        w.name_en AS power_en, least(%(at)s::date, {_LIFE.format(unit="x.unit_id")}) AS seen
                   FROM delegation_transfer x JOIN delegation_statepower w ON w.id = x.power_id) t"""
"""Transfers as ``t``, each with its power."""

POWERS = """delegation_statepower w JOIN delegation_field f ON f.id = w.field_id
    LEFT JOIN delegation_statebody b ON b.id = w.responsible_id"""
IN_FORCE = """(SELECT count(*) FROM delegation_transfer t WHERE t.power_id = w.id AND t.valid @> %(at)s::date
                  AND t.voided_by_id IS NULL)"""


def _quarterly(table: str) -> str:
    """Return the rows of a quarter as ``q``, each with its transfer's power and municipality."""
    return f"""(SELECT x.*, t.power_id, t.unit_id, w.code AS power_code,
                       CASE WHEN EXISTS (SELECT FROM registry_unitversion v WHERE v.unit_id = t.unit_id
                                            AND v.voided_by_id IS NULL
                                            AND v.valid @> (upper(delegation_quarter(x.year, x.quarter)) - 1))
                            THEN upper(delegation_quarter(x.year, x.quarter)) - 1
                            ELSE upper(t.valid) - 1 END AS seen
                  FROM delegation_{table} x JOIN delegation_transfer t ON t.id = x.transfer_id AND t.voided_by_id IS NULL
                  JOIN delegation_statepower w ON w.id = t.power_id) q"""


FUNDING = _quarterly("funding")
PERFORMANCE = _quarterly("performance")

DISPUTES = f"""(SELECT x.*, w.code AS power_code, w.name_ky AS power_ky, w.name_ru AS power_ru, w.name_en AS power_en,
                       least(coalesce(x.closed_on, %(at)s::date), {_LIFE.format(unit="x.unit_id")}) AS seen
                  FROM delegation_dispute x JOIN delegation_statepower w ON w.id = x.power_id) g"""
REQUESTS = f"""(SELECT x.*, least(coalesce(x.decided_on, %(at)s::date), {_LIFE.format(unit="x.unit_id")}) AS seen
                  FROM delegation_cancellationrequest x) r"""
PRACTICES = f"""(SELECT x.*, w.code AS power_code, w.name_ky AS power_ky, w.name_ru AS power_ru, w.name_en AS power_en,
                        least(%(at)s::date, {_LIFE.format(unit="x.unit_id")}) AS seen
                   FROM delegation_practice x JOIN delegation_statepower w ON w.id = x.power_id
                  WHERE x.valid @> %(at)s::date AND x.voided_by_id IS NULL) p"""
SUCCESSIONS = """(SELECT x.*, t.unit_id, t.power_id, w.code AS power_code, w.name_ky AS power_ky, w.name_ru AS power_ru,
                         w.name_en AS power_en, c.effective_on, c.effective_on - 1 AS seen, n.unit_id AS new_unit_id
                    FROM delegation_succession x JOIN delegation_transfer t ON t.id = x.transfer_id
                    JOIN delegation_statepower w ON w.id = t.power_id JOIN registry_change c ON c.id = x.change_id
                    LEFT JOIN delegation_transfer n ON n.id = x.new_transfer_id
                   WHERE x.voided_by_id IS NULL) s"""
SUCCESSORS = """(SELECT coalesce(json_agg(DISTINCT p.target_id), '[]') FROM registry_changepart p
                  WHERE p.change_id = s.change_id AND p.source_id = s.unit_id AND p.voided_by_id IS NULL)"""
