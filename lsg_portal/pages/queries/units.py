"""Reads of one unit: as it stood on a day, and through time."""

from __future__ import annotations

import datetime as dt
import uuid

from registry.queries import (
    POPULATION,
    SETTLEMENT_POPULATION,
    SETTLEMENTS_OF_UNITS,
    Row,
    names,
    rows,
    unit_json,
)


def unit(pk: uuid.UUID, day: dt.date) -> Row | None:
    """Return a unit as it stood on a day with district, oblast, parent, centre and all its codes; None if it did not.

    ``inner`` are the urban districts of a city.
    """
    found = rows(
        f"""
        SELECT u.unit_id AS id, u.kind, {names("u")}, u.valid, u.provenance, v.source, {names("v", "note")},
               {unit_json("d")} AS district, {unit_json("o")} AS oblast, {unit_json("t")} AS parent,
               s.id AS centre_id, s.kind AS centre_kind,
               s.name_ky AS centre_name_ky, s.name_ru AS centre_name_ru, s.name_en AS centre_name_en,
               c.systems AS code_systems, c.texts AS code_texts, c.days AS code_days,
               (SELECT json_agg(json_build_object('id', i.unit_id, 'kind', i.kind, 'name_ky', i.name_ky,
                                                  'name_ru', i.name_ru, 'name_en', i.name_en) ORDER BY i.sort_ky)
                  FROM registry_unitversion i WHERE i.parent_id = u.unit_id AND i.kind = 'city_district'
                   AND i.valid @> %(day)s::date AND i.voided_by_id IS NULL) AS "inner"
          FROM registry_units_on(%(day)s::date) u
          CROSS JOIN LATERAL (
               SELECT coalesce(array_agg(x.system ORDER BY x.system, x.valid DESC), '{{}}') AS systems,
                      coalesce(array_agg(x.code ORDER BY x.system, x.valid DESC), '{{}}') AS texts,
                      coalesce(array_agg(x.valid ORDER BY x.system, x.valid DESC), '{{}}') AS days
                 FROM registry_unitcode x WHERE x.unit_id = u.unit_id AND x.voided_by_id IS NULL) c
          JOIN registry_unitversion v ON v.id = u.version_id
          LEFT JOIN registry_units_on(%(day)s::date) d ON d.unit_id = u.district_id
          LEFT JOIN registry_units_on(%(day)s::date) o ON o.unit_id = u.oblast_id AND o.unit_id <> u.unit_id
          LEFT JOIN registry_units_on(%(day)s::date) t ON t.unit_id = u.parent_id
          LEFT JOIN registry_settlement s ON s.id = u.centre_id
         WHERE u.unit_id = %(pk)s""",
        {"pk": pk, "day": day},
    )
    return found[0] if found else None


def versions(pk: uuid.UUID) -> list[Row]:
    """Return every live version of a unit, the latest first, where it lay, the change that wrote it and its event."""
    return rows(
        f"""
        SELECT v.id, v.kind, {names("v")}, v.valid, v.provenance, {names("v", "note")},
               {unit_json("p")} AS parent, {unit_json("g")} AS grandparent,
               s.name_ky AS centre_name_ky, s.name_ru AS centre_name_ru, s.name_en AS centre_name_en,
               c.kind AS change_kind, e.id AS event_id, {names("e", "title")}
          FROM registry_unitversion v
          LEFT JOIN LATERAL (
               SELECT x.* FROM registry_unitversion x WHERE x.unit_id = v.parent_id AND x.voided_by_id IS NULL
                  AND x.valid && v.valid ORDER BY x.valid DESC LIMIT 1) p ON true
          LEFT JOIN LATERAL (
               SELECT x.* FROM registry_unitversion x WHERE x.unit_id = p.parent_id AND x.voided_by_id IS NULL
                  AND x.valid && v.valid ORDER BY x.valid DESC LIMIT 1) g ON true
          LEFT JOIN registry_settlement s ON s.id = v.centre_id
          LEFT JOIN registry_change c ON c.id = v.change_id
          LEFT JOIN reform_event e ON e.change_id = c.id AND e.status = 'in_force'
         WHERE v.unit_id = %(pk)s AND v.voided_by_id IS NULL
         ORDER BY v.valid DESC""",
        {"pk": pk},
    )


