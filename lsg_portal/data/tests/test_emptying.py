"""Tests that commit give the database back as its migrations left it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from accounts.tests.factories import RoleFactory
from audit import verify
from audit.models import Entry, Head
from councils.models import EndReason
from lsg_portal.data.tests.emptying import Left
from registry.models import Unit
from registry.tests.factories import LegalActFactory, aimak, district

pytestmark = pytest.mark.django_db(transaction=True)


def triggers():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger ORDER BY 1, 2")
        return cursor.fetchall()


@pytest.mark.parametrize("way", ["restore", "renew"])
def test_what_was_added_changed_and_deleted_is_undone(django_db_setup, way):
    left, before = django_db_setup, triggers()
    assert {"audit_head", "auth_permission", "councils_endreason", "django_migrations"} <= set(left.rows)

    with transaction.atomic():
        aimak(district(), "Ак", villages=["Ак"], residents=10)
        RoleFactory()
        EndReason.objects.filter(code="death").update(name_ky="Башка")
    with connection.as_owner():
        Permission.objects.all().delete()
        ContentType.objects.filter(model="unit").delete()
    assert Entry.objects.exists()
    assert Left().rows != left.rows
    getattr(left, way)()

    assert Left().rows == left.rows
    assert Left().tables == left.tables
    assert triggers() == before


def test_the_journal_goes_on_afterwards(django_db_setup):
    before = Head.objects.get()
    with transaction.atomic():
        district()
    django_db_setup.restore()
    assert Head.objects.get() == before
    assert Entry.objects.count() == before.seq

    with transaction.atomic():
        LegalActFactory()

    assert Head.objects.get().seq == before.seq + 1
    assert Entry.objects.latest("id").table_name == "registry_legalact"
    assert not verify.verify().findings


@pytest.mark.parametrize("number", [1, 2])
def test_no_row_of_another_test_is_met(number):
    assert not Unit.objects.exists()
    district()
