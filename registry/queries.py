"""Reads of the register that pages share: plain SQL, rows as mappings, the day always passed in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection

Row = dict[str, Any]

POPULATION = """
    SELECT DISTINCT ON (unit_id) unit_id, value, "on", provenance FROM registry_population
     WHERE unit_id IS NOT NULL AND voided_by_id IS NULL AND "on" <= %(day)s
     ORDER BY unit_id, "on" DESC, recorded_at DESC
"""
"""The latest figure of each unit on or before a day."""

SETTLEMENT_POPULATION = """
    SELECT DISTINCT ON (settlement_id) settlement_id, value, "on", provenance FROM registry_population
     WHERE settlement_id IS NOT NULL AND voided_by_id IS NULL AND "on" <= %(day)s
     ORDER BY settlement_id, "on" DESC, recorded_at DESC
"""

SETTLEMENTS_OF_UNITS = """
    SELECT a.unit_id, count(*) FILTER (WHERE s.kind IN ('village', 'urban_type_settlement')) AS settlements
      FROM registry_settlementassignment a JOIN registry_settlement s ON s.id = a.settlement_id
     WHERE a.valid @> %(day)s::date AND a.voided_by_id IS NULL GROUP BY a.unit_id
"""


def rows(sql: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
    """Return what a statement finds, a mapping a row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or {})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def names(alias: str, field: str = "name") -> str:
    """Return the SQL of a text's three languages."""
    return ", ".join(f"{alias}.{field}_{language}" for language in ("ky", "ru", "en"))


def unit_json(alias: str, key: str = "unit_id") -> str:
    """Return the SQL of another unit as one value: its identifier, kind and names; null where there is none."""
    return (
        f"CASE WHEN {alias}.{key} IS NOT NULL THEN json_build_object('id', {alias}.{key}, 'kind', {alias}.kind,"
        f" 'name_ky', {alias}.name_ky, 'name_ru', {alias}.name_ru, 'name_en', {alias}.name_en) END"
    )


def data_versions(*apps: str) -> dict[str, int]:
    """Return the version of the published data of each app, for citations."""
    found = rows("SELECT app, version FROM rest_dataversion WHERE app = ANY(%(apps)s)", {"apps": list(apps)})
    return {row["app"]: row["version"] for row in found}


def upper_units(day: dt.date) -> list[Row]:
    """Return the oblasts, the cities of republican significance and the districts of a day, for filters."""
    return rows(
        f"""
        SELECT unit_id AS id, kind, {names("u")}, oblast_id FROM registry_units_on(%(day)s) u
         WHERE kind IN ('oblast', 'city_republican', 'district')
         ORDER BY kind = 'district', kind = 'city_republican', sort_ky""",
        {"day": day},
    )


def legal_acts(
    day: dt.date, *, kind: str | None = None, status: str | None = None, q: str | None = None
) -> list[Row]:
    """Return the acts adopted by a day, the latest first, with their status of that day and how much rests on them.

    An act repealed later than ``day`` was in force on it.
    """
    return rows(
        f"""
        SELECT * FROM (
            SELECT a.id, a.kind, a.number, a.adopted_on, a.in_force, {names("a", "title")}, a.provenance, a.source,
                   CASE WHEN a.status = 'repealed' AND coalesce(lower(r.in_force), r.adopted_on) > %(day)s::date
                        THEN 'in_force' ELSE a.status END AS status,
                   (SELECT count(*) FROM registry_changeact ca JOIN registry_change c ON c.id = ca.change_id
                     WHERE ca.act_id = a.id AND c.effective_on <= %(day)s::date
                       AND NOT EXISTS (SELECT FROM registry_annulment x WHERE x.change_id = c.id)) AS changes
              FROM registry_legalact a LEFT JOIN registry_legalact r ON r.id = a.repealed_by_id
             WHERE a.adopted_on <= %(day)s::date) found
         WHERE (%(kind)s::text IS NULL OR kind = %(kind)s) AND (%(status)s::text IS NULL OR status = %(status)s)
           AND (%(q)s::text IS NULL OR number = %(q)s
                OR lsg_fold(concat_ws(' ', title_ky, title_ru, title_en)) LIKE lsg_fold(%(like)s))
         ORDER BY adopted_on DESC, number, id""",
        {"day": day, "kind": kind, "status": status, "q": q, "like": contains(q)},
    )


