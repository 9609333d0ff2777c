"""Who may do what: predicates that the apps' permissions are made of.

A role counts on the day the request is made, whatever day (``at``) it asks about: yesterday's approver may
read yesterday's register and approve nothing. Roles that demand a second factor count only for a user who was
authenticated with one (``accounts.second_factor.counts``). A role for a municipality that has ended gives no right
over its successor: somebody must let it follow (``accounts.services.follow``).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import rules

from accounts.models import RoleKind
from accounts.second_factor import counts, demanded_of
from lsg_portal.rest.clock import today
from registry.models import Unit

MINISTRY = (
    RoleKind.ANALYST,
    RoleKind.APPROVER,
    RoleKind.REFORM_TEAM,
    RoleKind.AUDITOR,
    RoleKind.ADMINISTRATOR,
)


def held(user: Any, *, on: dt.date) -> list[Any]:
    """Return the roles that count for ``user`` on a day; a visitor or an inactive user has none."""
    if user is None or not user.is_authenticated or not user.is_active:
        return []
    return [role for role in user.roles_on(on) if counts(user, role.role)]


def holds(user: Any, *kinds: str, on: dt.date) -> bool:
    """Tell whether ``user`` holds one of the roles on a day; a visitor or an inactive user holds none."""
    return any(role.role in kinds for role in held(user, on=on))


def has_role(*kinds: str) -> Any:
    """Return the predicate "holds one of these roles today"."""

    @rules.predicate("has_role:" + ",".join(kinds))
    def predicate(user: Any) -> bool:
        return holds(user, *kinds, on=today())

    return predicate


def unit_ids(user: Any, kind: str, *, on: dt.date) -> set[Any]:
    """Return the ids of the units for which ``user`` holds the role on a day."""
    return {role.unit_id for role in held(user, on=on) if role.role == kind and role.unit_id}


def needs_second_factor(user: Any, *, on: dt.date) -> bool:
    """Tell whether a role of the user demands a second factor at login."""
    return demanded_of(user, on=on)


@rules.predicate
def acts_for(user: Any, unit: Any) -> bool:
    """Tell whether ``user`` is staff of this municipality today; ``unit`` is the unit or its id."""
    return getattr(unit, "pk", unit) in unit_ids(user, RoleKind.STAFF, on=today())


def is_staff_of(unit_id: Any) -> Any:
    """Return the predicate "is staff of this municipality today"."""

    @rules.predicate(f"is_staff_of:{unit_id}")
    def predicate(user: Any) -> bool:
        return acts_for(user, unit_id)

    return predicate


def is_district_over(unit_id: Any, day: dt.date) -> Any:
    """Return the predicate "is staff, today, of the district in which this unit lay on ``day``".

    A unit that lay in no district that day has none over it.
    """

    @rules.predicate(f"is_district_over:{unit_id}:{day}")
    def predicate(user: Any) -> bool:
        districts = unit_ids(user, RoleKind.DISTRICT, on=today())
        return any(
            Unit.objects.within(Unit(pk=district), day).filter(pk=unit_id).exists() for district in districts
        )

    return predicate


is_staff_member = has_role(RoleKind.STAFF)
is_district = has_role(RoleKind.DISTRICT)
is_analyst = has_role(RoleKind.ANALYST)
is_approver = has_role(RoleKind.APPROVER)
is_reform_team = has_role(RoleKind.REFORM_TEAM)
is_auditor = has_role(RoleKind.AUDITOR)
is_administrator = has_role(RoleKind.ADMINISTRATOR)
is_ministry = has_role(*MINISTRY)


@rules.predicate
def is_oneself(user: Any, other: Any) -> bool:
    """Tell whether the account in question is the user's own."""
    return other is not None and getattr(user, "pk", None) == other.pk


is_reader_of_users = is_administrator | is_auditor

rules.add_perm("accounts", is_administrator)
rules.add_perm("accounts.view_user", is_reader_of_users)
rules.add_perm("accounts.view_role", is_reader_of_users)
for model in ("user", "role"):
    for action in ("add", "change"):
        rules.add_perm(f"accounts.{action}_{model}", is_administrator)
rules.add_perm("admin.open", is_administrator | is_auditor | is_reform_team)
"""The administration pages of Django: what each shows is asked of the same rules again."""
