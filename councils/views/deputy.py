"""A deputy: mandates, posts, attendance, votes by name. What is private is in no statement behind this page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import wording
from councils.models import VoteChoice
from councils.page_queries import people
from councils.views.base import council_link, share, term
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, NUMBER, Column, Table
from lsg_portal.web.views import RegisterPage
from registry import cells
from registry.models import Person
from registry.queries import Row, data_versions

COMMITTEE_ROLES = {
    "committee": gettext_lazy("member of the committee"),
    "committee_chair": gettext_lazy("chair of the committee"),
}


class DeputyPage(RegisterPage):
    """What the public knows of somebody who holds or held a mandate or a post of a council."""

    template_name = "councils/deputy.html"

    @cached_property
    def person(self) -> Row:
        """The person; 404 for one who never had a mandate or a post."""
        found = people.person(self.kwargs["pk"])
        if found is None:
            raise Http404
        return found

    @cached_property
    def mandates(self) -> list[Row]:
        """All mandates, the latest first."""
        return people.mandates_of(self.person["id"], self.request.day)

    @cached_property
    def posts(self) -> list[Row]:
        """All posts and committees, the latest first."""
        return people.posts_of(self.person["id"])

    def get_title(self) -> str:
        """Return the name."""
        return display.name(self.person)

    def get_versions(self) -> Mapping[str, int]:
        """Name the data of the register and of the councils."""
        return data_versions("registry", "councils")

    @cached_property
    def now(self) -> list[Row]:
        """The mandates of the reader's day."""
        return [row for row in self.mandates if self.request.day in row["valid"]]

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the councils and, where there is one, to the council of the latest mandate."""
        crumbs = [Crumb(_("Councils"), addresses.page(self.request, "councils"))]
        for row in (self.now or self.mandates or self.posts)[:1]:
            crumbs.append(Crumb(_council(row), council_link(self.request, row, "council_id") or ""))
        return crumbs

    def get_tables(self) -> Mapping[str, Table]:
        """Return mandates, posts and votes by name."""
        return {
            "mandates": self._mandates(),
            "post_table": self._posts(),
            "votes": self._votes(),
        }

    def _mandates(self) -> Table:
        request, rows = self.request, self.mandates

        def told(way: str) -> bool:
            return any(row[way] for row in rows)

        def count(key: str) -> Any:
            return lambda row: row["attendance"][key] if row["attendance"]["called"] else None

        return Table(
            request,
            caption=_("Mandates"),
            columns=[
                Column(
                    "council",
                    _("Council"),
                    value=_council,
                    link=lambda row: council_link(request, row, "council_id"),
                ),
                Column(
                    "convocation",
                    _("Convocation"),
                    value=lambda row: wording.capital(wording.convocation_name(row["convocation_number"])),
                    link=lambda row: addresses.page(request, "convocation", row["convocation_id"]),
                ),
                Column("term", _("In office"), value=term, sort=lambda row: row["valid"].lower),
                Column("basis", _("Basis"), value=lambda row: wording.basis(row["basis"])),
                Column(
                    "origin",
                    _("Carried over from"),
                    value=lambda row: (
                        wording.council_name(row["origin_unit"], row["origin_kind"])
                        if row["origin_id"]
                        else None
                    ),
                    link=lambda row: council_link(request, row, "origin_id"),
                    shown=told("origin_id"),
                ),
                Column(
                    "party", _("Party"), value=lambda row: display.name(row["party"]), shown=told("party")
                ),
                Column(
                    "faction",
                    _("Faction"),
                    value=lambda row: display.name(row["faction"]),
                    shown=told("faction"),
                ),
                Column(
                    "district",
                    _("Electoral district"),
                    value=lambda row: display.name(row["district"]),
                    shown=told("district"),
                ),
                Column("end_reason", _("Why the mandate ended"), value=_end, shown=told("end_reason")),
                Column("present", _("Present"), NUMBER, value=count("present")),
                Column("excused", _("Excused"), NUMBER, value=count("excused")),
                Column("unexcused", _("Unexcused"), NUMBER, value=count("unexcused")),
                cells.provenance_column(),
            ],
            rows=rows,
            constructed=cells.is_constructed,
            empty=_("No mandate is on file."),
        )

    def _posts(self) -> Table:
        return Table(
            self.request,
            key="posts",
            caption=_("Posts and committees"),
            columns=[
                Column("post", _("Post"), value=_post),
                Column(
                    "council",
                    _("Council"),
                    value=_council,
                    link=lambda row: council_link(self.request, row, "council_id"),
                ),
                Column("term", _("In office"), value=term, sort=lambda row: row["valid"].lower),
                cells.provenance_column(),
            ],
            rows=self.posts,
            constructed=cells.is_constructed,
            empty=_("No post is on file."),
        )

    def _votes(self) -> Table:
        choices = dict(VoteChoice.choices)
        return Table(
            self.request,
            key="votes",
            caption=_("Votes by name"),
            columns=[
                Column(
                    "title",
                    _("Resolution"),
                    value=lambda row: display.name(row, "title"),
                    link=lambda row: addresses.page(self.request, "resolution", row["id"]),
                ),
                Column("number", _("Number")),
                Column("adopted_on", _("Adopted"), DATE),
                Column("choice", _("Vote"), value=lambda row: str(choices[row["choice"]])),
                cells.provenance_column(),
            ],
            rows=people.votes_of(self.person["id"], self.request.day),
            constructed=cells.is_constructed,
            empty=_("No vote by name is on file by this day."),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is told of the person, and the attendance in all."""
        called = sum(row["attendance"]["called"] for row in self.mandates)
        came = sum(row["attendance"]["present"] for row in self.mandates)
        sex = str(dict(Person.Sex.choices).get(self.person["sex"], ""))
        return super().get_context_data(
            person=self.person,
            sex=sex,
            birth_year=str(self.person["birth_year"] or ""),
            sits_in=[(_council(row), council_link(self.request, row, "council_id")) for row in self.now],
            called=called,
            came=came,
            unexcused=sum(row["attendance"]["unexcused"] for row in self.mandates),
            share=share(came, called),
            **kwargs,
        )


def _council(row: Row) -> str:
    return wording.council_name(row["council_unit"], row["council_kind"])


def _post(row: Row) -> str:
    if row["committee"]:
        return _("%(role)s: %(committee)s") % {
            "role": wording.capital(str(COMMITTEE_ROLES[row["kind"]])),
            "committee": display.name(row["committee"]),
        }
    return wording.capital(wording.post(row["kind"]))


def _end(row: Row) -> str | None:
    """Why a mandate ended, with the article."""
    if not row["end_reason"]:
        return None
    name = display.name(row["end_reason"])
    return f"{name} ({wording.article(row['end_article'])})" if row["end_article"] else name
