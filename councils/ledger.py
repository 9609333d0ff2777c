"""The seat ledger of a council on a day: what the law gives it, who sits, and which councils brought the seats.

Where more deputies sit than the law gives seats, the ledger says so with every source, and decides nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from registry.queries import rows

CONFLICT = "more_deputies_than_seats"

# The convocation that sits that day, else the last that sat before it
HEAD = """
    SELECT n.id, n.seats_by_law, n.valid @> %(day)s::date AS sits,
           count(m.id) AS sitting, count(m.id) FILTER (WHERE m.basis <> 'carried_over') AS own
      FROM councils_convocation n JOIN councils_council c ON c.id = n.council_id AND c.valid @> %(day)s::date
      LEFT JOIN councils_mandate m ON m.convocation_id = n.id AND m.voided_by_id IS NULL AND m.valid @> %(day)s::date
     WHERE n.council_id = %(council)s AND n.voided_by_id IS NULL AND lower(n.valid) <= %(day)s::date
     GROUP BY n.id ORDER BY lower(n.valid) DESC LIMIT 1"""

# Per council of origin: seats that the law gave it, deputies who went over, who did not, who still sit
ORIGINS = """
    WITH carried AS (
        SELECT m.origin_id, m.change_id, count(*) AS carried_over,
               count(*) FILTER (WHERE m.valid @> %(day)s::date) AS sitting
          FROM councils_mandate m
         WHERE m.convocation_id = %(convocation)s AND m.basis = 'carried_over' AND m.voided_by_id IS NULL
           AND lower(m.valid) <= %(day)s::date
         GROUP BY m.origin_id, m.change_id)
    SELECT c.origin_id AS council, o.unit_id AS unit, c.carried_over, c.sitting,
           coalesce(last.seats_by_law, 0) AS seats,
           (SELECT count(*) FROM councils_mandate x JOIN councils_convocation n ON n.id = x.convocation_id
             WHERE n.council_id = c.origin_id AND x.voided_by_id IS NULL AND x.closed_by_id = c.change_id
               AND NOT EXISTS (SELECT FROM councils_mandate y WHERE y.former_id = x.id AND y.voided_by_id IS NULL)
           ) AS ended
      FROM carried c JOIN councils_council o ON o.id = c.origin_id
      LEFT JOIN LATERAL (
        SELECT n.seats_by_law FROM councils_convocation n
         WHERE n.council_id = c.origin_id AND n.voided_by_id IS NULL
         ORDER BY lower(n.valid) DESC LIMIT 1) last ON true
     ORDER BY upper(o.valid), c.carried_over DESC, c.origin_id"""

SOURCES = """
    SELECT s.act_id, s.article, s.statement_ky, s.statement_ru, s.statement_en
      FROM councils_seatconflict s WHERE s.council_id = %(council)s ORDER BY s."order", s.id"""


@dataclass(frozen=True)
class Origin:
    """What a council that ended brought: its seats by law, who went over, who did not, who still sits."""

    council: uuid.UUID
    unit: uuid.UUID
    seats: int
    carried_over: int
    ended: int
    sitting: int


@dataclass(frozen=True)
class Ledger:
    """The seats of a council on a day; ``own`` and what the origins' deputies hold add up to ``sitting``."""

    at: dt.date
    by_law: int | None
    """None where there was no council that day, or it never had a convocation."""
    own: int
    sitting: int
    origins: tuple[Origin, ...] = ()
    sources: tuple[dict[str, Any], ...] = ()

    @property
    def vacant(self) -> int | None:
        """Seats by law that nobody holds."""
        return None if self.by_law is None else max(self.by_law - self.sitting, 0)

    @property
    def conflict(self) -> dict[str, Any] | None:
        """That more sit than the law gives seats, with each source; None where it is not so."""
        if self.by_law is None or self.sitting <= self.by_law:
            return None
        detail = _("%(sitting)s deputies sit, the law gives the council %(by_law)s seats.")
        return {
            "code": CONFLICT,
            "detail": detail % {"sitting": self.sitting, "by_law": self.by_law},
            "sources": [dict(source) for source in self.sources],
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the ledger as it is answered."""
        return {
            "at": self.at,
            "by_law": self.by_law,
            "own": self.own,
            "sitting": self.sitting,
            "origins": [
                {
                    "council": origin.council,
                    "unit": origin.unit,
                    "seats": origin.seats,
                    "carried_over": origin.carried_over,
                    "ended": origin.ended,
                    "sitting": origin.sitting,
                }
                for origin in self.origins
            ],
            "vacant": self.vacant,
            "conflict": self.conflict,
        }


def ledger(council_id: uuid.UUID, day: dt.date) -> Ledger:
    """Return the seat ledger of a council on a day: at most three statements."""
    head = rows(HEAD, {"council": council_id, "day": day})
    if not head:
        return Ledger(at=day, by_law=None, own=0, sitting=0)
    found = head[0]
    if not found["sits"]:
        return Ledger(at=day, by_law=found["seats_by_law"], own=0, sitting=0)
    origins = rows(ORIGINS, {"convocation": found["id"], "day": day})
    sources = rows(SOURCES, {"council": council_id}) if found["sitting"] > found["seats_by_law"] else []
    return Ledger(
        at=day,
        by_law=found["seats_by_law"],
        own=found["own"],
        sitting=found["sitting"],
        origins=tuple(Origin(**origin) for origin in origins),
        sources=tuple(
            {
                "act": source["act_id"],
                "article": source["article"],
                "statement": {lang: source[f"statement_{lang}"] for lang in ("ky", "ru", "en")},
            }
            for source in sources
        ),
    )
