"""Disputes before the conciliation commission, and requests to cancel what cannot be carried out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegation import wording
from delegation.models import Dispute, DisputeParty
from delegation.page_queries import disputes as queries
from delegation.views.base import (
    DelegationPage,
    may_decide,
    may_keep,
    overdue_mark,
    place_columns,
    power_column,
    transfer_link,
)
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, NUMBER, Column, Filter, Filters, Table
from registry import cells, titles
from registry.crumbs import down_to
from registry.queries import Row


class DisputesPage(DelegationPage):
    """All disputes and requests by the reader's day."""

    template_name = "delegation/disputes.html"
    title = gettext_lazy("Disputes and requests for cancellation")
    section = "disputes"

    def get_tables(self) -> Mapping[str, Table]:
        """Return both lists."""
        request = self.request
        filters = Filters(request.GET, [Filter.choice("status", _("State"), Dispute.Status.choices)])
        disputes = Table(
            request,
            caption=_("Disputes"),
            columns=[
                Column("number", _("Number"), link=lambda row: addresses.page(request, "dispute", row["id"])),
                power_column(request),
                *place_columns(request, hide_oblast=True),
                Column("subject", _("Subject")),
                Column("opened_on", _("Opened on"), DATE),
                cells.Shown("due_on", _("To be decided by"), DATE, show=overdue_mark),
                Column("status", _("State"), value=lambda row: wording.dispute_status(row["status"])),
                cells.provenance_column(),
            ],
            rows=queries.disputes(request.day, status=filters["status"]),
            filters=filters,
            constructed=cells.is_constructed,
            empty=_("No dispute is on file."),
        )
        requests = Table(
            request,
            key="requests",
            caption=_("Requests for cancellation"),
            columns=[
                *place_columns(request, hide_oblast=True),
                Column(
                    "about",
                    _("About"),
                    value=_about,
                    link=lambda row: transfer_link(request, row, "transfer_id"),
                ),
                Column("ground", _("Ground"), value=lambda row: wording.ground(row["ground"])),
                Column("justification", _("Justification")),
                Column("missing", _("Thousand som lacking"), NUMBER, places=1),
                Column("filed_on", _("Filed on"), DATE),
                cells.Shown("due_on", _("To be decided by"), DATE, show=overdue_mark),
                Column("status", _("State"), value=lambda row: wording.request_status(row["status"])),
                Column("decision", _("Decision"), value=lambda row: row["decision"] or None),
                cells.provenance_column(),
            ],
            rows=queries.requests(request.day),
            constructed=cells.is_constructed,
            source=_("thousand som, as reported"),
            empty=_("No request is on file."),
        )
        return {"disputes": disputes, "requests": requests}


def _about(row: Row) -> str:
    """What a request would have cancelled: a transfer of a power, or an act."""
    return titles.capital(display.name(row["power"])) if row["power"] else display.name(row, "title")


class DisputePage(DelegationPage):
    """One dispute with who takes part and when it was heard."""

    template_name = "delegation/dispute.html"
    section = "disputes"

    @cached_property
    def dispute(self) -> Row:
        """The dispute."""
        found = queries.dispute(uuid.UUID(str(self.kwargs["pk"])), self.request.day)
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        """Return its number."""
        return _("Dispute № %(number)s") % {"number": self.dispute["number"]}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the way down to the municipality, and the disputes."""
        row = self.dispute
        above = down_to(self.request, row["oblast"], row["district"], row["unit"])
        return [*above, Crumb(_("Disputes"), addresses.page(self.request, "disputes"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add parties and hearings."""
        row = self.dispute
        roles = dict(DisputeParty.Role.choices)
        parties = [
            (
                str(roles[party["role"]]),
                titles.full_name(party["unit"])
                if party["unit"]
                else display.name(party["state_body"]) or party["association"],
            )
            for party in queries.parties(row["id"], self.request.day)
        ]
        user = self.request.user
        return super().get_context_data(
            dispute=row,
            unit_name=titles.full_name(row["unit"]),
            power_name=titles.capital(display.name(row["power"])),
            status=wording.dispute_status(row["status"]),
            dispute_source=cells.source_text(row["source"]),
            parties=parties,
            hearings=queries.hearings(row["id"]),
            edit_url=addresses.optional("dispute-office", row["id"])
            if may_keep(user, row["unit_id"]) or may_decide(user)
            else "",
            rest_url=addresses.optional("api-dispute", row["id"]),
            **kwargs,
        )
