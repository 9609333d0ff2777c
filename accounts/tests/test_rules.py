"""Who may do what."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts import rules
from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory, UserFactory
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
MAY_1 = dt.date(2026, 5, 1)


@pytest.fixture(autouse=True)
def _on_may_1(monkeypatch):
    monkeypatch.setattr(rules, "today", lambda: MAY_1)


def test_a_role_counts_on_the_day_of_the_request():
    user = RoleFactory(role=RoleKind.REFORM_TEAM, valid=(dt.date(2026, 1, 1), MAY_1)).user

    assert not rules.is_reform_team(user)
    assert rules.holds(user, RoleKind.REFORM_TEAM, on=dt.date(2026, 4, 30))


@pytest.mark.parametrize("kind", RoleKind.values)
def test_each_predicate_knows_its_role_alone(kind):
    unit = {"staff": lambda: aimak(district()), "district": district}.get(kind, lambda: None)()
    user = RoleFactory(role=kind, unit=unit).user

    predicates = {
        "staff": rules.is_staff_member,
        "district": rules.is_district,
        "analyst": rules.is_analyst,
        "approver": rules.is_approver,
        "reform_team": rules.is_reform_team,
        "auditor": rules.is_auditor,
        "administrator": rules.is_administrator,
    }
    assert {name for name, predicate in predicates.items() if predicate(user)} == {kind} & set(predicates)


def test_nobody_and_the_inactive_hold_nothing():
    user = RoleFactory().user
    user.is_active = False

    assert not rules.is_analyst(AnonymousUser())
    assert not rules.holds(None, RoleKind.ANALYST, on=MAY_1)
    assert not rules.is_analyst(user)


def test_the_units_of_a_role():
    unit = aimak(district())
    user = RoleFactory(role=RoleKind.STAFF, unit=unit).user

    assert rules.unit_ids(user, RoleKind.STAFF, on=MAY_1) == {unit.pk}
    assert rules.unit_ids(user, RoleKind.DISTRICT, on=MAY_1) == set()
    assert rules.unit_ids(AnonymousUser(), RoleKind.STAFF, on=MAY_1) == set()


def test_administrators_manage_users():
    assert RoleFactory(role=RoleKind.ADMINISTRATOR).user.has_perm("accounts.change_user")
    assert not UserFactory().has_perm("accounts.change_user")