def codes(unit: Row) -> list[Row]:
    """Return every code a unit bore, in every system, the latest first."""
    found = zip(unit["code_systems"], unit["code_texts"], unit["code_days"], strict=True)
    return [{"system": system, "code": code, "valid": days} for system, code, days in found]


def populations(pk: uuid.UUID) -> list[Row]:
    """Return the residents of a unit through time, the latest first; of several figures of a day the last recorded."""
    return rows(
        """
        SELECT DISTINCT ON ("on") "on", value, provenance, source FROM registry_population
         WHERE unit_id = %(pk)s AND voided_by_id IS NULL ORDER BY "on" DESC, recorded_at DESC""",
        {"pk": pk},
    )


def settlements(pk: uuid.UUID, day: dt.date) -> list[Row]:
    """Return the settlements of a unit on a day with code, residents, distance to the centre and since when."""
    return rows(
        f"""
        WITH p AS ({SETTLEMENT_POPULATION})
        SELECT s.id, s.kind, {names("s")}, a.valid, a.provenance, a.distance_to_centre_km, c.code,
               p.value AS population, p.provenance AS population_provenance,
               coalesce(u.centre_id = s.id, false) AS is_centre
          FROM registry_settlementassignment a
          JOIN registry_settlement s ON s.id = a.settlement_id
          JOIN registry_units_on(%(day)s::date) u ON u.unit_id = a.unit_id
          LEFT JOIN p ON p.settlement_id = s.id
          LEFT JOIN registry_settlementcode c ON c.settlement_id = s.id AND c.system = 'soate'
               AND c.valid @> %(day)s::date AND c.voided_by_id IS NULL
         WHERE a.unit_id = %(pk)s AND a.valid @> %(day)s::date AND a.voided_by_id IS NULL
         ORDER BY coalesce(u.centre_id = s.id, false) DESC, s.sort_ky, s.id""",
        {"pk": pk, "day": day},
    )


def children(pk: uuid.UUID, day: dt.date) -> list[Row]:
    """Return the municipalities right below a unit on a day.

    Each with residents, settlements, centre and the settlement farthest from it by road.
    """
    return rows(
        f"""
        WITH p AS ({POPULATION}), n AS ({SETTLEMENTS_OF_UNITS}), far AS (
            SELECT DISTINCT ON (a.unit_id) a.unit_id, a.distance_to_centre_km AS farthest_km,
                   s.name_ky AS farthest_name_ky, s.name_ru AS farthest_name_ru, s.name_en AS farthest_name_en
              FROM registry_settlementassignment a JOIN registry_settlement s ON s.id = a.settlement_id
             WHERE a.valid @> %(day)s::date AND a.voided_by_id IS NULL AND a.distance_to_centre_km > 0
               AND s.kind IN ('village', 'urban_type_settlement')
             ORDER BY a.unit_id, a.distance_to_centre_km DESC, s.sort_ky, s.id)
        SELECT u.unit_id AS id, u.kind, {names("u")}, u.valid, u.provenance,
               p.value AS population, p.provenance AS population_provenance, coalesce(n.settlements, 0) AS settlements,
               s.name_ky AS centre_name_ky, s.name_ru AS centre_name_ru, s.name_en AS centre_name_en,
               far.farthest_km, far.farthest_name_ky, far.farthest_name_ru, far.farthest_name_en
          FROM registry_units_on(%(day)s::date) u
          LEFT JOIN p ON p.unit_id = u.unit_id LEFT JOIN n ON n.unit_id = u.unit_id
          LEFT JOIN far ON far.unit_id = u.unit_id LEFT JOIN registry_settlement s ON s.id = u.centre_id
         WHERE u.parent_id = %(pk)s
         ORDER BY u.kind = 'ayil_aimak', u.sort_ky, u.unit_id""",
        {"pk": pk, "day": day},
    )


