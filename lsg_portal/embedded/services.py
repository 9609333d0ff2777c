"""Both services together, or the outside ones that the environment names."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from types import TracebackType

import environ
import psycopg2

from lsg_portal.embedded import Refused, letters
from lsg_portal.embedded.account import own_account
from lsg_portal.embedded.home import Home
from lsg_portal.embedded.postgres import Postgres
from lsg_portal.embedded.valkey import Valkey


class Services:
    """PostgreSQL and Valkey in one home, from ``with`` to its end."""

    def __init__(
        self,
        home: Home,
        *,
        database_url: str = "",
        redis_url: str = "",
        source: str | None = None,
        tcp: bool = False,
    ) -> None:
        """Describe them; one whose address is given is an outside server and is not started."""
        self._home = home
        self._tcp = tcp
        self.database_url = database_url
        self.redis_url = redis_url
        self.postgres = None if database_url else Postgres(home, source=source, tcp=tcp)
        self.valkey = None if redis_url else Valkey(home, source=source, tcp=tcp)

    def __enter__(self) -> Services:
        """Start both; what was started is stopped again if anything fails."""
        with contextlib.ExitStack() as stack:
            sockets = None
            if not self._tcp and (self.postgres or self.valkey):
                sockets = self._socket_directory()
            if self.valkey:
                self.valkey.sockets = sockets
                stack.callback(self.valkey.stop)
                self.valkey.start()
                self.redis_url = self.valkey.url
            if self.postgres:
                self.postgres.sockets = sockets
                stack.callback(self.postgres.stop)
                self.postgres.start()
                self.database_url = self.postgres.owner_url
            else:
                judge_outside(self.database_url)
            stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop both, the database last."""
        if self.valkey:
            self.valkey.stop()
        if self.postgres:
            self.postgres.stop()

    def check(self) -> None:
        """Raise Refused if one of them has ended by itself."""
        for each in self.own:
            each.check()

    @property
    def own(self) -> list[Postgres | Valkey]:
        """Those that are ours, to be kept running."""
        return [each for each in (self.postgres, self.valkey) if each]

    def environ(self) -> dict[str, str]:
        """Return what a command needs to know to use them.

        DATABASE_URL is the owner's address; DATABASE_APP_URL, where the server is ours, that of the serving role.
        """
        found = {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
        if self.postgres and self.postgres.installation:
            found["DATABASE_OWNER_URL"] = self.postgres.owner_url
            found["DATABASE_APP_URL"] = self.postgres.app_url
            found["LSG_PG_BIN"] = str(self.postgres.installation.programs)
        return found

    def __str__(self) -> str:
        database = self.postgres.installation if self.postgres else "PostgreSQL of DATABASE_URL"
        broker = self.valkey.installation if self.valkey else "Redis of REDIS_URL"
        return f"{database}, {broker}"

    def _socket_directory(self) -> Path:
        account = self.postgres.account if self.postgres else own_account()
        return self._home.socket_directory(account)


def judge_outside(url: str) -> None:
    """Raise Refused unless the database at ``url`` answers and knows Cyrillic."""
    found = environ.Env.db_url_config(url)
    try:
        connection = psycopg2.connect(
            host=found["HOST"] or None,
            port=found["PORT"] or None,
            user=found["USER"] or None,
            password=found["PASSWORD"] or None,
            dbname=found["NAME"],
            connect_timeout=10,
            **found.get("OPTIONS", {}),
        )
    except psycopg2.OperationalError as error:
        raise Refused(f"The database of DATABASE_URL does not answer: {str(error).strip()}") from None
    with contextlib.closing(connection), connection.cursor() as cursor:
        if wrong := letters.faults(cursor):
            raise Refused(f"DATABASE_URL: {letters.refusal(wrong)}")


def forget_other_servers() -> None:
    """Drop libpq's variables (PGHOST, PGOPTIONS, …) from the environment: they speak of another server."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
