"""What a supervisor and the demo's launcher ask the running portal."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from lsg_portal import health
from lsg_portal.embedded.home import free_port

ENTRY = "INSERT INTO registry_unit (id, recorded_at) VALUES (gen_random_uuid(), now())"
"""Anything that the journal records."""


@pytest.fixture(autouse=True)
def quick_broker(monkeypatch):
    monkeypatch.setattr(health, "BROKER_TIMEOUT", 0.5)


@pytest.mark.django_db
def test_a_healthy_portal_is_ready(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "journal": "ok", "broker": "ok", "disk": "ok"},
    }
    assert "no-store" in answer["Cache-Control"]


def test_alive_asks_no_database(client):
    """No ``django_db`` mark here: a query would be refused."""
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_a_migration_not_applied_is_not_ready(client):
    recorder = MigrationRecorder(connection)
    last = sorted(name for app, name in recorder.applied_migrations() if app == "auth")[-1]
    with connection.as_owner():
        recorder.record_unapplied("auth", last)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer["Retry-After"] == str(health.RETRY_AFTER)
    assert answer.json()["checks"]["migrations"] == f"1 not applied, the first auth.{last}"


@pytest.mark.django_db
def test_a_broker_that_is_away_is_not_ready_and_its_address_is_not_told(client, settings):
    settings.REDIS_URL = f"redis://:secret@127.0.0.1:{free_port()}/0"

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert {name for name, outcome in answer.json()["checks"].items() if outcome != "ok"} == {"broker"}
    assert answer.json()["checks"]["broker"] == "failed"
    assert b"secret" not in answer.content


@pytest.mark.django_db
def test_a_full_disk_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 2**62)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["disk"].endswith("MB free")


@pytest.mark.django_db
def test_a_database_that_cannot_hold_kyrgyz_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(health.letters, "PROBES", [("lower() does not know Cyrillic", "SELECT false")])

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "lower() does not know Cyrillic"


def test_a_database_that_is_away_is_not_ready(client, django_db_blocker):
    """Blocked, pytest-django refuses every query, as a database that is away would."""
    with django_db_blocker.block():
        answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "failed"
    assert answer.json()["checks"]["broker"] == "ok"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE audit_head SET seq = seq + 1",
        "UPDATE audit_head SET hash = sha256('another')",
        "DELETE FROM audit_head",
    ],
)
def test_a_journal_that_does_not_end_where_its_head_says_is_not_ready(client, harm):
    with connection.cursor() as cursor:
        cursor.execute(ENTRY)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert client.get("/readyz").json()["checks"]["journal"] == "ok"
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute(harm)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "audit_verify" in answer.json()["checks"]["journal"]


@pytest.mark.django_db
def test_only_reading_is_allowed(client):
    assert client.post("/readyz").status_code == 405
    assert client.post("/healthz").status_code == 405
