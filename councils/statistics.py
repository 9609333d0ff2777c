"""Women in councils on a day, and seats between two days: the figures that pages and REST show alike.

Groups are those of the reform's statistics: by oblast, Bishkek and Osh are rows of their own; by district, each oblast
has one row for its cities outside districts, Bishkek and Osh theirs; by kind, the kinds of municipalities. Every
grouping has rows for its empty groups and adds up to the total. Councils of municipalities are counted; district
councils, which never had members, are not.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from lsg_portal.data import prepared
from registry.models import MUNICIPALITY_KINDS, UnitKind

GROUPINGS = ("oblast", "district", "kind")
KINDS = tuple(str(kind) for kind in MUNICIPALITY_KINDS)
OUTSIDE = _("%s: cities outside districts")
CENT = Decimal("0.01")

Row = dict[str, Any]

KEYS = {
    "oblast": "u.oblast_id::text",
    "district": "coalesce(u.district_id::text, 'none:' || u.oblast_id::text)",
    "kind": "u.kind",
}
GROUPS = {
    "oblast": "SELECT unit_id::text AS key FROM names WHERE kind IN ('oblast', 'city_republican')",
    "district": """SELECT unit_id::text AS key FROM names WHERE kind = 'district'
                   UNION ALL SELECT 'none:' || unit_id FROM names WHERE kind IN ('oblast', 'city_republican')""",
    "kind": "SELECT unnest(%(kinds)s::text[]) AS key",
}
# What the councils of one group are on a day
FIGURES = """
    SELECT {key} AS key, count(*) AS councils, count(k.id) AS convened, coalesce(sum(k.seats_by_law), 0) AS by_law,
           coalesce(sum(m.sitting), 0) AS sitting, coalesce(sum(m.women), 0) AS women, coalesce(sum(m.men), 0) AS men,
           coalesce(sum(greatest(k.seats_by_law - coalesce(m.sitting, 0), 0)), 0) AS vacant,
           count(*) FILTER (WHERE m.sitting > 0 AND m.women = 0) AS without_women
      FROM registry_units_on({day}) u
      JOIN councils_council c ON c.unit_id = u.unit_id AND c.valid @> {day} AND c.voided_by_id IS NULL
      LEFT JOIN councils_convocation k ON k.council_id = c.id AND k.valid @> {day} AND k.voided_by_id IS NULL
      LEFT JOIN (SELECT m.convocation_id, count(*) AS sitting, count(*) FILTER (WHERE n.sex = 'f') AS women,
                        count(*) FILTER (WHERE n.sex = 'm') AS men
                   FROM councils_mandate m JOIN registry_person n ON n.id = m.person_id
                  WHERE m.valid @> {day} AND m.voided_by_id IS NULL GROUP BY m.convocation_id) m
             ON m.convocation_id = k.id
     WHERE u.kind = ANY(%(kinds)s::text[])
       AND (%(oblast)s::uuid IS NULL OR u.oblast_id = %(oblast)s::uuid)
       AND (%(district)s::uuid IS NULL OR u.district_id = %(district)s::uuid)
       AND (%(kind)s::text IS NULL OR u.kind = %(kind)s::text)
     GROUP BY 1"""
COUNTED = (
    "councils",
    "convened",
    "by_law",
    "sitting",
    "women",
    "men",
    "vacant",
    "without_women",
)
SQL = """
WITH names AS MATERIALIZED (
        SELECT DISTINCT ON (unit_id) * FROM (
            SELECT *, 1 AS rank FROM registry_units_on(%(after)s::date)
            UNION ALL SELECT *, 2 FROM registry_units_on(%(before)s::date)) n
         WHERE kind IN ('oblast', 'district', 'city_republican') ORDER BY unit_id, rank),
     groups AS ({groups}),
     b AS ({before}), a AS ({after})
