"""Which transfers somebody may read, as a condition on rows; ``delegation.rules`` says how far each user sees.

What has been agreed is public. Drafts, and what was given up before it was agreed, are read by the ministry, by the
staff of the municipality and by the staff of its district.
"""

from __future__ import annotations

from typing import Any

from registry.sight import Sight as Base

WITHHELD = ("draft", "cancelled")


class Sight(Base):
    """How far somebody sees beyond what is public: all drafts, those of some municipalities, or none."""

    app = "delegation"
    beyond = "drafts"


PUBLIC = Sight()
EVERYTHING = Sight(everything=True)


def condition(seen: Sight, alias: str = "t") -> tuple[str, dict[str, Any]]:
    """Return the condition, and its parameters, that a transfer ``alias`` may be read."""
    if seen.everything:
        return "true", {}
    public = f"{alias}.status NOT IN ('draft', 'cancelled')"
    if not seen.units:
        return public, {}
    own = f"{alias}.unit_id = ANY (%(own_units)s::uuid[])"
    return f"({public} OR {own})", {"own_units": sorted(map(str, seen.units))}
