"""Nothing outlives the launcher, whatever ends it; and two launchers do not share a directory."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time

import psutil
import pytest

from lsg_portal.embedded.home import Home
from lsg_portal.embedded.postgres import Postgres
from lsg_portal.embedded.tests.conftest import ROOT, gone, needs_linux, processes_of, wait_for


def test_a_command_gets_both_services_and_its_exit_code_is_ours(place, launcher):
    code = "import os, sys; print(os.environ['DATABASE_URL'][:15], os.environ['REDIS_URL'][:8]); sys.exit(7)"

    status, output = launcher.run("run", "--var", place / "var", "--", sys.executable, "-c", code)

    assert status == 7
    assert "postgres://lsg: unix:///" in output
    assert gone(place)


def test_a_command_that_a_signal_ended_counts_as_the_shell_counts(place, launcher):
    status, _ = launcher.run("run", "--var", place / "var", "--", "sh", "-c", "kill -KILL $$")

    assert status == 137


def test_a_command_that_does_not_exist_is_named(place, launcher):
    status, output = launcher.run("run", "--var", place / "var", "--", "no-such-command")

    assert status == 1
    assert "no-such-command: No such file" in output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_reaches_the_command_and_leaves_no_process(place, launcher, number):
    process = launcher.sleeping(place / "var")
    assert len(processes_of(place / "var" / "postgres")) >= 5

    process.send_signal(number)

    process.wait(20)
    assert process.returncode == 128 + number
    assert gone(place)
    assert not (place / "var" / "postgres" / "postmaster.pid").exists(), "it was a clean shutdown"


def test_a_signal_while_starting_leaves_no_process(place, launcher):
    process = launcher.embedded("run", "--var", place / "var", "--", "sleep", "600")
    wait_for(lambda: (place / "var" / "lock").exists())
    time.sleep(0.3)

    process.send_signal(signal.SIGTERM)

    assert process.wait(20) == 143
    wait_for(lambda: gone(place), 10)  # what initdb started ends just after it


def test_a_killed_launcher_leaves_no_process_and_the_next_one_starts_at_once(place, launcher):
    process = launcher.sleeping(place / "var")

    process.kill()
    process.wait()
    status, output = launcher.run("run", "--var", place / "var", "--", "true")

    assert status == 0, output
    wait_for(lambda: gone(place))


@needs_linux
def test_even_the_launcher_and_its_guards_killed_together_leave_nothing(place, launcher):
    process = launcher.sleeping(place / "var")
    children = psutil.Process(process.pid).children()
    assert len(children) == 3  # two guards and the command

    for each in [psutil.Process(process.pid), *children]:
        each.kill()

    wait_for(lambda: gone(place))


def test_the_end_of_the_calling_process_ends_all_when_asked_to(place, launcher):
    told = place / "told"
    code = (
        "import subprocess, sys; subprocess.Popen("
        "[sys.executable, '-m', 'lsg_portal.embedded', 'run', '--with-parent', '--var', sys.argv[1], '--',"
        " 'sh', '-c', 'touch \"$0\"; sleep 600', sys.argv[2]]).wait()"
    )
    parent = launcher.start(sys.executable, "-c", code, place / "var", told, stdout=subprocess.DEVNULL)
    wait_for(told.exists)

    parent.kill()

    wait_for(lambda: gone(place))


def test_nohup_is_respected(place, launcher):
    told = place / "told"
    process = launcher.start(
        "nohup",
        *(sys.executable, "-m", "lsg_portal.embedded", "run", "--var", place / "var", "--"),
        *("sh", "-c", 'touch "$0"; sleep 600', told),
    )
    wait_for(told.exists)

    process.send_signal(signal.SIGHUP)
    time.sleep(0.5)

    assert process.poll() is None
    process.terminate()
    process.wait(20)


def test_a_second_launcher_on_the_directory_is_refused_and_does_no_harm(place, launcher):
    first = launcher.sleeping(place / "var")
    before = processes_of(place / "var" / "postgres")

    status, output = launcher.run("run", "--var", place / "var", "--", "true")

    assert status == 1
    assert "is already running" in output
    assert f"process {first.pid}" in output
    assert first.poll() is None
    assert processes_of(place / "var" / "postgres") == before
    first.terminate()
    first.wait(20)


def test_two_launchers_with_a_directory_each_get_along(place, launcher):
    launcher.sleeping(place / "one")

    status, output = launcher.run("run", "--var", place / "two", "--", "true")

    assert status == 0, output


def test_clean_refuses_while_something_runs(place, launcher):
    launcher.sleeping(place / "all" / "var")

    status, output = launcher.run("clean", "--var", place / "all")

    assert status == 1
    assert "Nothing was removed" in output
    assert (place / "all" / "var" / "postgres").exists()


def test_a_pid_file_that_names_some_other_process_is_no_obstacle(place):
    home = Home(place / "var")
    server = Postgres(home)
    server.start()
    server.stop()
    stranger = subprocess.Popen(["sleep", "600"], cwd="/", **server.account.spawning())
    try:
        (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n{server.data}\n1\n5432\n\n\n\n")

        again = Postgres(home)
        again.start()
        again.stop()

        assert stranger.poll() is None, "and the stranger lives"
    finally:
        stranger.kill()
        stranger.wait()


def test_a_crash_loses_nothing_that_was_committed(place):
    home = Home(place / "var")
    server = Postgres(home)
    server.start()
    with server.connected() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    pid = int((server.data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: server._service.exit_code is not None)
    server.stop()

    again = Postgres(home)
    again.start()
    with again.connected() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        assert cursor.fetchone() == (1000,)
    again.stop()


def test_a_server_that_was_left_running_on_our_data_is_stopped_first(place):
    home = Home(place / "var")
    server = Postgres(home)
    server.start()
    server.stop()
    server.account.own(place / "var")
    left = subprocess.Popen(
        [
            str(server.installation.path),
            "-D",
            str(server.data),
            "-c",
            "listen_addresses=",
            "-k",
            str(place / "var"),
        ],
        cwd="/",
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        **server.account.spawning(),
    )
    wait_for((server.data / "postmaster.pid").exists)
    wait_for(
        lambda: os.readlink(f"/proc/{left.pid}/cwd") == str(server.data) if os.path.exists("/proc") else True
    )
    (place / "var").chmod(0o755)

    again = Postgres(home)
    again.start()

    assert left.wait(20) == 0
    again.stop()


def test_a_server_that_ends_by_itself_is_reported_with_its_log(place, launcher):
    home = Home(place / "var")
    server = Postgres(home)
    server.start()
    server.stop()
    with (home.path / "postgres" / "postgresql.conf").open("a") as file:
        file.write("\nno_such_setting = 1\n")

    status, output = launcher.run("run", "--var", place / "var", "--", "true")

    assert status == 1
    assert "ended by itself" in output
    assert "no_such_setting" in output


def test_a_terminal_that_closes_ends_all_although_make_alone_hears_of_it(place):
    """The kernel tells the first process in a terminal alone, here one that keeps it to itself."""
    told = place / "told"
    code = (
        "import signal, subprocess, sys; signal.signal(signal.SIGHUP, lambda *_: None); subprocess.Popen("
        "[sys.executable, '-m', 'lsg_portal.embedded', 'run', '--var', sys.argv[1], '--',"
        " 'sh', '-c', 'touch \"$0\"; sleep 600', sys.argv[2]], cwd=sys.argv[3]).wait()"
    )
    pid, terminal = pty.fork()
    if pid == 0:
        argv = [sys.executable, "-c", code, str(place / "var"), str(told), str(ROOT)]
        os.execve(sys.executable, argv, {"PATH": os.environ["PATH"]})
    try:
        wait_for(told.exists)
    finally:
        os.close(terminal)

    os.waitpid(pid, 0)
    assert gone(place)
