"""What the desks share: who comes in, their menu, how states and figures are written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateResponseMixin

from kpi import rules, wording
from kpi.visibility import Sight
from lsg_portal.web import addresses, display
from lsg_portal.web.sections import Section
from lsg_portal.web.shell import Crumb
from registry.record_pages import KeeperPage, RecordPage

MENU = (
    ("kpi-inbox", gettext_lazy("Review"), "read_unpublished"),
    ("kpi-periods", gettext_lazy("Reporting periods"), "read_unpublished"),
    ("kpi-completeness", gettext_lazy("Completeness"), ""),
    ("kpi-runs", gettext_lazy("Scoring runs"), "read_private"),
    ("kpi-methodology-desk", gettext_lazy("Methodologies"), "manage"),
)
"""The desks, and the right that each one asks for."""


def state(value: str) -> str:
    """Return what a state of a report is called; one that nobody has begun has a name too."""
    return _("not begun") if value == "not_started" else wording.report_status(value)


def tone(value: str) -> str:
    """Return the colour of a state's mark."""
    return wording.TONES.get(value, "")  # type: ignore[call-overload]


class Desk(KeeperPage):
    """A page of the desks with their menu; ``right`` is what its reader must have."""

    right: ClassVar[str] = "manage"
    section: ClassVar[str] = "kpi-inbox"

    def admit(self) -> None:
        """Let in who has the right of the page."""
        if not self.request.user.has_perm(f"kpi.{self.right}"):
            raise PermissionDenied

    @cached_property
    def manages(self) -> bool:
        """Whether the reader keeps periods, runs and methodologies."""
        return bool(self.request.user.has_perm("kpi.manage"))

    @cached_property
    def sight(self) -> Sight:
        """How far the reader sees."""
        return rules.sight(self.request.user)

    @property
    def now(self) -> Any:
        """The moment at which a step is taken."""
        return timezone.now()

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the public pages."""
        public = addresses.optional("kpi")
        return [Crumb(_("KPI"), public)] if public else []

    def menu(self) -> list[Section]:
        """Return the desks that are open to the reader."""
        user = self.request.user
        return [
            Section(label, addresses.page(self.request, route), route == self.section)
            for route, label, right in MENU
            if not right or user.has_perm(f"kpi.{right}")
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the menu and what the reader may do."""
        found = {
            "sections": self.menu(),
            "sections_label": _("Desks of the ministry"),
            "manages": self.manages,
        }
        return super().get_context_data(**{**found, **kwargs})


class ShowPage(Desk, TemplateResponseMixin):
    """A desk that shows records and leads to the forms about them."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it."""
        return self.render_to_response(self.get_context_data())


class DeskForm(Desk, RecordPage):
    """A form of the desks about one record."""


def moment(value: Any) -> str:
    """Write a moment as it was in Bishkek."""
    return display.moment(timezone.localtime(value)) if value else ""
