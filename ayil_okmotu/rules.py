"""Who may do what with the executive bodies: pages, REST, search and the administration pages ask here alone.

The staff of a municipality keep the records of its executive body; heads are recorded by the ministry, which writes
down what the President and the akims decide.
"""

from __future__ import annotations

import uuid
from typing import Any

import rules

from accounts.models import RoleKind
from accounts.rules import (
    acts_for,
    has_role,
    is_administrator,
    is_auditor,
    is_reform_team,
    is_staff_member,
    unit_ids,
)
from ayil_okmotu.models import PostKind
from ayil_okmotu.visibility import EVERYTHING, PUBLIC, Sight
from lsg_portal.rest.clock import today

reads_all_private = has_role(RoleKind.APPROVER, RoleKind.AUDITOR, RoleKind.ADMINISTRATOR)


def kept_units(user: Any) -> set[uuid.UUID]:
    """Return the municipalities whose executive body a user works for today."""
    return unit_ids(user, RoleKind.STAFF, on=today())


def sees_private(user: Any) -> Sight:
    """Return how far a user sees what is not public today; visitors, None among them, see none of it."""
    if user is None or not user.is_authenticated:
        return PUBLIC
    if reads_all_private(user):
        return EVERYTHING
    return Sight(units=frozenset(kept_units(user)))


@rules.predicate
def reads_private(user: Any, body: Any) -> bool:
    """Whether discipline, contacts and the like of this body exist for the user."""
    return body is not None and sees_private(user).of(body.unit_id)


@rules.predicate
def works_for(user: Any, body: Any) -> bool:
    """Whether the user is staff of the body's municipality."""
    return bool(body is not None and acts_for(user, body.unit_id))


@rules.predicate
def keeps(user: Any, body: Any) -> bool:
    """Whether the user keeps the records of this body."""
    return body is not None and bool((works_for | is_administrator)(user, body))


@rules.predicate
def works_for_unit(user: Any, unit: Any) -> bool:
    """Whether the user is staff of this municipality; ``unit`` is the unit or its id."""
    return bool(unit is not None and acts_for(user, unit))


appoints_heads = is_reform_team | is_administrator


@rules.predicate
def appoints(user: Any, post: Any) -> bool:
    """Whether the user records who holds this post and how long: heads are the ministry's to record."""
    if post is None:
        return False
    if post.kind == PostKind.HEAD:
        return bool(appoints_heads(user))
    return bool(keeps(user, post.body))


rules.add_perm("ayil_okmotu.keep", keeps)
rules.add_perm("ayil_okmotu.keep_any", is_staff_member | is_administrator)
rules.add_perm("ayil_okmotu.appoint", appoints)
rules.add_perm("ayil_okmotu.appoint_head", appoints_heads)
rules.add_perm("ayil_okmotu.keep_budget", works_for_unit | is_administrator)
rules.add_perm("ayil_okmotu.import_budgets", is_administrator | is_reform_team)
rules.add_perm("ayil_okmotu.read_private", reads_private)

# The administration pages hold what law and sources say; nothing is deleted there.
reads_administration = is_administrator | is_auditor | is_reform_team

rules.add_perm("ayil_okmotu", reads_administration)
for model in ("endground", "qualificationrule", "staffingnorm", "budgetitem", "trainingprogramme"):
    rules.add_perm(f"ayil_okmotu.view_{model}", reads_administration)
    rules.add_perm(f"ayil_okmotu.add_{model}", is_reform_team)
    rules.add_perm(f"ayil_okmotu.change_{model}", is_reform_team)
