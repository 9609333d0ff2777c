"""Executive bodies on two days: who heads them, who works there, whom they serve. Pages and REST show these figures alike.

Groups are those of ``registry.grouping``. Staff are the filled staff posts of the latest report on or before the day;
posts by contract stand apart. A body that has not reported counts as ``unreported`` and not as nobody.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from ayil_okmotu import queries
from registry.grouping import CENT, GROUPINGS, KINDS, OF_MUNICIPALITIES, Measures, Row, percent

__all__ = ["GROUPINGS", "KINDS", "between"]

FIGURES = f"""
    SELECT {{key}} AS key, count(b.id) AS bodies, count(h.id) AS headed, count(h.id) FILTER (WHERE h.acting) AS acting,
           count(b.id) FILTER (WHERE staff.id IS NULL) AS unreported,
           coalesce(sum(staff.approved), 0) AS approved, coalesce(sum(staff.filled), 0) AS staff,
           coalesce(sum(staff.contract), 0) AS contract, coalesce(sum(staff.women), 0) AS women,
           coalesce(sum(staff.filled) FILTER (WHERE staff.women IS NOT NULL), 0) AS staff_by_sex,
           coalesce(sum(residents.value), 0) AS population,
           coalesce(sum(residents.value) FILTER (WHERE staff.id IS NOT NULL), 0) AS served
      FROM registry_units_on({{day}}) u
      JOIN ayil_okmotu_executivebody b ON b.unit_id = u.unit_id AND b.valid @> {{day}} AND b.voided_by_id IS NULL
      {queries.HEAD_ON.format(body="b.id", day="{day}")}
      {queries.REPORT_ON.format(body="b.id", day="{day}")}
      LEFT JOIN (SELECT DISTINCT ON (unit_id) unit_id, value FROM registry_population
                  WHERE unit_id IS NOT NULL AND "on" <= {{day}} ORDER BY unit_id, "on" DESC) residents
             ON residents.unit_id = u.unit_id
     WHERE {OF_MUNICIPALITIES} GROUP BY 1"""
COUNTED = (
    "bodies",
    "headed",
    "acting",
    "unreported",
    "approved",
    "staff",
    "contract",
    "women",
    "staff_by_sex",
    "population",
    "served",
)
MEASURES = Measures(FIGURES, COUNTED)


def between(
    before: dt.date,
    after: dt.date,
    group_by: str,
    *,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
    kind: str | None = None,
) -> Row:
    """Return the executive bodies of two days, by group and in total.

    ``before`` and ``after`` hold the figures of either day, ``reduced`` is the staff of before less that of after, its
    percentage None where before is 0.
    """
    found = MEASURES.between(before, after, group_by, oblast=oblast, district=district, kind=kind)
    rows = [{"group": group.about, **_compared(group.before, group.after)} for group in found]
    total = _compared(
        MEASURES.total(group.before for group in found), MEASURES.total(group.after for group in found)
    )
    return {"before": before, "after": after, "group_by": group_by, "rows": rows, "total": total}


def _compared(then: Mapping[str, int], now: Mapping[str, int]) -> Row:
    reduced = then["staff"] - now["staff"]
    return {
        "before": _on_a_day(then),
        "after": _on_a_day(now),
        "reduced": reduced,
        "reduction_percent": percent(reduced, then["staff"]),
    }


def _on_a_day(figures: Mapping[str, int]) -> Row:
    """Return what is shown of a day.

    ``headless`` bodies have no head, ``women_percent`` is of the staff of bodies that report women,
    ``population_per_employee`` of the residents of municipalities whose body has reported.
    """
    staff = figures["staff"]
    return {
        "bodies": figures["bodies"],
        "headless": figures["bodies"] - figures["headed"],
        "acting": figures["acting"],
        "unreported": figures["unreported"],
        "approved": figures["approved"],
        "staff": staff,
        "contract": figures["contract"],
        "women": figures["women"],
        "women_percent": percent(figures["women"], figures["staff_by_sex"]),
        "population": figures["population"],
        "population_per_employee": str(
            (Decimal(figures["served"]) / staff).quantize(CENT, rounding=ROUND_HALF_UP)
        )
        if staff
        else None,
    }
