"""Who does the state's work on a day without agreement or without money; what nobody uses; what two perform.

Each question is one SQL statement; pages, REST and tables ask here.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from registry.queries import rows

Row = dict[str, Any]

WITHIN = """(%(oblast)s::uuid IS NULL OR u.oblast_id = %(oblast)s::uuid)
       AND (%(district)s::uuid IS NULL OR u.district_id = %(district)s::uuid)
       AND (%(unit)s::uuid IS NULL OR u.unit_id = %(unit)s::uuid)"""

# Money of the four quarters that had ended by the day
WITHOUT = f"""
WITH u AS MATERIALIZED (SELECT * FROM registry_units_on(%(day)s::date) u WHERE {WITHIN}),
     doing AS (
        SELECT p.power_id, p.unit_id, p.id AS practice_id, NULL::uuid AS transfer_id, p.provenance
          FROM delegation_practice p
         WHERE p.valid @> %(day)s::date AND p.voided_by_id IS NULL AND NOT EXISTS (
               SELECT FROM delegation_transfer t WHERE t.power_id = p.power_id AND t.unit_id = p.unit_id
                  AND t.valid @> %(day)s::date AND t.voided_by_id IS NULL)
        UNION ALL
        SELECT t.power_id, t.unit_id, NULL, t.id, t.provenance
          FROM delegation_transfer t WHERE t.valid @> %(day)s::date AND t.voided_by_id IS NULL),
     money AS (
        SELECT f.transfer_id, sum(f.need) AS need, sum(f.received) AS received, count(*) AS quarters,
               count(f.received) AS reported
          FROM delegation_funding f
         WHERE upper(delegation_quarter(f.year, f.quarter)) <= %(day)s::date
           AND upper(delegation_quarter(f.year, f.quarter)) > %(day)s::date - interval '1 year'
         GROUP BY f.transfer_id)
SELECT d.power_id, w.code, w.name_ky AS power_ky, w.name_ru AS power_ru, w.name_en AS power_en,
       u.unit_id, u.name_ky, u.name_ru, u.name_en, u.kind, u.district_id, u.oblast_id,
       d.practice_id, d.transfer_id, d.provenance,
       CASE WHEN d.transfer_id IS NULL THEN 'no_agreement'
            WHEN m.quarters IS NULL OR m.reported = 0 THEN 'not_reported' ELSE 'no_money' END AS what,
       m.need, m.received
  FROM doing d JOIN u ON u.unit_id = d.unit_id JOIN delegation_statepower w ON w.id = d.power_id
  LEFT JOIN money m ON m.transfer_id = d.transfer_id
 WHERE d.transfer_id IS NULL OR m.quarters IS NULL OR m.reported = 0 OR m.received = 0
 ORDER BY u.sort_ky, u.unit_id, w.code"""

UNUSED = """
SELECT w.id, w.code, w.name_ky, w.name_ru, w.name_en, w."group", w.status,
       (SELECT max(upper(t.valid)) FROM delegation_transfer t
         WHERE t.power_id = w.id AND t.voided_by_id IS NULL AND lower(t.valid) <= %(day)s::date) AS last_used
  FROM delegation_statepower w
 WHERE NOT EXISTS (SELECT FROM delegation_transfer t WHERE t.power_id = w.id AND t.valid @> %(day)s::date
                      AND t.voided_by_id IS NULL)
 ORDER BY w.code"""

BOTH = """
SELECT o.id, w.id AS power_id, w.code, w.name_ky AS power_ky, w.name_ru AS power_ru, w.name_en AS power_en,
       s.name_ky AS body_ky, s.name_ru AS body_ru, s.name_en AS body_en, o.what_ky, o.what_ru, o.what_en,
       lower(o.valid) AS since, o.provenance, o.source,
       (SELECT count(DISTINCT t.unit_id) FROM delegation_transfer t
         WHERE t.power_id = w.id AND t.valid @> %(day)s::date AND t.voided_by_id IS NULL) AS municipalities,
       (SELECT count(DISTINCT p.unit_id) FROM delegation_practice p
         WHERE p.power_id = w.id AND p.valid @> %(day)s::date AND p.voided_by_id IS NULL) AS in_fact
  FROM delegation_overlap o JOIN delegation_statepower w ON w.id = o.power_id
  JOIN delegation_statebody s ON s.id = o.state_body_id
 WHERE o.valid @> %(day)s::date AND o.voided_by_id IS NULL
 ORDER BY w.code, s.code"""

# Spent on powers in a year (thousand som) beside the expenditure of the local budget (million som)
SHARE = f"""
WITH u AS MATERIALIZED (SELECT * FROM registry_units_on(make_date(%(year)s::integer, 12, 31)) u WHERE {WITHIN}),
     spent AS (
        SELECT t.unit_id, sum(f.spent) AS spent, sum(f.received) AS received
          FROM delegation_funding f JOIN delegation_transfer t ON t.id = f.transfer_id
         WHERE f.year = %(year)s::integer AND t.voided_by_id IS NULL GROUP BY t.unit_id),
     budget AS (
        SELECT b.unit_id, l.actual FROM ayil_okmotu_localbudget b
          JOIN ayil_okmotu_budgetline l ON l.budget_id = b.id
          JOIN ayil_okmotu_budgetitem i ON i.id = l.item_id AND i.code = 'total_expenditure'
         WHERE b.year = %(year)s::integer)
SELECT u.unit_id, u.name_ky, u.name_ru, u.name_en, u.kind, u.district_id, u.oblast_id,
       s.spent, s.received, round(b.actual * 1000, 2) AS expenditure,
       CASE WHEN b.actual > 0 AND s.spent IS NOT NULL
            THEN to_char(round(100 * s.spent / (b.actual * 1000), 2), 'FM9999990.00') END AS percent
  FROM u LEFT JOIN spent s ON s.unit_id = u.unit_id LEFT JOIN budget b ON b.unit_id = u.unit_id
 WHERE s.spent IS NOT NULL OR s.received IS NOT NULL
 ORDER BY u.sort_ky, u.unit_id"""


def _places(**places: uuid.UUID | None) -> dict[str, str | None]:
    return {
        name: None if places.get(name) is None else str(places[name])
        for name in ("oblast", "district", "unit")
    }


def without_agreement_or_money(
    day: dt.date,
    *,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
    unit: uuid.UUID | None = None,
) -> list[Row]:
    """Return which municipality performs which power on ``day`` without agreement or without money.

    ``what`` is ``no_agreement`` where it is performed in fact without a transfer in force, ``no_money`` where nothing was
    received in the quarters that ended in the year before the day, ``not_reported`` where nobody said what was.
    """
    return rows(WITHOUT, {"day": day, **_places(oblast=oblast, district=district, unit=unit)})


def unused_powers(day: dt.date) -> list[Row]:
    """Return the powers that no municipality performs by transfer on ``day``, with the day the last one ended."""
    return rows(UNUSED, {"day": day})


def performed_by_both(day: dt.date) -> list[Row]:
    """Return the functions that a state body performs beside municipalities on ``day``."""
    return rows(BOTH, {"day": day})


def share_of_budgets(
    year: int,
    *,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
    unit: uuid.UUID | None = None,
) -> list[Row]:
    """Return what municipalities spent on powers in a year and its share of their budget's expenditure.

    Amounts are thousand som; ``percent`` is a text with two decimals, None where budget or spending is not reported.
    Municipalities are those of the year's last day.
    """
    return rows(SHARE, {"year": year, **_places(oblast=oblast, district=district, unit=unit)})
