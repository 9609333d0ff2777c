"""Who may do what: predicates that the apps' permissions are made of.

A role counts on the day the request is made, whatever day (``at``) it asks about: yesterday's approver may
read yesterday's register and approve nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import rules

from accounts.models import SECOND_FACTOR, RoleKind
from lsg_portal.rest.clock import today


def holds(user: Any, *kinds: str, on: dt.date) -> bool:
    """Tell whether ``user`` holds one of the roles on a day; a visitor or an inactive user holds none."""
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    return any(role.role in kinds for role in user.roles_on(on))


def has_role(*kinds: str) -> Any:
    """Return the predicate "holds one of these roles today"."""

    @rules.predicate("has_role:" + ",".join(kinds))
    def predicate(user: Any) -> bool:
        return holds(user, *kinds, on=today())

    return predicate


def unit_ids(user: Any, kind: str, *, on: dt.date) -> set[Any]:
    """Return the ids of the units for which ``user`` holds the role on a day."""
    if not getattr(user, "is_authenticated", False):
        return set()
    return {role.unit_id for role in user.roles_on(on) if role.role == kind and role.unit_id}


def needs_second_factor(user: Any, *, on: dt.date) -> bool:
    """Tell whether a role of the user demands a second factor at login."""
    return bool(user.is_superuser) or holds(user, *SECOND_FACTOR, on=on)


is_staff_member = has_role(RoleKind.STAFF)
is_district = has_role(RoleKind.DISTRICT)
is_analyst = has_role(RoleKind.ANALYST)
is_approver = has_role(RoleKind.APPROVER)
is_reform_team = has_role(RoleKind.REFORM_TEAM)
is_auditor = has_role(RoleKind.AUDITOR)
is_administrator = has_role(RoleKind.ADMINISTRATOR)
is_ministry = has_role(
    RoleKind.ANALYST, RoleKind.APPROVER, RoleKind.REFORM_TEAM, RoleKind.AUDITOR, RoleKind.ADMINISTRATOR
)

rules.add_perm("accounts", is_administrator)
for action in ("view", "add", "change", "delete"):
    for model in ("user", "role"):
        rules.add_perm(f"accounts.{action}_{model}", is_administrator)
