"""Executive bodies as they stood on a day, with who heads them and who works there."""

from __future__ import annotations

import datetime as dt
import uuid

from ayil_okmotu.queries import HEAD_ON
from ayil_okmotu.staffing import STANDING
from councils.page_queries.bodies import unit_on
from councils.page_queries.people import named
from registry.queries import POPULATION, Row, contains, names, rows, unit_json

DAY = "%(day)s::date"
HEAD = f"""
    h.id AS head_appointment_id, h.person_id AS head_id, h.acting AS head_acting, lower(h.valid) AS head_since,
    h.provenance AS head_provenance, {named("hp")} AS head
"""
STAFF = """
    staffing.report_id, staffing."on" AS reported_on, staffing.approved, staffing.filled, staffing.contract,
    staffing.women, staffing.provenance AS staff_provenance, staffing.norm_staff, staffing.norm_contract,
    staffing.norm_men_percent, staffing.norm_act_id, staffing.norm_article, staffing.men_act_id, staffing.men_article,
    staffing.vacancies, staffing.over_norm_staff, staffing.over_norm_contract, staffing.men_percent, staffing.men_over
"""
ON_THE_DAY = HEAD_ON.format(body="b.id", day=DAY) + STANDING.format(
    body="b.id", unit="b.unit_id", kind="b.kind", day=DAY
)


def bodies(
    day: dt.date,
    *,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
    kind: str | None = None,
    q: str | None = None,
) -> list[Row]:
    """Return the bodies of a day, each with its head, its staff against the norm and the residents it serves."""
    return rows(
        f"""
        WITH u AS MATERIALIZED (SELECT * FROM registry_units_on({DAY})), p AS ({POPULATION})
        SELECT b.id, b.unit_id, b.kind, b.valid, b.provenance, {unit_json("u")} AS unit, {unit_json("d")} AS district,
               {unit_json("o")} AS oblast, p.value AS population, p.provenance AS population_provenance, {HEAD}, {STAFF}
          FROM ayil_okmotu_executivebody b JOIN u ON u.unit_id = b.unit_id
          LEFT JOIN u d ON d.unit_id = u.district_id LEFT JOIN u o ON o.unit_id = u.oblast_id
          LEFT JOIN p ON p.unit_id = b.unit_id
          {ON_THE_DAY}
         WHERE b.valid @> {DAY} AND b.voided_by_id IS NULL
           AND (%(oblast)s::uuid IS NULL OR u.oblast_id = %(oblast)s)
           AND (%(district)s::uuid IS NULL OR %(district)s IN (u.district_id, u.unit_id))
           AND (%(kind)s::text IS NULL OR b.kind = %(kind)s)
           AND (%(q)s::text IS NULL
                OR lsg_fold(concat_ws(' ', u.name_ky, u.name_ru, u.name_en)) LIKE lsg_fold(%(q)s)
                OR lsg_fold(concat_ws(' ', hp.name_ky, hp.name_ru, hp.name_en)) LIKE lsg_fold(%(q)s))
         ORDER BY u.sort_ky, u.unit_id""",
        {"day": day, "oblast": oblast, "district": district, "kind": kind, "q": contains(q)},
    )


