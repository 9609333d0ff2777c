"""A PostgreSQL server of our own: made, started, judged and stopped."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2

from lsg_portal.embedded import Refused, letters
from lsg_portal.embedded.account import Account, haven, server_account
from lsg_portal.embedded.binaries import Installation, find_postgres, reachable
from lsg_portal.embedded.home import Home, free_port
from lsg_portal.embedded.service import Service

OWNER = "lsg"
"""The role that owns the portal's database, and the database's name: no superuser, as anywhere else."""
APP = "lsg_app"
"""The role that serves: it reads and writes records, and can neither define, empty nor erase them."""
SUPERUSER = "postgres"
STAGES = (("SIGINT", 20.0), ("SIGQUIT", 5.0))
"""Fast shutdown, then immediate shutdown, then kill."""
CLEAN_ENVIRON = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
"""What the server's programs see: none of the caller's PG* variables or languages."""

SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "64MB",
    "max_locks_per_transaction": "128",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_line_prefix": "%m [%p] %u@%d ",
    "password_encryption": "scram-sha-256",
    "unix_socket_permissions": "0700",
}


class Postgres:
    """A server whose cluster, log and password live in ``home``."""

    name = "PostgreSQL"
    locales: tuple[tuple[str, ...], ...] = (("--locale=C.UTF-8",), ("--locale=en_US.UTF-8",))
    """The system locale to make a cluster with, in turn: some systems have no C.UTF-8."""
    provider: tuple[str, ...] = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    """Where the version has it, PostgreSQL's own C.UTF-8 decides, the same on every system."""

    def __init__(
        self,
        home: Home,
        *,
        source: str | None = None,
        tcp: bool = False,
        sockets: Path | None = None,
    ) -> None:
        """Describe the server; ``source`` is where its programs must come from (``wheel``, ``system``).

        Without ``tcp`` it listens on a socket in ``sockets`` alone (see ``Home.socket_directory``).
        """
        self.home = home
        self.port = 5432
        self._tcp = tcp
        self.sockets = sockets
        self._source = source
        self._service: Service | None = None
        self.data = home.path / "postgres"
        self.account: Account = server_account(self.data)
        self.installation: Installation | None = None

    @property
    def host(self) -> str:
        """The address to connect to: 127.0.0.1, or the directory of the socket."""
        return "127.0.0.1" if self.sockets is None else str(self.sockets / "pg")

    @property
    def owner_url(self) -> str:
        """The address for those who migrate, in the form of DATABASE_URL."""
        return self._url(OWNER, self.home.secret("postgres.password"))

    @property
    def app_url(self) -> str:
        """The address for those who serve, in the form of DATABASE_URL."""
        return self._url(APP, self.home.secret("postgres-app.password"))

    def _url(self, role: str, password: str) -> str:
        """Return an address as the settings read it: a socket's directory stands before the database's name."""
        password = quote(password, safe="")
        if self._tcp:
            return f"postgres://{role}:{password}@{self.host}:{self.port}/{OWNER}"
        return f"postgres://{role}:{password}@:{self.port}/{quote(self.host, safe='')}/{OWNER}"

    def start(self, *, patience: float = 120) -> None:
        """Start the server, making the cluster the first time; return when it answers and knows Cyrillic.

        Raises Refused when it cannot serve; what was started is then stopped again.
        """
        self.installation = reachable(find_postgres(self._source), self.account)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(self.installation)
        self.data = self.data.resolve()
        self._check_version(self.installation)
        self._clear_stale()
        if self._tcp:
            self.sockets = None
            self.port = free_port()
            where = {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": ""}
        else:
            self.sockets = self.sockets or self.home.socket_directory(self.account)
            where = {"listen_addresses": "", "port": str(self.port), "unix_socket_directories": self.host}
        settings = SETTINGS | where
        if self.installation.major >= 16:
            settings["createrole_self_grant"] = "set, inherit"  # the owner may act as the roles it makes
        self._service = Service(
            self.name,
            [
                self.installation.path,
                "-D",
                self.data,
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            log=self.home.path / "postgres.log",
            environ=CLEAN_ENVIRON,
            cwd=Path("/"),
            account=self.account,
            stages=STAGES,
            tidy=[] if self.sockets is None else self._leavings(self.sockets),
            hold=self.home.lock_fd,
        )
        try:
            self._service.start()
            self._wait_until_ready(patience)
            self._provide_database()
            self._judge()
        except BaseException:
            self.stop()
            raise

    @property
    def exit_code(self) -> int | None:
        """The exit code of the server, None while it runs."""
        return self._service.exit_code if self._service else None

    def start_again(self) -> None:
        """Start the server anew on its data, under the address it had; return before it has replayed its log."""
        if self._service is None:
            return
        _end_orphans(self.data)
        self._clear_stale()
        if self.sockets is not None:
            self.home.renew_sockets(self.sockets, self.account)
            for path in self._leavings(self.sockets)[:2]:
                path.unlink(missing_ok=True)
        self._service.start_again()

    def answers(self) -> bool:
        """Return whether the server takes connections."""
        try:
            with self.connected(SUPERUSER):
                return True
        except psycopg2.OperationalError:
            return False

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

    @contextlib.contextmanager
    def connected(self, database: str = OWNER, user: str = SUPERUSER) -> Iterator[Any]:
        """Give a cursor in ``database``, every statement its own transaction."""
        connection = psycopg2.connect(
            host=self.host,
            port=self.port,
            user=user,
            password=self.home.secret("postgres.password"),
            dbname=database,
            connect_timeout=5,
        )
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def _make_cluster(self, installation: Installation) -> None:
        """Run initdb in a draft directory that takes its name when it is whole, so that none is ever half."""
        if self.data.is_symlink():
            self.data.unlink()
        place = self.data
        if not self.account.can_enter(self.home.path):
            clusters = haven(self.account) / "clusters"
            clusters.mkdir(mode=0o711, exist_ok=True)
            clusters.chmod(0o711)
            outside = Path(tempfile.mkdtemp(prefix="cluster-", dir=clusters))
            outside.chmod(0o711)
            place = outside / "postgres"
            print(f"{self.account.name} cannot enter {self.home.path}: the database's files go to {place}")
        draft = place.with_name("postgres.new")
        errors = []
        for locale in self.locales:
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            self.account.own(draft)
            result = self._initdb(installation, draft, locale)
            if result.returncode == 0:
                draft.rename(place)
                if place != self.data:
                    self.data.symlink_to(place)
                return
            errors.append(result.stderr.strip() or result.stdout.strip())
        shutil.rmtree(draft, ignore_errors=True)
        raise Refused("initdb failed:\n" + "\n".join(errors))

    def _initdb(
        self, installation: Installation, draft: Path, locale: tuple[str, ...]
    ) -> subprocess.CompletedProcess[str]:
        """Make a cluster with data checksums, UTF-8 and, where the version has it, the built-in C.UTF-8."""
        provider = self.provider if installation.major >= 17 else ()
        # initdb reads the password from a file as its own account; this one lives for that moment only.
        with tempfile.NamedTemporaryFile("w", prefix="initdb-", dir=draft.parent) as password:
            password.write(self.home.secret("postgres.password"))
            password.flush()
            if self.account.foreign:
                os.chown(password.name, self.account.uid, self.account.gid)
            return subprocess.run(
                [
                    str(installation.programs / "initdb"),
                    *("-D", str(draft), "-k", "-E", "UTF8", *locale, *provider),
                    *("-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password.name}"),
                ],
                capture_output=True,
                text=True,
                env=CLEAN_ENVIRON,
                cwd="/",
                start_new_session=True,
                **self.account.spawning(),
            )

    def _check_version(self, installation: Installation) -> None:
        made_by = int((self.data / "PG_VERSION").read_text().strip())
        if made_by != installation.major:
            raise Refused(
                f"The data in {self.data} is PostgreSQL {made_by}'s, and this is {installation}.\n"
                f"Dump it with PostgreSQL {made_by} if you need it; `make clean` removes it."
            )

    def _clear_stale(self) -> None:
        """Remove the pid file of a server that was killed, after stopping it should it still run.

        PostgreSQL does so itself unless the number meanwhile belongs to another process of its account,
        which in a container, where numbers start anew, it often does. We hold the lock and can look closer.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            pid_file.unlink(missing_ok=True)
            return
        if _serves(pid, self.data):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            end = time.monotonic() + 20
            while _serves(pid, self.data):
                if time.monotonic() > end:
                    raise Refused(f"PostgreSQL (process {pid}) still uses {self.data}; stop it first.")
                time.sleep(0.1)
        pid_file.unlink(missing_ok=True)

    def _leavings(self, sockets: Path) -> list[Path]:
        name = f".s.PGSQL.{self.port}"
        pg = sockets / "pg"
        return [pg / name, pg / (name + ".lock"), pg, sockets]

    def _wait_until_ready(self, patience: float) -> None:
        """Return when the server takes connections; after a crash it replays its log first."""
        end = time.monotonic() + patience
        while True:
            self.check()
            try:
                with self.connected(SUPERUSER):
                    return
            except psycopg2.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise Refused(
                        f"The password in {self.home.path}/postgres.password is not this cluster's. "
                        "`make clean` removes the data; restore the file if you need it."
                    ) from None
                if time.monotonic() > end:
                    said = f"{error}{self.tail()}"
                    raise Refused(f"PostgreSQL did not answer within {patience:.0f} s: {said}") from None
            time.sleep(0.05)

    def _provide_database(self) -> None:
        """Make both roles and the database where they are missing; the owner may act as the serving role."""
        password = self.home.secret("postgres.password")
        with self.connected(SUPERUSER) as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE PASSWORD %s", [password])
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE ROLE {APP}")
            app_password = self.home.secret("postgres-app.password")
            cursor.execute(f"ALTER ROLE {APP} LOGIN PASSWORD %s", [app_password])
            cursor.execute(f"GRANT {APP} TO {OWNER}")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [OWNER])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {OWNER} OWNER {OWNER}")

    def _judge(self) -> None:
        """Raise Refused unless the database, trigrams included, knows Cyrillic."""
        with self.connected() as cursor:
            cursor.execute("BEGIN")
            try:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                wrong = letters.faults(cursor)
            except psycopg2.errors.FeatureNotSupported:
                wrong = ["it has no pg_trgm (Debian: `apt-get install -y postgresql-contrib`)"]
            finally:
                cursor.execute("ROLLBACK")
        if wrong:
            raise Refused(f"{letters.refusal(wrong)}\nIt is in {self.data}; `make clean` removes it.")


def _end_orphans(data: Path, *, patience: float = 10) -> None:
    """End the processes a killed server has left: while one is attached to its memory, no other server starts.

    They notice by themselves only once their statement is done.
    """
    if not sys.platform.startswith("linux"):
        return
    number, end = signal.SIGQUIT, time.monotonic() + patience
    while left := [
        int(each) for each in os.listdir("/proc") if each.isdecimal() and _serves(int(each), data)
    ]:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if time.monotonic() > end:
            number = signal.SIGKILL
        time.sleep(0.05)


def _serves(pid: int, data: Path) -> bool:
    """Return whether process ``pid`` is a PostgreSQL server on ``data``."""
    if sys.platform.startswith("linux"):
        try:
            return Path(os.readlink(f"/proc/{pid}/cwd")) == data and b"postgres" in _command_line(pid)
        except OSError:
            return False
    listed = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True).stdout
    return "postgres" in listed and str(data) in listed


def _command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
