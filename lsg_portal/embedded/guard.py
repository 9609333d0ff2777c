"""Run one command, and stop it when the launcher goes away, however it goes.

The launcher holds the other end of our standard input. The kernel closes it when the launcher ends, even by
SIGKILL, and that end of file is the order to stop; it works on every platform. Where Linux has it, the
command is also told to stop when this guard dies. A launcher and its guards killed together leave nothing.

Run by path with ``python -I -S``, so it imports the standard library alone. One argument, a JSON object:
``command``, ``stages`` ([[signal, seconds], …], tried in turn before SIGKILL), ``cwd``, ``stdin`` (a file),
``user`` and ``group`` (numbers), ``tidy`` (files and empty directories to remove at the end).
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

PR_SET_PDEATHSIG = 1


def die_with_parent(number: int) -> Callable[[], None]:
    """Return what a child calls before ``exec`` so that its parent's death sends it signal ``number``.

    The kernel forgets the wish when the child changes its account afterwards, so it comes after that change.
    """
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None
    parent = os.getpid()

    def prepare() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
            if os.getppid() != parent:  # it died before the wish was made
                os._exit(1)

    return prepare


def _wait(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Return whether ``child`` ended within ``seconds``."""
    end = time.monotonic() + seconds
    while child.poll() is None:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _stop(child: subprocess.Popen[bytes], stages: list[tuple[str, float]]) -> None:
    """Ask ``child`` to end, ever more firmly, then kill it."""
    for name, seconds in stages:
        if child.poll() is None:
            child.send_signal(getattr(signal, name))
        if _wait(child, seconds):
            return
    child.kill()
    child.wait()


def _watch(child: subprocess.Popen[bytes], wakeups: int) -> None:
    """Return when ``child`` has ended, or is to be stopped."""
    while child.poll() is None:
        ready, _, _ = select.select([0, wakeups], [], [])
        if 0 in ready and not os.read(0, 64):
            return
        if wakeups in ready and signal.SIGTERM in os.read(wakeups, 64):
            return


def _tidy(paths: list[str]) -> None:
    """Remove what a server that was killed leaves behind; a directory still in use stays."""
    for path in paths:
        with contextlib.suppress(OSError):
            if os.path.isdir(path):
                os.rmdir(path)
            else:
                os.unlink(path)


def main(argument: str) -> int:
    """Run the command of ``argument`` to its end and return its exit code, 128 + n after signal n."""
    spec: dict[str, Any] = json.loads(argument)
    stages = [(name, float(seconds)) for name, seconds in spec["stages"]]
    wakeups, wake = os.pipe()
    os.set_blocking(wake, False)
    # Handlers, not SIG_IGN: what is ignored would stay ignored in the command.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    account = {}
    if spec.get("user") is not None:
        account = {"user": spec["user"], "group": spec["group"], "extra_groups": []}
    with contextlib.ExitStack() as stack:
        feed = stack.enter_context(open(spec["stdin"], "rb")) if spec.get("stdin") else subprocess.DEVNULL
        child = subprocess.Popen(
            spec["command"],
            cwd=spec.get("cwd"),
            stdin=feed,
            start_new_session=True,
            preexec_fn=die_with_parent(getattr(signal, stages[0][0])),
            **account,
        )
    _watch(child, wakeups)
    _stop(child, stages)
    with contextlib.suppress(OSError):  # whatever the command itself started and left
        os.killpg(child.pid, signal.SIGKILL)
    _tidy(spec.get("tidy", []))
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