SELECT coalesce(g.key, b.key, a.key) AS key, {columns},
       n.unit_id, n.kind, n.name_ky, n.name_ru, n.name_en, o.unit_id, o.kind, o.name_ky, o.name_ru, o.name_en
  FROM groups g FULL JOIN b ON b.key = g.key FULL JOIN a ON a.key = coalesce(g.key, b.key)
  LEFT JOIN names n ON n.unit_id::text = replace(coalesce(g.key, b.key, a.key), 'none:', '')
  LEFT JOIN names o ON o.unit_id = coalesce(n.oblast_id, n.unit_id)
 ORDER BY array_position(%(kinds)s::text[], coalesce(g.key, b.key, a.key)),
          o.kind = 'city_republican', o.sort_ky, coalesce(g.key, b.key, a.key) LIKE 'none:%%', n.sort_ky, 1"""


def _sql(group_by: str) -> str:
    columns = ", ".join(f"coalesce({side}.{name}, 0)::bigint" for side in ("b", "a") for name in COUNTED)
    key = KEYS[group_by]
    return SQL.format(
        groups=GROUPS[group_by],
        before=FIGURES.format(key=key, day="%(before)s::date"),
        after=FIGURES.format(key=key, day="%(after)s::date"),
        columns=columns,
    )


STATEMENTS = {group_by: _sql(group_by) for group_by in GROUPINGS}


def women_by(
    group_by: str,
    day: dt.date,
    *,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
    kind: str | None = None,
) -> Row:
    """Return how many of the deputies on ``day`` are women, by group and in total.

    ``councils`` existed, ``convened`` had a convocation; ``women_percent`` is of ``sitting``, half up, None where nobody
    sits; ``not_stated`` are deputies whose sex is not recorded.
    """
    found = _read(group_by, day, day, oblast=oblast, district=district, kind=kind)
    rows = [{"group": group, **_women(after)} for group, _before, after in found]
    total = _women(_sum(after for _group, _before, after in found))
    return {"at": day, "group_by": group_by, "rows": rows, "total": total}


def seats_between(
    before: dt.date,
    after: dt.date,
    group_by: str,
    *,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
    kind: str | None = None,
) -> Row:
    """Return the seats of councils on two days, by group and in total.

    ``before`` and ``after`` count the deputies in office; ``by_law`` are the seats the law gave the convocations of that day,
    ``vacant`` those of them nobody held. ``reduced`` is before − after, its percentage None where before is 0.
    """
    found = _read(group_by, before, after, oblast=oblast, district=district, kind=kind)
    rows = [{"group": group, **_seats(then, now)} for group, then, now in found]
    total = _seats(_sum(then for _group, then, _now in found), _sum(now for _group, _then, now in found))
    return {"before": before, "after": after, "group_by": group_by, "rows": rows, "total": total}


def percent(part: int, whole: int) -> str | None:
    """Return a share as a percentage with two decimals, half up; None of nothing."""
    if not whole:
        return None
    return str((Decimal(100 * part) / Decimal(whole)).quantize(CENT, rounding=ROUND_HALF_UP))


def _women(figures: Mapping[str, int]) -> Row:
    sitting, women, men = figures["sitting"], figures["women"], figures["men"]
    return {
        "councils": figures["councils"],
        "convened": figures["convened"],
        "sitting": sitting,
        "women": women,
        "men": men,
        "not_stated": sitting - women - men,
        "women_percent": percent(women, sitting),
        "councils_without_women": figures["without_women"],
    }


def _seats(before: Mapping[str, int], after: Mapping[str, int]) -> Row:
    was, now = before["sitting"], after["sitting"]
    return {
        "councils_before": before["councils"],
        "councils_after": after["councils"],
        "by_law_before": before["by_law"],
        "by_law_after": after["by_law"],
        "before": was,
        "after": now,
        "vacant_before": before["vacant"],
        "vacant_after": after["vacant"],
        "reduced": was - now,
        "reduction_percent": percent(was - now, was),
    }


def _sum(figures: Iterable[Mapping[str, int]]) -> dict[str, int]:
    every = list(figures)
    return {name: sum(one[name] for one in every) for name in COUNTED}


Found = list[tuple[Row, dict[str, int], dict[str, int]]]


def _read(
    group_by: str,
    before: dt.date,
    after: dt.date,
    *,
    oblast: uuid.UUID | None,
    district: uuid.UUID | None,
    kind: str | None,
) -> Found:
    """Return each group with its figures on either day; a filter leaves groups out in which it finds no council."""
    asked = {"oblast": oblast, "district": district, "kind": kind}
    args = {name: None if value is None else str(value) for name, value in asked.items()}
    rows = prepared.rows(STATEMENTS[group_by], {**args, "kinds": KINDS, "before": before, "after": after})
    filtered = any(value is not None for value in asked.values())
    wide = len(COUNTED)
    found: Found = []
    for key, *cells in rows:
        then, now = (dict(zip(COUNTED, cells[start : start + wide], strict=True)) for start in (0, wide))
        named = filtered and key in (args["oblast"], args["district"], args["kind"])
        if filtered and not named and not (then["councils"] or now["councils"]):
            continue
        found.append((_group(group_by, key, cells[2 * wide :]), then, now))
    return found


def _group(group_by: str, key: str | None, cells: list[Any]) -> Row:
    """Return the group of a row in the shape of the reform's statistics."""
    if group_by == "kind" and key is not None:
        return {"id": key, "kind": key, "name": _in_all_languages(UnitKind(key).label), "oblast": None}
    own, above = cells[:5], cells[5:]
    outside = key is None or key.startswith("none:")
    name = dict(zip(("ky", "ru", "en"), own[2:], strict=True))
    if outside and own[1] != UnitKind.CITY_REPUBLICAN:
        said = _in_all_languages(OUTSIDE)
        name = {language: said[language] % (name[language] or name["ru"] or "") for language in name}
    return {
        "id": None if outside else str(own[0]),
        "kind": None if outside else own[1],
        "name": name,
        "oblast": {
            "id": str(above[0]),
            "kind": above[1],
            "name": dict(zip(("ky", "ru", "en"), above[2:], strict=True)),
        }
        if above[0]
        else None,
    }


def _in_all_languages(text: Any) -> dict[str, Any]:
    found = {}
    for language in ("ky", "ru", "en"):
        with translation.override(language):
            found[language] = str(text)
    return found
