"""Which resolutions somebody may read, as a condition on rows; ``councils.rules`` says how far each user sees.

What is adopted is public. Drafts are read by the ministry, and by the staff of the council's municipality.
"""

from __future__ import annotations

from typing import Any

from registry.sight import Sight as Base

DRAFT = "draft"


class Sight(Base):
    """How far somebody sees beyond what is public: all drafts, those of some municipalities, or none."""

    app = "councils"
    beyond = "drafts"


PUBLIC = Sight()
EVERYTHING = Sight(everything=True)


def condition(seen: Sight, alias: str = "r", unit: str = "c.unit_id") -> tuple[str, dict[str, Any]]:
    """Return the condition, and its parameters, that a resolution ``alias`` may be read; ``unit`` is its council's."""
    if seen.everything:
        return "true", {}
    public = f"{alias}.status <> '{DRAFT}'"
    if not seen.units:
        return public, {}
    return f"({public} OR {unit} = ANY (%(own_units)s::uuid[]))", {"own_units": sorted(map(str, seen.units))}
