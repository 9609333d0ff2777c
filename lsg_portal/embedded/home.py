"""The directory below ``var/`` that one set of services lives in, and the lock that makes it theirs."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import secrets
import shutil
import socket
import tempfile
import time
from pathlib import Path
from typing import Any

from lsg_portal.embedded import Refused
from lsg_portal.embedded.account import Account

SOCKET_LIMIT = 100
"""Bytes a socket's path may have; the kernel's own limit is 103 (macOS) to 107 (Linux)."""

PLAIN = re.compile(r"[A-Za-z0-9_./-]+")
"""Paths that need no quoting in an address, whoever reads it."""


class Home:
    """A directory of services: their data, logs, secrets and lock."""

    def __init__(self, path: Path) -> None:
        """Make the directory; Refused when it belongs to somebody else."""
        self.path = path.resolve()
        self.lock_fd: int | None = None
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refused(f"{self.path} cannot be made: {error.strerror}.") from None
        if not os.access(self.path, os.R_OK | os.W_OK | os.X_OK):
            raise Refused(
                f"{self.path} belongs to another user (it was probably made by root).\n"
                "Remove it as that user (`make clean`), or run the command as that user."
            )

    def lock(self, what: str) -> None:
        """Take the directory for this process; Refused while another launcher has it.

        When that launcher was killed its servers are still on their way down: wait for them.
        """
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        patience = time.monotonic() + 30
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                holder = self.holder()
                if (holder and _runs(holder["pid"])) or time.monotonic() > patience:
                    os.close(descriptor)
                    raise Refused(self._taken(holder)) from None
                time.sleep(0.1)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "what": what}).encode(), 0)
        self.lock_fd = descriptor

    def unlock(self) -> None:
        """Give the directory back."""
        if self.lock_fd is not None:
            os.ftruncate(self.lock_fd, 0)
            os.close(self.lock_fd)
            self.lock_fd = None

    def is_locked(self) -> bool:
        """Return whether a launcher has the directory at this moment."""
        try:
            descriptor = os.open(self.path / "lock", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def holder(self) -> dict[str, Any] | None:
        """Return who took the directory: ``pid`` and ``what``; None where nothing legible says so."""
        try:
            found = json.loads((self.path / "lock").read_text())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) and isinstance(found.get("pid"), int) else None

    def _taken(self, holder: dict[str, Any] | None) -> str:
        if holder is None:
            return f"{self.path} is in use by another process."
        return (
            f"{holder.get('what', 'Another command')} is already running on {self.path}, "
            f"as process {holder['pid']}.\n"
            "Stop it first (Ctrl-C in its terminal), or use its address."
        )

    def secret(self, name: str) -> str:
        """Return the secret kept in the file ``name`` (mode 0600), made at random the first time."""
        path = self.path / name
        if not path.exists():
            draft = path.with_name(name + ".new")
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
            draft.replace(path)
        return path.read_text().strip()

    def socket_directory(self, account: Account) -> Path:
        """Return a directory for sockets, with a subdirectory ``pg`` that is ``account``'s alone.

        Inside the home where the path is short, plain and open to ``account``; else a private directory
        below /tmp, whose name is kept in the home so that the next start can clear up after a crash.
        """
        record = self.path / "sockets-in"
        with contextlib.suppress(OSError):
            left = Path(record.read_text())
            if left.name.startswith("lsg-") and left.lstat().st_uid == os.geteuid():
                shutil.rmtree(left, ignore_errors=True)
        record.unlink(missing_ok=True)
        inside = self.path / "run"
        shutil.rmtree(inside, ignore_errors=True)
        if self._suits(inside, account):
            directory = inside
        else:
            shutil.rmtree(inside, ignore_errors=True)
            short = Path("/tmp")  # noqa: S108 (mkdtemp makes a private name there; TMPDIR may be long)
            short = short if os.access(short, os.W_OK) else Path(tempfile.gettempdir())
            directory = Path(tempfile.mkdtemp(prefix="lsg-", dir=short))
            record.write_text(str(directory))
        directory.chmod(0o711 if account.foreign else 0o700)
        (directory / "pg").mkdir()
        account.own(directory / "pg")
        return directory

    def renew_sockets(self, directory: Path, account: Account | None = None) -> None:
        """Make what the end of all its servers has removed of ``socket_directory``; Refused if it is not ours."""
        directory.mkdir(mode=0o700, exist_ok=True)
        if directory.is_symlink() or directory.stat().st_uid != os.geteuid():
            raise Refused(f"{directory} belongs to somebody else.")
        if account is not None:
            directory.chmod(0o711 if account.foreign else 0o700)
            (directory / "pg").mkdir(exist_ok=True)
            account.own(directory / "pg")

    def _suits(self, directory: Path, account: Account) -> bool:
        """Return whether sockets can live in ``directory``; some mounted file systems do not hold any."""
        longest = directory / "pg" / ".s.PGSQL.65535"
        if len(os.fsencode(longest)) >= SOCKET_LIMIT or not PLAIN.fullmatch(str(longest)):
            return False
        if not account.can_enter(self.path):
            return False
        try:
            directory.mkdir(mode=0o700)
            with socket.socket(socket.AF_UNIX) as probe:
                probe.bind(str(directory / "probe"))
            (directory / "probe").unlink()
        except OSError:
            return False
        return True


def _runs(pid: int) -> bool:
    """Return whether a process ``pid`` exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
