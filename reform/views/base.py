"""What the pages of the reform share: their place in the site, links, who may do what."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lsg_portal.web import addresses
from lsg_portal.web.sections import SectionedPage
from reform import page_queries
from reform.rules import sight
from reform.visibility import Sight
from registry.errors import Violation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SECTIONS: tuple[tuple[str, StrOrPromise], ...] = (
    ("reform", _("Overview")),
    ("reform-events", _("Events")),
    ("reform-lineage", _("Lineage")),
    ("reform-checks", _("Checks")),
)


@dataclass(frozen=True)
class Problem:
    """A line of the error summary: ``target`` is the id of what it is about, empty where there is none."""

    target: str
    label: StrOrPromise
    message: StrOrPromise


class ReformPage(SectionedPage):
    """A page under "Reform" with the reform's own menu."""

    sections = SECTIONS
    section = "reform"
    sections_home = _("Reform")
    sections_label = _("Pages of the reform")

    def get_versions(self) -> Mapping[str, int]:
        """Name the data of the register and of the reform."""
        return page_queries.data_versions("registry", "reform", "councils", "ayil_okmotu")


class ReformTeamOnly(PermissionRequiredMixin):
    """Lets the reform team in, sends a visitor to the sign-in page, refuses anybody else.

    403 where the reader may see the event and not change it; 404 where they may not see it.
    """

    permission_required = "reform.change_event"
    request: Any

    def has_permission(self) -> bool:
        """Look for the event first: a refusal would say that it is there."""
        if self.request.user.is_authenticated:
            self.must_be_seen()
        return super().has_permission()

    def must_be_seen(self) -> None:
        """Raise Http404 where the page is about an event that the reader may not see."""


def seen_by(request: HttpRequest) -> Sight:
    """Return which drafts the reader sees."""
    return sight(request.user)


def may_see_names(request: HttpRequest) -> bool:
    """Tell whether the reader is told who drafted, applied and annulled."""
    return request.user.has_perm("reform.view_names")


def may_change(request: HttpRequest) -> bool:
    """Tell whether the reader is of the reform team."""
    return request.user.has_perm("reform.change_event")


def unit_link(
    request: Any, unit: uuid.UUID | str, last_day: dt.date | None = None, first_day: dt.date | None = None
) -> str:
    """Return a unit's page: on the reader's day, or on the day of its life that is nearest to it."""
    nearest = None
    if last_day is not None and last_day < request.day:
        nearest = last_day
    elif first_day is not None and first_day > request.day:
        nearest = first_day
    if nearest is not None:
        return addresses.with_query(reverse("unit", args=[unit]), at=nearest.isoformat())
    return addresses.page(request, "unit", unit)


# Where on the drafting form and on the event's page a violation of the domain belongs.
ANCHORS = {"kind": "kind", "acts": "acts", "units": "units", "parts": "parts", "effective_on": "effective_on"}


def problems_of(violations: Iterable[Violation], *, linked: bool = True) -> list[Problem]:
    """Return the violations of a DomainError as lines of an error summary, each once."""
    found = {}
    for item in violations:
        field = item.pointer.strip("/").split("/")[0]
        target = ANCHORS.get(field, "") if linked else ""
        found[target, str(item.message)] = Problem(target, "", item.message)
    return list(found.values())
