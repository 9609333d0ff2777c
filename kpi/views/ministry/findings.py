"""What an independent audit finds of a value."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kpi import checking, services, wording
from kpi.ministry_forms import FindingForm
from kpi.models import Value
from kpi.page_queries import review as reads
from kpi.views.ministry.base import DeskForm
from kpi.views.ministry.review import parts
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from registry import titles


class NewFinding(DeskForm):
    """The audit confirms a value of an approved report, or corrects it; what was reported stays."""

    title = gettext_lazy("Record what an audit found")
    explanation = gettext_lazy(
        "What was reported stays visible; the audit’s figure counts from now on. A score that is published does not "
        "change: another run has to be computed and published."
    )
    form_class = FindingForm
    submit = gettext_lazy("Record the finding")
    done = pgettext_lazy("KPI", "The finding is on record.")

    @cached_property
    def value(self) -> Value:
        """The value; Http404 where there is none that the reader may read."""
        related = (
            "indicator__measure",
            "report__period",
            "report__appointment__person",
            "report__unit",
        )
        found = Value.objects.select_related(*related).filter(pk=self.kwargs["pk"]).first()
        if found is None or not self.request.user.has_perm("kpi.read_report", found.report):
            raise Http404
        return found

    def admit(self) -> None:
        """Let in auditors, whatever they may not read apart."""
        self.found(self.value)
        if not self.request.user.has_perm("kpi.audit"):
            raise PermissionDenied

    @property
    def back(self) -> str:
        """The report, at this value."""
        page = addresses.page(self.request, "kpi-review", self.value.report_id)
        return f"{page}#value-{self.value.indicator.code}"

    @property
    def unit_name(self) -> str:
        """The municipality as it was called on the period's last day."""
        report = self.value.report
        return titles.full_name(reads.unit(report.unit_id, report.period.last_day))

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the report."""
        inbox = Crumb(_("KPI: review"), addresses.page(self.request, "kpi-inbox"))
        return [*super().get_crumbs(), inbox, Crumb(self.unit_name, self.back)]

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        return {"found_on": self.request.today, **super().get_initial()}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask for what the indicator is entered by."""
        return {**super().get_form_kwargs(), "value": self.value}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what was reported."""
        value = self.value
        report, indicator = value.report, value.indicator
        figure = checking.figure(value)
        facts = [
            (_("Quarter"), wording.quarter(report.period.number)),
            (_("Indicator"), wording.indicator(indicator)),
            (
                _("Reported"),
                wording.figure(figure) if figure is not None else wording.value_status(value.status),
            ),
            *((name, amount) for name, amount in parts(indicator, value) if name),
        ]
        if value.note:
            facts.append((_("Note"), value.note))
        subject = self.unit_name
        if report.appointment is not None:
            subject = f"{display.name(report.appointment.person)} ({subject})"
        return super().get_context_data(**{"subject": subject, "facts": facts, **kwargs})

    def act(self, form: Any) -> None:
        """Record it."""
        services.record_finding(
            value=self.value, by=self.request.user, today=self.request.today, **form.values
        )
