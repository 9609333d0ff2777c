"""Local budgets as they are read: what does not add up is found and said, never corrected; history is joined."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from lsg_portal.web import display
from registry.queries import Row, names, rows

UNREADABLE = "unreadable"
DO_NOT_ADD_UP = "lines_do_not_add_up"
SURPLUS_DIFFERS = "surplus_differs"
SPENDS_MORE = "spends_more"

FINDINGS = f"""
    (WITH cells AS (
        SELECT l.budget_id, i.code AS item, i.side, i."order", {names("i")}, c."column", c.value, c.printed
          FROM ayil_okmotu_budgetline l JOIN ayil_okmotu_budgetitem i ON i.id = l.item_id
         CROSS JOIN LATERAL (VALUES ('plan', l.plan, l.plan_as_printed),
                                    ('actual', l.actual, l.actual_as_printed)) c("column", value, printed)
         WHERE l.budget_id = ANY ({{budgets}}) AND (c.value IS NOT NULL OR c.printed <> '')),
    sums AS (
        SELECT budget_id, "column",
               sum(value) FILTER (WHERE side IN ('own_revenue', 'transfer')) AS revenue_lines,
               bool_or(printed <> '' AND side IN ('own_revenue', 'transfer')) AS revenue_unread,
               sum(value) FILTER (WHERE side = 'expenditure') AS expenditure_lines,
               bool_or(printed <> '' AND side = 'expenditure') AS expenditure_unread,
               sum(value) FILTER (WHERE item = 'total_revenue') AS revenue_total,
               bool_or(printed <> '' AND item = 'total_revenue') AS revenue_total_unread,
               sum(value) FILTER (WHERE item = 'total_expenditure') AS expenditure_total,
               bool_or(printed <> '' AND item = 'total_expenditure') AS expenditure_total_unread,
               sum(value) FILTER (WHERE item = 'surplus') AS surplus
          FROM cells GROUP BY budget_id, "column"),
    taken AS (
        SELECT *,
               CASE WHEN revenue_total_unread THEN NULL WHEN revenue_total IS NOT NULL THEN revenue_total
                    WHEN NOT revenue_unread THEN revenue_lines END AS revenue,
               CASE WHEN expenditure_total_unread THEN NULL WHEN expenditure_total IS NOT NULL THEN expenditure_total
                    WHEN NOT expenditure_unread THEN expenditure_lines END AS expenditure
          FROM sums),
    found AS (
        SELECT budget_id, 1 AS place, '{UNREADABLE}' AS code, "column", item, NULL::numeric AS reported,
               NULL::numeric AS computed, printed
          FROM cells WHERE printed <> ''
        UNION ALL
        SELECT budget_id, 2, '{DO_NOT_ADD_UP}', "column", 'total_revenue', revenue_total, revenue_lines, ''
          FROM taken WHERE NOT revenue_unread AND revenue_total <> revenue_lines
        UNION ALL
        SELECT budget_id, 3, '{DO_NOT_ADD_UP}', "column", 'total_expenditure', expenditure_total, expenditure_lines, ''
          FROM taken WHERE NOT expenditure_unread AND expenditure_total <> expenditure_lines
        UNION ALL
        SELECT budget_id, 4, '{SURPLUS_DIFFERS}', "column", 'surplus', surplus, revenue - expenditure, ''
          FROM taken WHERE revenue - expenditure <> surplus
        UNION ALL
        SELECT budget_id, 5, '{SPENDS_MORE}', "column", 'total_expenditure', expenditure, revenue, ''
          FROM taken WHERE expenditure > revenue)
    SELECT f.budget_id, f.code, f."column", f.item, f.reported, f.computed, f.printed, f.place, i."order", {names("i")}
      FROM found f JOIN ayil_okmotu_budgetitem i ON i.code = f.item)"""
"""What is wrong with budgets, a row for each finding; to be formatted with ``budgets``, an array of identifiers.

``reported`` is what stands in ``item``, ``computed`` what the other lines come to. Where a total is not reported, its
lines stand for it; where a figure cannot be read, nothing is computed from it.
"""


@dataclass(frozen=True)
class Finding:
    """Something wrong with a budget: a code, a sentence in the reader's language, and the figures."""

    code: str
    sentence: str
    figures: dict[str, Any]
    """``column`` (plan or actual), ``item``, ``reported``, ``computed``, ``difference`` and ``printed``."""


def findings(budget_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Finding]]:
    """Return what is wrong with each of these budgets, in one statement; none is an empty list."""
    found: dict[uuid.UUID, list[Finding]] = {key: [] for key in budget_ids}
    if found:
        sql = FINDINGS.format(budgets="%(budgets)s::uuid[]")
        for row in rows(
            f'SELECT * FROM {sql} f ORDER BY f.budget_id, f."column", f.place, f."order"',
            {"budgets": list(found)},
        ):
            found[row["budget_id"]].append(finding(row))
    return found


