"""Who keeps a council's records over REST, and what an answer about them depends on."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from councils import rules, visibility
from councils.models import Council
from lsg_portal.rest.problems import Forbidden
from lsg_portal.rest.sight import BySight, SeenThing

NOT_YOURS = gettext_lazy("Only the secretary of this council records its work.")


def must_keep(user: Any, council: Council | None) -> None:
    """Raise Forbidden unless the user is the secretary of the council, or an administrator, who corrects.

    Where no council is given yet, the secretary of any council may go on.
    """
    keeps = user.has_perm("councils.keep_any") if council is None else user.has_perm("councils.keep", council)
    if not keeps and not user.has_perm("councils.correct"):
        raise Forbidden(NOT_YOURS)


class OfCouncils(BySight):
    """A view that shows more to some: drafts of resolutions."""

    def sight(self, viewer: Any) -> visibility.Sight:
        """How far the viewer sees."""
        return rules.sight(viewer)


class Seen(OfCouncils, SeenThing):
    """A thing of councils, with an ETag that depends on its viewer."""
