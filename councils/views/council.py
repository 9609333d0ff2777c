"""A council on a day: who sits, where the seats come from, what it met for and decided."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from councils import ledger, wording
from councils.page_queries import bodies, people, resolutions, sessions
from councils.rules import kept_units
from councils.views.base import (
    ONE_DAY,
    CouncilDetailPage,
    act_of,
    council_link,
    session_badge,
    share,
    status_badge,
    term,
)
from councils.views.seating import Seating, deputies_table
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, NUMBER, Column, Table
from registry import cells, titles
from registry.models import LegalAct
from registry.queries import Row

LATEST = 8


class CouncilPage(CouncilDetailPage):
    """One page about a council: seats, deputies, ledger, sessions, resolutions, convocations."""

    template_name = "councils/council.html"

    def get_title(self) -> str:
        """Return the council's name."""
        return wording.council_of(self.council)

    def below_council(self) -> Sequence[Crumb]:
        """Return nothing: the page is the council's own."""
        return ()

    @cached_property
    def convocations(self) -> list[Row]:
        """All its convocations, the latest first."""
        return bodies.convocations(self.council["id"])

    @cached_property
    def current(self) -> Row | None:
        """The convocation of the reader's day."""
        return next((row for row in self.convocations if self.request.day in row["valid"]), None)

    @cached_property
    def former(self) -> Row | None:
        """The last convocation that ended by the reader's day, where none sits."""
        past = [
            row for row in self.convocations if row["valid"].upper and row["valid"].upper <= self.request.day
        ]
        return None if self.current else next(iter(past), None)

    @cached_property
    def deputies(self) -> list[Row]:
        """Who sits on the reader's day."""
        return people.deputies(self.current["id"], self.request.day) if self.current else []

    @cached_property
    def seating(self) -> Seating | None:
        """The seats of the reader's day."""
        if not self.current:
            return None
        return Seating(self.request, self.deputies, self.current["seats_by_law"], self.request.day)

    @cached_property
    def met(self) -> list[Row]:
        """The sessions of the convocation, the latest first."""
        return sessions.of_convocation(self.current["id"]) if self.current else []

    @cached_property
    def decided(self) -> list[Row]:
        """The latest resolutions."""
        return resolutions.latest(self.council["id"], self.request.day, LATEST)

    @cached_property
    def seats(self) -> dict[str, Any]:
        """The seat ledger of the reader's day; empty where no seat was inherited and nothing contradicts."""
        if not self.current:
            return {}
        found = ledger.ledger(self.council["id"], self.request.day).as_dict()
        return found if found["origins"] or found["conflict"] else {}

    def get_tables(self) -> Mapping[str, Table]:
        """Return the tables of deputies, groups, ledger, sessions, resolutions and convocations."""
        tables = {
            "deputies": deputies_table(self.request, self.deputies, caption=_("Deputies")),
            "session_table": self._sessions(),
            "resolution_table": self._resolutions(),
            "convocation_table": self._convocations(),
        }
        if self.seating:
            tables["groups"] = self.seating.groups_table()
        if self.seats:
            tables["ledger"] = self._ledger()
        return tables

    def _ledger(self) -> Table:
        origins = self.seats["origins"]
        named = bodies.named([uuid.UUID(str(row["council"])) for row in origins], self.request.day)
        lines = [
            {**row, **named.get(uuid.UUID(str(row["council"])), {"unit": None, "kind": ""})}
            for row in origins
        ]
        own = {
            "id": None,
            "own": True,
            "seats": None,
            "carried_over": None,
            "ended": None,
            "sitting": self.seats["own"],
        }
        return Table(
            self.request,
            key="ledger",
            caption=_("Where the seats come from"),
            columns=[
                Column(
                    "council",
                    _("Council of origin"),
                    value=lambda row: _("the council’s own") if row.get("own") else wording.council_of(row),
                    link=lambda row: council_link(self.request, row),
                ),
                Column("seats", _("Seats by law"), NUMBER, value=_of_origin("seats")),
                Column("carried_over", _("Carried over"), NUMBER, value=_of_origin("carried_over")),
                Column("ended", _("Ended at the change"), NUMBER, value=_of_origin("ended")),
                Column("sitting", _("Sitting on this day"), NUMBER),
            ],
            rows=[own, *lines] if self.seats["own"] else lines,
            totals={
                "carried_over": sum(row["carried_over"] for row in origins),
                "ended": sum(row["ended"] for row in origins),
                "sitting": self.seats["sitting"],
            },
        )

    def _sessions(self) -> Table:
        shown = [row for row in self.met if row["held_on"] <= self.request.day][:LATEST]
        return sessions_table(self.request, shown, key="sessions", caption=_("Latest sessions"))

    def _resolutions(self) -> Table:
        request = self.request
        return Table(
            request,
            key="resolutions",
            caption=_("Latest resolutions"),
            columns=[
                Column(
                    "title",
                    _("Resolution"),
                    value=lambda row: display.name(row, "title"),
                    link=lambda row: addresses.page(request, "resolution", row["id"]),
                ),
                Column("number", _("Number")),
                Column("adopted_on", _("Adopted"), DATE),
                Column("vote", _("For : against : abstained"), value=votes),
                cells.Shown(
                    "status",
                    _("Status"),
                    value=lambda row: wording.resolution_status(row["status"]),
                    show=lambda row: status_badge(row["status"]),
                ),
                cells.provenance_column(),
            ],
            rows=self.decided,
            constructed=cells.is_constructed,
            empty=_("No resolution is on file by this day."),
        )

    def _convocations(self) -> Table:
        request = self.request
        return Table(
            request,
            key="convocations",
            caption=_("Convocations"),
            columns=[
                Column(
                    "number",
                    _("Convocation"),
                    value=lambda row: wording.convocation_name(row["number"]),
                    sort=lambda row: row["number"],
                    link=lambda row: addresses.page(request, "convocation", row["id"]),
                ),
                Column("term", _("Term"), value=term, sort=lambda row: row["valid"].lower),
                Column("elected_on", _("Elected"), value=lambda row: display.short_day(row["elected_on"])),
                Column("seats_by_law", _("Seats by law"), NUMBER),
                Column("mandates", _("Deputies in the whole term"), NUMBER),
                Column("women", _("Women"), NUMBER),
                Column("dissolved", _("Dissolved by"), value=act_of, link=lambda row: act_link(request, row)),
                cells.provenance_column(),
            ],
            rows=self.convocations,
            constructed=cells.is_constructed,
            empty=_("No convocation is on file."),
        )

    @property
    def next_session(self) -> Row | None:
        """The first session on the reader's day or later, as it came to be: held by now, or planned."""
        day = self.request.day
        coming = [row for row in self.met if row["held_on"] >= day and row["status"] != "cancelled"]
        return coming[-1] if coming else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the facts of the day."""
        day, council, seating = self.request.day, self.council, self.seating
        posts = people.posts(self.current["id"]) if self.current else []
        return super().get_context_data(
            current=self.current,
            current_number=str(self.current["number"]) if self.current else "",
            former=self.former,
            former_act=act_of(self.former) if self.former else "",
            exists=day in council["valid"],
            ended=council["valid"].upper is not None and council["valid"].upper <= day,
            last_day=council["valid"].upper - ONE_DAY if council["valid"].upper else None,
            first_day=council["valid"].lower,
            seating=seating,
            women_share=share(seating.women, seating.sitting) if seating else None,
            chart=seating.chart(wording.council_of(council)) if seating else "",
            posts=[
                {**row, "word": wording.capital(wording.post(row["kind"]))}
                for row in posts
                if day in row["valid"]
            ],
            held=sum(row["status"] == "held" and row["held_on"] <= day for row in self.met),
            adopted=self.decided[0]["of_all"] if self.decided else 0,
            next_session=self.next_session,
            next_name=wording.capital(wording.session_name(self.next_session)) if self.next_session else "",
            seats=self.seats,
            sources=conflict_sources(self.seats),
            calendar_url=addresses.optional("council-calendar", council["id"]),
            desk_url=desk_url(self.request, council),
            executive_url=addresses.at_day(
                self.request, addresses.optional("executive-body-of", council["unit_id"])
            ),
            rest_url=addresses.optional("api-council", council["id"]),
            **kwargs,
        )


def _of_origin(key: str) -> Any:
    """Read a figure of an origin; the council's own seats were carried over from nowhere."""

    def value(row: Row) -> Any:
        return display.NOT_APPLICABLE if row.get("own") else row[key]

    return value


