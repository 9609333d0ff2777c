"""Which reports somebody may read, as a condition on rows; ``kpi.rules`` says how far each user sees.

Published reports of offices are public, and stay so when a later revision supersedes them. Those not yet published
are read by the ministry, by the staff of the municipality and by the staff of its district. Employees' reports and
scores are read by the person, by the head of the body and, in the ministry, by approvers, auditors and administrators;
for everybody else they do not exist.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from registry.sight import Sight as Base


@dataclass(frozen=True)
class Sight(Base):
    """How far somebody sees beyond what is public: unpublished reports, and employees' ones."""

    app = "kpi"
    beyond = "drafts"
    private: bool = False
    """Reads every employee's results."""
    person: uuid.UUID | None = None
    """Reads the own results."""
    led: frozenset[uuid.UUID] = frozenset()
    """Municipalities whose executive body the user heads."""

    def __bool__(self) -> bool:
        return super().__bool__() or self.private or self.person is not None

    @property
    def key(self) -> str:
        """What names it in an ETag; empty for who sees only what is public."""
        if not self:
            return ""
        own = ",".join(sorted(map(str, self.led)))
        return f"{super().key}|{'private' if self.private else ''}|{self.person or ''}|{own}"


PUBLIC = Sight()
EVERYTHING = Sight(everything=True, private=True)


def condition(seen: Sight, alias: str = "r") -> tuple[str, dict[str, Any]]:
    """Return the condition, and its parameters, that a report ``alias`` may be read."""
    heads, args = offices(seen, alias)
    employees, more = private(seen, alias)
    if employees == "false":
        return f"({alias}.appointment_id IS NULL AND {heads})", args
    return (
        f"(({alias}.appointment_id IS NULL AND {heads}) OR ({alias}.appointment_id IS NOT NULL AND {employees}))",
        {**args, **more},
    )


def offices(seen: Sight, alias: str = "r") -> tuple[str, dict[str, Any]]:
    """Return the condition that the report of an office may be read."""
    if seen.everything:
        return "true", {}
    public = f"{alias}.published_at IS NOT NULL"
    if not seen.units:
        return public, {}
    own = f"{alias}.unit_id = ANY (%(own_units)s::uuid[])"
    return f"({public} OR {own})", {"own_units": sorted(map(str, seen.units))}


def private(seen: Sight, alias: str = "r") -> tuple[str, dict[str, Any]]:
    """Return the condition that an employee's report, or score, may be read."""
    if seen.private:
        return "true", {}
    ways: list[str] = []
    args: dict[str, Any] = {}
    if seen.person is not None:
        ways.append(
            f"EXISTS (SELECT FROM ayil_okmotu_appointment mine WHERE mine.id = {alias}.appointment_id"
            " AND mine.person_id = %(own_person)s::uuid)"
        )
        args["own_person"] = str(seen.person)
    if seen.led:
        ways.append(f"{alias}.unit_id = ANY (%(led_units)s::uuid[])")
        args["led_units"] = sorted(map(str, seen.led))
    return (f"({' OR '.join(ways)})", args) if ways else ("false", {})
