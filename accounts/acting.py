"""In whose name a change is made, and in which capacity: what the journal writes down of the user."""

from __future__ import annotations

import contextlib
from typing import Any

from accounts import rules
from accounts.models import RoleKind
from lsg_portal.data import actor


def acting_for(user: Any, *, request_id: str = "") -> contextlib.AbstractContextManager[None]:
    """Return the context that names ``user``, or a visitor, as the actor of the changes made inside.

    The roles are those that count in this session. Whoever is staff of one municipality and nothing else changes
    nothing of another: the unit guard of the database holds that too.
    """
    if not user.is_authenticated:
        return actor.acting("visitor", request_id=request_id)
    held = rules.held(user, on=rules.today())
    kinds = sorted({role.role for role in held})
    unit = held[0].unit_id if len(held) == 1 and kinds == [RoleKind.STAFF] else None
    return actor.acting(
        f"user:{user.pk}",
        name=user.get_full_name() or user.get_username(),
        roles=",".join(kinds),
        request_id=request_id,
        unit=str(unit) if unit else None,
    )
