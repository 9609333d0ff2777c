"""Look up every pinned package in the advisories of the package index; `make audit`.

Needs the standard library alone and the network. First a package that is known to be vulnerable is looked up: an
audit that does not report it is broken, and fails. Exit codes: 0 nothing found, 1 vulnerabilities found, 2 the audit
does not work, 3 nothing was audited because the index or its advisories cannot be reached.
"""

# ruff: noqa: S310, T201 (a command that reads the address it is given)

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

INDEX = "https://pypi.org"
CONTROL = ("django", "3.2.0")
"""Known to be vulnerable, for example by CVE-2022-28346 (SQL injection)."""
ROOT = Path(__file__).resolve().parents[1]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==([^\s;\\]+)", re.MULTILINE)


class Unreachable(Exception):
    """The index did not answer, or has no advisories for a package."""


def advisories(index: str, name: str, version: str) -> list[dict]:
    """Return the advisories on one version that were not withdrawn."""
    try:
        with urllib.request.urlopen(f"{index}/pypi/{name}/{version}/json", timeout=20) as answer:
            found = json.load(answer)["vulnerabilities"]
    except (OSError, ValueError, KeyError) as error:
        raise Unreachable(f"{name} {version}: {error}") from None
    return [each for each in found if not each.get("withdrawn")]


def pins(paths: list[Path]) -> list[tuple[str, str]]:
    """Return every pinned package of the files, once."""
    return sorted(
        {(name.lower(), version) for path in paths for name, version in PIN.findall(path.read_text())}
    )


def audit(index: str, paths: list[Path], ignored: set[str]) -> int:
    """Look everything up, report, and return the exit code."""
    try:
        if not advisories(index, *CONTROL):
            print(f"The audit is broken: {' '.join(CONTROL)} is reported as harmless.")
            return 2
    except Unreachable as error:
        print(f"NOT AUDITED: no advisories can be read from {index} here ({error}).")
        return 3
    packages = pins(paths)
    if not packages:
        print("The audit is broken: no pinned package was found.")
        return 2

    def look(package: tuple[str, str]) -> tuple[tuple[str, str], list[dict] | Unreachable]:
        try:
            return package, advisories(index, *package)
        except Unreachable as error:
            return package, error

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(look, packages))
    unknown = [str(answer) for _, answer in answers if isinstance(answer, Unreachable)]
    found = 0
    for (name, version), answer in answers:
        for each in answer if isinstance(answer, list) else []:
            names = {each.get("id", ""), *each.get("aliases", [])}
            if names & ignored:
                continue
            found += 1
            fixed = ", ".join(each.get("fixed_in") or ["no version yet"])
            print(
                f"{name} {version}: {', '.join(sorted(names))}, fixed in {fixed}. {each.get('summary') or ''}"
            )
    for each in unknown:
        print(f"not looked up: {each}")
    print(
        f"{len(packages) - len(unknown)} packages looked up, the control was reported, {found} vulnerabilities found."
    )
    return 1 if found else 2 if unknown else 0


def main() -> int:
    """Read the arguments and audit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="requirements with exact versions")
    parser.add_argument("--index", default=os.environ.get("LSG_PACKAGE_INDEX", INDEX))
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="ID", help="an advisory that was judged"
    )
    arguments = parser.parse_args()
    files = arguments.files or [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]
    return audit(arguments.index.rstrip("/"), files, set(arguments.ignore))


if __name__ == "__main__":
    sys.exit(main())
