"""What the records hold that a person should look at."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.web import addresses, display
from lsg_portal.web.tables import DATE, NUMBER, Column, Table
from lsg_portal.web.views import RegisterPage
from reform.checks import CHECKS, Check, Finding, findings
from reform.page_queries import ONE_DAY
from reform.views.base import ReformPage, unit_link


class ChecksPage(ReformPage, RegisterPage):
    """Every check with what it found as of the day of the page."""

    section = "reform-checks"
    template_name = "reform/checks.html"
    title = gettext_lazy("Checks")

    @cached_property
    def findings(self) -> list[tuple[Check, list[Finding]]]:
        """What each check found."""
        return findings(CHECKS, self.request.day)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the summary, and a table for each check that found something."""
        summary = Table(
            self.request,
            caption=_("Checks"),
            rows=self.findings,
            columns=[
                Column(
                    "check", _("Check"), value=lambda row: row[0].title, link=lambda row: f"#{row[0].code}"
                ),
                Column("found", _("Found"), NUMBER, value=lambda row: len(row[1])),
            ],
        )
        return {"summary": summary} | {
            check.code: self.table(check, found) for check, found in self.findings if found
        }

    def table(self, check: Check, found: list[Finding]) -> Table:
        """Return what one check found."""
        return Table(
            self.request,
            key=check.code.replace("_", "-"),
            caption=str(check.title),
            rows=found,
            columns=[
                Column(
                    "name",
                    _("Name"),
                    value=lambda item: display.name(item.name),
                    link=lambda item: self.link(check, item),
                ),
                Column("day", _("Day"), DATE),
            ],
        )

    def link(self, check: Check, item: Finding) -> str:
        """Return the page of what was found."""
        if check.about == "event":
            return addresses.page(self.request, "reform-event", item.id)
        if check.about == "settlement":
            return addresses.page(self.request, "settlements", q=display.name(item.name))
        if check.about in ("council", "deputy"):
            return addresses.page(self.request, check.about, item.id)
        if check.about == "executive_body":
            return addresses.page(self.request, "executive-body", item.id)
        if check.about == "transfer":
            return addresses.page(self.request, "transfer", item.id)
        # a unit that ended is shown on its last day: what the check gives is the first day without it
        ended = check.code == "units_without_successor" and item.day
        return unit_link(self.request, item.id, item.day - ONE_DAY if ended and item.day else None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the sections."""
        sections = [
            (check.code, check.title, len(found), kwargs.get(check.code)) for check, found in self.findings
        ]
        return super().get_context_data(
            checks=sections, clean=not any(found for _check, found in self.findings), **kwargs
        )
