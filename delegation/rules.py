"""Who may do what with delegated powers: pages, REST, files, search and the administration pages ask here alone.

The staff of a municipality draft its transfers and report on them; the ministry keeps the catalogue and takes the steps
that bind: agreed, in force, ended, succeeded, decided.
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
    is_ministry,
    is_reform_team,
    is_staff_member,
    unit_ids,
)
from delegation.visibility import EVERYTHING, PUBLIC, WITHHELD, Sight
from lsg_portal.rest.clock import today
from registry.models import Unit


def kept_units(user: Any) -> set[uuid.UUID]:
    """Return the municipalities whose transfers a user drafts and reports on today."""
    return unit_ids(user, RoleKind.STAFF, on=today())


def sight(user: Any) -> Sight:
    """Return how far a user sees today; visitors, None among them, see what is public."""
    if user is None or not user.is_authenticated:
        return PUBLIC
    if is_ministry(user):
        return EVERYTHING
    units = set(kept_units(user))
    for district in unit_ids(user, RoleKind.DISTRICT, on=today()):
        within = Unit.objects.within(Unit(pk=district), today())
        units |= set(within.values_list("pk", flat=True))
    return Sight(units=frozenset(units))


@rules.predicate
def reads_drafts(user: Any) -> bool:
    """Whether the user reads any draft."""
    return bool(sight(user))


@rules.predicate
def reads_transfer(user: Any, transfer: Any) -> bool:
    """Whether the user reads this transfer."""
    if transfer.status not in WITHHELD:
        return True
    seen = sight(user)
    return seen.everything or transfer.unit_id in seen.units


decides = has_role(RoleKind.APPROVER, RoleKind.ADMINISTRATOR)
"""The ministry's part in the life of a transfer, of a dispute and of a succession."""


@rules.predicate
def keeps(user: Any, unit: Any) -> bool:
    """Whether the user drafts and reports for this municipality; ``unit`` is the unit or its id."""
    return unit is not None and (bool(acts_for(user, unit)) or bool(decides(user)))


rules.add_perm("delegation.view_draft", reads_drafts)
rules.add_perm("delegation.read_transfer", reads_transfer)
rules.add_perm("delegation.keep", keeps)
rules.add_perm("delegation.keep_any", is_staff_member | decides)
rules.add_perm("delegation.decide", decides)
rules.add_perm("delegation.keep_catalogue", decides)

# The administration pages hold what law and sources say; nothing is deleted there.
reads_administration = is_administrator | is_auditor | is_reform_team

rules.add_perm("delegation", reads_administration)
for model in ("statebody", "field", "statepower", "poweritem", "statuteitem", "overlap"):
    rules.add_perm(f"delegation.view_{model}", reads_administration)
    rules.add_perm(f"delegation.add_{model}", is_administrator)
    rules.add_perm(f"delegation.change_{model}", is_administrator)
