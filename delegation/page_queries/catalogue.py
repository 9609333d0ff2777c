"""The catalogue of powers, and one power with what was handed over of it."""

from __future__ import annotations

import datetime as dt
import uuid

from registry.queries import Row, contains, names, rows, unit_json

DAY = "%(day)s::date"
POWER = f"""
    w.id, w.code, {names("w")}, w."group", w.status, w.article, {names("w", "note")}, w.provenance, w.source,
    w.legal_basis_id, a.kind AS act_kind, a.number AS act_number, a.adopted_on AS act_adopted_on, {names("a", "title")},
    json_build_object('name_ky', f.name_ky, 'name_ru', f.name_ru, 'name_en', f.name_en) AS field,
    f.transferable, f.article AS field_article,
    CASE WHEN b.id IS NOT NULL THEN json_build_object('name_ky', b.name_ky, 'name_ru', b.name_ru, 'name_en', b.name_en)
    END AS responsible,
    (SELECT count(*) FROM delegation_transfer t WHERE t.power_id = w.id AND t.valid @> {DAY}
        AND t.voided_by_id IS NULL) AS transfers,
    (SELECT count(*) FROM delegation_practice p WHERE p.power_id = w.id AND p.valid @> {DAY}
        AND p.voided_by_id IS NULL) AS in_fact
  FROM delegation_statepower w JOIN delegation_field f ON f.id = w.field_id
  LEFT JOIN delegation_statebody b ON b.id = w.responsible_id LEFT JOIN registry_legalact a ON a.id = w.legal_basis_id
"""


def powers(
    day: dt.date, *, group: str | None = None, status: str | None = None, q: str | None = None
) -> list[Row]:
    """Return the powers of the catalogue with how many municipalities perform each on a day."""
    return rows(
        f"""SELECT {POWER}
         WHERE (%(group)s::text IS NULL OR w."group" = %(group)s) AND (%(status)s::text IS NULL OR w.status = %(status)s)
           AND (%(q)s::text IS NULL OR lsg_fold(concat_ws(' ', w.name_ky, w.name_ru, w.name_en)) LIKE lsg_fold(%(q)s))
         ORDER BY lsg_sort_key(coalesce(w.name_ky, w.name_ru)), w.code""",
        {"day": day, "group": group, "status": status, "q": contains(q)},
    )


def power(pk: uuid.UUID, day: dt.date) -> Row | None:
    """Return one power."""
    return next(iter(rows(f"SELECT {POWER} WHERE w.id = %(pk)s", {"day": day, "pk": pk})), None)


def items(pk: uuid.UUID) -> list[Row]:
    """Return the things a power consists of."""
    return rows(
        f"""SELECT i.number, {names("i")} FROM delegation_poweritem i
             WHERE i.power_id = %(pk)s AND i.removed_at IS NULL ORDER BY i.number""",
        {"pk": pk},
    )


def statute() -> Row:
    """Return how many items the statute's list has, how many are disputed and how many have been entered."""
    (found,) = rows(
        """SELECT count(*) AS items, count(*) FILTER (WHERE disputed) AS disputed, count(power_id) AS entered
             FROM delegation_statuteitem"""
    )
    return found


def statute_items() -> list[Row]:
    """Return the statute's list, each item with its power where somebody has entered it."""
    return rows(
        f"""SELECT s.id, s.article, s.number, s.disputed, s.version, s.power_id, w.code, {names("w")}
              FROM delegation_statuteitem s LEFT JOIN delegation_statepower w ON w.id = s.power_id
             ORDER BY s.article, s.number"""
    )


def overlaps(pk: uuid.UUID, day: dt.date) -> list[Row]:
    """Return which state bodies perform a power too on a day."""
    return rows(
        f"""SELECT o.id, {names("o", "what")}, o.valid, o.provenance,
                   json_build_object('name_ky', b.name_ky, 'name_ru', b.name_ru, 'name_en', b.name_en) AS body
              FROM delegation_overlap o JOIN delegation_statebody b ON b.id = o.state_body_id
             WHERE o.power_id = %(pk)s AND o.valid @> {DAY} AND o.voided_by_id IS NULL ORDER BY b.code""",
        {"pk": pk, "day": day},
    )


def years() -> list[int]:
    """Return the years of which money has been reported, the latest first."""
    return [row["year"] for row in rows("SELECT DISTINCT year FROM delegation_funding ORDER BY year DESC")]


def upper_names(day: dt.date) -> list[Row]:
    """Return the oblasts and districts of a day as units."""
    return rows(
        f"""SELECT u.unit_id AS id, u.kind, {unit_json("u")} AS unit FROM registry_units_on({DAY}) u
             WHERE u.kind IN ('oblast', 'city_republican', 'district') ORDER BY u.sort_ky""",
        {"day": day},
    )
