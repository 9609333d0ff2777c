"""Somebody who holds or held a post of an executive body: appointments and trainings, nothing that is private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ayil_okmotu import charts, wording
from ayil_okmotu.page_queries import posts
from ayil_okmotu.views.base import APPS, body_link, post_link
from ayil_okmotu.views.body import trainings_table
from ayil_okmotu.views.post import appointments_table
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import Column, Table
from lsg_portal.web.views import RegisterPage
from registry import cells, titles
from registry.models import Person
from registry.queries import Row, data_versions


class OfficialPage(RegisterPage):
    """What the public knows of somebody who holds or held a post."""

    template_name = "ayil_okmotu/official.html"

    @cached_property
    def person(self) -> Row:
        """The person; 404 for one who never had a post."""
        found = posts.person(self.kwargs["pk"])
        if found is None:
            raise Http404
        return found

    @cached_property
    def appointments(self) -> list[Row]:
        """The posts held by the reader's day, in the order of days."""
        return list(reversed(posts.appointments_of(self.person["id"], self.request.day)))

    @cached_property
    def now(self) -> list[Row]:
        """The posts held on the reader's day."""
        return [row for row in self.appointments if self.request.day in row["valid"]]

    def get_title(self) -> str:
        """Return the name."""
        return display.name(self.person)

    def get_versions(self) -> Mapping[str, int]:
        """Name the data of the register and of the executive bodies."""
        return data_versions(*APPS)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the executive bodies and, where there is one, to the body of the latest post."""
        crumbs = [Crumb(_("Executive bodies"), addresses.page(self.request, "executive-bodies"))]
        for row in (self.now or self.appointments)[-1:]:
            crumbs.append(Crumb(_body(row), body_link(self.request, row, "body_id") or ""))
        return crumbs

    def get_tables(self) -> Mapping[str, Table]:
        """Return appointments and trainings."""
        request = self.request
        columns = [
            cells.Shown("post", _("Post"), value=_post, show=lambda row: _post_link(request, row)),
            Column(
                "body", _("Executive body"), value=_body, link=lambda row: body_link(request, row, "body_id")
            ),
        ]
        return {
            "appointments": appointments_table(
                request, self.appointments, caption=_("Posts"), columns=columns
            ),
            "trainings": trainings_table(
                request, posts.trainings_of(self.person["id"], request.day), of_one=True
            ),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is told of the person, and the time line."""
        request, person = self.request, self.person
        several = len({row["body_id"] for row in self.appointments}) > 1
        spells = [
            charts.Spell(
                _body(row) if several else _post(row),
                row["valid"].lower,
                row["valid"].upper,
                row["term_end"],
                acting=row["acting"],
                url=post_link(request, row, "post_id") or "",
            )
            for row in self.appointments
        ]
        title = _("%(name)s: posts through time") % {"name": self.get_title()}
        return super().get_context_data(
            person=person,
            sex=str(dict(Person.Sex.choices).get(person["sex"], "")),
            birth_year=str(person["birth_year"] or ""),
            now=[
                {
                    "post": _post(row),
                    "body": _body(row),
                    "url": body_link(request, row, "body_id"),
                    "acting": row["acting"],
                    "reason": row["concurrent_reason"],
                }
                for row in self.now
            ],
            at_once=len(self.now) > 1,
            deputy_url=addresses.page(request, "deputy", person["id"]) if person["in_councils"] else "",
            chart=charts.timeline(spells, request.day, title=title) if spells else "",
            **kwargs,
        )


def _body(row: Row) -> str:
    return wording.body_name(row["unit"], row["body_kind"])


def _post(row: Row) -> str:
    return titles.capital(wording.post_name(row, row["body_kind"]))


def _post_link(request: Any, row: Row) -> str:
    """The post with a link, marked where the person was acting."""
    name = format_html('<a href="{}">{}</a>', post_link(request, row, "post_id"), _post(row))
    return format_html("{} {}", name, cells.badge(wording.acting(), "warning")) if row["acting"] else name
