"""What a municipality reports of a quarter: money, performance; and what it performs in fact."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegation import office_queries, quarters, services, wording
from delegation.forms import DayForm, FundingForm, PerformanceForm, PracticeForm
from delegation.models import Funding, Performance, Practice
from delegation.views.office.base import OfTransfer, OfUnit, ServiceForm
from lsg_portal.web import addresses, display


class OfQuarter(OfTransfer, ServiceForm):
    """A report on one quarter of a transfer: a first one, or a correction of it."""

    from_today = ()
    record_name = "report"
    model: Any

    def admit(self) -> None:
        """Look first whether there is such a quarter, and the transfer was in force in it."""
        asked = (self.kwargs["year"], self.kwargs["quarter"])
        valid = asked[0] in quarters.YEARS and 1 <= asked[1] <= 4
        if not (valid and quarters.touches(asked, self.transfer.valid)):
            raise Http404
        super().admit()

    @cached_property
    def report(self) -> Any:
        """What has been reported, None where nothing has."""
        asked = {"year": self.kwargs["year"], "quarter": self.kwargs["quarter"]}
        return self.model.objects.filter(transfer=self.transfer, **asked).first()

    @property
    def record(self) -> Any:
        """The report."""
        return self.report

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say of which quarter."""
        name = wording.quarter(self.kwargs["year"], self.kwargs["quarter"])
        subject = f"{self.power_name}. {self.unit_name}, {name}"
        return super().get_context_data(**{"subject": subject, **kwargs})

    def act(self, form: Any) -> None:
        """Record it, unless somebody has reported or corrected it meanwhile."""
        type(self).service(
            transfer=self.transfer,
            year=self.kwargs["year"],
            quarter=self.kwargs["quarter"],
            expected_version=form.expected_version,
            **form.values,
        )


class ReportFunding(OfQuarter):
    """The money of a quarter."""

    title = gettext_lazy("Money of the quarter")
    explanation = gettext_lazy(
        "In thousand som, for this quarter alone. What is left empty counts as not reported; write 0 where there was nothing."
    )
    form_class = FundingForm
    done = gettext_lazy("The money of the quarter is on record.")
    model = Funding
    service = staticmethod(services.report_funding)
    shows = ("need", "planned", "received", "spent", "material")


class ReportPerformance(OfQuarter):
    """How the power was performed in a quarter."""

    title = gettext_lazy("Performance of the quarter")
    form_class = PerformanceForm
    done = gettext_lazy("The performance of the quarter is on record.")
    model = Performance
    service = staticmethod(services.report_performance)
    shows = ("result", "volume", "volume_unit", "obstacle")


class NewPractice(OfUnit, ServiceForm):
    """A power that the municipality performs in fact."""

    title = gettext_lazy("Record a power performed in fact")
    explanation = gettext_lazy(
        "Whether or not anybody has handed it over: without a transfer in force it is shown as work without agreement."
    )
    form_class = PracticeForm
    done = gettext_lazy("The power performed in fact is on record.")
    service = staticmethod(services.record_practice)
    offered = ("power",)
    pointers = {"valid": "on"}

    def given(self, form: Any) -> dict[str, Any]:
        """Add the municipality."""
        return {**super().given(form), "unit": office_queries.unit(self.unit_id)}


class EndPractice(ServiceForm):
    """A power that the municipality performs no longer."""

    title = gettext_lazy("End what was performed in fact")
    form_class = DayForm
    submit = gettext_lazy("End")
    danger = True
    done = gettext_lazy("The end is on record.")
    record_name = "practice"
    service = staticmethod(services.end_practice)
    argument = "practice"

    @cached_property
    def practice(self) -> Practice:
        """The practice; Http404 where there is none."""
        found: Practice = self.found(office_queries.practice(self.kwargs["pk"]))
        return found

    @property
    def record(self) -> Any:
        """The practice."""
        return self.practice

    @property
    def unit_id(self) -> uuid.UUID:
        """Its municipality."""
        return self.practice.unit_id

    @property
    def back(self) -> str:
        """The desk of the municipality."""
        return addresses.page(self.request, "powers-office", self.unit_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which."""
        facts: Sequence[tuple[str, str]] = [
            (_("State power"), office_queries.power_name(self.practice.power)),
            (_("Performed since"), display.day(self.practice.valid.lower)),
        ]
        return super().get_context_data(**{"subject": self.unit_name, "facts": facts, **kwargs})
