"""Who may do what with the councils: pages, REST, files, search and the administration pages ask here alone.

The responsible secretary of a council is the staff of its municipality. What is adopted is public; drafts of
resolutions are read by the secretary and the ministry.
"""

from __future__ import annotations

import uuid
from typing import Any

import rules

from accounts.models import RoleKind
from accounts.rules import (
    acts_for,
    is_administrator,
    is_auditor,
    is_ministry,
    is_reform_team,
    is_staff_member,
    unit_ids,
)
from councils.visibility import DRAFT, EVERYTHING, PUBLIC, Sight
from lsg_portal.rest.clock import today


def kept_units(user: Any) -> set[uuid.UUID]:
    """Return the municipalities whose council a user keeps the records of today."""
    return unit_ids(user, RoleKind.STAFF, on=today())


def sight(user: Any) -> Sight:
    """Return how far a user sees today; visitors, None among them, see what is public."""
    if user is None or not user.is_authenticated:
        return PUBLIC
    if is_ministry(user):
        return EVERYTHING
    return Sight(units=frozenset(kept_units(user)))


@rules.predicate
def reads_drafts(user: Any) -> bool:
    """Whether the user reads any draft."""
    return bool(sight(user))


@rules.predicate
def reads_resolution(user: Any, resolution: Any) -> bool:
    """Whether the user reads this resolution."""
    if resolution.status != DRAFT:
        return True
    seen = sight(user)
    return seen.everything or resolution.council.unit_id in seen.units


@rules.predicate
def keeps(user: Any, council: Any) -> bool:
    """Whether the user keeps the records of this council."""
    return bool(council is not None and acts_for(user, council.unit_id))


rules.add_perm("councils.view_draft", reads_drafts)
rules.add_perm("councils.read_resolution", reads_resolution)
rules.add_perm("councils.keep", keeps)
rules.add_perm("councils.keep_any", is_staff_member)
rules.add_perm("councils.dissolve", is_reform_team)
rules.add_perm("councils.correct", is_administrator)

# The administration pages hold what law says; nothing is deleted there.
reads_administration = is_administrator | is_auditor | is_reform_team

rules.add_perm("councils", reads_administration)
for model in ("decisionrule", "endreason", "party", "seatconflict"):
    rules.add_perm(f"councils.view_{model}", reads_administration)
    rules.add_perm(f"councils.add_{model}", is_reform_team)
    rules.add_perm(f"councils.change_{model}", is_reform_team)
