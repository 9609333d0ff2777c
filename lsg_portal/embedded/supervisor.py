"""Starts again what ends by itself, as systemd does in production, and gives up where that does not help."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Iterable
from typing import Protocol

from lsg_portal.embedded import Refused

MOST = 5
"""Times that one process is started again within ``WITHIN`` seconds; once more, and all stops."""
WITHIN = 60.0
PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Seconds before the first, second, … start within ``WITHIN``."""


class Watched(Protocol):
    """What the supervisor knows of a process."""

    name: str

    @property
    def exit_code(self) -> int | None:
        """The exit code, None while it runs."""

    def start_again(self) -> None:
        """Start it where it was before, and return at once."""

    def answers(self) -> bool:
        """Whether it does its work."""

    def tail(self) -> str:
        """The end of its log."""


class _Ward:
    """One process, and what has happened to it."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched
        self.starts: deque[float] = deque()
        self.ended: float | None = None
        self.due = 0.0
        self.awaited = False

    def look(self, now: float) -> str:
        """Do what is to be done now; return what there is to say, raise Refused when it is hopeless."""
        if self.ended is None or self.awaited:
            if (code := self.watched.exit_code) is not None:
                return self._note_end(code, now)
            if self.awaited and self.watched.answers():
                self.awaited = False
                seconds, self.ended = now - (self.ended or now), None
                return f"{self.watched.name} answers again, {seconds:.1f} s after it ended."
            return ""
        if now >= self.due:
            self.starts.append(now)
            self.watched.start_again()
            self.awaited = True
        return ""

    def _note_end(self, code: int, now: float) -> str:
        while self.starts and self.starts[0] < now - WITHIN:
            self.starts.popleft()
        how = how_it_ended(code)
        if len(self.starts) >= MOST:
            raise Refused(
                f"{self.watched.name} ended {how}, although it was started again {MOST} times within "
                f"{WITHIN:.0f} s.{self.watched.tail()}"
            )
        self.ended = self.ended if self.awaited and self.ended is not None else now
        self.awaited = False
        self.due = now + PAUSES[len(self.starts)]
        return f"{self.watched.name} ended {how}; starting it again."


class Supervisor:
    """Keeps processes running."""

    def __init__(self, watched: Iterable[Watched]) -> None:
        """Watch these, all of which run."""
        self._wards = [_Ward(each) for each in watched]

    def look(self) -> None:
        """Start again what has ended, say so, and say when it answers; raise Refused when it is hopeless."""
        for ward in self._wards:
            if said := ward.look(time.monotonic()):
                with contextlib.suppress(OSError):  # the terminal may be gone
                    print(said, flush=True)


def how_it_ended(code: int) -> str:
    """Say what an exit code means: of a process, or of the guard that tells of its command."""
    if code < 0 or code > 128:
        return f"by signal {-code if code < 0 else code - 128}"
    return f"with exit code {code}"
