"""Reads of the country, its oblasts and districts."""

from __future__ import annotations

import datetime as dt
import uuid

from registry.queries import POPULATION, SETTLEMENTS_OF_UNITS, Row, names, rows, unit_json


def first_event_day() -> dt.date | None:
    """Return the day on which the first event of the reform that is in force took effect; None without one."""
    found = rows("SELECT min(effective_on) AS day FROM reform_event WHERE status = 'in_force'")
    day: dt.date | None = found[0]["day"]
    return day


def composition(day: dt.date) -> list[Row]:
    """Return how many units of each kind lay in each district and oblast on a day, with residents and settlements.

    Districts and oblasts are counted in themselves. ``unreported`` counts the units without a population figure;
    ``made`` says whether a constructed figure is among them.
    """
    return rows(
        f"""
        WITH p AS ({POPULATION}), s AS ({SETTLEMENTS_OF_UNITS})
        SELECT u.oblast_id, coalesce(u.district_id, CASE WHEN u.kind = 'district' THEN u.unit_id END) AS district_id,
               u.kind, count(*) AS units, sum(p.value)::bigint AS population,
               count(*) FILTER (WHERE p.value IS NULL) AS unreported,
               coalesce(bool_or(p.provenance = 'constructed'), false) AS made,
               coalesce(sum(s.settlements), 0)::bigint AS settlements
          FROM registry_units_on(%(day)s::date) u LEFT JOIN p USING (unit_id) LEFT JOIN s USING (unit_id)
         GROUP BY 1, 2, 3""",
        {"day": day},
    )


def latest_events(day: dt.date, count: int = 5) -> list[Row]:
    """Return the events of the reform in force that took effect last by a day."""
    return rows(
        f"""
        SELECT e.id, e.kind, e.effective_on, {names("e", "title")}, e.provenance FROM reform_event e
         WHERE e.status = 'in_force' AND e.effective_on <= %(day)s
         ORDER BY e.effective_on DESC, e.provenance DESC, e.id LIMIT %(count)s""",
        {"day": day, "count": count},
    )


def cities(oblast: uuid.UUID, day: dt.date) -> list[Row]:
    """Return the cities of an oblast on a day, those in its districts too."""
    return rows(
        f"""
        WITH p AS ({POPULATION}), s AS ({SETTLEMENTS_OF_UNITS})
        SELECT u.unit_id AS id, u.kind, {names("u")}, u.valid, u.provenance, {unit_json("d")} AS district,
               p.value AS population, p.provenance AS population_provenance, coalesce(s.settlements, 0) AS settlements
          FROM registry_units_on(%(day)s::date) u
          LEFT JOIN registry_units_on(%(day)s::date) d ON d.unit_id = u.district_id
          LEFT JOIN p ON p.unit_id = u.unit_id LEFT JOIN s ON s.unit_id = u.unit_id
         WHERE u.oblast_id = %(oblast)s AND u.kind IN ('city_oblast', 'city_district_level')
         ORDER BY u.sort_ky, u.unit_id""",
        {"oblast": oblast, "day": day},
    )