def former(pk: uuid.UUID, before: dt.date, after: dt.date) -> list[Row]:
    """Return the municipalities of a district on an earlier day, each with what the days between made of it.

    ``lives`` says whether it exists on ``after``; ``changed_on`` is the last day on which territory came or went;
    ``gained`` and ``lost`` whether territory came or went, as the
    statistics of the reform count it.
    """
    return rows(
        f"""
        WITH moved AS (
            SELECT x.unit_id AS source_id, y.unit_id AS target_id
              FROM registry_settlementassignment x
              JOIN registry_settlementassignment y ON y.settlement_id = x.settlement_id AND y.unit_id <> x.unit_id
             WHERE x.valid @> %(before)s::date AND x.voided_by_id IS NULL
               AND y.valid @> %(after)s::date AND y.voided_by_id IS NULL
            UNION
            SELECT p.source_id, p.target_id FROM registry_changepart p JOIN registry_change c ON c.id = p.change_id
             WHERE p.voided_by_id IS NULL AND c.effective_on > %(before)s::date AND c.effective_on <= %(after)s::date
               AND NOT EXISTS (SELECT FROM registry_changepartsettlement s WHERE s.part_id = p.id)),
             p AS ({POPULATION.replace("%(day)s", "%(before)s")})
        SELECT u.unit_id AS id, u.kind, {names("u")}, u.provenance,
               p.value AS population, p.provenance AS population_provenance,
               EXISTS (SELECT FROM registry_units_on(%(after)s::date) x WHERE x.unit_id = u.unit_id) AS lives,
               (SELECT max(c.effective_on) FROM registry_changepart x JOIN registry_change c ON c.id = x.change_id
                 WHERE u.unit_id IN (x.source_id, x.target_id) AND x.voided_by_id IS NULL
                   AND c.effective_on > %(before)s::date AND c.effective_on <= %(after)s::date) AS changed_on,
               EXISTS (SELECT FROM moved WHERE target_id = u.unit_id) AS gained,
               EXISTS (SELECT FROM moved WHERE source_id = u.unit_id) AS lost
          FROM registry_units_on(%(before)s::date) u LEFT JOIN p ON p.unit_id = u.unit_id
         WHERE u.parent_id = %(pk)s
         ORDER BY u.kind = 'ayil_aimak', u.sort_ky, u.unit_id""",
        {"pk": pk, "before": before, "after": after},
    )


def named(units: list[uuid.UUID], day: dt.date) -> dict[uuid.UUID, Row]:
    """Return kind, names and life of units: as of a day where they exist on it, else as they were last called."""
    found = rows(
        f"""
        SELECT DISTINCT ON (v.unit_id) v.unit_id AS id, v.kind, {names("v")}, v.provenance,
               (SELECT min(lower(x.valid)) FROM registry_unitversion x
                 WHERE x.unit_id = v.unit_id AND x.voided_by_id IS NULL) AS first_day,
               (SELECT CASE WHEN bool_or(upper_inf(x.valid)) THEN NULL ELSE max(upper(x.valid)) END
                  FROM registry_unitversion x WHERE x.unit_id = v.unit_id AND x.voided_by_id IS NULL) AS end_day
          FROM registry_unitversion v
         WHERE v.unit_id = ANY(%(units)s::uuid[]) AND v.voided_by_id IS NULL
         ORDER BY v.unit_id, v.valid @> %(day)s::date DESC, v.valid DESC""",
        {"units": [str(unit) for unit in units], "day": day},
    )
    return {row["id"]: row for row in found}


def acts(pk: uuid.UUID) -> list[Row]:
    """Return the legal acts of all live changes that touched a unit, with how many of them each."""
    return rows(
        f"""
        WITH touched AS (
            SELECT change_id FROM registry_changeunit WHERE unit_id = %(pk)s AND voided_by_id IS NULL
            UNION SELECT change_id FROM registry_changepart
             WHERE (source_id = %(pk)s OR target_id = %(pk)s) AND voided_by_id IS NULL)
        SELECT a.id, a.kind, a.number, a.adopted_on, {names("a", "title")}, a.provenance, a.status,
               min(c.effective_on) AS effective_on
          FROM touched t JOIN registry_changeact ca ON ca.change_id = t.change_id
          JOIN registry_change c ON c.id = t.change_id JOIN registry_legalact a ON a.id = ca.act_id
         GROUP BY a.id ORDER BY a.adopted_on, a.number, a.id""",
        {"pk": pk},
    )
