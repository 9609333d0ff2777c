"""Who keeps the records of an executive body over REST, and what an answer about them depends on."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from ayil_okmotu.models import ExecutiveBody, Post, PostKind
from lsg_portal.rest import etags, versions
from lsg_portal.rest.problems import Forbidden
from lsg_portal.rest.views import Query

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


class Seen:
    """A thing shown with what stands beside it: its ETag also names the version of the published data.

    For If-Match the thing's own row version alone counts.
    """

    def tag(self, thing: Any, query: Query) -> str:
        """Return the ETag of the thing as this query shows it."""
        data = versions.current(("ayil_okmotu", "registry"))
        view = (*query.values.values(), query.lang, query.format, data, versions.build())
        return etags.make(self.version(thing), view)

    def version(self, thing: Any) -> tuple[object, ...]:
        """Return what names the thing and changes with every change of it."""
        raise NotImplementedError
