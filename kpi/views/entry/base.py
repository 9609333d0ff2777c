"""What the pages of one report share: whose it is, who may come in, what is around it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from kpi import entry_queries, services, wording
from kpi.models import EDITABLE, Report, Value
from lsg_portal.web import addresses
from lsg_portal.web.shell import Crumb
from registry.record_pages import KeeperPage


class OfReport(KeeperPage):
    """A page about one report, for those who enter it.

    What the reader may not read does not exist; what they may read and not enter is refused.
    """

    right = "kpi.enter"

    @cached_property
    def report(self) -> Report:
        """The report; Http404 where there is none, or one that is not the reader's business."""
        found: Report = self.found(entry_queries.report(self.report_id))
        if not self.request.user.has_perm("kpi.read_report", found):
            raise Http404
        return found

    @property
    def report_id(self) -> uuid.UUID:
        """Which report the page is about."""
        pk: uuid.UUID = self.kwargs["pk"]
        return pk

    def admit(self) -> None:
        """Let in who has the right to this report."""
        if not self.request.user.has_perm(self.right, self.report):
            raise PermissionDenied

    @property
    def now(self) -> dt.datetime:
        """The moment at which a step is taken."""
        return timezone.now()

    @cached_property
    def editable(self) -> bool:
        """Whether values of the report may change now."""
        found = self.report
        if found.closed_by_id is not None or found.status not in EDITABLE:
            return False
        return services.may_enter(found, timezone.localdate(self.now))

    @cached_property
    def place(self) -> tuple[str, dt.date]:
        """The municipality's name, and the day until which it is on time."""
        return entry_queries.place(self.report)

    @property
    def subject(self) -> str:
        """Whose report it is: a municipality's, or an employee's of it."""
        unit = self.place[0]
        if self.report.appointment_id is None:
            return unit
        return f"{entry_queries.employee_name(self.report)}. {unit}"

    @property
    def quarter(self) -> str:
        """The period in words."""
        return wording.quarter(self.report.period.number)

    @property
    def entry_url(self) -> str:
        """The page on which the report is entered."""
        return addresses.page(self.request, "kpi-entry", self.report_id)

    @property
    def report_title(self) -> str:
        """What the report is called; an amendment says so."""
        title = _("KPI report, %(quarter)s") % {"quarter": self.quarter}
        if self.report.revision == 1:
            return title
        return _("%(report)s, revision %(revision)s") % {"report": title, "revision": self.report.revision}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to my work."""
        return [Crumb(_("My work"), addresses.page(self.request, "kpi-work"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the report."""
        found = {"report": self.report, "subject": self.subject, "entry_url": self.entry_url}
        return super().get_context_data(**{**found, **kwargs})

    def refresh(self) -> None:
        """Read the report again, as something was done to it."""
        for name in ("report", "editable"):
            self.__dict__.pop(name, None)


class OfReportPart(OfReport):
    """A page below the report's that leads back to it."""

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the report."""
        return [*super().get_crumbs(), Crumb(self.report_title, self.entry_url)]


class OfValue(OfReport):
    """An address of one value, for scripts and without them."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take nothing from somebody else's session: an open page goes on sending after another person has signed in."""
        typed_by = request.POST.get("typed_by") if request.method == "POST" else None
        if typed_by is not None and request.user.is_authenticated and typed_by != str(request.user.pk):
            return JsonResponse({"outcome": "away"}, status=401)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def value(self) -> Value:
        """The value; Http404 where there is none."""
        found: Value = self.found(entry_queries.value(self.value_id))
        return found

    @property
    def value_id(self) -> uuid.UUID:
        """Which value it is."""
        pk: uuid.UUID = self.kwargs["pk"]
        return pk

    @property
    def report_id(self) -> uuid.UUID:
        """The report of the value."""
        return self.value.report_id

    @property
    def wants_json(self) -> bool:
        """Whether a script asks."""
        return bool(self.request.headers.get("Accept", "").startswith("application/json"))

    @property
    def value_url(self) -> str:
        """Where the value stands on the page of the report."""
        return f"{self.entry_url}#value-{self.value.indicator.code}"

    def turned_away(self) -> HttpResponseBase:
        """Tell a script that the session has ended: it keeps what was typed."""
        if self.wants_json:
            return JsonResponse({"outcome": "away"}, status=401)
        return super().turned_away()