def sessions_table(request: Any, rows: Sequence[Row], *, key: str, caption: str) -> Table:
    """Return the table of sessions."""
    return Table(
        request,
        key=key,
        caption=caption,
        columns=[
            cells.Shown(
                "session",
                _("Session"),
                value=wording.session_name,
                sort=lambda row: row["held_on"],
                show=lambda row: _session(request, row),
            ),
            Column("kind", _("Kind"), value=lambda row: wording.session_kind(row["kind"])),
            cells.Shown(
                "status",
                _("Status"),
                value=lambda row: wording.session_status(row["status"]),
                show=lambda row: session_badge(row["status"]),
            ),
            Column("present", _("Present"), NUMBER),
            Column("called", _("Called"), NUMBER),
            Column("items", _("Agenda items"), NUMBER),
            Column("resolutions", _("Resolutions"), NUMBER),
            cells.provenance_column(),
        ],
        rows=rows,
        constructed=cells.is_constructed,
        empty=_("No session is on file by this day."),
    )


def _session(request: Any, row: Row) -> str:
    address = addresses.page(request, "council-session", row["id"])
    return format_html('<a href="{}">{}</a>', address, wording.capital(wording.session_name(row)))


def votes(row: Mapping[str, Any]) -> str | None:
    """Return the result of a vote: «15 : 2 : 1»; None where none is on file."""
    if row["in_favour"] is None:
        return None
    return f"{row['in_favour']} : {row['against']} : {row['abstained']}"


def act_link(request: Any, row: Row) -> str | None:
    """Return the page of the act that dissolved a convocation."""
    return addresses.page(request, "legal-act", row["dissolved_by_id"]) if row["dissolved_by_id"] else None


def conflict_sources(seats: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what each source says of a conflict over seats, in the reader's language."""
    conflict = seats.get("conflict") if seats else None
    if not conflict:
        return []
    sources = list(conflict.get("sources", ()))
    acts = LegalAct.objects.in_bulk([source["act"] for source in sources if source["act"]])
    return [
        {
            "act": acts.get(source["act"]) and titles.act_name(acts[source["act"]]),
            "act_id": source["act"],
            "article": wording.article(source["article"]),
            "statement": display.name(source["statement"]),
        }
        for source in sources
    ]


def desk_url(request: Any, council: Row) -> str:
    """Return the secretary's page of a council; empty for everybody else."""
    address = addresses.optional("my-council-desk", council["id"])
    return address if address and may_keep(request.user, council) else ""


def may_keep(user: Any, council: Row) -> bool:
    """Tell whether the reader enters this council's sessions and resolutions: its secretary, and who corrects."""
    if not user.is_authenticated:
        return False
    return council["unit_id"] in kept_units(user) or bool(user.has_perm("councils.correct"))
