"""Reads about users that pages share: plain SQL, rows as mappings, the day always passed in."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from accounts.models import Role
from registry import queries as registry_queries
from registry.queries import Row, contains, names

LAST_VERSIONS = """
    SELECT DISTINCT ON (v.unit_id) v.unit_id, v.kind, v.name_ky, v.name_ru, v.name_en, v.valid
      FROM registry_unitversion v
     WHERE v.voided_by_id IS NULL AND v.unit_id IN (SELECT unit_id FROM accounts_role WHERE unit_id IS NOT NULL)
     ORDER BY v.unit_id, (v.valid @> %(day)s::date) DESC, lower(v.valid) DESC
"""
"""Units that roles are for, as they were on the day, or as they were last."""

ROLES = f"""
    SELECT r.id, r.user_id, r.role, r.unit_id, r.valid, r.reason, r.end_reason, r.granted_at, r.ended_at, r.voided_at,
           r.valid @> %(day)s::date AND r.voided_at IS NULL AS held,
           r.unit_id IS NOT NULL AND r.voided_at IS NULL AND r.valid @> %(day)s::date
               AND NOT coalesce(n.valid @> %(day)s::date, false) AS undecided,
           n.kind AS unit_kind, n.name_ky, n.name_ru, n.name_en
      FROM accounts_role r LEFT JOIN ({LAST_VERSIONS}) n ON n.unit_id = r.unit_id
"""


def users(
    day: dt.date,
    *,
    role: str | None = None,
    unit: uuid.UUID | None = None,
    active: bool | None = None,
    undecided: bool = False,
    q: str | None = None,
) -> list[Row]:
    """Return the accounts with the roles they hold on a day, by name; one query.

    ``undecided`` keeps those with a role for a unit that has ended.
    """
    return registry_queries.rows(
        f"""
        WITH held AS (
            SELECT user_id, bool_or(undecided) AS undecided, array_agg(role) AS kinds, array_agg(unit_id) AS units,
                   json_agg(json_build_object('role', role, 'unit', unit_id, 'kind', unit_kind, 'name_ky', name_ky,
                       'name_ru', name_ru, 'name_en', name_en, 'undecided', undecided) ORDER BY role, name_ky) AS roles
              FROM ({ROLES}) r WHERE held GROUP BY user_id)
        SELECT u.id, u.username, u.last_name, u.first_name, u.patronymic, u.email, u.is_active, u.last_login,
               i.expires_at AS invited_until, coalesce(h.undecided, false) AS undecided, coalesce(h.roles, '[]') AS roles
          FROM accounts_user u LEFT JOIN held h ON h.user_id = u.id LEFT JOIN accounts_invitation i ON i.user_id = u.id
         WHERE (%(role)s::text IS NULL OR %(role)s = ANY (h.kinds))
           AND (%(unit)s::uuid IS NULL OR %(unit)s = ANY (h.units))
           AND (%(active)s::boolean IS NULL OR u.is_active = %(active)s)
           AND (NOT %(undecided)s OR coalesce(h.undecided, false))
           AND (%(q)s::text IS NULL OR translate(lower(concat_ws(' ', u.username, u.last_name, u.first_name, u.patronymic,
                u.email)), 'ңөүё', 'ноуе') LIKE translate(lower(%(q)s), 'ңөүё', 'ноуе'))
         ORDER BY u.last_name, u.first_name, u.username""",
        {
            "day": day,
            "role": role,
            "unit": unit,
            "active": active,
            "undecided": undecided,
            "q": contains(q) if q else None,
        },
    )


def roles_of(user_id: int, day: dt.date) -> list[Row]:
    """Return all roles a user was ever given, the latest first, with who gave and who ended them; one query."""
    person = (
        "concat_ws(' ', nullif({0}.last_name, ''), nullif({0}.first_name, ''), nullif({0}.patronymic, ''))"
    )
    return registry_queries.rows(
        f"""
        SELECT r.*, r.undecided, coalesce(nullif({person.format("g")}, ''), g.username) AS granted_by,
               coalesce(nullif({person.format("e")}, ''), e.username) AS ended_by,
               CASE WHEN a.id IS NOT NULL THEN json_build_object('id', a.id, 'kind', a.kind, 'number', a.number,
                    'adopted_on', a.adopted_on) END AS act
          FROM ({ROLES} WHERE r.user_id = %(user)s) r
          JOIN accounts_role w ON w.id = r.id
          LEFT JOIN accounts_user g ON g.id = w.granted_by_id
          LEFT JOIN accounts_user e ON e.id = w.ended_by_id
          LEFT JOIN registry_legalact a ON a.id = w.act_id
         ORDER BY r.held DESC, lower(r.valid) DESC NULLS LAST, r.id DESC""",
        {"day": day, "user": user_id},
    )


def units_with_roles(day: dt.date) -> list[Row]:
    """Return the units for which somebody holds a role on a day, for the filter."""
    return registry_queries.rows(
        f"""
        SELECT DISTINCT r.unit_id AS id, r.unit_kind AS kind, {names("r")} FROM ({ROLES}) r
         WHERE r.held AND r.unit_id IS NOT NULL ORDER BY name_ky""",
        {"day": day},
    )


def units_to_act_for(day: dt.date) -> list[Row]:
    """Return the districts and municipalities of a day with the district they lie in, for the forms."""
    return registry_queries.rows(
        f"""
        SELECT u.unit_id AS id, u.kind, {names("u")},
               CASE WHEN d.unit_id IS NOT NULL THEN json_build_object('kind', d.kind, 'name_ky', d.name_ky,
                    'name_ru', d.name_ru, 'name_en', d.name_en) END AS home
          FROM registry_units_on(%(day)s) u
          LEFT JOIN registry_units_on(%(day)s) d ON d.unit_id = coalesce(u.district_id, u.oblast_id)
               AND d.unit_id <> u.unit_id
         WHERE u.kind IN ('district', 'city_republican', 'city_oblast', 'city_district_level', 'ayil_aimak')
         ORDER BY d.sort_ky NULLS FIRST, u.kind <> 'district', u.sort_ky""",
        {"day": day},
    )


def named_units(ids: list[Any], day: dt.date) -> list[Row]:
    """Return these units with the names they bear on a day."""
    return registry_queries.rows(
        f"SELECT unit_id AS id, kind, {names('u')} FROM registry_units_on(%(day)s) u WHERE unit_id = ANY(%(ids)s::uuid[])"
        " ORDER BY sort_ky",
        {"day": day, "ids": [str(each) for each in ids]},
    )


def undecided_count(day: dt.date) -> int:
    """Return how many accounts have a role for a unit that does not exist on a day."""
    return Role.objects.undecided(day).filter(user__is_active=True).values("user").distinct().count()
