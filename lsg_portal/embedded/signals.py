"""How the launcher hears that it should stop."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any


class Stop(BaseException):
    """A signal asked us to stop while something was still starting."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Signals:
    """Notes SIGINT, SIGTERM and SIGHUP, and raises ``Stop`` for them until told to be quiet.

    Quiet is what waiting and stopping need: a signal must not interrupt the clearing up. A signal that was
    ignored when we started (``nohup``) stays ignored; SIGINT does not, since every shell ignores it for what
    it runs in the background.
    """

    def __init__(self, *, with_parent: bool = False) -> None:
        """With ``with_parent`` the end of the parent process counts as SIGTERM."""
        self.received: list[int] = []
        self._loud = True
        self._parent = os.getppid() if with_parent else None
        self._terminal = os.isatty(0) and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Signals:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.received.append(number)
        if self._loud:
            self._loud = False
            raise Stop(number)

    def quiet(self) -> None:
        """From now on only note what comes."""
        self._loud = False

    def wait(self, until: Callable[[], bool | None], *, every: float = 0.1) -> None:
        """Return when ``until()`` is true or a signal has come (also one that came before)."""
        while not self.received and not until():
            if self._parent is not None and os.getppid() != self._parent:
                self.received.append(signal.SIGTERM)
                return
            # A closed terminal sends SIGHUP to the first process in it alone, and `make` keeps that to itself.
            if self._terminal and not os.isatty(0):
                self.received.append(signal.SIGHUP)
                return
            time.sleep(every)
