"""The floors: pgbench with prepared statements, and COPY."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.data import connect, parameters
from bench.floors import script
from bench.load import Answers
from lsg_portal.embedded.binaries import find_postgres

OPTIONS = "-c timezone=UTC -c statement_timeout=30s"


def program() -> str:
    """Return pgbench: that of the running server, else of the newest PostgreSQL here."""
    for directory in (os.environ.get("LSG_PG_BIN"), str(find_postgres().programs)):
        if directory and (found := shutil.which("pgbench", path=directory)):
            return found
    found = shutil.which("pgbench")
    if found is None:
        raise FileNotFoundError("pgbench is not installed (Debian: postgresql-contrib)")
    return found


class Floor:
    """One statement under pgbench."""

    def __init__(self, sql: str, url: str, var: Path) -> None:
        self.sql = sql
        self._program = program()
        self._file = var / f"floor-{abs(hash(sql))}.sql"
        self._file.write_text(script(sql))
        reach = parameters(url)
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
        self._environ = {**os.environ, "PGDATABASE": reach["dbname"], "PGOPTIONS": OPTIONS}
        self._environ |= {names[key]: str(reach[key]) for key in names if reach[key]}

    def busy(self, *, connections: int, seconds: float) -> Answers:
        """Run the statement without pause."""
        output = self._run(connections, "-T", str(max(1, round(seconds))))
        count, rate = int(_number(output, r"actually processed: (\d+)")), _number(output, r"tps = ([\d.]+)")
        return Answers(requests=count, seconds=count / rate)

    def once(self, *, connections: int) -> None:
        """Run the statement once on every connection: what connecting and planning cost."""
        self._run(connections, "-t", "1")

    def paced(self, *, connections: int, rate: float, seconds: float, seed: int) -> Answers:
        """Run the statement at a fixed rate; latencies count from the moment each was due."""
        with tempfile.TemporaryDirectory() as directory:
            prefix = f"--log-prefix={directory}/log"
            pace = ("-R", str(rate), "-T", str(max(1, round(seconds))), "-l", prefix, f"--random-seed={seed}")
            self._run(connections, *pace)
            lines = [
                line.split() for each in Path(directory).iterdir() for line in each.read_text().splitlines()
            ]
        return Answers(requests=len(lines), latencies=[int(line[2]) / 1e6 for line in lines])

    def _run(self, connections: int, *options: str) -> str:
        command = [
            self._program,
            "-n",
            "-M",
            "prepared",
            "-c",
            str(connections),
            "-f",
            str(self._file),
            *options,
        ]
        done = subprocess.run(command, env=self._environ, capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"pgbench: {done.stderr.strip()[-2000:]}")
        return done.stdout


def _number(text: str, pattern: str) -> float:
    match = re.search(pattern, text)
    assert match is not None, text
    return float(match[1])


class CopyFloor:
    """``COPY … TO STDOUT`` through psycopg2, again and again, the rows dropped as they come."""

    def __init__(self, sql: str, url: str) -> None:
        self.sql = sql
        self._url = url

    def text(self) -> str:
        """Return what it copies."""
        target = io.BytesIO()
        with contextlib.closing(connect(self._url)) as connection, connection.cursor() as cursor:
            cursor.execute("SET timezone = 'UTC'")
            cursor.copy_expert(self.sql, target)
        return target.getvalue().decode()

    def kept(self, seconds: float) -> Answers:
        """Copy without pause over one connection."""
        with contextlib.closing(connect(self._url)) as connection:
            self._copy(connection)  # planning in a connection that has seen no table yet takes longer
            return self._repeat(lambda: self._copy(connection), seconds)

    def connecting(self, seconds: float) -> Answers:
        """Copy without pause, each time over a connection of its own, as `psql -c "COPY …"` does."""

        def once() -> None:
            with contextlib.closing(connect(self._url)) as connection:
                self._copy(connection)

        return self._repeat(once, seconds)

    def _copy(self, connection: Any) -> None:
        with open(os.devnull, "wb") as target, connection.cursor() as cursor:
            cursor.copy_expert(self.sql, target)

    @staticmethod
    def _repeat(once: Callable[[], None], seconds: float) -> Answers:
        answers, began = Answers(), time.perf_counter()
        while answers.seconds < seconds:
            once()
            answers.requests += 1
            answers.seconds = time.perf_counter() - began
        return answers
