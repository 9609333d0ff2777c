"""Women in councils on a day, and seats between two days: the figures that pages and REST show alike.

Groups are those of ``registry.grouping``. Councils of municipalities are counted; district councils, which never had
members, are not.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from registry.grouping import GROUPINGS, KINDS, OF_MUNICIPALITIES, Measures, Row, percent

__all__ = ["GROUPINGS", "KINDS", "percent", "seats_between", "women_by"]

# What the councils of one group are on a day
FIGURES = f"""
    SELECT {{key}} AS key, count(*) AS councils, count(k.id) AS convened, coalesce(sum(k.seats_by_law), 0) AS by_law,
           coalesce(sum(m.sitting), 0) AS sitting, coalesce(sum(m.women), 0) AS women, coalesce(sum(m.men), 0) AS men,
           coalesce(sum(greatest(k.seats_by_law - coalesce(m.sitting, 0), 0)), 0) AS vacant,
           count(*) FILTER (WHERE m.sitting > 0 AND m.women = 0) AS without_women
      FROM registry_units_on({{day}}) u
      JOIN councils_council c ON c.unit_id = u.unit_id AND c.valid @> {{day}} AND c.voided_by_id IS NULL
      LEFT JOIN councils_convocation k ON k.council_id = c.id AND k.valid @> {{day}} AND k.voided_by_id IS NULL
      LEFT JOIN (SELECT m.convocation_id, count(*) AS sitting, count(*) FILTER (WHERE n.sex = 'f') AS women,
                        count(*) FILTER (WHERE n.sex = 'm') AS men
                   FROM councils_mandate m JOIN registry_person n ON n.id = m.person_id
                  WHERE m.valid @> {{day}} AND m.voided_by_id IS NULL GROUP BY m.convocation_id) m
             ON m.convocation_id = k.id
     WHERE {OF_MUNICIPALITIES} GROUP BY 1"""
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
MEASURES = Measures(FIGURES, COUNTED)


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
    found = MEASURES.between(day, day, group_by, oblast=oblast, district=district, kind=kind)
    rows = [{"group": group.about, **_women(group.after)} for group in found]
    total = _women(MEASURES.total(group.after for group in found))
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
    found = MEASURES.between(before, after, group_by, oblast=oblast, district=district, kind=kind)
    rows = [{"group": group.about, **_seats(group.before, group.after)} for group in found]
    total = _seats(
        MEASURES.total(group.before for group in found), MEASURES.total(group.after for group in found)
    )
    return {"before": before, "after": after, "group_by": group_by, "rows": rows, "total": total}


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
