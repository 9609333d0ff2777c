"""Pages that stand side by side under one entry of the main menu, with a menu of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import addresses
from .shell import Crumb
from .views import PageMixin

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Section:
    """One of the pages, as the menu under the heading shows it."""

    label: StrOrPromise
    url: str
    current: bool


class SectionedPage(PageMixin):
    """A page with the menu of its ``sections``, pairs of route and label; the first is the one all lead back to.

    ``sections_home`` names that page in the breadcrumb, ``sections_label`` the menu for who hears it.
    """

    sections: Sequence[tuple[str, StrOrPromise]] = ()
    section = ""
    sections_home: StrOrPromise = ""
    sections_label: StrOrPromise = ""

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the first of the pages."""
        first = self.sections[0][0]
        if self.section == first:
            return ()
        return [Crumb(self.sections_home, addresses.page(self.request, first))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the menu."""
        found = [
            Section(label, addresses.page(self.request, route), route == self.section)
            for route, label in self.sections
        ]
        return super().get_context_data(sections=found, sections_label=self.sections_label, **kwargs)
