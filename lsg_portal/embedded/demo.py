"""The whole portal on this machine: services, demonstration data, worker and web server."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lsg_portal.embedded import Refused
from lsg_portal.embedded.home import Home
from lsg_portal.embedded.launcher import ROOT
from lsg_portal.embedded.service import Service
from lsg_portal.embedded.services import Services, forget_other_servers
from lsg_portal.embedded.signals import Signals, Stop
from lsg_portal.embedded.supervisor import Supervisor

LOGINS = ("admin", "analyst", "approver", "auditor", "district", "head", "reform", "staff")
PASSWORD = "lsg-demo-2026"  # noqa: S105 (public: it exists under `make demo` alone)
READY_WITHIN = 60.0
"""Seconds the web server has to answer /readyz with 200 once it was started."""


@dataclass(frozen=True)
class Commands:
    """The three processes of the demo."""

    prepare: Sequence[str]
    """Brings database and files up to date, and ends."""
    worker: Sequence[str]
    web: Sequence[str]


def portal_commands(port: int, var: Path) -> Commands:
    """Return the commands of the portal itself."""
    python = sys.executable
    return Commands(
        prepare=[python, str(ROOT / "manage.py"), "prepare_demo"],
        worker=[
            *(python, "-m", "celery", "-A", "lsg_portal", "worker", "--beat", "--concurrency=1"),
            *("--without-gossip", "--without-mingle", "--loglevel=INFO", "--hostname=demo@%h"),
            f"--schedule={var / 'celerybeat-schedule'}",
        ],
        web=[
            *(python, "-m", "gunicorn", "lsg_portal.wsgi", f"--bind=127.0.0.1:{port}"),
            *("--worker-class=gthread", "--workers=2", "--threads=4", "--timeout=60", "--graceful-timeout=5"),
            *("--logger-class=lsg_portal.logs.GunicornLogger", "--name=lsg-demo"),
        ],
    )


def demo(*, port: int, var: Path, commands: Commands | None = None, with_parent: bool = False) -> int:
    """Serve the demo on 127.0.0.1:``port`` until a signal comes; return 0 then, Refused for any failure."""
    home = Home(var)
    commands = commands or portal_commands(port, home.path)
    address = f"http://127.0.0.1:{port}/"
    began = time.monotonic()
    for name in ("DATABASE_URL", "REDIS_URL"):
        if os.environ.get(name):
            print(f"{name} is set, but the demo uses servers of its own: it makes public passwords.")
    forget_other_servers()
    with Signals(with_parent=with_parent) as signals:
        try:
            home.lock(f"The demo at {address}")
            check_port(port)
            with Services(home) as services:
                print(f"Services: {services}, in {home.path}", flush=True)
                environ = demo_environ(home, services)
                _serve(home, services, commands, environ, signals, address, began)
        except Stop:
            print("\nStopped before the demo was ready.", flush=True)
        finally:
            signals.quiet()
            home.unlock()
    return 0


def demo_environ(home: Home, services: Services) -> dict[str, str]:
    """Return the environment of the demo's processes, the whole of it, secrets included.

    They log in as the serving role; ``prepare`` and ``manage`` know the owner's address beside it.
    """
    known = services.environ()
    return os.environ | {
        **known,
        "DATABASE_URL": known.get("DATABASE_APP_URL", known["DATABASE_URL"]),
        "SECRET_KEY": home.secret("secret-key"),
        "LSG_CHECKPOINT_KEY": base64.b64encode(
            sha256(home.secret("checkpoint-key").encode()).digest()
        ).decode(),
        "LSG_DEMO": "1",
        "LSG_VAR": str(home.path),
        "LSG_ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "DJANGO_SETTINGS_MODULE": "lsg_portal.settings",
        "LSG_LOG_FORMAT": os.environ.get("LSG_LOG_FORMAT", "console"),
        "PYTHONUNBUFFERED": "1",
    }


def _serve(
    home: Home,
    services: Services,
    commands: Commands,
    environ: dict[str, str],
    signals: Signals,
    address: str,
    began: float,
) -> None:
    """Prepare, start worker and web server, keep all running until a signal comes, and stop web, then worker.

    Until the portal has answered once, whatever ends by itself ends the demo: something is wrong with it.
    """
    port = int(address.rstrip("/").rsplit(":", 1)[1])

    serving = {name: value for name, value in environ.items() if name != "DATABASE_OWNER_URL"}
    owning = environ | {"DATABASE_URL": environ["DATABASE_OWNER_URL"], "LSG_ASSUME_APP_ROLE": "1"}

    def service(
        name: str,
        command: Sequence[str],
        log: str | None,
        environ: Mapping[str, str] = serving,
        probe: Callable[[], bool] | None = None,
    ) -> Service:
        return Service(
            name,
            command,
            log=home.path / log if log else None,
            environ=environ,
            cwd=ROOT,
            hold=home.lock_fd,
            probe=probe,
        )

    prepare = service("prepare_demo", commands.prepare, None, owning)
    worker = service("The worker", commands.worker, "worker.log")
    web = service("The web server", commands.web, "web.log", probe=lambda: _asked(port, "/healthz")[0] == 200)
    try:
        prepare.start()
        while prepare.exit_code is None:
            services.check()
            time.sleep(0.05)
        if prepare.exit_code:
            raise Refused(f"The demonstration data could not be prepared (exit code {prepare.exit_code}).")
        _remember(home, environ, address)
        worker.start()
        web.start()
        _wait_until_ready(port, web)
        print(_welcome(address, home.path, time.monotonic() - began), flush=True)
        signals.quiet()
        supervisor = Supervisor([*services.own, worker, web])
        signals.wait(supervisor.look, every=0.1)
        with contextlib.suppress(OSError):  # the terminal may be gone
            print("\nStopping…", flush=True)
    finally:
        signals.quiet()
        (home.path / "env.json").unlink(missing_ok=True)
        for each in (prepare, web, worker):
            each.stop()


def check_port(port: int) -> None:
    """Raise Refused when 127.0.0.1:``port`` cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except (OSError, OverflowError) as error:
            raise Refused(
                f"Port {port} of 127.0.0.1 cannot be used: {getattr(error, 'strerror', None) or error}.\n"
                "Nothing was started. Choose another port, for example `make demo PORT=8123`."
            ) from None


