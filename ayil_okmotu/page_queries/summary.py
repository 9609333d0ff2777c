"""An executive body in a few figures, for the page of its municipality: one statement."""

from __future__ import annotations

import datetime as dt
import uuid

from ayil_okmotu.page_queries.bodies import DAY, HEAD, ON_THE_DAY, STAFF
from ayil_okmotu.page_queries.budgets import SUMMED
from registry.queries import Row, rows


def of_unit(unit: uuid.UUID, day: dt.date) -> Row | None:
    """Return the body of a unit on a day with its head, its staff and its latest budget; None where it has none.

    ``budget_year`` is null where no budget is on file by the day.
    """
    found = rows(
        f"""
        SELECT b.id, b.kind, {HEAD}, {STAFF}, y.year AS budget_year, y.provenance AS budget_provenance, s.own_revenue,
               s.total_revenue, s.total_expenditure
          FROM ayil_okmotu_executivebody b {ON_THE_DAY}
          LEFT JOIN LATERAL (
               SELECT z.* FROM ayil_okmotu_localbudget z
                WHERE z.unit_id = b.unit_id AND z.year <= extract(year FROM {DAY}) ORDER BY z.year DESC LIMIT 1) y ON true
          {SUMMED}
         WHERE b.unit_id = %(unit)s AND b.valid @> {DAY} AND b.voided_by_id IS NULL""",
        {"unit": unit, "day": day},
    )
    return found[0] if found else None
