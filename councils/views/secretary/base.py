"""What the secretary's pages share: whose council it is, who may come in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from councils import secretary_queries
from councils.models import Council
from lsg_portal.web import addresses
from lsg_portal.web.shell import Crumb
from registry import record_pages
from registry.record_pages import KeeperPage


def may_write(user: Any, council: Council) -> bool:
    """Tell whether the reader keeps the records of this council: its secretary, or an administrator who corrects."""
    return bool(user.has_perm("councils.keep", council) or user.has_perm("councils.correct"))


class SecretaryPage(KeeperPage):
    """A page of one council's secretary."""

    def admit(self) -> None:
        """Let the secretary in."""
        if not may_write(self.request.user, self.council):
            raise PermissionDenied

    @cached_property
    def council(self) -> Council:
        """The council the page is about; Http404 where there is none the reader may know of."""
        found: Council = self.found(secretary_queries.council(self.kwargs["council"]))
        return found

    @cached_property
    def council_name(self) -> str:
        """What the council is called on its last day, or today."""
        return secretary_queries.council_name(self.council, self.request.today)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the council's desk."""
        desk = addresses.page(self.request, "my-council-desk", self.council.pk)
        return [
            Crumb(_("My council"), addresses.page(self.request, "my-council")),
            Crumb(self.council_name, desk),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the council."""
        return super().get_context_data(council=self.council, council_name=self.council_name, **kwargs)


class RecordPage(SecretaryPage, record_pages.RecordPage):
    """A form about one record of the council."""

    @property
    def back(self) -> str:
        """The page to return to."""
        return addresses.page(self.request, "my-council-desk", self.council.pk)
