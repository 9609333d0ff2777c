"""Steps of those who enter: handing a report in, taking it back, opening an amendment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateResponseMixin

from councils.secretary_queries import acts
from kpi import checking, services, wording
from kpi.entry_cards import Card
from kpi.entry_forms import AmendForm
from kpi.errors import DomainError, Violation
from kpi.models import EDITABLE, Report
from kpi.views.entry.base import OfReport, OfReportPart
from lsg_portal.web import addresses
from registry.models import LegalAct
from registry.record_pages import Problem, RecordPage, Step


class SubmitPage(Step, OfReportPart, TemplateResponseMixin):
    """What stands in the way of submitting, else everything once more and the button."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "kpi/entry/submit.html"
    title = gettext_lazy("Check and submit")

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show what is missing, or what would be submitted."""
        if self.report.status not in EDITABLE:
            return redirect(self.entry_url)
        return self.shown()

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Hand it in."""
        try:
            services.submit(
                report=self.report, by=request.user, at=self.now, expected_version=self.expected_version
            )
        except DomainError as error:
            self.refresh()
            return self.shown(error.violations, error.problem_status)
        messages.success(request, _("The report is submitted. You can take it back until its review begins."))
        return redirect(self.entry_url)

    def shown(self, violations: Sequence[Violation] | None = None, status: int = 200) -> HttpResponseBase:
        """Show the page; ``violations`` are those of a refusal, else they are looked for."""
        last, values = checking.last_values(self.report), services.values_of(self.report)
        cards = [Card(value, last.get(value.indicator.measure_id)) for value in values]
        if violations is None:
            violations = checking.in_the_way(self.report, values, last)
        by_code = {card.code: card for card in cards}
        context = self.get_context_data(
            cards=cards,
            problems=[self.problem(item, by_code) for item in violations],
            editable=self.editable,
        )
        return self.render_to_response(context, status=status)

    def problem(self, violation: Violation, cards: dict[str, Card]) -> Problem:
        """Return what stands in the way with the way to its field."""
        card = cards.get(violation.pointer.rpartition("/")[2])
        if card is None:
            return Problem("", "", violation.message)
        said = wording.value_status("") if violation.code == "empty" else violation.message
        return Problem(f"{self.entry_url}#{card.field_id}", card.name, said)


class RecallReport(Step, OfReport):
    """A submitted report taken back before its review has begun."""

    http_method_names = ["post", "options"]

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take it back."""
        try:
            services.recall(
                report=self.report, by=request.user, at=self.now, expected_version=self.expected_version
            )
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("The report is yours again: correct it and submit it."))
        return redirect(self.entry_url)


class AmendPage(OfReportPart, RecordPage):
    """The next revision of an approved or published report, for a reason; the former stays as it is."""

    right = "kpi.amend"
    record_name = "report"
    title = gettext_lazy("Amend the report")
    form_class = AmendForm
    submit = gettext_lazy("Open the amendment")
    done = gettext_lazy("The amendment is open: correct the values and submit it.")
    explanation = gettext_lazy(
        "The approved report stays as it is and can be cited. The amendment begins with its values and files; once it is "
        "approved and published it replaces the report."
    )

    @property
    def record(self) -> Any:
        """The report."""
        return self.report

    @property
    def back(self) -> str:
        """The page of the report."""
        return self.page_of(self.report)

    def page_of(self, report: Report) -> str:
        """Return where the reader works on a report: entering it, or reviewing it."""
        if self.request.user.has_perm("kpi.enter", report):
            return addresses.page(self.request, "kpi-entry", report.pk)
        return addresses.optional("kpi-review", report.pk) or addresses.page(self.request, "kpi-work")

    def stored(self, record: Any) -> dict[str, Any]:
        """Return nothing: reason and act are those of the amendment."""
        return {}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the acts."""
        return {**super().get_form_kwargs(), "acts": acts()}

    def act(self, form: AmendForm) -> str:
        """Open it, and go on to its values."""
        given = form.values
        act = given["act"]
        fresh = services.amend(
            report=self.report,
            reason=given["reason"],
            act=None if act is None else LegalAct.objects.filter(pk=act).first(),
            by=self.request.user,
            at=self.now,
            expected_version=form.expected_version,
        )
        return self.page_of(fresh)
