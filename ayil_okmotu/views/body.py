"""An executive body on a day: who heads it, who works there, which villages it serves, what it earned and spent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ayil_okmotu import wording
from ayil_okmotu.page_queries import bodies, budgets, posts
from ayil_okmotu.views.base import (
    BodyDetailPage,
    appointed_by_act,
    may_keep,
    named,
    person_link,
    post_link,
    ratio,
    who,
)
from ayil_okmotu.views.overview import staff_table
from ayil_okmotu.views.post import appointments_table, head_of_the_day, line
from councils.views.base import ONE_DAY
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, NUMBER, Column, Table
from registry import cells, titles
from registry.queries import Row


class BodyPage(BodyDetailPage):
    """One page about an executive body."""

    template_name = "ayil_okmotu/body.html"

    def get_title(self) -> str:
        """Return the body's name."""
        return wording.body_of(self.body)

    def below_body(self) -> Sequence[Crumb]:
        """Return nothing: the page is the body's own."""
        return ()

    @cached_property
    def exists(self) -> bool:
        """Whether the body exists on the reader's day."""
        return self.request.day in self.body["valid"]

    @cached_property
    def posts(self) -> list[Row]:
        """Its posts on the reader's day."""
        return posts.of_body(self.body["id"], self.request.day) if self.exists else []

    @cached_property
    def heads(self) -> list[Row]:
        """Everybody who headed it by the reader's day, in the order of days."""
        return posts.heads(self.body["id"], self.request.day)

    @cached_property
    def villages(self) -> list[Row]:
        """The villages it serves on the reader's day."""
        return bodies.villages(self.body["unit_id"], self.request.day) if self.exists else []

    def get_tables(self) -> Mapping[str, Table]:
        """Return the tables of posts, heads, staff, villages, and trainings."""
        day, body = self.request.day, self.body
        as_of = Column("reported_on", _("As of"), DATE)
        return {
            "posts": posts_table(self.request, self.posts),
            "heads": appointments_table(self.request, self.heads, key="heads", caption=_("Heads")),
            "reports": staff_table(self.request, bodies.reports(body["id"], day), as_of),
            "village_table": self._villages(),
            "trainings": trainings_table(self.request, posts.trainings(body["id"], day)),
        }

    def _villages(self) -> Table:
        request = self.request
        return Table(
            request,
            key="villages",
            caption=_("Villages"),
            columns=[
                cells.Shown("name", _("Village"), value=display.name, show=_village),
                Column("distance_to_centre_km", _("To the centre, km"), NUMBER, places=1),
                cells.population_column(),
                cells.Shown(
                    "head",
                    _("Village head"),
                    value=lambda row: named([(row["head"], row["head_acting"])]),
                    show=lambda row: who(request, [(row["head_id"], row["head"], row["head_acting"])]),
                ),
                Column(
                    "employment",
                    _("Employment"),
                    value=lambda row: wording.employment(row["employment"]) if row["employment"] else None,
                ),
                cells.provenance_column(),
            ],
            rows=self.villages,
            constructed=cells.is_constructed,
            empty=_("No settlement is on file for this day."),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the facts of the day, the time line of the heads and the latest budget."""
        day, body = self.request.day, self.body
        head = head_of_the_day(self.heads, day) if self.exists else None
        last = body["valid"].upper
        return super().get_context_data(
            exists=self.exists,
            ended=last is not None and last <= day,
            first_day=body["valid"].lower,
            last_day=last - ONE_DAY if last else None,
            head=head,
            head_word=titles.capital(wording.head_word(body["kind"])),
            head_by=wording.appointed_by(head["appointed_by"]) if head else "",
            head_act=appointed_by_act(head) if head else "",
            stands_for=self._stands_for(head),
            chart=line(self.request, self.heads, self.get_title()),
            served=ratio(body["population"], body["filled"]) if self.exists else None,
            address=display.name(body, "address"),
            source=cells.source_text(body["source"]),
            budget=budgets.latest(body["unit_id"], day.year),
            farthest=max(
                (row for row in self.villages if row["distance_to_centre_km"]),
                key=lambda row: row["distance_to_centre_km"],
                default=None,
            ),
            desk_url=self._desk(),
            rest_url=addresses.optional("api-executive-body", body["id"]),
            **kwargs,
        )

    def _stands_for(self, head: Row | None) -> Row | None:
        """Return whoever holds the post in which somebody else is acting on the day."""
        if head is None or not head["acting"]:
            return None
        day = self.request.day
        return next((row for row in self.heads if not row["acting"] and day in row["valid"]), None)

    def _desk(self) -> str:
        """Return the page where its own staff keep the records; empty for everybody else."""
        address = addresses.optional("my-body-desk", self.body["id"])
        return address if address and may_keep(self.request.user, self.body["unit_id"]) else ""


def posts_table(request: Any, rows: Sequence[Row]) -> Table:
    """Return the posts of a body with who holds each and who is acting in it."""

    def people(row: Row) -> list[tuple[Any, Any, bool]]:
        return [(row["person_id"], row["holder"], False), (row["acting_id"], row["stands_in"], True)]

    return Table(
        request,
        caption=_("Posts"),
        columns=[
            Column(
                "post",
                _("Post"),
                value=lambda row: titles.capital(wording.post_name(row, row["body_kind"])),
                link=lambda row: post_link(request, row),
            ),
            cells.Shown(
                "holder",
                _("Who holds it"),
                value=lambda row: named([(names, acting) for _id, names, acting in people(row)]),
                show=lambda row: who(request, people(row)) or cells.badge(_("vacant"), "warning"),
            ),
            Column("employment", _("Employment"), value=lambda row: wording.employment(row["employment"])),
            Column("since", _("Since"), DATE, value=_since),
            Column("term_end", _("Term ends"), value=lambda row: display.short_day(row["term_end"])),
            Column(
                "concurrent_reason",
                _("Reason for a second post at once"),
                value=lambda row: row["concurrent_reason"] or row["acting_reason"],
                shown=any(row["concurrent_reason"] or row["acting_reason"] for row in rows),
            ),
            cells.provenance_column(),
        ],
        rows=rows,
        constructed=cells.is_constructed,
        empty=_("No post is on file for this day."),
    )


def trainings_table(request: Any, rows: Sequence[Row], *, of_one: bool = False) -> Table:
    """Return the table of courses; ``of_one`` person leaves out who attended."""
    return Table(
        request,
        key="trainings",
        caption=_("Trainings"),
        columns=[
            Column("programme", _("Programme"), value=lambda row: display.name(row["programme"])),
            Column(
                "person",
                _("Who"),
                value=lambda row: display.name(row["person"]),
                link=lambda row: person_link(request, row),
                shown=not of_one,
            ),
            Column("began_on", _("First day"), DATE),
            Column("ended_on", _("Last day"), DATE),
            Column("hours", _("Hours"), NUMBER),
            Column("certificate", _("Certificate")),
            Column("provider", _("Provider"), shown=False),
            cells.provenance_column(),
        ],
        rows=rows,
        constructed=cells.is_constructed,
        empty=_("No training is on file."),
    )


def _since(row: Row) -> Any:
    """Return since when somebody holds the post or is acting in it; in a vacant one there is nobody."""
    return row["since"] or row["acting_since"] or display.NOT_APPLICABLE


def _village(row: Row) -> str:
    """A village's name, marked where it is the centre."""
    if not row["is_centre"]:
        return display.name(row)
    return cells.badged(display.name(row), _("administrative centre"), "accent")


@require_safe
def body_of_unit(request: Any, pk: uuid.UUID) -> HttpResponse:
    """Lead to the executive body of a unit: that of the reader's day, else the one nearest to it."""
    found = bodies.nearest(pk, request.day)
    if found is None:
        raise Http404
    return redirect(addresses.page(request, "executive-body", found))
