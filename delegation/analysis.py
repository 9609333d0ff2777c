"""What handed-over powers cost and lack: pages, REST and tables show these figures alike.

A row is one transfer in one quarter of the year in which it was in force on some day; it counts where the municipality
lay on the quarter's last day, or, if it had ended by then, on the transfer's own last day. A quarter that has not ended
by the day asked about counts only once something of it has been reported, one that has not begun never. Amounts are
thousand som; an unreported figure counts as 0 in sums, and how many there are stands beside them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lsg_portal.data import prepared

GROUPINGS = ("power", "unit", "district", "oblast", "quarter")
AMOUNTS = ("need", "planned", "received", "spent")
GAPS = {
    "plan_gap": ("need", "planned"),
    "execution_gap": ("planned", "received"),
    "gap": ("need", "received"),
}
Row = dict[str, Any]

ROWS = """
WITH quarters AS (
        SELECT q AS quarter, delegation_quarter(%(year)s::integer, q) AS days FROM generate_series(1, 4) q),
     rows AS (
        SELECT t.id AS transfer_id, t.power_id, t.unit_id, q.quarter, f.id IS NOT NULL AS reported,
               f.need, f.planned, f.received, f.spent,
               CASE WHEN EXISTS (SELECT FROM registry_unitversion v WHERE v.unit_id = t.unit_id
                                    AND v.voided_by_id IS NULL AND v.valid @> (upper(q.days) - 1))
                    THEN upper(q.days) - 1 ELSE upper(t.valid) - 1 END AS counted_on
          FROM delegation_transfer t
          JOIN quarters q ON t.valid && q.days
          LEFT JOIN delegation_funding f ON f.transfer_id = t.id AND f.year = %(year)s::integer AND f.quarter = q.quarter
         WHERE t.voided_by_id IS NULL AND t.status IN ('in_force', 'ended')
           AND (upper(q.days) <= %(day)s::date OR f.id IS NOT NULL AND lower(q.days) <= %(day)s::date)
           AND (%(power)s::uuid IS NULL OR t.power_id = %(power)s::uuid)
           AND (%(unit)s::uuid IS NULL OR t.unit_id = %(unit)s::uuid)),
     days AS MATERIALIZED (SELECT DISTINCT counted_on AS day FROM rows),
     placed AS MATERIALIZED (
        SELECT d.day, u.unit_id, u.district_id, u.oblast_id, u.kind
          FROM days d CROSS JOIN LATERAL registry_units_on(d.day) u),
     found AS (
        SELECT r.*, p.district_id, p.oblast_id, {key} AS key
          FROM rows r JOIN placed p ON p.day = r.counted_on AND p.unit_id = r.unit_id
         WHERE (%(oblast)s::uuid IS NULL OR p.oblast_id = %(oblast)s::uuid)
           AND (%(district)s::uuid IS NULL OR p.district_id = %(district)s::uuid))"""
SUMS = """count(DISTINCT transfer_id), count(*), {amounts},
       count(*) FILTER (WHERE need IS NULL) + count(*) FILTER (WHERE planned IS NULL)
       + count(*) FILTER (WHERE received IS NULL) + count(*) FILTER (WHERE spent IS NULL)""".format(
    amounts=", ".join(f"coalesce(sum({name}), 0)" for name in AMOUNTS)
)
KEYS = {
    "power": "r.power_id::text",
    "unit": "r.unit_id::text",
    "district": "coalesce(p.district_id::text, 'none:' || p.oblast_id::text)",
    "oblast": "p.oblast_id::text",
    "quarter": "r.quarter::text",
}
LATEST = """
     SELECT DISTINCT ON (v.unit_id) v.unit_id::text AS key, v.kind, v.name_ky, v.name_ru, v.name_en, v.sort_ky
       FROM registry_unitversion v
      WHERE v.voided_by_id IS NULL AND lower(v.valid) <= make_date(%(year)s::integer, 12, 31)
      ORDER BY v.unit_id, lower(v.valid) DESC"""
NAMES = {
    "power": "SELECT id::text AS key, 'power' AS kind, name_ky, name_ru, name_en, code AS sort_ky FROM delegation_statepower",
    "quarter": """SELECT q::text AS key, 'quarter' AS kind, q::text AS name_ky, q::text AS name_ru, q::text AS name_en,
                         q::text AS sort_ky FROM generate_series(1, 4) q""",
    **dict.fromkeys(("unit", "district", "oblast"), LATEST),
}


def _statement(group_by: str) -> str:
    return f"""{ROWS.format(key=KEYS[group_by])},
     sums AS (SELECT key, grouping(key) AS total, {SUMS} FROM found GROUP BY GROUPING SETS ((key), ())),
     names AS ({NAMES[group_by]})
