"""Figures of municipalities on two days, by oblast, district or kind: how groups are formed, named and added up.

By oblast, Bishkek and Osh are rows of their own; by district, each oblast has one row for its cities outside districts,
Bishkek and Osh theirs; by kind, the kinds of municipalities. Every grouping has rows for its empty groups and adds up
to the total.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
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
Figures = dict[str, int]

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
OF_MUNICIPALITIES = """
    u.kind = ANY(%(kinds)s::text[])
       AND (%(oblast)s::uuid IS NULL OR u.oblast_id = %(oblast)s::uuid)
       AND (%(district)s::uuid IS NULL OR u.district_id = %(district)s::uuid)
       AND (%(kind)s::text IS NULL OR u.kind = %(kind)s::text)"""
"""The condition on ``u``, a row of ``registry_units_on``: a municipality, within what was asked for."""

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


@dataclass(frozen=True)
class Group:
    """A group with its figures on either day; ``about`` names it in the shape of the reform's statistics."""

    about: Row
    before: Figures
    after: Figures


@dataclass(frozen=True)
class Measures:
    """What is counted of each municipality.

    ``figures`` is the SELECT of the figures of one day, with the places ``{key}``, the group of a unit ``u``, and
    ``{day}``; ``counted`` are its columns behind the key, the first of which tells whether a group is empty.
    """

    figures: str
    counted: Sequence[str]

    @cached_property
    def statements(self) -> dict[str, str]:
        """The statement of each grouping."""
        columns = ", ".join(
            f"coalesce({side}.{name}, 0)::bigint" for side in ("b", "a") for name in self.counted
        )
        return {
            way: SQL.format(
                groups=GROUPS[way],
                before=self.figures.format(key=KEYS[way], day="%(before)s::date"),
                after=self.figures.format(key=KEYS[way], day="%(after)s::date"),
                columns=columns,
            )
            for way in GROUPINGS
        }

    def between(
        self,
        before: dt.date,
        after: dt.date,
        group_by: str,
        *,
        oblast: uuid.UUID | None = None,
        district: uuid.UUID | None = None,
        kind: str | None = None,
    ) -> list[Group]:
        """Return each group with its figures on either day; a filter leaves groups out in which it finds nothing."""
        asked = {"oblast": oblast, "district": district, "kind": kind}
        args = {name: None if value is None else str(value) for name, value in asked.items()}
        rows = prepared.rows(
            self.statements[group_by], {**args, "kinds": KINDS, "before": before, "after": after}
        )
        filtered = any(value is not None for value in asked.values())
        wide, first = len(self.counted), self.counted[0]
        found = []
        for key, *cells in rows:
            then, now = (
                dict(zip(self.counted, cells[start : start + wide], strict=True)) for start in (0, wide)
            )
            named = filtered and key in (args["oblast"], args["district"], args["kind"])
            if filtered and not named and not (then[first] or now[first]):
                continue
            found.append(Group(_named(group_by, key, cells[2 * wide :]), then, now))
        return found

    def total(self, figures: Iterable[Mapping[str, int]]) -> Figures:
        """Return the sum of the figures of several groups."""
        every = list(figures)
        return {name: sum(one[name] for one in every) for name in self.counted}


def percent(part: int, whole: int) -> str | None:
    """Return a share as a percentage with two decimals, half up; None of nothing."""
    if not whole:
        return None
    return str((Decimal(100 * part) / Decimal(whole)).quantize(CENT, rounding=ROUND_HALF_UP))


def _named(group_by: str, key: str | None, cells: list[Any]) -> Row:
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
