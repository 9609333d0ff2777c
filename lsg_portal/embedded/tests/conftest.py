"""Places to run services in, and what is left of them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from lsg_portal.embedded import account
from lsg_portal.embedded.home import Home
from lsg_portal.embedded.postgres import Postgres

ROOT = Path(__file__).resolve().parents[3]


def processes_of(place: Path) -> list[str]:
    """Return the processes that name ``place`` in their command, or work below it."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            command = " ".join(process.cmdline())
            if str(place) in command or Path(process.cwd()).is_relative_to(place):
                found.append(f"{process.pid} {command}")
    return found


def wait_for(condition, seconds=20):
    """Return what ``condition()`` gives once it is truthy; fail after ``seconds``."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {seconds} s: {condition}"
        time.sleep(0.05)
    return value


def gone(place: Path) -> bool:
    return not processes_of(place)


class Launcher:
    """Starts launchers, and stops at the end what a failed test left."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.started: list[subprocess.Popen] = []
        self.environ = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}

    def start(self, *command, **options) -> subprocess.Popen:
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "cwd": ROOT, **options}
        options.setdefault("env", self.environ)
        process = subprocess.Popen(
            [str(each) for each in command],
            text=True,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **options,
        )
        self.started.append(process)
        return process

    def embedded(self, *arguments, **options) -> subprocess.Popen:
        return self.start(sys.executable, "-m", "lsg_portal.embedded", *arguments, **options)

    def run(self, *arguments, **options) -> tuple[int, str]:
        process = self.embedded(*arguments, **options)
        output, _ = process.communicate(timeout=60)
        return process.returncode, output

    def sleeping(self, var: Path, *flags, **options) -> subprocess.Popen:
        """Start services around a command that has told us that it runs, and then waits."""
        told = var.parent / "told"
        code = "import sys, time; open(sys.argv[1], 'w').close(); time.sleep(600)"
        process = self.embedded(
            "run", *flags, "--var", var, "--", sys.executable, "-c", code, told, **options
        )
        wait_for(lambda: told.exists() or process.poll() is not None)
        assert process.poll() is None, process.communicate()[0]
        return process

    def finish(self) -> None:
        for process in self.started:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if process.stdout is not None:  # what a failed test left may still write to it
                process.stdout.close()


@pytest.fixture
def place():
    """A directory that the servers' account can enter (pytest's own cannot be entered by others)."""
    path = Path(tempfile.mkdtemp(prefix="lsg-test-", dir="/tmp")).resolve()
    path.chmod(0o755)
    yield path
    try:
        wait_for(lambda: gone(path), 10)
    finally:
        for process in processes_of(path):
            psutil.Process(int(process.split()[0])).kill()
        shutil.rmtree(path)


@pytest.fixture
def launcher(place):
    one = Launcher(place)
    yield one
    one.finish()


@pytest.fixture
def havens(monkeypatch, place):
    """Keep root's havens of these tests below ``place``."""
    path = place / "haven"
    monkeypatch.setattr(account, "HAVENS", (path,))
    return path


@pytest.fixture
def server(place):
    """A running PostgreSQL with everything as usual."""
    home = Home(place / "var")
    one = Postgres(home)
    one.start()
    yield one
    one.stop()


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as another account")
needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child")
