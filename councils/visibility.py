"""Which resolutions somebody may read, as a condition on rows; ``councils.rules`` says how far each user sees.

What is adopted is public. Drafts are read by the ministry, and by the staff of the council's municipality.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

DRAFT = "draft"


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
        return ("councils", "councils.drafts") if self else ("councils",)


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
