"""Local budgets as reported: line by line, and what their sources and groups come to."""

from __future__ import annotations

import datetime as dt
import uuid

from ayil_okmotu.page_queries.bodies import DAY
from councils.page_queries.bodies import unit_on
from registry.queries import Row, names, rows, unit_json


def _side(side: str) -> str:
    """Return the SQL of what the lines of a side come to; null where one of them cannot be read."""
    return (
        f"CASE WHEN NOT coalesce(bool_or(l.actual_as_printed <> '') FILTER (WHERE i.side = '{side}'), false)"
        f" THEN sum(l.actual) FILTER (WHERE i.side = '{side}') END AS {side}"
    )


def _reported(code: str) -> str:
    """Return the SQL of a total as the report gives it, and of its text where that is no number."""
    return (
        f"max(l.actual) FILTER (WHERE i.code = '{code}') AS {code},"
        f" max(l.actual_as_printed) FILTER (WHERE i.code = '{code}' AND l.actual_as_printed <> '') AS {code}_printed"
    )


SIDES = ("own_revenue", "transfer", "expenditure")
TOTALS = ("total_revenue", "total_expenditure", "surplus", "executed")
SUMS = ", ".join([*map(_side, SIDES), *map(_reported, TOTALS)])
SUMMED = f"""
    LEFT JOIN LATERAL (
         SELECT {SUMS} FROM ayil_okmotu_budgetline l JOIN ayil_okmotu_budgetitem i ON i.id = l.item_id
          WHERE l.budget_id = y.id) s ON true
"""
BUDGET = "y.id, y.unit_id, y.year, y.label, y.provenance, y.source, s.*"


def of_unit(unit: uuid.UUID, year: int) -> list[Row]:
    """Return the budgets of a unit up to a year, the latest first, with what their lines come to."""
    return rows(
        f"""
        SELECT {BUDGET} FROM ayil_okmotu_localbudget y {SUMMED}
         WHERE y.unit_id = %(unit)s AND y.year <= %(year)s ORDER BY y.year DESC""",
        {"unit": unit, "year": year},
    )


def latest(unit: uuid.UUID, year: int) -> Row | None:
    """Return the latest budget of a unit up to a year; None where none is on file."""
    found = rows(
        f"""
        SELECT {BUDGET} FROM (SELECT * FROM ayil_okmotu_localbudget
                               WHERE unit_id = %(unit)s AND year <= %(year)s ORDER BY year DESC LIMIT 1) y {SUMMED}""",
        {"unit": unit, "year": year},
    )
    return found[0] if found else None


def lines(budget: uuid.UUID) -> list[Row]:
    """Return the lines of a budget in the order of the classification."""
    return rows(
        f"""
        SELECT i.code, i.side, {names("i")}, l.plan, l.actual, l.plan_as_printed, l.actual_as_printed, l.provenance
          FROM ayil_okmotu_budgetline l JOIN ayil_okmotu_budgetitem i ON i.id = l.item_id
         WHERE l.budget_id = %(budget)s ORDER BY i."order", i.code""",
        {"budget": budget},
    )


def sides() -> dict[str, str]:
    """Return the side of each line of the classification by its code."""
    return {row["code"]: row["side"] for row in rows("SELECT code, side FROM ayil_okmotu_budgetitem")}


def years(day: dt.date) -> list[int]:
    """Return the years by a day of which budgets are on file, the latest first."""
    found = rows(
        f"""
        SELECT DISTINCT year FROM ayil_okmotu_localbudget WHERE year <= extract(year FROM {DAY})
         ORDER BY year DESC""",
        {"day": day},
    )
    return [row["year"] for row in found]


def of_year(
    year: int,
    day: dt.date,
    *,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
) -> list[Row]:
    """Return the budgets of a year with their units as they stood at its end, or by the day where that is earlier."""
    return rows(
        f"""
        SELECT {BUDGET}, {unit_json("u")} AS unit, {unit_json("d")} AS district, {unit_json("o")} AS oblast
          FROM ayil_okmotu_localbudget y {SUMMED}
          CROSS JOIN LATERAL (SELECT least(make_date(y.year, 12, 31), {DAY}) AS on_day) n
          {unit_on("u", "y.unit_id", "n.on_day")}
          LEFT JOIN registry_unitversion d ON d.unit_id = u.parent_id AND d.kind = 'district'
               AND d.valid @> n.on_day AND d.voided_by_id IS NULL
          LEFT JOIN registry_unitversion o ON o.unit_id = coalesce(d.parent_id, u.parent_id)
               AND o.kind = 'oblast' AND o.valid @> n.on_day AND o.voided_by_id IS NULL
         WHERE y.year = %(year)s
           AND (%(oblast)s::uuid IS NULL OR %(oblast)s IN (u.unit_id, o.unit_id))
           AND (%(district)s::uuid IS NULL OR %(district)s IN (u.unit_id, d.unit_id))
         ORDER BY u.sort_ky, u.unit_id""",
        {"year": year, "day": day, "oblast": oblast, "district": district},
    )


def unit(pk: uuid.UUID, day: dt.date) -> Row | None:
    """Return a unit as it stood on a day or nearest to it, with where it lies and its executive body of that day."""
    found = rows(
        f"""
        SELECT u.unit_id AS id, u.kind, {names("u")}, {unit_json("p")} AS parent, {unit_json("g")} AS grandparent,
               b.id AS body_id, b.kind AS body_kind
          FROM (SELECT) one {unit_on("u", "%(pk)s", DAY)}
          LEFT JOIN LATERAL (SELECT z.* FROM registry_unitversion z WHERE z.unit_id = u.parent_id
               AND z.voided_by_id IS NULL ORDER BY z.valid @> {DAY} DESC, z.valid DESC LIMIT 1) p ON true
          LEFT JOIN LATERAL (SELECT z.* FROM registry_unitversion z WHERE z.unit_id = p.parent_id
               AND z.voided_by_id IS NULL ORDER BY z.valid @> {DAY} DESC, z.valid DESC LIMIT 1) g ON true
          LEFT JOIN ayil_okmotu_executivebody b ON b.unit_id = u.unit_id AND b.valid @> {DAY} AND b.voided_by_id IS NULL
         WHERE u.unit_id IS NOT NULL""",
        {"pk": pk, "day": day},
    )
    return found[0] if found else None


def named(units: list[uuid.UUID], day: dt.date) -> dict[uuid.UUID, Row]:
    """Return units by identifier as they were called last by a day."""
    if not units:
        return {}
    found = rows(
        f"""
        SELECT k.id, u.kind, {names("u")} FROM unnest(%(units)s::uuid[]) k(id) {unit_on("u", "k.id", DAY)}""",
        {"units": [str(unit) for unit in units], "day": day},
    )
    return {row["id"]: row for row in found}
