"""The desk of a council's secretary: what waits, what is next, what is in work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateResponseMixin

from councils import absences, rules, secretary_queries, wording
from councils.models import ResolutionStatus
from councils.views.secretary.base import SecretaryPage
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.views import PageMixin


class MyCouncil(LoginRequiredMixin, PageMixin, TemplateResponseMixin):
    """Leads to the desk of the one council somebody is secretary of; asks which where there are several."""

    template_name = "councils/secretary/choose.html"
    title = gettext_lazy("My council")
    citable = False

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead on, or ask."""
        units = rules.kept_units(request.user)
        if not units:
            if request.user.has_perm("councils.correct") and (all_councils := addresses.optional("councils")):
                return redirect(all_councils)
            raise PermissionDenied
        found = secretary_queries.councils_of(units, request.today)
        if len(found) == 1:
            return redirect(addresses.page(request, "my-council-desk", found[0].pk))
        return self.render_to_response(self.get_context_data(councils=found))


class Desk(SecretaryPage, TemplateResponseMixin):
    """One council as its secretary works on it, always as of today."""

    template_name = "councils/secretary/desk.html"

    def get_title(self) -> str:
        """Name the council."""
        return self.council_name

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the choice of the council."""
        return list(super().get_crumbs())[:1]

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the desk."""
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather what waits and what is next."""
        today = self.request.today
        convocation = secretary_queries.convocation(self.council, today)
        deputies = secretary_queries.deputies(convocation, today) if convocation else []
        proposals = self.proposals({item.pk: display.name(item.person) for item in deputies})
        drafts = secretary_queries.resolutions(self.council, *secretary_queries.OPEN)
        published = secretary_queries.resolutions(self.council, ResolutionStatus.PUBLISHED)
        return super().get_context_data(
            convocation=convocation,
            deputies=deputies,
            sitting=len(deputies),
            posts=secretary_queries.posts(convocation, today) if convocation else [],
            proposals=proposals,
            article=wording.article(proposals[0]["article"]) if proposals else "",
            sessions=secretary_queries.sessions(convocation)[: secretary_queries.LATEST]
            if convocation
            else [],
            next_session=secretary_queries.next_session(convocation, today) if convocation else None,
            open_resolutions=list(drafts),
            published=list(published[:5]),
            council_url=addresses.optional("council", self.council.pk),
            **kwargs,
        )

    def proposals(self, names: dict[Any, str]) -> list[dict[str, Any]]:
        """Return the deputies whose fourth unexcused absence within twelve months is on record."""
        return [
            {
                "name": names.get(item.mandate_id, "…"),
                "days": [display.short_day(absence.held_on) for absence in item.absences],
                "article": item.article,
                "end_url": addresses.optional("my-mandate-end", item.mandate_id),
            }
            for item in absences.proposals(self.request.today, self.council.pk)
        ]
