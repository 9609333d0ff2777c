"""How far somebody sees beyond what is public; each app says in its ``visibility`` what lies beyond."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Sight:
    """Everything beyond what is public, that of some municipalities, or nothing.

    ``app`` names the published data, ``beyond`` what else there is: ``app.beyond`` is its data version.
    """

    app: ClassVar[str]
    beyond: ClassVar[str]
    everything: bool = False
    units: frozenset[uuid.UUID] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or bool(self.units)

    @property
    def key(self) -> str:
        """What names it in an ETag; empty for who sees only what is public."""
        return self.beyond if self.everything else ",".join(sorted(map(str, self.units)))

    @property
    def versions(self) -> tuple[str, ...]:
        """The data that decide what is seen."""
        return (self.app, f"{self.app}.{self.beyond}") if self else (self.app,)
