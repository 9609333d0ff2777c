"""What becomes of the transfers of a municipality that ended: the ministry decides each by an explicit act."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegation import office_queries, services
from delegation.forms import SuccessionForm
from delegation.models import Succession
from delegation.views.office.base import ServiceForm
from lsg_portal.web import addresses, display
from lsg_portal.web.forms import Options
from lsg_portal.web.shell import Crumb


class DecideSuccession(ServiceForm):
    """Renewed, passed on or ended."""

    of_ministry = True
    title = gettext_lazy("Decide on the transfer")
    explanation = gettext_lazy(
        "Passed on, the transfer goes on as it is with the successor from the day of the change. Renewed, a new transfer "
        "continues it. Ended, nobody takes it over. What has been decided stays decided."
    )
    form_class = SuccessionForm
    submit = gettext_lazy("Record the decision")
    done = gettext_lazy("The decision is on record.")
    record_name = "succession"
    offered = ("unit", "new_transfer", "act")

    @cached_property
    def succession(self) -> Succession:
        """The succession; Http404 where there is none."""
        found: Succession = self.found(office_queries.succession(self.kwargs["pk"]))
        return found

    @property
    def record(self) -> Any:
        """The succession."""
        return self.succession

    @property
    def unit_id(self) -> uuid.UUID:
        """The municipality that ended."""
        return self.succession.transfer.unit_id

    @property
    def back(self) -> str:
        """The desk of the ministry."""
        return addresses.page(self.request, "delegation-office")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the desk."""
        return list(super().get_crumbs())[:1]

    def unit_options(self) -> Options:
        """Return who got territory."""
        return office_queries.successors(self.succession)

    def new_transfer_options(self) -> Options:
        """Return the agreed transfers that continue it."""
        return office_queries.renewals(self.succession)

    def get_initial(self) -> dict[str, Any]:
        """Choose the successor where there is one alone."""
        offered = self.unit_options()
        return {**super().get_initial(), "unit": offered[0][0] if len(offered) == 1 else None}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what ended when."""
        row = self.succession
        facts = [
            (_("Transfer"), office_queries.transfer_line(row.transfer)),
            (_("Municipality"), self.unit_name),
            (_("Ended on"), display.day(row.change.effective_on)),
            (_("To be decided by"), display.day(row.due_on)),
        ]
        return super().get_context_data(facts=facts, **kwargs)

    def act(self, form: SuccessionForm) -> str | None:
        """Call the service of the outcome."""
        data = form.values
        shared = {
            "succession": self.succession,
            "on": data["on"],
            "act": data["act"],
            "order_number": data["order_number"],
            "expected_version": form.expected_version,
        }
        if data["outcome"] == Succession.Outcome.PASSED_ON:
            made = services.pass_on(to=data["unit"], **shared)
        elif data["outcome"] == Succession.Outcome.RENEWED:
            made = services.renew(new_transfer=data["new_transfer"], **shared)
        else:
            made = services.end_for_good(reason=data["reason"], **shared)
        if made.new_transfer_id:
            return addresses.page(self.request, "transfer-office", made.new_transfer_id)
        return None
