"""What every test may use; the services come from ``make test`` (``python -m lsg_portal.embedded run``)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("LSG_TESTING", "1")
pytest_plugins = ["lsg_portal.web.tests.browser"]
REFERENCE = Path(__file__).resolve().parent.parent / "shared" / "reference"


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of real records beside the project; skipped with the reason where it is absent."""
    if not REFERENCE.is_dir():
        pytest.skip(f"the reference records are not here ({REFERENCE})")
    return REFERENCE
