"""A Valkey (or Redis) server of our own: broker and cache, kept in memory alone.

Nothing in it has to outlive a stop: work that must happen is a row of the database first.
"""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from urllib.parse import quote

from lsg_portal.embedded import Refused
from lsg_portal.embedded.account import own_account
from lsg_portal.embedded.binaries import Installation, find_redis
from lsg_portal.embedded.home import Home, free_port
from lsg_portal.embedded.service import Service

SETTINGS = {
    "save": '""',
    "appendonly": "no",
    "daemonize": "no",
    "databases": "16",
    "maxmemory": "256mb",
    "maxmemory-policy": "volatile-lru",  # cached answers carry an expiry and may go; queued messages do not
    "unixsocketperm": "700",
}


class Valkey:
    """A server whose log and configuration live in ``home``."""

    name = "Valkey"

    def __init__(
        self, home: Home, *, source: str | None = None, tcp: bool = False, sockets: Path | None = None
    ) -> None:
        """Describe the server; the arguments mean what they mean to ``Postgres``."""
        self.home = home
        self._tcp = tcp
        self.sockets = sockets
        self._source = source
        self._port = 0
        self._service: Service | None = None
        self.installation: Installation | None = None

    @property
    def socket(self) -> Path:
        """The path of its socket."""
        if self.sockets is None:
            raise RuntimeError("the server has no socket")
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """REDIS_URL as the settings read it."""
        if self._tcp:
            return f"redis://:{quote(self._password, safe='')}@127.0.0.1:{self._port}/0"
        return f"unix://{self.socket}?db=0"

    @property
    def _password(self) -> str:
        return self.home.secret("valkey.password")

    def start(self, *, patience: float = 30) -> None:
        """Start the server and return when it answers; raises Refused when it cannot."""
        self.installation = find_redis(self._source)
        directory = self.home.path / "valkey"
        directory.mkdir(exist_ok=True)
        settings = SETTINGS | {"dir": f'"{_quoted(directory)}"'}
        if self._tcp:
            self._port = free_port()
            settings |= {"bind": "127.0.0.1", "port": str(self._port), "requirepass": self._password}
        else:
            self.sockets = self.sockets or self.home.socket_directory(own_account())
            settings |= {"port": "0", "unixsocket": f'"{_quoted(self.socket)}"'}
        config = self.home.path / "valkey.conf"
        config.unlink(missing_ok=True)
        with os.fdopen(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(f"{name} {value}\n" for name, value in settings.items())
        self._service = Service(
            self.name,
            [self.installation.path, "-"],
            stdin=config,
            log=self.home.path / "valkey.log",
            tidy=[] if self._tcp else [self.socket, self.socket.parent],
            hold=self.home.lock_fd,
        )
        try:
            self._service.start()
            end = time.monotonic() + patience
            while not self.answers():
                self._service.check()
                if time.monotonic() > end:
                    raise Refused(f"Valkey did not answer within {patience:.0f} s.{self._service.tail()}")
                time.sleep(0.02)
        except BaseException:
            self.stop()
            raise

    @property
    def exit_code(self) -> int | None:
        """The exit code of the server, None while it runs."""
        return self._service.exit_code if self._service else None

    def start_again(self) -> None:
        """Start the server anew, empty, under the address it had; return at once."""
        if self._service is not None:
            if self.sockets is not None:
                self.home.renew_sockets(self.sockets)
                self.socket.unlink(missing_ok=True)
            self._service.start_again()

    def tail(self) -> str:
        """Return the end of the server's log."""
        return self._service.tail() if self._service else ""

    def stop(self) -> None:
        """Stop the server and wait for it; without effect when it does not run."""
        if self._service is not None:
            self._service.stop()
            self._service = None

    def check(self) -> None:
        """Raise Refused if the server has ended by itself."""
        if self._service is not None:
            self._service.check()

    def answers(self) -> bool:
        """Return whether the server takes commands."""
        family, address = (
            (socket.AF_INET, ("127.0.0.1", self._port)) if self._tcp else (socket.AF_UNIX, str(self.socket))
        )
        with socket.socket(family) as client:
            client.settimeout(2)
            try:
                client.connect(address)
                client.sendall(f"AUTH {self._password}\r\nPING\r\n".encode() if self._tcp else b"PING\r\n")
                return client.recv(64).startswith(b"+")
            except OSError:
                return False


def _quoted(path: Path) -> str:
    """Return ``path`` as it stands between double quotes of the configuration."""
    return str(path).replace("\\", "\\\\").replace('"', '\\"')
