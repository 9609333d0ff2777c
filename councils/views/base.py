"""What the public pages of the councils share: their place in the site, the way down to a council, links."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from councils import wording
from councils.page_queries import bodies
from councils.statistics import percent
from lsg_portal.web import addresses, display
from lsg_portal.web.sections import SectionedPage
from lsg_portal.web.shell import Crumb
from lsg_portal.web.views import RegisterPage
from registry import cells, titles
from registry.crumbs import down_to
from registry.queries import Row, data_versions

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SECTIONS: tuple[tuple[str, StrOrPromise], ...] = (
    ("councils", _("Councils")),
    ("resolutions", _("Resolutions")),
    ("women-in-councils", _("Women in councils")),
    ("council-seats", _("Seats before and after")),
    ("council-comparison", _("Comparison")),
)
ONE_DAY = dt.timedelta(days=1)
STATUS_TONES = {"published": "good", "cancelled": "error", "adopted": "accent", "registered": "accent"}
SESSION_TONES = {"held": "good", "cancelled": "error"}


class CouncilsPage(SectionedPage, RegisterPage):
    """A page about all councils, with their own menu."""

    sections = SECTIONS
    section = "councils"
    sections_home = _("Councils")
    sections_label = _("Pages of the councils")

    def get_versions(self) -> Mapping[str, int]:
        """Name the data of the register and of the councils."""
        return data_versions("registry", "councils")


class CouncilDetailPage(RegisterPage):
    """A page about something of one council; ``council_id`` says of which."""

    @property
    def council_id(self) -> uuid.UUID:
        """The council the page is about."""
        return uuid.UUID(str(self.kwargs["pk"]))

    @cached_property
    def council(self) -> Row:
        """The council, with where its unit lay on the day, or on the day of its life nearest to it."""
        found = bodies.council(self.council_id, self.request.day)
        if found is None:
            raise Http404
        return found

    def get_versions(self) -> Mapping[str, int]:
        """Name the data of the register and of the councils."""
        return data_versions("registry", "councils")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the oblast, the district and the municipality; below the council's own page the council too."""
        council = self.council
        above = down_to(self.request, council["oblast"], council["district"], council["unit"])
        return [*above, *self.below_council()]

    def below_council(self) -> Sequence[Crumb]:
        """Return the steps between the municipality and this page: the council itself."""
        return [self.council_crumb()]

    def council_crumb(self) -> Crumb:
        """Return the step to the council's page."""
        return Crumb(
            wording.council_of(self.council), addresses.page(self.request, "council", self.council["id"])
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the council, what it is called and the names of the units it lies in."""
        council = self.council
        return super().get_context_data(
            council=council,
            council_name=wording.council_of(council),
            council_kind=wording.council_kind(council["kind"]),
            unit_name=titles.full_name(council["unit"]),
            district_name=titles.full_name(council["district"]),
            oblast_name=titles.full_name(council["oblast"]),
            **kwargs,
        )


def council_link(request: Any, row: Mapping[str, Any] | None, key: str = "id") -> str | None:
    """Return the page of the council of a row on the reader's day."""
    return addresses.page(request, "council", row[key]) if row and row[key] else None


def deputy_link(request: Any, row: Mapping[str, Any]) -> str:
    """Return the page of the person of a row on the reader's day."""
    return addresses.page(request, "deputy", row["person_id"])


def share(part: int | None, whole: int | None) -> str | None:
    """Return a part in percent with two decimals, half up; None where there is nothing to take it of."""
    return percent(part or 0, whole) if whole else None


def status_badge(status: str) -> str:
    """Return the status of a resolution as a mark."""
    return cells.badge(wording.resolution_status(status), STATUS_TONES.get(status, ""))


def session_badge(status: str) -> str:
    """Return how far a session is as a mark."""
    return cells.badge(wording.session_status(status), SESSION_TONES.get(status, ""))


def act_of(row: Mapping[str, Any], prefix: str = "act") -> str:
    """Return the act of a row as it is quoted, from the columns ``<prefix>_kind``, ``_number``, ``_adopted_on``."""
    keys = ("kind", "number", "adopted_on")
    return titles.act_name({key: row[f"{prefix}_{key}"] for key in keys}) if row[f"{prefix}_kind"] else ""


def term(row: Mapping[str, Any]) -> str:
    """Return the period of a row in figures, with its last day."""
    return display.period(row["valid"].lower, row["valid"].upper, short=True)
