"""Whose private records somebody may read, as a condition on rows; ``ayil_okmotu.rules`` says how far each user sees.

Bodies, posts, appointments, staff, budgets and trainings are public. Discipline, contacts, service records, the
reserve and career plans are read by the staff of the municipality and, in the ministry, by approvers, auditors and
administrators; for everybody else they do not exist.
"""

from __future__ import annotations

import uuid
from typing import Any

from registry.sight import Sight as Base


class Sight(Base):
    """How far somebody sees beyond what is public: everything private, that of some municipalities, or none."""

    app = "ayil_okmotu"
    beyond = "private"

    def of(self, unit_id: uuid.UUID | None) -> bool:
        """Whether the private records of a municipality's body are seen."""
        return self.everything or unit_id in self.units


PUBLIC = Sight()
EVERYTHING = Sight(everything=True)


def condition(seen: Sight, unit: str = "b.unit_id") -> tuple[str, dict[str, Any]]:
    """Return the condition, and its parameters, that a private record may be read; ``unit`` is its body's."""
    if seen.everything:
        return "true", {}
    if not seen.units:
        return "false", {}
    return f"{unit} = ANY (%(own_units)s::uuid[])", {"own_units": sorted(map(str, seen.units))}