SELECT s.*, n.kind, n.name_ky, n.name_ru, n.name_en
  FROM sums s LEFT JOIN names n ON n.key = replace(s.key, 'none:', '')
 ORDER BY s.total DESC, s.key LIKE 'none:%%', n.sort_ky, s.key"""


STATEMENTS = {group_by: _statement(group_by) for group_by in GROUPINGS}
MATRIX = f"""{ROWS.format(key="r.power_id::text")},
     columns AS (SELECT *, {{column}} AS col FROM found)
SELECT key, col, {SUMS} FROM columns GROUP BY key, col"""
COLUMNS = {
    "unit": "unit_id::text",
    "district": "coalesce(district_id::text, 'none:' || oblast_id::text)",
    "oblast": "oblast_id::text",
}


def funding_gap(
    year: int,
    group_by: str,
    *,
    day: dt.date,
    power: uuid.UUID | None = None,
    unit: uuid.UUID | None = None,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
) -> Row:
    """Return need, planned, received and spent in a year as known on ``day``, by group and in total.

    ``plan_gap`` is need − planned, ``execution_gap`` planned − received, ``gap`` need − received: their sum. The first
    row of no group is the total; every grouping adds up to it.
    """
    args = _args(year, day, power=power, unit=unit, oblast=oblast, district=district)
    total: Row = _figures((0, 0, *(Decimal(0),) * len(AMOUNTS), 0))
    rows = []
    for key, is_total, *cells in prepared.rows(STATEMENTS[group_by], args):
        sums, (kind, ky, ru, en) = cells[:-4], cells[-4:]
        if is_total:
            total = _figures(sums)
            continue
        outside = key.startswith("none:")
        about = {
            "id": None if outside else key,
            "kind": "outside_districts" if outside else kind,
            "name": {"ky": ky, "ru": ru, "en": en},
        }
        rows.append({"group": about, **_figures(sums)})
    return {"year": year, "group_by": group_by, "rows": rows, "total": total}


def matrix(
    year: int,
    columns: str,
    *,
    day: dt.date,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
) -> dict[tuple[str, str], Row]:
    """Return the figures of each power in each unit, district or oblast: by the keys of ``funding_gap``'s groups.

    A place outside districts has the key ``none:`` with its oblast.
    """
    args = _args(year, day, power=None, unit=None, oblast=oblast, district=district)
    statement = MATRIX.replace("{column}", COLUMNS[columns])
    return {(key, column): _figures(cells) for key, column, *cells in prepared.rows(statement, args)}


def _args(year: int, day: dt.date, **asked: uuid.UUID | None) -> dict[str, Any]:
    given = {name: None if value is None else str(value) for name, value in asked.items()}
    return {"year": year, "day": day, **given}


def _figures(cells: Sequence[Any]) -> Row:
    """Return the figures of a group; amounts are decimals of thousand som."""
    transfers, quarters, *amounts, unreported = cells
    sums: Mapping[str, Decimal] = dict(zip(AMOUNTS, amounts, strict=True))
    return {
        "transfers": transfers,
        "quarters": quarters,
        **sums,
        **{name: sums[whole] - sums[part] for name, (whole, part) in GAPS.items()},
        "unreported": unreported,
    }
