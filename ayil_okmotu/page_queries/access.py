"""How far villages lie from the centre of their municipality."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from ayil_okmotu.page_queries.bodies import DAY
from registry.queries import SETTLEMENT_POPULATION, Row, names, rows, unit_json

INHABITED = "('village', 'urban_type_settlement')"


def far(
    day: dt.date,
    least: Decimal,
    *,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
) -> list[Row]:
    """Return the villages that lie ``least`` km or more by road from their centre on a day, the farthest first."""
    return rows(
        f"""
        WITH u AS MATERIALIZED (SELECT * FROM registry_units_on({DAY})), p AS ({SETTLEMENT_POPULATION})
        SELECT s.id, s.kind, {names("s")}, a.distance_to_centre_km, a.provenance, lower(a.valid) AS since,
               p.value AS population, p.provenance AS population_provenance,
               {unit_json("m")} AS unit, {unit_json("d")} AS district, {unit_json("o")} AS oblast,
               c.name_ky AS centre_name_ky, c.name_ru AS centre_name_ru, c.name_en AS centre_name_en,
               b.id AS body_id, b.kind AS body_kind
          FROM registry_settlementassignment a JOIN registry_settlement s ON s.id = a.settlement_id
          JOIN u m ON m.unit_id = a.unit_id
          LEFT JOIN u d ON d.unit_id = m.district_id LEFT JOIN u o ON o.unit_id = m.oblast_id
          LEFT JOIN registry_settlement c ON c.id = m.centre_id LEFT JOIN p ON p.settlement_id = s.id
          LEFT JOIN ayil_okmotu_executivebody b ON b.unit_id = a.unit_id AND b.valid @> {DAY} AND b.voided_by_id IS NULL
         WHERE a.valid @> {DAY} AND a.voided_by_id IS NULL AND s.kind IN {INHABITED}
           AND a.distance_to_centre_km >= %(least)s
           AND (%(oblast)s::uuid IS NULL OR m.oblast_id = %(oblast)s)
           AND (%(district)s::uuid IS NULL OR m.district_id = %(district)s)
         ORDER BY a.distance_to_centre_km DESC, s.sort_ky, s.id""",
        {"day": day, "least": least, "oblast": oblast, "district": district},
    )


def coverage(day: dt.date, *, oblast: uuid.UUID | None = None, district: uuid.UUID | None = None) -> Row:
    """Return how many villages there are on a day and of how many the distance is on file."""
    return rows(
        f"""
        SELECT count(*) AS villages, count(a.distance_to_centre_km) AS measured
          FROM registry_settlementassignment a JOIN registry_settlement s ON s.id = a.settlement_id
          JOIN registry_units_on({DAY}) m ON m.unit_id = a.unit_id
         WHERE a.valid @> {DAY} AND a.voided_by_id IS NULL AND s.kind IN {INHABITED}
           AND (%(oblast)s::uuid IS NULL OR m.oblast_id = %(oblast)s)
           AND (%(district)s::uuid IS NULL OR m.district_id = %(district)s)""",
        {"day": day, "oblast": oblast, "district": district},
    )[0]
