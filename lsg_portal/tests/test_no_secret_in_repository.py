"""No secret is in a file of the project; the demonstration's public password is where it belongs."""

from __future__ import annotations

import math
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from lsg_portal.embedded.demo import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
DEMO_PASSWORD_IN = {
    "README.md",
    "docs/api.md",
    "lsg_portal/demo/people.py",
    "lsg_portal/embedded/demo.py",
    "lsg_portal/embedded/tests/test_demo.py",
}
LOCKED = ("requirements.txt", "requirements-dev.txt")
"""Hashes of packages."""
SHAPES = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "token of a forge": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,})"),
    "address with a password": re.compile(
        r"\b(?:postgres|postgresql|redis|rediss|amqp|smtp)://[^\s:/'\"`{}<>]+:(?![A-Z-]+@)([^\s@'\"`{}<>$]{12,})@"
    ),
}
ASSIGNED = re.compile(
    r"(?i)\b[\w.-]*(?:password|passwd|secret|token|api_?key|private_?key)[\w.-]*[\"']?\s*[=:]\s*"
    r"[\"']?([A-Za-z0-9+/=_-]{20,})(?![\w(.])[\"']?"
)
WORDY = re.compile(r"[A-Z0-9_]+|[a-z][a-z0-9]*([-_.][a-z0-9]+)*|([A-Z]?[a-z]+)+|THE-OUTPUT-OF-.*")


def files() -> list[Path]:
    """Return the files of the project as git knows them, those not yet committed included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def texts():
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        raw = path.read_bytes()
        if name not in LOCKED and b"\0" not in raw[:8000]:
            yield name, raw.decode(errors="replace")


def entropy(text: str) -> float:
    """Return the bits per character."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())


def findings(text: str) -> list[str]:
    found = [f"{what}: {match[0][:40]}" for what, shape in SHAPES.items() for match in shape.finditer(text)]
    for match in ASSIGNED.finditer(text):
        if entropy(match[1]) > 3.8 and not WORDY.fullmatch(match[1]):
            found.append(f"assignment: {match[0][:60]}")
    return found


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE " + "KEY-----",
        "SECRET_KEY = " + '"kJ8s7Hq2LmZx91PbVt4WcR0yNd5aFgE3"',
        "password: " + "kJ8s7Hq2LmZx91PbVt4WcR0yNd5aFgE3",
        "DATABASE_URL=postgres://lsg:" + "kJ8s7Hq2LmZx91Pb@db/lsg",
        "AKIA" + "ABCDEFGHIJKLMNOP",
    ],
)
def test_the_scan_finds_what_it_is_for(text):
    assert findings(text)


def test_no_file_holds_a_secret():
    found = {name: hits for name, text in texts() if (hits := findings(text))}

    assert found == {}


def test_the_public_password_of_the_demonstration_is_only_where_it_is_explained():
    assert {name for name, text in texts() if PASSWORD in text} <= DEMO_PASSWORD_IN


def test_no_file_of_settings_or_data_is_tracked():
    refused = re.compile(
        r"(^|/)(\.env(\..*)?|.*\.(pem|key|p12|pfx|dump|sqlite3)|env\.json|secret-key|.*\.password)$"
    )

    assert [
        name for name in (path.relative_to(ROOT).as_posix() for path in files()) if refused.search(name)
    ] == []
