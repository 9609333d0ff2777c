"""A few records in the journal, and ways to tamper with them."""

import pytest
from django.db import connection

from lsg_portal.data import actor
from registry.models import Person, PersonPrivate
from registry.tests.factories import LegalActFactory


def settle():
    """Have the deferred triggers run, as at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def records(db):
    """Three acts and a person with contacts, entered and changed by a user."""
    with actor.acting("user:7", name="Асанова Айгүл", roles="reform_team", request_id="request-1"):
        acts = LegalActFactory.create_batch(3)
        with actor.because("typing error"):
            for act in acts:
                act.number = f"{act.number}-b"
                act.save()
        person = Person.objects.create(name_ky="Бакыт Асанов", name_ru="Бакыт Асанов", sex="m")
        PersonPrivate.objects.create(person=person, phone="+996 555 010203")
    settle()
    return {"acts": acts, "person": person}


@pytest.fixture
def as_owner():
    """SQL with the rights of the tables' owner, who may do anything to them."""

    def run(sql, *args):
        settle()
        with connection.as_owner(), connection.cursor() as cursor:
            cursor.execute(sql, args or None)
            settle()
            return cursor.fetchall() if cursor.description else cursor.rowcount

    return run
