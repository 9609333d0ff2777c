"""Disputes before the conciliation commission, and requests that the Cabinet cancel a decision."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegation import office_queries, services, wording
from delegation.forms import (
    CloseForm,
    DecisionForm,
    DisputeForm,
    HearingForm,
    NoForm,
    PartyForm,
    RequestForm,
)
from delegation.models import CancellationRequest, Dispute, DisputeParty
from delegation.page_queries import disputes as pages
from delegation.services.disputes import OPEN
from delegation.views.office.base import OfDispute, OfUnit, ServiceForm, ShowPage
from lsg_portal.web import addresses, display
from lsg_portal.web.forms import Options
from lsg_portal.web.shell import Crumb
from registry import titles


def _who(row: Any) -> str:
    """Return who a party is."""
    if row["unit"]:
        return titles.full_name(row["unit"])
    return titles.capital(display.name(row["state_body"])) if row["state_body"] else row["association"]


class DisputeOffice(OfDispute, ShowPage):
    """One dispute with the steps that can be taken."""

    template_name = "delegation/office/dispute.html"

    def get_title(self) -> str:
        """Name the dispute."""
        return self.dispute_name

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the municipality."""
        return list(super().get_crumbs())[:-1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather parties and hearings."""
        roles = dict(DisputeParty.Role.choices)
        return super().get_context_data(
            unit_name=self.unit_name,
            power_name=office_queries.power_name(self.dispute.power),
            status=wording.dispute_status(self.dispute.status),
            is_open=self.dispute.status in OPEN,
            parties=[
                {"id": row["id"], "role": titles.capital(str(roles[row["role"]])), "who": _who(row)}
                for row in pages.parties(self.dispute.pk, self.request.today)
            ],
            hearings=pages.hearings(self.dispute.pk),
            public_url=addresses.optional("dispute", self.dispute.pk),
            **kwargs,
        )


class NewDispute(OfUnit, ServiceForm):
    """A dispute brought before the commission."""

    title = gettext_lazy("Bring a dispute before the commission")
    form_class = DisputeForm
    submit = gettext_lazy("Open the dispute")
    done = gettext_lazy("The dispute is open. Name who takes part next.")
    service = staticmethod(services.open_dispute)
    from_today = ("opened_on",)
    offered = ("power", "transfer")

    def transfer_options(self) -> Options:
        """Return the transfers of the municipality."""
        return office_queries.transfers_of(self.unit_id)

    def given(self, form: Any) -> dict[str, Any]:
        """Add the municipality."""
        return {**super().given(form), "unit": office_queries.unit(self.unit_id)}

    def reached(self, made: Dispute) -> str:
        """Go on to the dispute."""
        return addresses.page(self.request, "dispute-office", made.pk)


class NewParty(OfDispute, ServiceForm):
    """Who takes part."""

    title = gettext_lazy("Name who takes part")
    explanation = gettext_lazy("A municipality, a state body or an association: one of them.")
    form_class = PartyForm
    submit = gettext_lazy("Add")
    done = gettext_lazy("The party is on record.")
    service = staticmethod(services.add_party)
    argument = "dispute"
    from_today = ()
    offered = ("unit", "state_body")
    pointers = {"party": "unit"}

    def unit_options(self) -> Options:
        """Return the municipalities of today."""
        return office_queries.municipalities(self.request.today)


class RemoveParty(OfDispute, ServiceForm):
    """Somebody who takes part no longer."""

    title = gettext_lazy("Take the party out")
    form_class = NoForm
    submit = gettext_lazy("Take out")
    danger = True
    done = gettext_lazy("The party is taken out.")
    from_today = ()

    @cached_property
    def party(self) -> DisputeParty:
        """The party; Http404 where there is none."""
        found: DisputeParty = self.found(office_queries.party(self.kwargs["pk"]))
        return found

    @cached_property
    def dispute(self) -> Dispute:
        """The dispute of the party."""
        return self.party.dispute

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say who."""
        known = pages.parties(self.dispute.pk, self.request.today)
        facts = [
            (titles.capital(self.party.get_role_display()), _who(row))
            for row in known
            if row["id"] == self.party.pk
        ]
        return super().get_context_data(facts=facts, **kwargs)

    def act(self, form: Any) -> None:
        """Take them out."""
        services.remove_party(party=self.party)


class NewHearing(OfDispute, ServiceForm):
    """A sitting of the commission."""

    title = gettext_lazy("Record a hearing")
    form_class = HearingForm
    done = gettext_lazy("The hearing is on record.")
    service = staticmethod(services.record_hearing)
    argument = "dispute"
    from_today = ("held_on",)


class CloseDispute(OfDispute, ServiceForm):
    """A dispute that ended."""

    of_ministry = True
    title = gettext_lazy("Close the dispute")
    explanation = gettext_lazy("A closed dispute cannot be changed.")
    form_class = CloseForm
    submit = gettext_lazy("Close the dispute")
    danger = True
    done = gettext_lazy("The dispute is closed.")
    service = staticmethod(services.close_dispute)
    argument = "dispute"


class NewRequest(OfUnit, ServiceForm):
    """A request that a decision be cancelled."""

    title = gettext_lazy("Ask for a decision to be cancelled")
    explanation = gettext_lazy(
        "The Cabinet can cancel a decision at the municipality’s request: as unlawful, or for lack of means "
        "(resolution № 115 of 2023)."
    )
    form_class = RequestForm
    submit = gettext_lazy("File the request")
    done = gettext_lazy("The request is on record.")
    service = staticmethod(services.file_request)
    from_today = ("filed_on",)
    offered = ("transfer", "act")

    def transfer_options(self) -> Options:
        """Return the transfers of the municipality."""
        return office_queries.transfers_of(self.unit_id)

    def given(self, form: Any) -> dict[str, Any]:
        """Add the municipality."""
        return {**super().given(form), "unit": office_queries.unit(self.unit_id)}


class DecideRequest(ServiceForm):
    """What became of a request."""

    of_ministry = True
    title = gettext_lazy("Decision on the request")
    explanation = gettext_lazy("A transfer that the request is about is ended apart, on its own page.")
    form_class = DecisionForm
    submit = gettext_lazy("Record the decision")
    done = gettext_lazy("The decision is on record.")
    record_name = "request_record"
    service = staticmethod(services.decide_request)
    argument = "request"

    @cached_property
    def request_record(self) -> CancellationRequest:
        """The request; Http404 where there is none."""
        found: CancellationRequest = self.found(office_queries.request(self.kwargs["pk"]))
        return found

    @property
    def record(self) -> Any:
        """The request."""
        return self.request_record

    @property
    def unit_id(self) -> uuid.UUID:
        """Its municipality."""
        return self.request_record.unit_id

    @property
    def back(self) -> str:
        """The desk of the municipality."""
        return addresses.page(self.request, "powers-office", self.unit_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what is asked."""
        asked = self.request_record
        about = office_queries.transfer_line(asked.transfer) if asked.transfer else titles.act_name(asked.act)
        facts = [
            (_("About"), about),
            (_("Ground"), wording.ground(asked.ground)),
            (_("Justification"), asked.justification),
            (_("Filed on"), display.day(asked.filed_on)),
            (_("To be decided by"), display.day(asked.due_on)),
        ]
        if asked.missing is not None:
            facts.insert(3, (_("Thousand som lacking"), display.number(asked.missing)))
        return super().get_context_data(**{"subject": self.unit_name, "facts": facts, **kwargs})
