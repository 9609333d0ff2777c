"""The database of a backup: dumped, loaded and compared with PostgreSQL's own programs and the owner's login."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import environ
import psycopg2
from django.conf import settings
from django.db import connection as of_portal

SAY_EVERY = 10.0
"""Seconds between two lines on long work."""

SESSION = {
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "iso_8601",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
"""How rows become text, the same in every session; and no limits of time."""

OBJECTS = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
# A sum over the rows' hashes: the same whatever order they lie in, and no memory for however many.
FINGERPRINT = """
SELECT count(*), coalesce(sum(hashtextextended(r::text, 0)::numeric), 0)::text FROM public.{} r
"""


class Unable(Exception):
    """It cannot be done here; the message says what is missing."""


class Database:
    """The portal's database, logged into as its owner."""

    def __init__(self) -> None:
        """Take the address from DATABASE_OWNER_URL, else the portal's own (DATABASE_URL)."""
        known = dict(of_portal.settings_dict)
        if settings.DATABASE_OWNER_URL:
            owner = environ.Env.db_url_config(settings.DATABASE_OWNER_URL)
            known |= {name: owner[name] for name in ("HOST", "PORT", "USER", "PASSWORD")}
        self.name = str(known["NAME"])
        named = {
            "host": known["HOST"],
            "port": known["PORT"],
            "user": known["USER"],
            "password": known["PASSWORD"],
        }
        self._login = {key: str(value) for key, value in named.items() if value}

    @contextlib.contextmanager
    def connected(self, *, snapshot: bool = False) -> Iterator[Any]:
        """Give a cursor; with ``snapshot`` it sees one moment of the database and changes nothing."""
        try:
            connection = psycopg2.connect(dbname=self.name, connect_timeout=10, **self._login)
        except psycopg2.OperationalError as error:
            raise Unable(f"The database does not answer: {str(error).strip()}") from None
        try:
            if snapshot:
                connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
            with connection, connection.cursor() as cursor:
                for name, value in SESSION.items():
                    cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
                yield cursor
        finally:
            connection.close()

    def program(self, name: str, major: int) -> str:
        """Return PostgreSQL's program for a server of this major version; raise Unable where there is none."""
        debian = f"/usr/lib/postgresql/{major}/bin"
        places = [settings.LSG_PG_BIN, *os.environ.get("PATH", "").split(os.pathsep), debian]
        seen = []
        for place in dict.fromkeys(each for each in places if each):
            if path := shutil.which(name, path=place):
                said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
                if match := re.search(r"\) (\d+)", said):
                    if int(match[1]) == major:
                        return path
                    seen.append(f"{path} is of {match[1]}")
        raise Unable(
            f"{name} of PostgreSQL {major}, the server's version, is needed"
            + (f" ({'; '.join(seen)})" if seen else "")
            + f". Install it (Debian: `apt-get install -y postgresql-client-{major}`), "
            "or name the directory of PostgreSQL's programs in LSG_PG_BIN."
        )

    def dump(self, path: Path, *, snapshot: str, major: int, say: Callable[[str], None]) -> None:
        """Write everything to a file, as it stands in ``snapshot``."""
        command = [
            self.program("pg_dump", major),
            "--format=custom",
            f"--snapshot={snapshot}",
            f"--file={path}",
        ]
        self._run(
            [*command, "--lock-wait-timeout=60s"], lambda: say(f"{path.stat().st_size / 1e6:.0f} MB written")
        )

    def load(self, path: Path, *, major: int, say: Callable[[str], None]) -> None:
        """Read a dump into the empty database: all of it, or nothing."""
        flags = ["--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={self.name}"]
        began = time.monotonic()
        self._run(
            [self.program("pg_restore", major), *flags, str(path)],
            lambda: say(f"{time.monotonic() - began:.0f} s"),
        )

    def _run(self, command: Sequence[str], report: Callable[[], None]) -> None:
        """Run a program of PostgreSQL's; the password goes by the environment, which is private to the process."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        login = {f"PG{key.upper()}": value for key, value in self._login.items()}
        environment = kept | login | {"PGDATABASE": self.name, "PGCONNECT_TIMEOUT": "10"}
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            said = time.monotonic()
            while True:
                try:
                    _out, errors = process.communicate(timeout=0.2)
                    break
                except subprocess.TimeoutExpired:
                    if time.monotonic() > said + SAY_EVERY:
                        said = time.monotonic()
                        report()
                except BaseException:
                    process.kill()
                    raise
        if process.returncode:
            raise Unable(f"{Path(command[0]).name} failed:\n{errors.strip()}")


def major_of(cursor: Any) -> int:
    """Return the server's major version."""
    return int(cursor.connection.server_version // 10000)


def is_empty(cursor: Any) -> bool:
    """Tell whether the database holds nothing yet, extensions apart."""
    cursor.execute(OBJECTS)
    return int(cursor.fetchone()[0]) == 0


def migrations(cursor: Any) -> list[str]:
    """Return what has been migrated."""
    cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY app, name")
    return [name for (name,) in cursor.fetchall()]


def journal_head(cursor: Any) -> dict[str, Any]:
    """Return the end of the journal's chain."""
    cursor.execute("SELECT seq, encode(hash, 'hex') FROM audit_head")
    seq, value = cursor.fetchone()
    return {"seq": seq, "hash": value}


def fingerprints(cursor: Any, say: Callable[[str], None]) -> dict[str, dict[str, Any]]:
    """Return how many rows every table has, and a number that their contents make."""
    cursor.execute(TABLES)
    found = {}
    said = time.monotonic()
    for (table,) in cursor.fetchall():
        if time.monotonic() > said + SAY_EVERY:
            said = time.monotonic()
            say(f"reading {table}")
        cursor.execute(FINGERPRINT.format(quoted(table)))
        rows, fingerprint = cursor.fetchone()
        found[table] = {"rows": rows, "fingerprint": fingerprint}
    return found


def quoted(name: str) -> str:
    """Return a name of the database as it stands in SQL."""
    return '"' + name.replace('"', '""') + '"'
