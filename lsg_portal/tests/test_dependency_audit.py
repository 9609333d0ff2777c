"""The audit of dependencies against an index of our own: it reports, and notices when it cannot."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lsg_portal.embedded.home import free_port

AUDIT = Path(__file__).resolve().parents[2] / ".ci" / "audit_dependencies.py"
BAD = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fixed_in": ["2.0"], "summary": "bad", "withdrawn": None}
CONTROL = ("django", "3.2.0")


@pytest.fixture
def index():
    """An index whose advisories a test sets: package and version, list or status."""
    known = {CONTROL: [BAD]}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            _, _, name, version, _ = self.path.split("/")
            found = known.get((name, version), [])
            self.send_response(found if isinstance(found, int) else 200)
            self.end_headers()
            self.wfile.write(json.dumps({"vulnerabilities": found}).encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    known["url"] = f"http://127.0.0.1:{server.server_port}"
    yield known
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def audit(tmp_path):
    def run(url, *more, pins="one==1.0 \\\n    --hash=sha256:ab\ntwo[extra]==2.0 ; python_version > '3'\n"):
        (tmp_path / "requirements.txt").write_text(pins)
        command = [sys.executable, str(AUDIT), "--index", url, *more, str(tmp_path / "requirements.txt")]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    return run


def test_nothing_found_is_0(index, audit):
    done = audit(index["url"])

    assert done.returncode == 0
    assert "2 packages looked up, the control was reported, 0 vulnerabilities" in done.stdout


def test_a_vulnerable_package_is_named_and_is_1(index, audit):
    index["two", "2.0"] = [BAD]

    done = audit(index["url"])

    assert done.returncode == 1
    assert "two 2.0: CVE-1, PYSEC-1, fixed in 2.0" in done.stdout


def test_what_was_judged_or_withdrawn_does_not_count(index, audit):
    index["two", "2.0"] = [BAD]
    index["one", "1.0"] = [BAD | {"id": "PYSEC-2", "aliases": [], "withdrawn": "2024-01-01"}]

    assert audit(index["url"], "--ignore", "CVE-1").returncode == 0


def test_an_audit_that_does_not_report_the_control_is_broken(index, audit):
    index[CONTROL] = []

    done = audit(index["url"])

    assert done.returncode == 2
    assert "broken" in done.stdout


def test_a_package_that_cannot_be_looked_up_is_no_success(index, audit):
    index["two", "2.0"] = 500

    done = audit(index["url"])

    assert done.returncode == 2
    assert "not looked up: two 2.0" in done.stdout


def test_files_without_pins_are_no_success(index, audit):
    assert audit(index["url"], pins="django>=5\n").returncode == 2


def test_without_an_index_it_is_said_that_nothing_was_audited(audit):
    done = audit(f"http://127.0.0.1:{free_port()}")

    assert done.returncode == 3
    assert "NOT AUDITED" in done.stdout


def test_an_index_without_advisories_is_no_success_either(index, audit):
    index[CONTROL] = 404

    assert audit(index["url"]).returncode == 3
