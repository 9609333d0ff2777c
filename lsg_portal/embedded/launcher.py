"""Run one command with both services around it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lsg_portal.embedded import Refused
from lsg_portal.embedded.guard import die_with_parent
from lsg_portal.embedded.home import Home
from lsg_portal.embedded.services import Services, forget_other_servers
from lsg_portal.embedded.signals import Signals, Stop

ROOT = Path(__file__).resolve().parents[2]
"""The project's directory."""

OWNERS_COMMANDS = {"migrate", "backup", "restore", "audit_erase"}
"""Commands that need more than the serving role may do."""

COMMAND_GRACE = 30.0
"""Seconds a command has to end after it was told to."""


def run(
    command: Sequence[str],
    *,
    var: Path,
    source: str | None = None,
    tcp: bool = False,
    with_parent: bool = False,
) -> int:
    """Run ``command`` between the start and the stop of the services; return its exit code (128 + signal).

    DATABASE_URL and REDIS_URL of the environment are used as they are, unless ``source`` or ``tcp`` ask for
    servers of our own.
    """
    own = source is not None or tcp
    services_of = {} if own else os.environ
    if not services_of.get("DATABASE_URL"):
        forget_other_servers()
    home = Home(var)
    with Signals(with_parent=with_parent) as signals:
        try:
            home.lock(f"`{' '.join(command)}`"[:200])
            with Services(
                home,
                database_url=services_of.get("DATABASE_URL", ""),
                redis_url=services_of.get("REDIS_URL", ""),
                source=source,
                tcp=tcp,
            ) as services:
                print(f"Services: {services}", file=sys.stderr, flush=True)
                environ = dict(os.environ)
                environ.setdefault("SECRET_KEY", home.secret("secret-key"))
                environ.setdefault("LSG_VAR", str(home.path))
                environ |= services.environ()
                signals.quiet()
                return _accompany(command, environ, signals)
        except Stop as stop:
            return 128 + stop.number
        finally:
            signals.quiet()
            home.unlock()


def _accompany(command: Sequence[str], environ: dict[str, str], signals: Signals) -> int:
    """Run ``command`` to its end, passing on what signals come, and leave nothing of it.

    At a terminal it stays in the foreground with us, and Ctrl-C reaches it without our help. Elsewhere
    it has a process group of its own, which is signalled, and finally killed, as a whole.
    """
    foreground = False
    with contextlib.suppress(OSError):
        foreground = os.tcgetpgrp(0) == os.getpgrp()
    try:
        child = subprocess.Popen(
            command,
            env=environ,
            process_group=None if foreground else 0,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
    except OSError as error:
        raise Refused(f"{command[0]}: {error.strerror}") from None

    def tell(number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, number) if foreground else os.killpg(child.pid, number)

    while True:
        signals.wait(lambda: child.poll() is not None)
        if child.poll() is not None:
            break
        number = signals.received.pop(0)
        if not (foreground and number == signal.SIGINT):
            tell(number)
        if number != signal.SIGINT:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(COMMAND_GRACE)
            tell(signal.SIGKILL)
    child.wait()
    if not foreground:
        tell(signal.SIGKILL)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def manage(arguments: Sequence[str], *, var: Path) -> int:
    """Become ``manage.py`` against the running demo; Refused when none runs."""
    home = Home(var)
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((home.path / "env.json").read_text())
        if home.is_locked():
            forget_other_servers()
            environ = os.environ | found
            owner_url = environ.pop("DATABASE_OWNER_URL", "")
            if OWNERS_COMMANDS.intersection(arguments[:1]):
                environ["DATABASE_URL"] = owner_url
            sys.stdout.flush()
            os.execve(sys.executable, [sys.executable, str(ROOT / "manage.py"), *arguments], environ)  # noqa: S606
    raise Refused("The demo is not running. Start it with `make demo` in another terminal, then try again.")
