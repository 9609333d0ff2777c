"""Which events somebody may read, as a condition on rows; ``reform.rules`` says how far each user sees.

Events in force and annulled ones are published. Drafts, and adopted events that are not yet in force, are read by
who sees everything, and by who sees a district that they touch.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

PUBLISHED = ("in_force", "annulled")

# The units that events end, begin, alter, take from and give to
LINES = """
    SELECT event_id, unit_id FROM reform_eventunit WHERE removed_at IS NULL
    UNION ALL SELECT event_id, source_id FROM reform_eventpart WHERE removed_at IS NULL
    UNION ALL SELECT event_id, target_id FROM reform_eventpart WHERE removed_at IS NULL"""

# … and those that they put units into: a unit that begins lies nowhere yet, so its drafted parent stands for it
LINES_AND_PARENTS = f"""{LINES}
    UNION ALL SELECT event_id, parent_id FROM reform_eventunit WHERE removed_at IS NULL AND parent_id IS NOT NULL"""


@dataclass(frozen=True)
class Sight:
    """How far somebody sees beyond what is published: all drafts, those of some districts, or none."""

    everything: bool = False
    districts: frozenset[uuid.UUID] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or bool(self.districts)

    @property
    def key(self) -> str:
        """What names it in an ETag; empty for who sees only what is published."""
        return "drafts" if self.everything else ",".join(sorted(map(str, self.districts)))

    @property
    def versions(self) -> tuple[str, ...]:
        """The data that decide what is seen: where a district lies is the register's to say."""
        if self.everything:
            return ("reform", "reform.drafts")
        return ("reform", "reform.drafts", "registry") if self.districts else ("reform",)


PUBLIC = Sight()
EVERYTHING = Sight(everything=True)


def touching(places: str) -> str:
    """Return the SQL of the events that touch any of ``places``, a placeholder for identifiers of units.

    An event touches a place if a unit it ends, begins or alters, or takes a part from or gives one to, was that
    place or lay in it on the event's day or the day before.
    """
    return f"""
    SELECT l.event_id FROM ({LINES_AND_PARENTS}) l JOIN reform_event x ON x.id = l.event_id
      JOIN registry_unitversion w ON w.unit_id = l.unit_id AND w.voided_by_id IS NULL
           AND w.valid && daterange(x.effective_on - 1, x.effective_on + 1)
      LEFT JOIN registry_unitversion above ON above.unit_id = w.parent_id AND above.voided_by_id IS NULL
           AND above.valid && daterange(x.effective_on - 1, x.effective_on + 1) * w.valid
     WHERE ARRAY[w.unit_id, w.parent_id, above.parent_id] && {places}::uuid[]"""


def condition(seen: Sight, alias: str = "e") -> tuple[str, dict[str, Any]]:
    """Return the condition, and its parameters, that an event ``alias`` of a statement may be read."""
    if seen.everything:
        return "true", {}
    published = f"{alias}.status IN ({', '.join(repr(status) for status in PUBLISHED)})"
    if not seen.districts:
        return published, {}
    own = sorted(map(str, seen.districts))
    return f"({published} OR {alias}.id IN ({touching('%(own_districts)s')}))", {"own_districts": own}
