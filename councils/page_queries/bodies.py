"""Councils and convocations as they stood on a day."""

from __future__ import annotations

import datetime as dt
import uuid

from registry.queries import Row, contains, names, rows, unit_json

SEATED = """
    SELECT m.convocation_id, count(*) AS sitting, count(*) FILTER (WHERE p.sex = 'f') AS women
      FROM councils_mandate m JOIN registry_person p ON p.id = m.person_id
     WHERE m.valid @> %(day)s::date AND m.voided_by_id IS NULL GROUP BY m.convocation_id
"""
"""How many sat in each convocation on a day, and how many of them were women."""


SEATED_IN = """
    LEFT JOIN LATERAL (
         SELECT count(*) AS sitting, count(*) FILTER (WHERE p.sex = 'f') AS women
           FROM councils_mandate m JOIN registry_person p ON p.id = m.person_id
          WHERE m.convocation_id = v.id AND m.valid @> %(day)s::date AND m.voided_by_id IS NULL) s ON true
"""
"""The same of the convocation ``v`` alone: a page about one council does not count the whole country."""


def unit_on(alias: str, unit: str, day: str) -> str:
    """Return the SQL of a lateral join: the version of a unit of a day, else the one nearest to it."""
    return f"""
        LEFT JOIN LATERAL (
             SELECT x.unit_id, x.kind, {names("x")}, x.sort_ky, x.parent_id FROM registry_unitversion x
              WHERE x.unit_id = {unit} AND x.voided_by_id IS NULL
              ORDER BY x.valid @> {day} DESC, upper(x.valid) <= {day} DESC, x.valid DESC LIMIT 1) {alias} ON true"""


def councils(
    day: dt.date,
    *,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
    kind: str | None = None,
    q: str | None = None,
) -> list[Row]:
    """Return the councils of a day, each with its convocation of that day, its seats and who sits in them."""
    return rows(
        f"""
        WITH u AS MATERIALIZED (SELECT * FROM registry_units_on(%(day)s::date)), s AS ({SEATED})
        SELECT c.id, c.kind, c.in_law_only, c.provenance, {unit_json("u")} AS unit, {unit_json("d")} AS district,
               {unit_json("o")} AS oblast, v.id AS convocation_id, v.number, v.elected_on, v.seats_by_law,
               CASE WHEN v.id IS NOT NULL THEN coalesce(s.sitting, 0) END AS sitting,
               CASE WHEN v.id IS NOT NULL THEN coalesce(s.women, 0) END AS women,
               CASE WHEN v.id IS NOT NULL THEN greatest(v.seats_by_law - coalesce(s.sitting, 0), 0) END AS vacant
          FROM councils_council c JOIN u ON u.unit_id = c.unit_id
          LEFT JOIN u d ON d.unit_id = u.district_id LEFT JOIN u o ON o.unit_id = u.oblast_id
          LEFT JOIN councils_convocation v
                 ON v.council_id = c.id AND v.valid @> %(day)s::date AND v.voided_by_id IS NULL
          LEFT JOIN s ON s.convocation_id = v.id
         WHERE c.valid @> %(day)s::date AND c.voided_by_id IS NULL
           AND (%(oblast)s::uuid IS NULL OR u.oblast_id = %(oblast)s)
           AND (%(district)s::uuid IS NULL OR %(district)s IN (u.district_id, u.unit_id))
           AND (%(kind)s::text IS NULL OR c.kind = %(kind)s)
           AND (%(q)s::text IS NULL
                OR lsg_fold(concat_ws(' ', u.name_ky, u.name_ru, u.name_en)) LIKE lsg_fold(%(q)s))
         ORDER BY u.sort_ky, u.unit_id""",
        {"day": day, "oblast": oblast, "district": district, "kind": kind, "q": contains(q)},
    )


def council(pk: uuid.UUID, day: dt.date) -> Row | None:
    """Return a council with where its unit lay on the day, or on the day of its life nearest to it."""
    found = rows(
        f"""
        SELECT c.id, c.unit_id, c.kind, c.in_law_only, c.valid, c.provenance, c.source, n.on_day,
               {unit_json("u")} AS unit, {unit_json("d")} AS district, {unit_json("o")} AS oblast
          FROM councils_council c
          CROSS JOIN LATERAL (SELECT CASE WHEN c.valid @> %(day)s::date THEN %(day)s::date
                 WHEN lower(c.valid) > %(day)s::date THEN lower(c.valid) ELSE upper(c.valid) - 1 END AS on_day) n
          {unit_on("u", "c.unit_id", "n.on_day")}
          LEFT JOIN registry_unitversion d ON d.unit_id = u.parent_id AND d.kind = 'district'
               AND d.valid @> n.on_day AND d.voided_by_id IS NULL
          LEFT JOIN registry_unitversion o ON o.unit_id = coalesce(d.parent_id, u.parent_id)
               AND o.kind IN ('oblast', 'city_republican') AND o.valid @> n.on_day AND o.voided_by_id IS NULL
         WHERE c.id = %(pk)s AND c.voided_by_id IS NULL""",
        {"pk": pk, "day": day},
    )
    return found[0] if found else None


