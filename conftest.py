"""What every test may use; the services come from ``make test`` (``python -m lsg_portal.embedded run``)."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection, transaction
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from django.test import TransactionTestCase
from django.utils import translation

from lsg_portal.data import actor
from lsg_portal.data.cache import RedisCache
from lsg_portal.data.tests.emptying import Left

os.environ.setdefault("LSG_TESTING", "1")
actor.set_process_actor("system:test")  # what no request, task or command does, a test does
pytest_plugins = ["lsg_portal.web.tests.browser", "lsg_portal.demo.tests.database"]
HASHING = {name: getattr(Argon2PasswordHasher, name) for name in ("time_cost", "memory_cost", "parallelism")}
"""What a password costs in earnest: a tenth of a second and 100 MB, thousands of times in these tests."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with what takes long: at the end no process waits for the long test of another."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@receiver(connection_created)
def _name_the_actor(connection, **kwargs):
    """Let tests also write outside of transactions, where the portal itself may not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.actor', 'system:test', false)")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Make the test database, to which every test that commits must give back what its migrations left."""
    with django_db_blocker.unblock():
        left = Left()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: left.restore())
        yield left
    gc.collect()  # connections that hang in cycles would keep the database from being dropped


@pytest.fixture(scope="module")
def shared_rows(django_db_setup, django_db_blocker):
    """A transaction around a module's tests: what fixtures make with ``shared_rows()`` all of them find.

    Each test still has a transaction of its own within, and takes back what it does.
    """
    outer = transaction.atomic()
    outer._from_testcase = True  # type: ignore[attr-defined]

    @contextmanager
    def making():
        with django_db_blocker.unblock():
            yield
            connection.check_constraints()  # and what is deferred to the end of a transaction happens

    with django_db_blocker.unblock():
        outer.__enter__()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    yield making
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture(scope="session", autouse=True)
def _passwords_for_little():
    """Hash with Argon2 all the same, in a thousandth of the time."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():
            patch.setattr(Argon2PasswordHasher, name, value)
        yield


@pytest.fixture
def passwords_in_earnest(monkeypatch):
    """Let a password cost what it costs where the portal serves."""
    for name, value in HASHING.items():
        monkeypatch.setattr(Argon2PasswordHasher, name, value)


@pytest.fixture(autouse=True)
def _nobodys_language():
    """Begin in the default language: a request leaves the language of its reader behind, for whichever test comes next."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _ask_the_cache_again():
    """Forget that an earlier test had its cache taken away: for two seconds it would not be asked."""
    RedisCache._away_until = 0.0


REFERENCE = Path(__file__).resolve().parent.parent / "shared" / "reference"


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of real records beside the project; skipped with the reason where it is absent."""
    if not REFERENCE.is_dir():
        pytest.skip(f"the reference records are not here ({REFERENCE})")
    return REFERENCE
