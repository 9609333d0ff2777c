"""Who keeps a council's records over REST, and what an answer about them depends on."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from councils import rules
from councils.models import Council
from lsg_portal.rest import etags, versions
from lsg_portal.rest.problems import Forbidden
from lsg_portal.rest.views import Query

NOT_YOURS = gettext_lazy("Only the secretary of this council records its work.")


def must_keep(user: Any, council: Council | None) -> None:
    """Raise Forbidden unless the user is the secretary of the council, or an administrator, who corrects.

    Where no council is given yet, the secretary of any council may go on.
    """
    keeps = user.has_perm("councils.keep_any") if council is None else user.has_perm("councils.keep", council)
    if not keeps and not user.has_perm("councils.correct"):
        raise Forbidden(NOT_YOURS)


class Seen:
    """A thing shown with what stands beside it: its ETag also names the version of the published data.

    For If-Match the thing's own row version alone counts.
    """

    def tag(self, thing: Any, query: Query) -> str:
        """Return the ETag of the thing as this query shows it."""
        data = versions.current((*rules.sight(query.viewer).versions, "registry"))
        view = (*query.values.values(), query.lang, query.format, rules.sight(query.viewer).key)
        return etags.make(self.version(thing), (*view, data, versions.build()))

    def version(self, thing: Any) -> tuple[object, ...]:
        """Return what names the thing and changes with every change of it."""
        raise NotImplementedError