CONVOCATION = f"""
    v.id, v.council_id, v.number, v.elected_on, v.seats_by_law, v.system, v.valid, v.provenance, v.source,
    v.dissolution_reason, v.dissolved_by_id, a.kind AS act_kind, a.number AS act_number,
    a.adopted_on AS act_adopted_on, {names("a", "title")}
"""


def convocations(council: uuid.UUID) -> list[Row]:
    """Return all convocations of a council, the latest first, with how many ever sat in each."""
    return rows(
        f"""
        SELECT {CONVOCATION}, coalesce(m.mandates, 0) AS mandates, coalesce(m.women, 0) AS women
          FROM councils_convocation v LEFT JOIN registry_legalact a ON a.id = v.dissolved_by_id
          LEFT JOIN (SELECT m.convocation_id, count(DISTINCT m.person_id) AS mandates,
                            count(DISTINCT m.person_id) FILTER (WHERE p.sex = 'f') AS women
                       FROM councils_mandate m JOIN registry_person p ON p.id = m.person_id
                       JOIN councils_convocation w ON w.id = m.convocation_id
                      WHERE m.voided_by_id IS NULL AND w.council_id = %(council)s GROUP BY 1) m
            ON m.convocation_id = v.id
         WHERE v.council_id = %(council)s AND v.voided_by_id IS NULL ORDER BY v.valid DESC""",
        {"council": council},
    )


def convocation(pk: uuid.UUID) -> Row | None:
    """Return a convocation with the act that dissolved it; None where none is on file."""
    found = rows(
        f"""
        SELECT {CONVOCATION} FROM councils_convocation v LEFT JOIN registry_legalact a ON a.id = v.dissolved_by_id
         WHERE v.id = %(pk)s AND v.voided_by_id IS NULL""",
        {"pk": pk},
    )
    return found[0] if found else None


def of_unit(unit: uuid.UUID, day: dt.date) -> Row | None:
    """Return the council of a unit on a day with its convocation, seats and who sits; None where it has none."""
    found = rows(
        f"""
        SELECT c.id, c.kind, c.in_law_only, v.id AS convocation_id, v.number, v.elected_on, v.seats_by_law,
               coalesce(s.sitting, 0) AS sitting, coalesce(s.women, 0) AS women,
               (SELECT json_build_object('id', p.id, 'name_ky', p.name_ky, 'name_ru', p.name_ru, 'name_en', p.name_en)
                  FROM councils_councilpost t JOIN registry_person p ON p.id = t.person_id
                 WHERE t.convocation_id = v.id AND t.kind = 'chair' AND t.valid @> %(day)s::date
                   AND t.voided_by_id IS NULL) AS chair
          FROM councils_council c
          LEFT JOIN councils_convocation v
                 ON v.council_id = c.id AND v.valid @> %(day)s::date AND v.voided_by_id IS NULL
          {SEATED_IN}
         WHERE c.unit_id = %(unit)s AND c.valid @> %(day)s::date AND c.voided_by_id IS NULL""",
        {"unit": unit, "day": day},
    )
    return found[0] if found else None


def measures(councils: list[uuid.UUID], day: dt.date) -> list[Row]:
    """Return what councils can be compared by: of the convocation of the day, from its first day to this one.

    ``came`` and ``called`` count the deputies present and expected at the sessions held.
    """
    return rows(
        f"""
        SELECT c.id, c.kind, c.provenance, {unit_json("u")} AS unit, v.id AS convocation_id, v.number, v.seats_by_law,
               s.sitting, s.women, held.sessions, held.came, held.called, passed.resolutions
          FROM councils_council c {unit_on("u", "c.unit_id", "%(day)s::date")}
          LEFT JOIN councils_convocation v
                 ON v.council_id = c.id AND v.valid @> %(day)s::date AND v.voided_by_id IS NULL
          {SEATED_IN}
          LEFT JOIN LATERAL (
               SELECT count(DISTINCT e.id) AS sessions, count(a.id) AS called,
                      count(a.id) FILTER (WHERE a.state = 'present') AS came
                 FROM councils_session e LEFT JOIN councils_attendance a ON a.session_id = e.id
                WHERE e.convocation_id = v.id AND e.status = 'held' AND e.held_on <= %(day)s::date) held ON true
          LEFT JOIN LATERAL (
               SELECT count(*) AS resolutions
                 FROM councils_session e JOIN councils_resolution r ON r.session_id = e.id
                WHERE e.convocation_id = v.id AND r.status <> 'draft' AND r.adopted_on <= %(day)s::date) passed ON true
         WHERE c.id = ANY(%(councils)s::uuid[]) AND c.voided_by_id IS NULL
         ORDER BY array_position(%(councils)s::uuid[], c.id)""",
        {"councils": [str(council) for council in councils], "day": day},
    )


def named(councils: list[uuid.UUID], day: dt.date) -> dict[uuid.UUID, Row]:
    """Return councils by identifier with their units as they were called last by a day."""
    if not councils:
        return {}
    found = rows(
        f"""
        SELECT c.id, c.kind, {unit_json("u")} AS unit FROM councils_council c
          {unit_on("u", "c.unit_id", "%(day)s::date")} WHERE c.id = ANY(%(councils)s::uuid[])""",
        {"councils": [str(council) for council in councils], "day": day},
    )
    return {row["id"]: row for row in found}