def _wait_until_ready(port: int, web: Service) -> None:
    """Return when /readyz answers 200; raise Refused with what it said when it does not in time."""
    end = time.monotonic() + READY_WITHIN
    said = "nothing"
    while time.monotonic() < end:
        web.check()
        status, said = _asked(port, "/readyz", timeout=10)
        if status == 200:
            return
        time.sleep(0.1)
    raise Refused(f"/readyz did not answer 200 within {READY_WITHIN:.0f} s; last: {said}{web.tail()}")


def _asked(port: int, path: str, *, timeout: float = 1) -> tuple[int, str]:
    """Return the status of an address of the portal and what it said; 0 and why where it did not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, f"{response.status} {response.read(2000).decode(errors='replace')}"
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error) or repr(error)
    finally:
        connection.close()


def _remember(home: Home, environ: Mapping[str, str], address: str) -> None:
    """Keep, readable to ourselves alone, what ``manage`` needs to reach this demo."""
    services = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in environ.items() if name in services or name.startswith("LSG_")}
    path = home.path / "env.json"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(kept | {"LSG_DEMO_ADDRESS": address}, file, indent=2)


def _welcome(address: str, var: Path, seconds: float) -> str:
    return "\n".join(
        [
            "",
            f"The portal is ready at {address} (after {seconds:.0f} s).",
            f"  logins    {', '.join(LOGINS)}",
            f"  password  {PASSWORD} (exists in this demo only, which also waives the second factor)",
            f"  logs      {var}/*.log",
            '  commands  make manage CMD="…"',
            "Stop with Ctrl-C; the data stays for the next start.",
        ]
    )
