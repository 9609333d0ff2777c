"""The end of a mandate, which the election commission decides, and the posts that the council itself gives."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import absences, secretary_queries, services
from councils.forms import AppointForm, EndMandateForm
from councils.models import Convocation, Council, EndReason, Mandate
from councils.views.secretary.base import RecordPage
from lsg_portal.data import actor
from lsg_portal.web import display
from registry.errors import StateConflict, Violation
from registry.models import LegalAct, Person


class EndMandate(RecordPage):
    """The decision that ended a deputy's mandate."""

    title = gettext_lazy("End of a mandate")
    form_class = EndMandateForm
    submit = gettext_lazy("End the mandate")
    danger = True
    explanation = gettext_lazy(
        "Enter what the territorial election commission has decided. The council itself ends no mandate."
    )
    done = gettext_lazy("The end of the mandate is on record.")
    record_name = "mandate"

    @cached_property
    def mandate(self) -> Mandate:
        """The mandate; Http404 where there is none."""
        found: Mandate = self.found(secretary_queries.mandate(self.kwargs["pk"]))
        return found

    @cached_property
    def council(self) -> Council:
        """The council of the deputy."""
        return self.mandate.convocation.council

    @property
    def record(self) -> Any:
        """The mandate."""
        return self.mandate

    @cached_property
    def reasons(self) -> list[EndReason]:
        """The grounds offered."""
        return secretary_queries.end_reasons()

    def stored(self, record: Any) -> dict[str, Any]:
        """Propose the ground that the attendance shows, today as the day."""
        proposed = {item.mandate_id for item in absences.proposals(self.request.today, self.council.pk)}
        ground = "absences" if self.mandate.pk in proposed else None
        reason = next((item.pk for item in self.reasons if item.code == ground), None)
        return {"on": self.request.today, "reason": reason}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer grounds and acts."""
        reasons = [
            (str(item.pk), f"{display.name(item)} ({item.article})" if item.article else display.name(item))
            for item in self.reasons
        ]
        return {**super().get_form_kwargs(), "reasons": reasons, "acts": secretary_queries.acts()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whose mandate, since when."""
        valid = self.mandate.valid
        facts = [
            (_("Deputy"), display.name(self.mandate.person)),
            (_("Mandate"), display.period(valid.lower, valid.upper)),
        ]
        return super().get_context_data(facts=facts, **kwargs)

    def act(self, form: EndMandateForm) -> None:
        """End it; the journal keeps the decision."""
        data = form.cleaned_data
        act = LegalAct.objects.filter(pk=data["act"]).first() if data["act"] else None
        with actor.because(data["note"]):
            services.end_mandate(
                mandate=self.mandate,
                on=data["on"],
                reason=next(item for item in self.reasons if item.pk == data["reason"]),
                act=act,
                expected_version=form.expected_version,
            )


class Appoint(RecordPage):
    """The chair, the deputy chair or the responsible secretary, from a day on."""

    title = gettext_lazy("Appoint to a post")
    form_class = AppointForm
    submit = gettext_lazy("Appoint")
    done = gettext_lazy("The appointment is on record.")
    pointers = {"person": "deputy", "valid": "on"}

    @cached_property
    def convocation(self) -> Convocation | None:
        """The convocation that sits today, or sat last."""
        return secretary_queries.convocation(self.council, self.request.today)

    @cached_property
    def deputies(self) -> list[Mandate]:
        """Those who can be chosen."""
        return secretary_queries.deputies(self.convocation, self.request.today) if self.convocation else []

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        return {"on": self.request.today}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the deputies in office."""
        deputies = [(str(item.person_id), display.name(item.person)) for item in self.deputies]
        return {**super().get_form_kwargs(), "deputies": deputies}

    @transaction.atomic
    def act(self, form: AppointForm) -> None:
        """Appoint."""
        if self.convocation is None:
            raise StateConflict(Violation("no_convocation", _("The council has no convocation.")))
        data = form.cleaned_data
        people = {item.person_id: item.person for item in self.deputies}
        person = people.get(data["deputy"]) or secretary_queries.secretary_named(self.council, data["name"])
        person = person or Person.objects.create(name_ky=data["name"], name_ru=data["name"])
        services.appoint(convocation=self.convocation, kind=data["kind"], person=person, on=data["on"])
