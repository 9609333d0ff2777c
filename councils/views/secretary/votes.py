"""The vote on a draft resolution: totals, or each deputy by name."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import secretary_queries, services
from councils.models import ResolutionStatus, VoteChoice
from councils.sheets import VoteForm
from councils.views.secretary.base import RecordPage
from councils.views.secretary.resolutions import InState, rule_line, session_line, vote_line
from lsg_portal.web import addresses, display
from registry.record_pages import Difference


class VotePage(InState, RecordPage):
    """What was counted, among those who were present at the session."""

    template_name = "councils/secretary/vote.html"
    title = gettext_lazy("Vote")
    form_class = VoteForm
    done = gettext_lazy("The vote is saved.")
    pointers = {"named": "how", "present": "in_favour"}

    @cached_property
    def present(self) -> list[tuple[uuid.UUID, str]]:
        """The deputies who came to the session, by name."""
        session = self.resolution.session
        if session is None:
            return []
        return [(item.pk, display.name(item.person)) for item in secretary_queries.present(session)]

    status = ResolutionStatus.DRAFT

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Ask for the vote; the session comes first."""
        if self.resolution.session is None:
            messages.warning(request, _("Say first at which session the council decides."))
            return redirect(addresses.page(request, "my-resolution-edit", self.resolution.pk))
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Add the deputies who were present."""
        return {**super().get_form_kwargs(), "deputies": self.present}

    def stored(self, record: Any) -> dict[str, Any]:
        """Return the vote on record."""
        vote = secretary_queries.vote(record)
        if vote is None:
            return {}
        named = secretary_queries.named_votes(record)
        totals = {name: getattr(vote, name) for name in VoteChoice.values}
        votes = {f"vote-{mandate}": choice for mandate, choice in named.items()}
        return {"how": VoteForm.NAMED if named else VoteForm.TOTALS, **totals, **votes}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which session, who was there, and what the law asks."""
        item = self.resolution
        facts: list[tuple[Any, str]] = [
            (_("Session"), session_line(item.session) if item.session else "—"),
            (
                _("Present"),
                display.number(len(self.present)) if self.present else _("no attendance is entered"),
            ),
            (_("Majority needed"), rule_line(item.rule)),
        ]
        return super().get_context_data(subject=display.name(item, "title"), facts=facts, **kwargs)

    def differences(self, form: VoteForm) -> list[Difference]:
        """Show the totals that are on record now."""
        vote = secretary_queries.vote(self.resolution)
        return [Difference(_("Vote"), vote_line(vote) if vote else _("not entered yet"), self.entered(form))]

    def entered(self, form: VoteForm) -> str:
        """Return what was entered as one line."""
        data = form.cleaned_data
        if data.get("how") == VoteForm.NAMED:
            counted = list(form.named.values())
            totals = {choice: counted.count(choice) for choice in VoteChoice.values}
        else:
            totals = {choice: data.get(choice) or 0 for choice in VoteChoice.values}
        return _("in favour %(in_favour)s, against %(against)s, abstained %(abstained)s") % totals

    def act(self, form: VoteForm) -> None:
        """Record it."""
        data = form.cleaned_data
        if data["how"] == VoteForm.NAMED:
            counted: dict[str, Any] = {"named": form.named}
        else:
            counted = {name: data[name] for name in VoteChoice.values}
        services.record_vote(resolution=self.resolution, **counted, expected_version=form.expected_version)
