"""Users and roles for tests."""

from __future__ import annotations

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from accounts.models import Role, RoleKind, User

PASSWORD = "correct horse battery"
FOREVER = (dt.date(2020, 1, 1), None)


class UserFactory(DjangoModelFactory):
    """Somebody who can log in with ``PASSWORD``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    first_name = "Айгүл"
    last_name = "Асанова"
    password = factory.django.Password(PASSWORD)


class RoleFactory(DjangoModelFactory):
    """A role for the whole country, open since 2020."""

    class Meta:
        model = Role

    user = factory.SubFactory(UserFactory)
    role = RoleKind.ANALYST
    valid = FOREVER
