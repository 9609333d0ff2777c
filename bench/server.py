"""The server under test, as ``make demo`` starts it, and what the processes of both sides use."""

from __future__ import annotations

import contextlib
import http.client
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench.data import connect
from bench.load import Address
from lsg_portal.embedded.demo import portal_commands
from lsg_portal.embedded.home import free_port
from lsg_portal.embedded.launcher import ROOT
from lsg_portal.embedded.service import Service


class Server:
    """gunicorn with its workers."""

    def __init__(self, address: Address, master: psutil.Process) -> None:
        self.address = address
        self.master = master

    def cpu(self) -> float:
        """Return the seconds of processor time all its processes have used."""
        return tree_cpu(self.master)

    def workers(self) -> list[psutil.Process]:
        """Return the workers."""
        return self.master.children()

    def forget_peaks(self) -> None:
        """Let peak memory count from now on."""
        for worker in self.workers():
            Path(f"/proc/{worker.pid}/clear_refs").write_text("5")

    def memory(self, what: str = "VmHWM") -> dict[int, float]:
        """Return the megabytes of each worker: at their peak (``VmHWM``) or now (``VmRSS``)."""
        found = {}
        for worker in self.workers():
            for line in Path(f"/proc/{worker.pid}/status").read_text().splitlines():
                if line.startswith(what + ":"):
                    found[worker.pid] = int(line.split()[1]) / 1024
        return found


def tree_cpu(root: psutil.Process) -> float:
    """Return the processor time of a process, of the children it has waited for, and of those that live."""
    own = root.cpu_times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in root.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            times = child.cpu_times()
            total += times.user + times.system
    return total


class Postgres:
    """The database server, where it runs on this machine."""

    def __init__(self, url: str) -> None:
        self._postmaster: psutil.Process | None = None
        with contextlib.closing(connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
            with contextlib.suppress(psutil.Error):
                backend = psutil.Process(pid)
                if "postgres" in backend.name():
                    self._postmaster = backend.parent()

    def cpu(self) -> float:
        """Return the seconds of processor time it has used; NaN where it runs elsewhere."""
        if self._postmaster is None:
            return float("nan")
        time.sleep(0.05)  # a backend whose client has left takes a moment to end and be counted
        return tree_cpu(self._postmaster)


@contextlib.contextmanager
def serving(
    url: str, var: Path, name: str, *, workers: int | None = None, keeps: bool = True
) -> Iterator[Server]:
    """Serve the database ``url`` as the demo would.

    ``workers`` changes their number; without ``keeps`` no answer is kept in memory.
    """
    port = free_port()
    command = list(portal_commands(port, var).web)
    if workers:
        command = [f"--workers={workers}" if each.startswith("--workers=") else each for each in command]
    environ = os.environ | {"DATABASE_URL": url} | ({} if keeps else {"BENCH_KEPT_ANSWERS": "0"})
    service = Service(name, command, log=var / f"{name}.log", environ=environ, cwd=ROOT)
    service.start()
    try:
        wait_for(service, port)
        yield Server(Address("127.0.0.1", port), find_master(port))
    finally:
        service.stop()


def wait_for(service: Service, port: int) -> None:
    """Return when the server answers; raise Refused when it has ended."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        service.check()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                connection.close()
                return
        connection.close()
        time.sleep(0.1)
    raise TimeoutError(f"{service.name} does not answer{service.tail()}")


def find_master(port: int) -> psutil.Process:
    """Return gunicorn's master: the one child of the guard that was told to start it on this port."""
    for guard in psutil.Process().children():
        if f"127.0.0.1:{port}" in " ".join(guard.cmdline()):
            return guard.children()[0]
    raise LookupError(port)