def settlements(
    day: dt.date,
    *,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
    kind: str | None = None,
    q: str | None = None,
) -> list[Row]:
    """Return the settlements of a day with the municipality, district and oblast they lay in."""
    return rows(
        f"""
        WITH u AS MATERIALIZED (SELECT * FROM registry_units_on(%(day)s::date)), p AS ({SETTLEMENT_POPULATION})
        SELECT s.id, s.kind, {names("s")}, c.code, a.distance_to_centre_km, a.provenance,
               p.value AS population, p.provenance AS population_provenance,
               m.centre_id = s.id AS is_centre,
               {unit_json("m")} AS municipality, {unit_json("d")} AS district, {unit_json("o")} AS oblast
          FROM registry_settlementassignment a
          JOIN registry_settlement s ON s.id = a.settlement_id
          JOIN u m ON m.unit_id = a.unit_id
          LEFT JOIN u d ON d.unit_id = m.district_id
          LEFT JOIN u o ON o.unit_id = m.oblast_id
          LEFT JOIN p ON p.settlement_id = s.id
          LEFT JOIN registry_settlementcode c ON c.settlement_id = s.id AND c.system = 'soate'
               AND c.valid @> %(day)s::date AND c.voided_by_id IS NULL
         WHERE a.valid @> %(day)s::date AND a.voided_by_id IS NULL
           AND (%(oblast)s::uuid IS NULL OR m.oblast_id = %(oblast)s)
           AND (%(district)s::uuid IS NULL OR m.district_id = %(district)s)
           AND (%(kind)s::text IS NULL OR s.kind = %(kind)s)
           AND (%(q)s::text IS NULL OR c.code LIKE %(prefix)s
                OR lsg_fold(concat_ws(' ', s.name_ky, s.name_ru, s.name_en)) LIKE lsg_fold(%(like)s))
         ORDER BY s.sort_ky, m.sort_ky, s.id""",
        {
            "day": day,
            "oblast": oblast,
            "district": district,
            "kind": kind,
            "q": q,
            "like": contains(q),
            "prefix": f"{escaped(q or '')}%",
        },
    )


def published_figures(day: dt.date) -> list[Row]:
    """Return what sources printed, each beside what the records say of the same day and the same territory.

    ``recorded`` is null for a measure that the register cannot count yet. ``day`` is that of the units' names.
    """
    return rows(
        f"""
        SELECT f.id, f.measure, f.day, f.interval, f.value, f.as_printed, f.source, f.provenance,
               {unit_json("u")} AS unit,
               CASE WHEN f.day IS NOT NULL AND f.measure IN ('municipalities', 'ayil_aimaks', 'cities') THEN (
                    SELECT count(*) FILTER (WHERE
                               CASE f.measure WHEN 'ayil_aimaks' THEN x.kind = 'ayil_aimak'
                                              WHEN 'cities' THEN x.kind LIKE 'city_%%' AND x.kind <> 'city_district'
                                              ELSE x.kind = 'ayil_aimak'
                                                   OR x.kind LIKE 'city_%%' AND x.kind <> 'city_district' END)
                      FROM registry_unitversion x
                      LEFT JOIN registry_unitversion y
                             ON y.unit_id = x.parent_id AND y.valid @> f.day AND y.voided_by_id IS NULL
                     WHERE x.valid @> f.day AND x.voided_by_id IS NULL
                       AND (f.unit_id IS NULL OR f.unit_id IN (x.unit_id, x.parent_id, y.parent_id)))
               END AS recorded
          FROM registry_publishedfigure f
          LEFT JOIN LATERAL (
               SELECT v.* FROM registry_unitversion v WHERE v.unit_id = f.unit_id AND v.voided_by_id IS NULL
                ORDER BY v.valid @> %(day)s::date DESC, v.valid DESC LIMIT 1) u ON true
         ORDER BY f.measure, f.unit_id NULLS FIRST, coalesce(f.day, lower(f.interval)), f.id""",
        {"day": day},
    )


def escaped(text: str) -> str:
    """Return a text in which LIKE finds no wildcard."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def contains(text: str | None) -> str | None:
    """Return the LIKE pattern for a part of a text."""
    return None if text is None else f"%{escaped(text)}%"
