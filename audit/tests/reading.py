"""Changes to read about, and who reads them."""

from __future__ import annotations

import contextlib

import rules
from django.db import connection, transaction
from django.test import Client

import accounts.audit_permissions  # noqa: F401  (declares its permissions)
from accounts.tests.factories import RoleFactory, UserFactory
from lsg_portal.data import actor

PERSON = "Абдыраева Айгүл"
WHY = "Классификатордо ката кеткен"
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # signs checkpoints in tests, and nowhere else


@contextlib.contextmanager
def by(roles="reform_team", name=PERSON, why=WHY):
    """Act as a person of the ministry, in one request; the entries get their places in the chain."""
    with (
        transaction.atomic(),
        actor.acting("user:7", name=name, roles=roles, request_id=actor.new_request()),
        actor.because(why),
    ):
        yield
    chain()


def chain():
    """Give the entries of the test's transaction their numbers, as its commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS audit_chain IMMEDIATE")
        cursor.execute("SET CONSTRAINTS audit_chain DEFERRED")


def reader(role=None):
    """A browser with the session of a user of this role; a visitor's without one."""
    client = Client()
    if role:
        client.force_login(vouched(role))
    return client


def vouched(role):
    """A user who holds the role in a session with a second factor."""
    user = UserFactory(password=None)
    more = {}
    if role in ("staff", "district"):
        from registry.tests.factories import aimak, district, oblast

        home = district(oblast("Баткен"), "Лейлек")
        more["unit"] = aimak(home, "Бешкент") if role == "staff" else home
    RoleFactory(user=user, role=role, **more)
    return user


def has(user, perm):
    """Whether the rules give a permission."""
    return rules.has_perm(perm, user)