def body(pk: uuid.UUID, day: dt.date) -> Row | None:
    """Return a body with its head and staff of a day, and where its unit lay then or on the day of its life nearest."""
    found = rows(
        f"""
        SELECT b.id, b.unit_id, b.kind, b.valid, b.provenance, b.source, {names("b", "address")}, n.on_day,
               {unit_json("u")} AS unit, {unit_json("d")} AS district, {unit_json("o")} AS oblast,
               p.value AS population, p.provenance AS population_provenance, p."on" AS population_on, {HEAD}, {STAFF},
               (SELECT c.id FROM councils_council c WHERE c.unit_id = b.unit_id AND c.voided_by_id IS NULL
                   AND c.valid && b.valid ORDER BY c.valid @> n.on_day DESC, c.valid DESC LIMIT 1) AS council_id
          FROM ayil_okmotu_executivebody b
          CROSS JOIN LATERAL (SELECT CASE WHEN b.valid @> {DAY} THEN {DAY}
                 WHEN lower(b.valid) > {DAY} THEN lower(b.valid) ELSE upper(b.valid) - 1 END AS on_day) n
          {unit_on("u", "b.unit_id", "n.on_day")}
          LEFT JOIN registry_unitversion d ON d.unit_id = u.parent_id AND d.kind = 'district'
               AND d.valid @> n.on_day AND d.voided_by_id IS NULL
          LEFT JOIN registry_unitversion o ON o.unit_id = coalesce(d.parent_id, u.parent_id)
               AND o.kind IN ('oblast', 'city_republican') AND o.valid @> n.on_day AND o.voided_by_id IS NULL
          LEFT JOIN LATERAL (
               SELECT x.value, x.provenance, x."on" FROM registry_population x
                WHERE x.unit_id = b.unit_id AND x.voided_by_id IS NULL AND x."on" <= n.on_day
                ORDER BY x."on" DESC, x.recorded_at DESC LIMIT 1) p ON true
          {ON_THE_DAY}
         WHERE b.id = %(pk)s AND b.voided_by_id IS NULL""",
        {"pk": pk, "day": day},
    )
    return found[0] if found else None


def nearest(unit: uuid.UUID, day: dt.date) -> uuid.UUID | None:
    """Return the body that a unit has on a day, else the one nearest to it; None where it never had one."""
    found = rows(
        f"""
        SELECT b.id FROM ayil_okmotu_executivebody b WHERE b.unit_id = %(unit)s AND b.voided_by_id IS NULL
         ORDER BY b.valid @> {DAY} DESC, lower(b.valid) <= {DAY} DESC, b.valid DESC LIMIT 1""",
        {"unit": unit, "day": day},
    )
    return found[0]["id"] if found else None


def reports(pk: uuid.UUID, day: dt.date) -> list[Row]:
    """Return what a body reported of its staff by a day, the latest first, each beside the norm of its own day."""
    return rows(
        f"""
        SELECT {STAFF} FROM ayil_okmotu_executivebody b JOIN ayil_okmotu_staffingreport told ON told.body_id = b.id
          {STANDING.format(body="b.id", unit="b.unit_id", kind="b.kind", day='told."on"')}
         WHERE b.id = %(pk)s AND told."on" <= {DAY} ORDER BY told."on" DESC""",
        {"pk": pk, "day": day},
    )


def villages(unit: uuid.UUID, day: dt.date) -> list[Row]:
    """Return the villages a body serves on a day: residents, the way to the centre, who heads each."""
    return rows(
        f"""
        SELECT s.id, s.kind, {names("s")}, a.distance_to_centre_km, a.provenance, p.value AS population,
               p.provenance AS population_provenance, coalesce(u.centre_id = s.id, false) AS is_centre,
               t.id AS post_id, t.employment, h.person_id AS head_id, h.acting AS head_acting,
               {named("n")} AS head
          FROM registry_settlementassignment a JOIN registry_settlement s ON s.id = a.settlement_id
          LEFT JOIN registry_unitversion u ON u.unit_id = a.unit_id AND u.valid @> {DAY} AND u.voided_by_id IS NULL
          LEFT JOIN LATERAL (
               SELECT x.value, x.provenance FROM registry_population x
                WHERE x.settlement_id = s.id AND x.voided_by_id IS NULL AND x."on" <= {DAY}
                ORDER BY x."on" DESC, x.recorded_at DESC LIMIT 1) p ON true
          LEFT JOIN ayil_okmotu_post t ON t.settlement_id = s.id AND t.kind = 'village_head' AND t.valid @> {DAY}
               AND t.voided_by_id IS NULL
          LEFT JOIN LATERAL (
               SELECT x.* FROM ayil_okmotu_appointment x WHERE x.post_id = t.id AND x.valid @> {DAY}
                  AND x.voided_by_id IS NULL ORDER BY x.acting DESC LIMIT 1) h ON true
          LEFT JOIN registry_person n ON n.id = h.person_id
         WHERE a.unit_id = %(unit)s AND a.valid @> {DAY} AND a.voided_by_id IS NULL
         ORDER BY coalesce(u.centre_id = s.id, false) DESC, s.sort_ky, s.id""",
        {"unit": unit, "day": day},
    )