def finding(row: Row) -> Finding:
    """Return a row of ``FINDINGS`` as it is said to people."""
    reported, computed = row["reported"], row["computed"]
    difference = None if reported is None or computed is None else reported - computed
    if row["code"] == UNREADABLE:
        sentence = _("%(column)s, %(line)s: «%(printed)s» cannot be read as a number.")
    elif row["code"] == SURPLUS_DIFFERS:
        sentence = _(
            "%(column)s: revenue less expenditure is %(computed)s, the surplus reported is %(reported)s."
        )
    elif row["code"] == SPENDS_MORE:
        sentence = _("%(column)s: expenditure (%(reported)s) exceeds revenue (%(computed)s).")
    elif row["item"] == "total_revenue":
        sentence = _(
            "%(column)s: the lines of revenue add up to %(computed)s, the total reported is %(reported)s."
        )
    else:
        sentence = _(
            "%(column)s: the lines of expenditure add up to %(computed)s, the total reported is %(reported)s."
        )
    said = {
        "column": _("Plan") if row["column"] == "plan" else _("Actual"),
        "line": display.name(row),
        "printed": row["printed"],
        "reported": amount(reported),
        "computed": amount(computed),
    }
    figures = {
        "column": row["column"],
        "item": row["item"],
        "reported": reported,
        "computed": computed,
        "difference": difference,
        "printed": row["printed"],
    }
    return Finding(row["code"], sentence % said, figures)


def amount(value: Decimal | None) -> str:
    """Write an amount in million som without the zeros that its column adds, one decimal place at least."""
    if value is None:
        return display.number(None)
    kept = value.normalize()
    return display.number(kept, max(1, -int(kept.as_tuple().exponent)))


JOINED = """
    WITH RECURSIVE members AS (
        SELECT %(unit)s::uuid AS unit_id
        UNION
        SELECT p.source_id FROM members m
          JOIN registry_changepart p ON p.target_id = m.unit_id AND p.scope = 'whole' AND p.voided_by_id IS NULL
          JOIN registry_change c ON c.id = p.change_id
         WHERE c.effective_on <= %(day)s::date),
    years AS (
        SELECT DISTINCT b.year, least(make_date(b.year, 12, 31), %(day)s::date) AS last
          FROM members m JOIN ayil_okmotu_localbudget b ON b.unit_id = m.unit_id
         WHERE b.year <= extract(year FROM %(day)s::date))
    SELECT y.year, m.unit_id, b.id AS budget_id, b.label, b.provenance, l.lines
      FROM years y
     CROSS JOIN members m
      LEFT JOIN ayil_okmotu_localbudget b ON b.unit_id = m.unit_id AND b.year = y.year
      LEFT JOIN LATERAL (
           SELECT json_agg(json_build_array(i.code, x.plan::text, x.actual::text,
                                            x.plan_as_printed <> '', x.actual_as_printed <> '')) AS lines
             FROM ayil_okmotu_budgetline x JOIN ayil_okmotu_budgetitem i ON i.id = x.item_id
            WHERE x.budget_id = b.id) l ON true
     WHERE registry_life(m.unit_id) @> y.last OR (m.unit_id = %(unit)s AND b.id IS NOT NULL)
     ORDER BY y.year, m.unit_id <> %(unit)s, m.unit_id"""
"""For each year of which anybody of them reported: the unit, and those that pass whole to it, as far as they existed on
its last day."""


@dataclass(frozen=True)
class Part:
    """A budget that a year is made of."""

    unit_id: uuid.UUID
    budget_id: uuid.UUID
    label: str
    constructed: bool


@dataclass
class Sum:
    """A line over all parts of a year: None where nobody reported it, or somebody's figure cannot be read."""

    plan: Decimal | None = None
    actual: Decimal | None = None
    plan_unreadable: bool = False
    actual_unreadable: bool = False

    def add(self, column: str, value: str | None, unreadable: bool) -> None:
        """Take in what one part says in a column."""
        if unreadable or getattr(self, f"{column}_unreadable"):
            setattr(self, f"{column}_unreadable", True)
            setattr(self, column, None)
        elif value is not None:
            setattr(self, column, (getattr(self, column) or Decimal(0)) + Decimal(value))


@dataclass
class Year:
    """A year of a unit's territory: its own budget, and those of the units that have passed whole to it since."""

    year: int
    budget_id: uuid.UUID | None = None
    """The unit's own budget."""
    parts: list[Part] = field(default_factory=list)
    missing: list[uuid.UUID] = field(default_factory=list)
    """Units that belong to the sum and have no budget of the year."""
    lines: dict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))

    @property
    def joined(self) -> bool:
        """Whether it is a sum, of others' budgets or with others'."""
        return any(part.budget_id != self.budget_id for part in self.parts)


def joined(unit_id: uuid.UUID, day: dt.date) -> list[Year]:
    """Return a unit's budgets year by year up to that of ``day``, in one statement.

    A budget belongs to the unit of the last day of its year. To each year are added the budgets of the units whose
    whole territory has passed to this one since, at once or step by step; what passed in part is not divided.
    """
    found: dict[int, Year] = {}
    for row in rows(JOINED, {"unit": unit_id, "day": day}):
        year = found.setdefault(row["year"], Year(row["year"]))
        if row["budget_id"] is None:
            year.missing.append(row["unit_id"])
            continue
        if row["unit_id"] == unit_id:
            year.budget_id = row["budget_id"]
        constructed = row["provenance"] == "constructed"
        year.parts.append(Part(row["unit_id"], row["budget_id"], row["label"], constructed))
        for code, plan, actual, plan_unreadable, actual_unreadable in row["lines"] or ():
            year.lines[code].add("plan", plan, plan_unreadable)
            year.lines[code].add("actual", actual, actual_unreadable)
    return list(found.values())
