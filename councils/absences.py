"""The fourth unexcused absence within twelve months: a ground that the statute names, proposed and never carried out.

Absences are a person's: those in a council that was merged count on in the council to which the mandate was carried
over. Twelve months run back from the fourth absence, whatever calendar years they touch. A ground once given stays
until the mandate ends; another mandate by election begins anew.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from councils.models import EndReason
from registry.queries import rows

REASON = "absences"
HOW_MANY = 4

# Each mandate in force, with those it continues; of each its absences in order; the last that was the fourth in a year
PROPOSALS = """
    WITH RECURSIVE chain AS (
        SELECT m.id AS mandate_id, m.id AS link_id, m.former_id
          FROM councils_mandate m JOIN councils_convocation n ON n.id = m.convocation_id
         WHERE m.voided_by_id IS NULL AND m.valid @> %(day)s::date
           AND (%(council)s::uuid IS NULL OR n.council_id = %(council)s::uuid)
        UNION ALL
        SELECT chain.mandate_id, o.id, o.former_id
          FROM chain JOIN councils_mandate o ON o.id = chain.former_id AND o.voided_by_id IS NULL),
    absence AS (
        SELECT chain.mandate_id, s.id AS session_id, s.held_on, n.council_id,
               row_number() OVER given AS place, lag(s.held_on, %(others)s) OVER given AS first_on
          FROM chain
          JOIN councils_attendance a ON a.mandate_id = chain.link_id AND a.state = 'unexcused'
          JOIN councils_session s ON s.id = a.session_id AND s.status = 'held' AND s.held_on <= %(day)s::date
          JOIN councils_convocation n ON n.id = s.convocation_id
        WINDOW given AS (PARTITION BY chain.mandate_id ORDER BY s.held_on, s.number, s.id)),
    fourth AS (
        SELECT mandate_id, max(place) AS place FROM absence
         WHERE first_on > held_on - interval '1 year' GROUP BY mandate_id)
    SELECT m.id AS mandate_id, m.person_id, m.convocation_id, n.council_id, c.unit_id,
           a.session_id, a.held_on, a.council_id AS absent_in
      FROM fourth f
      JOIN absence a ON a.mandate_id = f.mandate_id AND a.place > f.place - %(many)s AND a.place <= f.place
      JOIN councils_mandate m ON m.id = f.mandate_id
      JOIN councils_convocation n ON n.id = m.convocation_id
      JOIN councils_council c ON c.id = n.council_id
     ORDER BY c.unit_id, m.id, a.place"""


@dataclass(frozen=True)
class Absence:
    """An unexcused absence from a session, of the council that held it."""

    session_id: uuid.UUID
    held_on: dt.date
    council_id: uuid.UUID


@dataclass(frozen=True)
class Proposal:
    """A deputy whose mandate the council may propose to end, with the four absences and the article."""

    mandate_id: uuid.UUID
    person_id: uuid.UUID
    convocation_id: uuid.UUID
    council_id: uuid.UUID
    unit_id: uuid.UUID
    absences: tuple[Absence, ...]
    article: str

    @property
    def fourth_on(self) -> dt.date:
        """The day of the fourth absence."""
        return self.absences[-1].held_on


def proposals(day: dt.date, council_id: uuid.UUID | None = None) -> list[Proposal]:
    """Return whose mandates, in force on ``day``, four unexcused absences put in question, in a council or everywhere."""
    found = rows(PROPOSALS, {"day": day, "council": council_id, "others": HOW_MANY - 1, "many": HOW_MANY})
    if not found:
        return []
    article = EndReason.objects.values_list("article", flat=True).get(code=REASON)
    by_mandate: dict[uuid.UUID, list[dict]] = {}
    for row in found:
        by_mandate.setdefault(row["mandate_id"], []).append(row)
    return [
        Proposal(
            mandate_id=mandate,
            person_id=four[0]["person_id"],
            convocation_id=four[0]["convocation_id"],
            council_id=four[0]["council_id"],
            unit_id=four[0]["unit_id"],
            absences=tuple(Absence(row["session_id"], row["held_on"], row["absent_in"]) for row in four),
            article=article,
        )
        for mandate, four in by_mandate.items()
    ]
