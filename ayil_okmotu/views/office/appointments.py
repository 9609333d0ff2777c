"""Who is appointed to a post, and how an appointment ends."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ayil_okmotu import office_queries, services, wording
from ayil_okmotu.forms import AppointmentForm, EndForm
from ayil_okmotu.models import EndGround, PostKind
from ayil_okmotu.views.office.base import Appoints, ChoosesPerson, OfAppointment, RecordPage
from councils.models import Resolution
from councils.secretary_queries import acts
from lsg_portal.web import addresses, display
from registry.models import LegalAct


class OfActs(RecordPage):
    """A form that rests on a legal act."""

    @cached_property
    def acts(self) -> list[tuple[str, str]]:
        """The acts offered, the latest first."""
        return acts()

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the acts."""
        return {**super().get_form_kwargs(), "acts": self.acts}

    def chosen_act(self, form: Any) -> LegalAct | None:
        """Return the act that was chosen."""
        chosen = form.cleaned_data["act"]
        return LegalAct.objects.get(pk=chosen) if chosen else None


class Appoint(ChoosesPerson, Appoints, OfActs):
    """Somebody appointed to a post, or acting in it."""

    title = gettext_lazy("Appoint to the post")
    form_class = AppointmentForm
    submit = gettext_lazy("Appoint")
    done = gettext_lazy("The appointment is on record.")
    pointers = {"valid": "on"}

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        return {"on": self.request.today, **super().get_initial()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say who is in the post now."""
        now = [
            (wording.acting() if one.acting else _("Holds the post"), _line(one))
            for one in office_queries.appointments(self.post_record)
            if one.valid.upper is None
        ]
        checked = self.post_record.kind == PostKind.HEAD and self.request.user.has_perm(
            "ayil_okmotu.appoint_head"
        )
        return super().get_context_data(
            facts=now,
            check_url=addresses.page(self.request, "candidate-check") if checked else "",
            **kwargs,
        )

    @transaction.atomic
    def act(self, form: AppointmentForm) -> None:
        """Appoint."""
        data = form.cleaned_data
        services.appoint(
            post=self.post_record,
            person=self.person(data),
            on=data["on"],
            acting=data["acting"],
            term_years=data["term_years"],
            appointed_by=data["appointed_by"] or None,
            act=self.chosen_act(form),
            order_number=data["order_number"],
            order_on=data["order_on"],
            concurrent_reason=data["concurrent_reason"],
        )


def _line(one: Any) -> str:
    """Name somebody in a post, and since when."""
    return f"{display.name(one.person)}, {display.period(one.valid.lower, one.valid.upper)}"


class EndAppointment(OfAppointment, Appoints, OfActs):
    """The end of an appointment on a ground of the law; no confidence names the council's resolution."""

    title = gettext_lazy("End of an appointment")
    form_class = EndForm
    submit = gettext_lazy("End the appointment")
    danger = True
    done = gettext_lazy("The end of the appointment is on record.")
    pointers = {"valid": "on"}

    @property
    def back(self) -> str:
        """The page of the post, which whoever records heads sees too."""
        return addresses.page(self.request, "my-post", self.post_record.pk)

    @property
    def record(self) -> Any:
        """The appointment."""
        return self.appointment

    def stored(self, record: Any) -> dict[str, Any]:
        """Propose today."""
        return {"on": self.request.today}

    @cached_property
    def grounds(self) -> list[EndGround]:
        """The grounds offered: those of a removal for a head alone."""
        return office_queries.grounds(self.appointment)

    @cached_property
    def resolutions(self) -> list[Resolution]:
        """The resolutions that a removal for no confidence may rest on."""
        is_head = self.post_record.kind == PostKind.HEAD
        return office_queries.no_confidence(self.appointment) if is_head else []

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer grounds and resolutions."""
        lines = [
            (
                str(one.pk),
                f"№ {one.number}, {display.short_day(one.adopted_on)}. {display.name(one, 'title')}"[:200],
            )
            for one in self.resolutions
        ]
        return {
            **super().get_form_kwargs(),
            "grounds": [(str(one.pk), office_queries.ground_line(one)) for one in self.grounds],
            "resolutions": lines,
        }

    def fit(self, form: Any) -> None:
        """Ask for a resolution about heads alone."""
        if self.post_record.kind != PostKind.HEAD:
            form.fields.pop("resolution", None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say since when, and that there is no resolution where there is none."""
        valid = self.appointment.valid
        facts = [(_("In the post"), display.period(valid.lower, valid.upper))]
        if self.post_record.kind == PostKind.HEAD and not self.resolutions:
            facts.append(
                (
                    _("Resolutions for no confidence"),
                    _("none is published that two thirds of all deputies adopted since the appointment"),
                )
            )
        return super().get_context_data(facts=facts, **kwargs)

    def act(self, form: EndForm) -> None:
        """End it."""
        data = form.cleaned_data
        rests = next((one for one in self.resolutions if one.pk == data.get("resolution")), None)
        services.end_appointment(
            appointment=self.appointment,
            on=data["on"],
            ground=next(one for one in self.grounds if one.pk == data["ground"]),
            act=self.chosen_act(form),
            order_number=data["order_number"],
            resolution=rests,
            expected_version=form.expected_version,
        )
