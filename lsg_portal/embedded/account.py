"""Whom the servers run as, and which directories that account can enter.

PostgreSQL refuses to run as root. When root starts the portal (a container, a CI job) its servers run as
``nobody``, who may be unable to enter root's home, where the checkout or the virtual environment may lie.
What such an account needs is then put into a *haven*: a directory that root owns and everybody can enter.
"""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsg_portal.embedded import Refused

HAVENS = (Path("/var/lib/lsg-portal"), Path("/var/tmp/lsg-portal-root"))  # noqa: S108 (checked for its owner)
"""Where a haven may be; only root ever makes one."""


@dataclass(frozen=True)
class Account:
    """An account of the operating system that a server runs as."""

    name: str
    uid: int
    gid: int
    foreign: bool
    """Whether it is another account than the one that runs this process."""

    def spawning(self) -> dict[str, Any]:
        """Return the arguments that make ``subprocess`` run a command as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.foreign else {}

    def own(self, path: Path) -> None:
        """Give ``path`` to this account, closed to all others (root apart)."""
        if self.foreign:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700)

    def has(self, path: Path, bits: int) -> bool:
        """Return whether the mode of ``path`` grants ``bits`` (r=4, w=2, x=1) to this account."""
        info = path.stat()
        shift = 6 if info.st_uid == self.uid else 3 if info.st_gid == self.gid else 0
        return (info.st_mode >> shift) & bits == bits

    def can_enter(self, directory: Path) -> bool:
        """Return whether the account may pass every directory down to ``directory``, itself included."""
        if not self.foreign:
            return True
        try:
            real = directory.resolve(strict=True)
            return all(self.has(each, 1) for each in (real, *real.parents))
        except OSError:
            return False


def own_account() -> Account:
    """Return the account that runs this process."""
    uid = os.geteuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:  # a container may run under a number without a name
        name = str(uid)
    return Account(name, uid, os.getegid(), foreign=False)


def server_account(data: Path | None = None) -> Account:
    """Return whom PostgreSQL runs as: ourselves, or for root the owner of ``data``, else ``nobody``."""
    if os.geteuid() != 0:
        return own_account()
    if data is not None and data.is_dir() and (owner := data.stat()).st_uid != 0:
        return Account(str(owner.st_uid), owner.st_uid, owner.st_gid, foreign=True)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Refused(
            "PostgreSQL does not run as root, and this system has no account `nobody`.\n"
            "Run the command as an ordinary user."
        ) from None
    return Account("nobody", nobody.pw_uid, nobody.pw_gid, foreign=True)


def haven(account: Account) -> Path:
    """Return a directory of root's that ``account`` can enter and execute from; Refused if there is none.

    A directory that is not root's, or that others may write to, is passed over: whoever can change what
    lies there could have root's server run a program of theirs.
    """
    for path in HAVENS:
        try:
            path.mkdir(mode=0o755, parents=True, exist_ok=True)
            info = path.lstat()
            if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.geteuid():
                continue
            path.chmod(0o755)
            if account.can_enter(path) and not os.statvfs(path).f_flag & getattr(os, "ST_NOEXEC", 0):
                return path
        except OSError:
            continue
    places = " or ".join(str(each) for each in HAVENS)
    raise Refused(
        f"The account `{account.name}` cannot enter this directory, and no place for it can be made in "
        f"{places}.\n"
        "Run the command as an ordinary user, or from a directory that everybody can enter."
    )
