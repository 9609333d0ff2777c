"""Users and roles: what the database itself refuses."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory, UserFactory
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
JAN_1, JUL_1 = dt.date(2026, 1, 1), dt.date(2026, 7, 1)


def test_a_role_holds_from_its_first_day_until_before_its_end():
    role = RoleFactory(valid=(JAN_1, JUL_1))
    role.refresh_from_db()

    assert [role.holds_on(day) for day in (dt.date(2025, 12, 31), JAN_1, dt.date(2026, 6, 30), JUL_1)] == [
        False,
        True,
        True,
        False,
    ]
    assert role.user.roles.on(JAN_1).get() == role


def test_an_empty_period_is_refused():
    with pytest.raises(IntegrityError, match="accounts_role_valid_not_empty"):
        RoleFactory(valid=(JAN_1, JAN_1))


def test_the_same_role_twice_on_a_day_is_refused_also_without_a_unit():
    role = RoleFactory(valid=(JAN_1, JUL_1))
    RoleFactory(user=role.user, valid=(JUL_1, None))

    with pytest.raises(IntegrityError, match="accounts_role_once_a_day"):
        RoleFactory(user=role.user, valid=(dt.date(2026, 6, 30), None))


def test_one_person_may_serve_two_units():
    user = UserFactory()
    for _ in range(2):
        RoleFactory(user=user, role=RoleKind.STAFF, unit=aimak(district()))

    assert user.roles.count() == 2


@pytest.mark.parametrize(
    ("role", "bound"), [(RoleKind.STAFF, False), (RoleKind.DISTRICT, False), (RoleKind.ANALYST, True)]
)
def test_a_role_has_a_unit_exactly_where_it_needs_one(role, bound):
    unit = district() if bound else None
    with pytest.raises(IntegrityError, match=r"accounts_role_(bound_to_a_unit|fits_unit)"):
        RoleFactory(role=role, unit=unit)


def test_plain_sql_cannot_invent_a_role():
    user = UserFactory()

    with pytest.raises(IntegrityError, match="accounts_role_known"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_role (user_id, role, valid) VALUES (%s, 'king', '[2020-01-01,)')", [user.pk]
        )


def test_a_name_is_written_surname_first():
    assert str(UserFactory(patronymic="Бакытовна")) == "Асанова Айгүл Бакытовна"
    assert str(UserFactory(first_name="", last_name="", username="admin")) == "admin"


def test_roles_are_read_once(django_assert_num_queries):
    user = RoleFactory().user

    with django_assert_num_queries(1):
        user.roles_on(JAN_1)
        user.roles_on(JUL_1)
    user.forget_roles()
    with django_assert_num_queries(1):
        user.roles_on(JUL_1)
