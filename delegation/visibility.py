"""Which transfers somebody may read, as a condition on rows; ``delegation.rules`` says how far each user sees.

What has been agreed is public. Drafts, and what was given up before it was agreed, are read by the ministry, by the
staff of the municipality and by the staff of its district.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

WITHHELD = ("draft", "cancelled")


@dataclass(frozen=True)
class Sight:
    """How far somebody sees beyond what is public: all drafts, those of some municipalities, or none."""

    everything: bool = False
    units: frozenset[uuid.UUID] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or bool(self.units)

    @property
    def key(self) -> str:
        """What names it in an ETag; empty for who sees only what is public."""
        return "drafts" if self.everything else ",".join(sorted(map(str, self.units)))

    @property
    def versions(self) -> tuple[str, ...]:
        """The data that decide what is seen."""
        return ("delegation", "delegation.drafts") if self else ("delegation",)


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
