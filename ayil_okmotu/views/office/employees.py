"""Somebody in a post: courses, career plan, record of service."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy

from ayil_okmotu import office_queries, services
from ayil_okmotu.forms import CareerForm, ServiceForm, TrainingForm
from ayil_okmotu.models import Appointment, CareerStep, ServiceRecord, Training, TrainingProgramme
from ayil_okmotu.services import last_day_to_impose
from ayil_okmotu.views.office.base import OfAppointment, RecordPage, ShowPage
from lsg_portal.web import addresses
from registry.errors import DomainError
from registry.record_pages import Step, problems_of


class EmployeePage(OfAppointment, ShowPage):
    """Somebody in a post: what they learnt, what is planned, how they served, what discipline they came under."""

    template_name = "ayil_okmotu/office/employee.html"

    def get_title(self) -> str:
        """Name the person."""
        return self.person_name

    def get_crumbs(self) -> Any:
        """Lead back to the post."""
        return list(super().get_crumbs())[:-1]

    def admit(self) -> None:
        """Let in who reads what is private: an administrator who keeps a body reads it too."""
        if not self.sees_private:
            raise PermissionDenied

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it."""
        return self.shown()

    def shown(self, error: DomainError | None = None) -> HttpResponseBase:
        """Show it, with what stood against a step."""
        context = self.get_context_data(problems=problems_of(error) if error else [])
        return self.render_to_response(context, status=error.problem_status if error else 200)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather what is on record."""
        one = self.appointment
        return super().get_context_data(
            appointment=one,
            appoints=self.request.user.has_perm("ayil_okmotu.appoint", self.post_record),
            trainings=office_queries.trainings(one),
            career=office_queries.career(one),
            service=office_queries.service(one.person),
            violations=[
                (found, last_day_to_impose(found.discovered_on))
                for found in office_queries.violations(of=one)
            ],
            subject=f"{self.post_name}, {self.body_name}",
            person_url=addresses.optional("official", one.person_id),
            **kwargs,
        )


class OfTrainings(RecordPage):
    """A form that names a programme."""

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the programmes."""
        return {**super().get_form_kwargs(), "programmes": office_queries.programmes()}

    def programme(self, form: Any) -> TrainingProgramme | None:
        """Return the programme that was chosen."""
        chosen = form.cleaned_data["programme"]
        return TrainingProgramme.objects.get(pk=chosen) if chosen else None


class NewTraining(OfAppointment, OfTrainings):
    """A course attended."""

    title = gettext_lazy("Record a course")
    form_class = TrainingForm
    done = gettext_lazy("The course is on record.")

    def act(self, form: TrainingForm) -> None:
        """Record it."""
        services.record_training(
            appointment=self.appointment, **{**form.values, "programme": self.programme(form)}
        )


class RemoveTraining(Step, EmployeePage):
    """A course taken off the record; a refusal is shown on the page of the employee."""

    @cached_property
    def training(self) -> Training:
        """The course; Http404 where there is none."""
        found: Training = self.found(office_queries.training(self.kwargs["pk"]))
        return found

    @cached_property
    def appointment(self) -> Appointment:
        """Who attended it."""
        return self.training.appointment

    def admit(self) -> None:
        """Let in who keeps the records."""
        if not self.keeps:
            raise PermissionDenied

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead back to the page with the button."""
        return redirect(self.back)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Remove it."""
        try:
            services.remove_training(
                training=self.training, at=timezone.now(), expected_version=self.expected_version
            )
        except DomainError as error:
            return self.shown(error)
        messages.success(request, gettext_lazy("The course is removed."))
        return redirect(self.back)


class NewStep(OfAppointment, OfTrainings):
    """A step of a career plan."""

    private = True
    title = gettext_lazy("Plan a step")
    explanation = gettext_lazy("A course or a post that the employee and the head have agreed on.")
    form_class = CareerForm
    done = gettext_lazy("The step is planned.")
    pointers = {"goal": "goal_kind"}

    def get_initial(self) -> dict[str, Any]:
        """Propose next year."""
        return {"by_year": self.request.today.year + 1, **super().get_initial()}

    def fit(self, form: Any) -> None:
        """Leave out how far it is."""
        form.fields.pop("status", None)

    def act(self, form: CareerForm) -> None:
        """Plan it."""
        services.plan_step(appointment=self.appointment, **{**form.values, "programme": self.programme(form)})


class ChangeStep(OfAppointment, OfTrainings):
    """A step of a career plan, changed, reached or dropped."""

    private = True
    title = gettext_lazy("Change the step")
    form_class = CareerForm
    done = gettext_lazy("The step is saved.")
    record_name = "step"
    pointers = {"goal": "goal_kind"}

    @cached_property
    def step(self) -> CareerStep:
        """The step; Http404 where there is none."""
        found: CareerStep = self.found(office_queries.step(self.kwargs["pk"]))
        return found

    @cached_property
    def appointment(self) -> Appointment:
        """Whose plan it is."""
        return self.step.appointment

    @property
    def record(self) -> Any:
        """The step."""
        return self.step

    def act(self, form: CareerForm) -> None:
        """Change it."""
        services.change_step(
            step=self.step,
            **{**form.values, "programme": self.programme(form)},
            expected_version=form.expected_version,
        )


class RecordService(OfAppointment, RecordPage):
    """Somebody's service and education as of a day."""

    private = True
    title = gettext_lazy("Record of service")
    explanation = gettext_lazy(
        "What candidates for the post of a head are checked against. The public does not see it."
    )
    form_class = ServiceForm
    done = gettext_lazy("The record of service is saved.")

    @cached_property
    def latest(self) -> ServiceRecord | None:
        """What is on record."""
        return office_queries.service(self.appointment.person)

    def get_initial(self) -> dict[str, Any]:
        """Begin with what is on record, as of today."""
        known = self.stored(self.latest) if self.latest else {}
        return {**super().get_initial(), **known, "on": self.request.today}

    def act(self, form: ServiceForm) -> None:
        """Record it."""
        services.record_service(person=self.appointment.person, **form.values)
