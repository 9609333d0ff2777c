"""The desk of an executive body: its head, posts, staff, what waits, its budgets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateResponseMixin

from ayil_okmotu import budgets, office_queries, rules, staffing, wording
from ayil_okmotu.models import BodyContact, PostKind
from ayil_okmotu.page_queries import posts as post_queries
from ayil_okmotu.services import last_day_to_impose
from ayil_okmotu.views.office.base import ShowPage
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.views import PageMixin
from registry import titles

LATEST = 5
"""Staffing reports shown on the desk; the public page has all."""


class MyBody(LoginRequiredMixin, PageMixin, TemplateResponseMixin):
    """Leads to the desk of the one body somebody works for; asks which where there are several."""

    template_name = "ayil_okmotu/office/choose.html"
    title = gettext_lazy("My executive body")
    citable = False

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead on, or ask."""
        units = rules.kept_units(request.user)
        if not units:
            if request.user.has_perm("ayil_okmotu.appoint_head"):
                return redirect(addresses.page(request, "executive-heads"))
            raise PermissionDenied
        found = office_queries.bodies_of(units, request.today)
        if len(found) == 1:
            return redirect(addresses.page(request, "my-body-desk", found[0]["id"]))
        return self.render_to_response(self.get_context_data(bodies=found))


class Desk(ShowPage):
    """One executive body as its staff work on it, always as of today."""

    template_name = "ayil_okmotu/office/desk.html"

    def get_title(self) -> str:
        """Name the body."""
        return self.body_name

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the choice of the body."""
        return list(super().get_crumbs())[:1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather what there is and what waits."""
        rows = [self.post_line(row) for row in post_queries.of_body(self.body.pk, self.day)]
        reports = office_queries.reports(self.body, LATEST)
        waiting = office_queries.open_violations(self.body) if self.sees_private else []
        if self.sees_private:
            kwargs["contact"] = BodyContact.objects.filter(pk=self.body.pk).first()
        return super().get_context_data(
            posts=rows,
            head=next((row for row in rows if row["kind"] == PostKind.HEAD), None),
            vacant=sum(1 for row in rows if not row["person_id"]),
            reports=[(report, staffing.standing(report)) for report in reports],
            waiting=[(one, last_day_to_impose(one.discovered_on)) for one in waiting],
            budgets=self.budgets(),
            body_url=addresses.optional("executive-body", self.body.pk),
            import_url=addresses.page(self.request, "budgets-import"),
            **kwargs,
        )

    def post_line(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return a post with the name it goes by and who is in it."""
        return {
            **row,
            "title": titles.capital(wording.post_name(row, self.body.kind)),
            "employment_name": wording.employment(row["employment"]),
            "holder_name": display.name(row["holder"]) if row["holder"] else "",
            "stands_in_name": display.name(row["stands_in"]) if row["stands_in"] else "",
        }

    def budgets(self) -> list[tuple[Any, int]]:
        """Return the budgets of the municipality, each with how many of its figures do not fit together."""
        found = office_queries.budgets(self.body.unit_id)
        findings = budgets.findings([one.pk for one in found]) if found else {}
        return [(one, len(findings[one.pk])) for one in found]
