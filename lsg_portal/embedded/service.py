"""One server or worker under its guard, as the launcher sees it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from lsg_portal.embedded import Refused, guard
from lsg_portal.embedded.account import Account

TERM = (("SIGTERM", 10.0),)
"""Ask once, wait ten seconds, kill."""


class Service:
    """A command that runs until it is stopped, and that ends with this process anyhow (see ``guard``)."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path | None = None,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: Path | None = None,
        account: Account | None = None,
        stages: Iterable[tuple[str, float]] = TERM,
        tidy: Iterable[Path] = (),
        hold: int | None = None,
        probe: Callable[[], bool] | None = None,
    ) -> None:
        """Describe the command; without ``log`` it writes to our own terminal.

        ``probe`` tells whether it does its work; without one, running is enough.

        ``hold`` is the descriptor of the directory's lock: the guard keeps it, so that the directory counts
        as taken until the last server in it has ended.
        """
        self.name = name
        self.log = log
        self._environ = dict(os.environ if environ is None else environ)
        self._hold = () if hold is None else (hold,)
        self._stages = list(stages)
        self._spec = {
            "command": [str(each) for each in command],
            "stages": self._stages,
            "cwd": None if cwd is None else str(cwd),
            "stdin": None if stdin is None else str(stdin),
            "tidy": [str(each) for each in tidy],
        }
        if account is not None and account.foreign:
            self._spec |= {"user": account.uid, "group": account.gid}
        self._probe = probe
        self._guard: subprocess.Popen[bytes] | None = None

    def start(self, *, new_log: bool = True) -> None:
        """Start the command; its log starts anew, and the log of the run before is kept beside it."""
        with contextlib.ExitStack() as stack:
            output = None
            if self.log is not None:
                if new_log and self.log.exists():
                    self.log.replace(self.log.with_name(self.log.name + ".1"))
                output = stack.enter_context(self.log.open("ab"))
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", str(Path(guard.__file__).resolve()), json.dumps(self._spec)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=self._environ,
                start_new_session=True,
                pass_fds=self._hold,
            )

    def start_again(self) -> None:
        """Start the command anew after it has ended; its log goes on."""
        self.start(new_log=False)

    def answers(self) -> bool:
        """Return whether it runs and, where a probe was given, does its work."""
        return self.exit_code is None and (self._probe is None or self._probe())

    @property
    def exit_code(self) -> int | None:
        """The exit code of the command, None while it runs."""
        if self._guard is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._guard.poll()

    def check(self) -> None:
        """Raise Refused with the end of the log if the command has ended by itself."""
        if self.exit_code is not None:
            raise Refused(f"{self.name} ended by itself (exit code {self.exit_code}).{self.tail()}")

    def tail(self, lines: int = 15) -> str:
        """Return the last ``lines`` of the log, indented, with the log's name; empty without a log."""
        if self.log is None or not self.log.exists():
            return ""
        last = self.log.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join(["", f"The end of {self.log}:", *(f"  {line}" for line in last)])

    def stop(self) -> None:
        """Stop the command and wait until it has gone; without effect when it is not running."""
        if self._guard is None:
            return
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        try:
            self._guard.wait(sum(seconds for _, seconds in self._stages) + 5)
        except subprocess.TimeoutExpired:
            self._guard.kill()
            self._guard.wait()
