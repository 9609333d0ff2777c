"""The steps of scoring runs: asked for, checked by computing them again, published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi import services, tasks, wording
from kpi.errors import RULES, RuleBroken, Violation
from kpi.ministry_forms import NoForm, RunForm
from kpi.models import Methodology, Period, PeriodStatus
from kpi.page_queries import runs as reads
from kpi.services import runs as service
from kpi.views.ministry.base import DeskForm
from kpi.views.ministry.runs import OfRun, RunDesk, run_name
from lsg_portal.web import addresses, display
from lsg_portal.web.forms import Options
from lsg_portal.web.shell import Crumb

OFFERED = 20
"""Quarters to choose from, the latest first."""


class NewRun(RunDesk, DeskForm):
    """Scores are asked for; a worker computes them."""

    right = "manage"
    title = gettext_lazy("Compute scores")
    explanation = gettext_lazy(
        "Every approved and published report of the quarter is scored by the methodology in force on its last day. "
        "Nothing is published by this."
    )
    form_class = RunForm
    submit = gettext_lazy("Compute")
    done = ""

    def get_initial(self) -> dict[str, Any]:
        """Begin with the quarter that a link named."""
        return {**super().get_initial(), "period": self.request.GET.get("period", "")}

    @property
    def back(self) -> str:
        """The runs."""
        return addresses.page(self.request, "kpi-runs")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the runs."""
        return [*super().get_crumbs(), Crumb(_("KPI: scoring runs"), self.back)]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the quarters that have ended."""
        found = Period.objects.closed(self.request.today)[:OFFERED]
        offered: Options = [(str(row.pk), wording.quarter(row.number)) for row in found]
        return {**super().get_form_kwargs(), "offers": {"period": offered}}

    @transaction.atomic
    def act(self, form: Any) -> str:
        """Ask for the run; the worker is told once it is on record."""
        period = Period.objects.get(pk=form.values["period"])
        methodology = Methodology.objects.on(period.last_day).filter(subject=form.values["subject"]).first()
        if methodology is None:
            raise RuleBroken(
                Violation("kpi_report_methodology", str(RULES["kpi_report_methodology"]), "/period")
            )
        run = services.request_run(period=period, methodology=methodology, by=self.request.user, at=self.now)
        tasks.score_soon(run.pk)
        return addresses.page(self.request, "kpi-run", run.pk)


class CheckRun(OfRun, DeskForm):
    """The run is computed again from the same reports; nothing is written."""

    title = gettext_lazy("Compute the run again")
    explanation = gettext_lazy(
        "The scores are computed once more from the reports as they are now and compared with those on record. "
        "Nothing is written."
    )
    form_class = NoForm
    submit = gettext_lazy("Compare")
    done = ""

    def act(self, form: Any) -> None:
        """Compare, and say what came out."""
        if services.reproduce(self.run):
            messages.success(self.request, _("Every score comes out the same."))
        elif service.gather(self.run.period, self.run.methodology).digest != self.run.inputs:
            messages.warning(
                self.request, _("Reports have changed since this run, so it cannot be compared.")
            )
        else:
            messages.error(self.request, _("The scores come out differently: the code has changed since."))


class PublishRun(OfRun, DeskForm):
    """The run and the reports that it scored become public."""

    right = "manage"
    title = gettext_lazy("Publish the run")
    explanation = gettext_lazy(
        "Published reports and scores stay for good: corrections are amendments, and another run. Refused where reports "
        "have changed since the run."
    )
    form_class = NoForm
    submit = gettext_lazy("Publish")
    done = gettext_lazy("The run is published. Rankings show it from now on.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what becomes public."""
        run, shown = self.run, reads.shown_now(self.run)
        facts = [
            (_("Who is assessed"), wording.subject(run.methodology.subject)),
            (_("Reports scored"), display.number(run.total)),
            (_("Reports that become public"), display.number(reads.to_publish(run))),
        ]
        if self.is_private:
            facts[2] = (
                _("Who sees the results"),
                _(
                    "each employee the own ones, the head those of the office, the public groups of five or more"
                ),
            )
        if shown:
            facts.append((_("Takes the place of"), run_name(shown)))
        if run.period.status_on(self.request.today) == PeriodStatus.OPEN:
            words = _("reports are still taken until %(day)s: whoever reports later will be in another run")
            last = run.period.locks - dt.timedelta(days=1)
            facts.append((_("The period is open"), words % {"day": display.day(last)}))
        return super().get_context_data(**{"subject": run_name(run), "facts": facts, **kwargs})

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the run."""
        return [*super().get_crumbs(), Crumb(run_name(self.run), self.back)]

    def act(self, form: Any) -> None:
        """Publish it."""
        services.publish_run(
            run=self.run, by=self.request.user, at=self.now, expected_version=form.expected_version
        )
