"""Who keeps the records of an executive body over REST, and what an answer about them depends on."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from ayil_okmotu.models import ExecutiveBody, Post, PostKind
from lsg_portal.rest.problems import Forbidden
from lsg_portal.rest.sight import SeenThing

NOT_YOURS = gettext_lazy("Only the staff of this municipality keep the records of its executive body.")
NOT_YOURS_TO_APPOINT = gettext_lazy(
    "The ministry records who heads an executive body, as the President and the akims decide."
)


def must_keep(user: Any, body: ExecutiveBody | None) -> None:
    """Raise Forbidden unless the user keeps the records of the body; where none is given yet, of any body."""
    keeps = user.has_perm("ayil_okmotu.keep_any") if body is None else user.has_perm("ayil_okmotu.keep", body)
    if not keeps:
        raise Forbidden(NOT_YOURS)


def must_appoint(user: Any, post: Post | None) -> None:
    """Raise Forbidden unless the user records who holds the post; where none is given yet, any post."""
    if post is None:
        if not user.has_perm("ayil_okmotu.appoint_head"):
            must_keep(user, None)
    elif not user.has_perm("ayil_okmotu.appoint", post):
        raise Forbidden(NOT_YOURS_TO_APPOINT if post.kind == PostKind.HEAD else NOT_YOURS)


def must_keep_budget(user: Any, unit: Any) -> None:
    """Raise Forbidden unless the user keeps the budget of the unit; where none is given yet, of any."""
    keeps = (
        user.has_perm("ayil_okmotu.keep_any")
        if unit is None
        else user.has_perm("ayil_okmotu.keep_budget", unit)
    )
    if not keeps:
        raise Forbidden(NOT_YOURS)


class Seen(SeenThing):
    """A thing of executive bodies: all of them are public, and everybody sees the same."""

    def versions_of(self, viewer: Any) -> tuple[str, ...]:
        """What is published."""
        return ("ayil_okmotu", "registry")

    def viewer_key(self, viewer: Any) -> str:
        """Nothing of the viewer changes the answer."""
        return ""
