"""Who may do what with the reform: pages, REST, files, search and the administration pages ask here alone.

Drafts are read by the ministry, and by the staff of each district that they touch (see ``reform.visibility``).
"""

from __future__ import annotations

from typing import Any

import rules

from accounts.models import RoleKind
from accounts.rules import is_administrator, is_auditor, is_district, is_ministry, is_reform_team, unit_ids
from lsg_portal.rest.clock import today
from reform.visibility import EVERYTHING, PUBLIC, PUBLISHED, Sight


def sight(user: Any) -> Sight:
    """Return how far a user sees today; visitors, None among them, see what is published."""
    if user is None or not user.is_authenticated:
        return PUBLIC
    if is_ministry(user):
        return EVERYTHING
    if is_district(user):
        return Sight(districts=frozenset(unit_ids(user, RoleKind.DISTRICT, on=today())))
    return PUBLIC


@rules.predicate
def reads_drafts(user: Any) -> bool:
    """Whether the user reads any draft."""
    return bool(sight(user))


@rules.predicate
def reads_event(user: Any, event: Any) -> bool:
    """Whether the user reads this event."""
    if event.status in PUBLISHED:
        return True
    seen = sight(user)
    return seen.everything or type(event).objects.visible_to(seen).filter(pk=event.pk).exists()


reads_administration = is_administrator | is_auditor | is_reform_team

rules.add_perm("reform", reads_administration)
rules.add_perm("reform.view_draft", reads_drafts)
rules.add_perm("reform.read_event", reads_event)
rules.add_perm("reform.view_names", is_ministry)  # who drafted, applied, annulled
rules.add_perm("reform.change_event", is_reform_team)

# The administration pages. Nothing is deleted there, and an event is changed only by the portal's own pages
# and over REST, which ask for ``reform.change_event`` and never come through here.
for model in ("programme", "event", "roadmapstep", "handover"):
    rules.add_perm(f"reform.view_{model}", reads_administration)
for model in ("programme", "roadmapstep", "handover"):
    rules.add_perm(f"reform.add_{model}", is_reform_team)
    rules.add_perm(f"reform.change_{model}", is_reform_team)
