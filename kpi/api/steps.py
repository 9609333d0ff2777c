"""The steps of a report's life over REST: each under the report's ETag."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kpi import services
from kpi.api.columns import NOT_YOURS, maybe, must_manage
from kpi.api.payloads import AmendBody, ReturnBody
from kpi.api.reports import OnReport
from kpi.models import SETTLED, Report, ReportStatus
from lsg_portal.rest.detail import ActionView
from lsg_portal.rest.problems import Conflict, Forbidden
from lsg_portal.rest.views import Query
from registry.models import LegalAct

REVIEWERS = _("Only approvers of the ministry, and heads for their employees, review reports.")


class _Step(OnReport, ActionView):
    """A step that a report takes once on its way."""

    leads_to: ClassVar[ReportStatus]
    beyond: ClassVar[Collection[ReportStatus]] = ()
    """States in which the step has been taken already, beside the one it leads to."""

    permission: ClassVar[str]
    refusal: ClassVar[Any] = NOT_YOURS

    def must(self, user: Any, report: Report) -> None:
        """Raise Forbidden unless the user may take the step."""
        if not user.has_perm(self.permission, report):
            raise Forbidden(self.refusal)

    def reached(self, thing: Report, method: str) -> None:
        """It is that far, or further."""
        if thing.status in (self.leads_to, *self.beyond):
            raise Conflict(_("The report is already that far or further."), code=f"already_{self.leads_to}")

    def given(self, thing: Report, user: Any) -> dict[str, Any]:
        """Return what every step needs."""
        return {
            "report": thing,
            "by": user,
            "at": timezone.now(),
            "expected_version": thing.version,
        }


class Submit(_Step):
    """Hand a complete report in; refused with everything that stands in the way, each by its indicator."""

    leads_to = ReportStatus.SUBMITTED
    beyond = (ReportStatus.IN_REVIEW, *SETTLED)
    permission = "kpi.enter"

    def act(self, thing: Report, data: Any, user: Any) -> Report:
        """Submit it."""
        return services.submit(**self.given(thing, user))


class Recall(_Step):
    """Take a submitted report back before its review has begun."""

    leads_to = ReportStatus.DRAFT
    permission = "kpi.enter"

    def act(self, thing: Report, data: Any, user: Any) -> Report:
        """Take it back."""
        return services.recall(**self.given(thing, user))


class StartReview(_Step):
    """Begin the review of a submitted report; nobody reviews what he or she submitted."""

    leads_to = ReportStatus.IN_REVIEW
    beyond = (ReportStatus.RETURNED, *SETTLED)
    permission = "kpi.review"
    refusal = REVIEWERS

    def act(self, thing: Report, data: Any, user: Any) -> Report:
        """Begin it."""
        return services.start_review(**self.given(thing, user))


class Return(_Step):
    """Return values of a report in review, each with its reason; they can be corrected for ten days."""

    bodies = {"POST": ReturnBody}
    leads_to = ReportStatus.RETURNED
    permission = "kpi.review"
    refusal = REVIEWERS

    def act(self, thing: Report, data: Any, user: Any) -> Report:
        """Return it."""
        return services.return_report(reasons=data["reasons"], **self.given(thing, user))


class Approve(_Step):
    """Approve a report in review; never by who submitted it. From now on it changes by an amendment only."""

    leads_to = ReportStatus.APPROVED
    beyond = (ReportStatus.PUBLISHED, ReportStatus.SUPERSEDED)
    permission = "kpi.review"
    refusal = REVIEWERS

    def act(self, thing: Report, data: Any, user: Any) -> Report:
        """Approve it."""
        return services.approve(**self.given(thing, user))


class Publish(_Step):
    """Publish an approved report: an office's is public from now on; the revision before it is superseded, and stays."""

    leads_to = ReportStatus.PUBLISHED
    beyond = (ReportStatus.SUPERSEDED,)

    def must(self, user: Any, report: Report) -> None:
        """Only the ministry publishes."""
        must_manage(user)

    def act(self, thing: Report, data: Any, user: Any) -> Report:
        """Publish it."""
        return services.publish(**self.given(thing, user))


class Amend(OnReport, ActionView):
    """Open the next revision of an approved or published report for a reason; answers with the new revision."""

    bodies = {"POST": AmendBody}
    success = 201

    def must(self, user: Any, report: Report) -> None:
        """Only who enters or reviews the report; whether it can be amended is its state's to say."""
        if not (user.has_perm("kpi.enter", report) or user.has_perm("kpi.review", report)):
            raise Forbidden(NOT_YOURS)

    def act(self, thing: Report, data: Any, user: Any) -> Report:
        """Open it."""
        return services.amend(
            report=thing,
            reason=data["reason"],
            act=maybe(LegalAct.objects.all(), data.get("act"), "/act"),
            by=user,
            at=timezone.now(),
            expected_version=thing.version,
        )

    def shown(
        self, document: Any, query: Query, *, status: int = 200, tag: str | None = None
    ) -> HttpResponse:
        """Say where the new revision stands."""
        response = super().shown(document, query, status=status, tag=tag)
        response["Location"] = self.request.build_absolute_uri(
            reverse("api-kpi-report", args=[document["id"]])
        )
        return response
