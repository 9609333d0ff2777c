"""Breaches of discipline, in the order of the law: discovered, explained, found by the commission, then one measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ayil_okmotu import office_queries, services
from ayil_okmotu.forms import ExplanationForm, FindingForm, LiftForm, MeasureForm, ViolationForm
from ayil_okmotu.models import Appointment, Violation
from ayil_okmotu.services import last_day_to_impose
from ayil_okmotu.views.office.base import OfAppointment, RecordPage, ShowPage
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Stage:
    """A step that the law asks for, as the page shows it: done on a day, or to be done where ``url`` leads."""

    label: StrOrPromise
    on: Any
    url: str
    action: StrOrPromise


class OfViolation(OfAppointment):
    """A page about one breach; for whoever does not read what is private there is none."""

    private = True
    record_name = "violation"

    @cached_property
    def violation(self) -> Violation:
        """The breach; Http404 where there is none."""
        found: Violation = self.found(office_queries.violation(self.kwargs["pk"]))
        return found

    @cached_property
    def appointment(self) -> Appointment:
        """Whose it is."""
        return self.violation.appointment

    @property
    def record(self) -> Any:
        """The breach."""
        return self.violation

    @property
    def measure(self) -> Any:
        """The measure imposed; None while there is none."""
        return getattr(self.violation, "measure", None)

    @property
    def back(self) -> str:
        """The page of the breach."""
        return addresses.page(self.request, "my-violation", self.violation.pk)

    @property
    def name(self) -> str:
        """What the page is called."""
        day = display.short_day(self.violation.discovered_on)
        return _("Breach of discipline discovered on %(day)s") % {"day": day}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the employee and the breach."""
        above = list(super().get_crumbs())[:-1]
        person = addresses.page(self.request, "my-appointment", self.appointment.pk)
        return [*above, Crumb(self.person_name, person), Crumb(self.name, self.back)]


class ViolationPage(OfViolation, ShowPage):
    """A breach with the steps of the law: what is done, what comes next, until when a measure can be imposed."""

    template_name = "ayil_okmotu/office/violation.html"

    def get_title(self) -> str:
        """Name the breach."""
        return self.name

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the employee."""
        return list(super().get_crumbs())[:-1]

    def stages(self) -> list[Stage]:
        """Return the steps in their order."""
        found, measure = self.violation, self.measure
        return [
            Stage(_("Discovered"), found.discovered_on, "", ""),
            self.stage(
                _("Written explanation"), found.explanation_on, "my-violation-explanation", _("Record it")
            ),
            self.stage(
                _("Finding of the commission"), found.finding_on, "my-violation-finding", _("Record it")
            ),
            self.stage(
                _("Disciplinary measure"),
                measure.in_force.lower if measure else None,
                "my-violation-measure",
                _("Impose it"),
            ),
        ]

    def stage(self, label: str, on: Any, route: str, action: str) -> Stage:
        """Return a step; ``route`` leads to its form until a measure is imposed."""
        open_ = self.keeps and self.measure is None
        return Stage(
            label, on, addresses.page(self.request, route, self.violation.pk) if open_ else "", action
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather the steps."""
        last = last_day_to_impose(self.violation.discovered_on)
        return super().get_context_data(
            violation=self.violation,
            measure=self.measure,
            stages=self.stages(),
            last_day=last,
            late=self.measure is None and last < self.request.today,
            **kwargs,
        )


class ReportViolation(OfAppointment, RecordPage):
    """A breach of discipline, as it was discovered."""

    private = True
    title = gettext_lazy("Report a breach of discipline")
    explanation = gettext_lazy("Read by the municipality and the ministry alone.")
    form_class = ViolationForm
    submit = gettext_lazy("Report the breach")
    done = gettext_lazy("The breach is on record.")

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        return {"discovered_on": self.request.today, **super().get_initial()}

    def act(self, form: ViolationForm) -> str:
        """Record it."""
        made = services.report_violation(appointment=self.appointment, **form.values)
        return addresses.page(self.request, "my-violation", made.pk)


class StagePage(OfViolation, RecordPage):
    """A step of the law about a breach."""

    def get_initial(self) -> dict[str, Any]:
        """Propose today where nothing is on record."""
        initial = super().get_initial()
        return {**initial, "on": initial.get("on") or self.request.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say when it was discovered and what happened."""
        facts = [
            (_("Discovered on"), display.day(self.violation.discovered_on)),
            (_("What happened"), self.violation.description),
        ]
        return super().get_context_data(**{"facts": facts, **kwargs})


class RecordExplanation(StagePage):
    """The written explanation of the employee."""

    title = gettext_lazy("Written explanation")
    form_class = ExplanationForm
    done = gettext_lazy("The explanation is on record.")
    pointers = {"explanation_on": "on"}

    def stored(self, record: Any) -> dict[str, Any]:
        """Show its day."""
        return {"on": record.explanation_on}

    def act(self, form: ExplanationForm) -> None:
        """Record it."""
        services.record_explanation(
            violation=self.violation, **form.values, expected_version=form.expected_version
        )


class RecordFinding(StagePage):
    """What the commission found."""

    title = gettext_lazy("Finding of the commission")
    form_class = FindingForm
    done = gettext_lazy("The finding is on record.")
    pointers = {"finding_on": "on"}

    def stored(self, record: Any) -> dict[str, Any]:
        """Show its day and words."""
        return {"on": record.finding_on, "finding": record.finding}

    def act(self, form: FindingForm) -> None:
        """Record it."""
        services.record_finding(
            violation=self.violation, **form.values, expected_version=form.expected_version
        )


class Impose(StagePage):
    """The one measure for a breach."""

    title = gettext_lazy("Impose a measure")
    form_class = MeasureForm
    submit = gettext_lazy("Impose the measure")
    danger = True
    done = gettext_lazy("The measure is on record.")
    pointers = {"in_force": "on", "imposed_on": "on"}

    def stored(self, record: Any) -> dict[str, Any]:
        """Return nothing: a measure is imposed once."""
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what was done before, and until when a measure can be imposed."""
        found = self.violation
        facts = [
            (_("Discovered on"), display.day(found.discovered_on)),
            (_("Written explanation"), _on(found.explanation_on)),
            (_("Finding of the commission"), _on(found.finding_on)),
            (_("Last day for a measure"), display.day(last_day_to_impose(found.discovered_on))),
        ]
        return super().get_context_data(facts=facts, **kwargs)

    def act(self, form: MeasureForm) -> None:
        """Impose it."""
        services.impose(violation=self.violation, **form.values, expected_version=form.expected_version)


def _on(day: Any) -> str:
    """Return a day, or that there is none."""
    return display.day(day) if day else _("not on record")


class Lift(OfViolation, RecordPage):
    """A measure that no longer holds before its time."""

    title = gettext_lazy("Lift the measure")
    form_class = LiftForm
    submit = gettext_lazy("Lift the measure")
    done = gettext_lazy("The measure is lifted.")
    pointers = {"in_force": "on", "lifted_early": "reason"}

    @property
    def record(self) -> Any:
        """The measure; Http404 where none is imposed."""
        return self.found(self.measure)

    def stored(self, record: Any) -> dict[str, Any]:
        """Propose today."""
        return {"on": self.request.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which measure."""
        valid = self.record.in_force
        facts = [
            (_("Disciplinary measure"), self.record.get_kind_display()),
            (_("In force"), display.period(valid.lower, valid.upper)),
        ]
        return super().get_context_data(facts=facts, **kwargs)

    def act(self, form: LiftForm) -> None:
        """Lift it."""
        services.lift(measure=self.record, **form.values, expected_version=form.expected_version)
