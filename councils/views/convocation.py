"""A convocation: its seats on a day, everybody who ever sat in it, its posts, committees, districts, sessions."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from councils import wording
from councils.models import ElectionSystem
from councils.page_queries import bodies, people, sessions
from councils.views.base import ONE_DAY, CouncilDetailPage, act_of, deputy_link, share, term
from councils.views.council import sessions_table
from councils.views.seating import Seating, deputies_table
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import NUMBER, Column, Table
from registry import cells
from registry.queries import Row


class ConvocationBase(CouncilDetailPage):
    """A page about one convocation."""

    @cached_property
    def convocation(self) -> Row:
        """The convocation; 404 where none is on file."""
        found = bodies.convocation(self.kwargs["pk"])
        if found is None:
            raise Http404
        return found

    @property
    def council_id(self) -> uuid.UUID:
        """The council it is of."""
        identifier: uuid.UUID = self.convocation["council_id"]
        return identifier

    @property
    def shown_day(self) -> dt.date:
        """The reader's day, or the day of the term nearest to it."""
        day: dt.date = self.request.day
        valid = self.convocation["valid"]
        if day < valid.lower:
            return valid.lower
        return min(day, valid.upper - ONE_DAY) if valid.upper else day

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the convocation and the day shown."""
        return super().get_context_data(
            convocation=self.convocation,
            convocation_name=wording.capital(wording.convocation_name(self.convocation["number"])),
            shown_day=self.shown_day,
            in_term=self.shown_day == self.request.day,
            dissolved_by=act_of(self.convocation),
            system=str(dict(ElectionSystem.choices)[self.convocation["system"]]),
            source_words=cells.source_text(self.convocation["source"]),
            **kwargs,
        )


class ConvocationPage(ConvocationBase):
    """The seats as a half-circle, the deputies of the whole term, districts, committees, sessions."""

    template_name = "councils/convocation.html"

    def get_title(self) -> str:
        """Return the council with the number of the convocation."""
        return f"{wording.council_of(self.council)}, {wording.convocation_name(self.convocation['number'])}"

    @cached_property
    def everybody(self) -> list[Row]:
        """The mandates of the whole term."""
        return people.deputies(self.convocation["id"])

    @cached_property
    def seating(self) -> Seating:
        """The seats of the day shown."""
        sitting = [row for row in self.everybody if self.shown_day in row["valid"]]
        return Seating(self.request, sitting, self.convocation["seats_by_law"], self.shown_day)

    @cached_property
    def posts(self) -> list[Row]:
        """Who held its posts, and when."""
        return people.posts(self.convocation["id"])

    def get_tables(self) -> Mapping[str, Table]:
        """Return the tables."""
        return {
            "everybody": deputies_table(
                self.request, self.everybody, caption=_("Deputies of the whole term"), ended=True
            ),
            "groups": self.seating.groups_table(),
            "post_table": self._posts(),
            "district_table": self._districts(),
            "session_table": sessions_table(
                self.request, self._met(), key="sessions", caption=pgettext("of a council", "Sessions")
            ),
        }

    def _met(self) -> list[Row]:
        """The sessions held or cancelled by the reader's day, and those planned after it."""
        day = self.request.day
        met = sessions.of_convocation(self.convocation["id"])
        return [row for row in met if row["held_on"] <= day or row["status"] == "planned"]

    def _posts(self) -> Table:
        request = self.request
        return Table(
            request,
            key="posts",
            caption=_("Posts"),
            columns=[
                Column("post", _("Post"), value=lambda row: wording.capital(wording.post(row["kind"]))),
                Column(
                    "name",
                    _("Full name"),
                    value=display.name,
                    link=lambda row: deputy_link(request, row),
                ),
                Column("term", _("In office"), value=term, sort=lambda row: row["valid"].lower),
                Column("act", _("Legal act"), value=act_of),
                Column("end_note", _("Why it ended"), shown=any(row["end_note"] for row in self.posts)),
                cells.provenance_column(),
            ],
            rows=self.posts,
            constructed=cells.is_constructed,
            empty=_("No post is on file."),
        )

    def _districts(self) -> Table:
        return Table(
            self.request,
            key="districts",
            caption=_("Electoral districts"),
            columns=[
                Column("name", _("Electoral district"), value=_district, sort=lambda row: row["number"]),
                Column("seats", _("Seats"), NUMBER),
                Column("reserved_for_women", _("Reserved for women"), NUMBER),
                Column("sitting", _("Deputies"), NUMBER),
                Column("women", _("Women"), NUMBER),
                cells.rounded_percent(
                    "share",
                    _("Women, %"),
                    value=lambda row: share(row["women"], row["sitting"]) or display.NOT_APPLICABLE,
                ),
                cells.provenance_column(),
            ],
            rows=people.districts(self.convocation["id"], self.shown_day),
            totals="sum",
            constructed=cells.is_constructed,
            empty=_("No electoral district is on file."),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the drawing and the committees."""
        seating = self.seating
        groups = people.committees(self.convocation["id"], self.shown_day)
        return super().get_context_data(
            seating=seating,
            chart=seating.chart(wording.council_of(self.council)),
            women_share=share(seating.women, seating.sitting),
            committees=[
                {
                    "name": display.name(row),
                    "provenance": row["provenance"],
                    "members": [
                        {
                            "name": display.name(member),
                            "chairs": member["chairs"],
                            "url": addresses.page(self.request, "deputy", member["id"]),
                        }
                        for member in row["members"] or ()
                    ],
                }
                for row in groups
            ],
            rest_url=addresses.optional("api-convocation", self.convocation["id"]),
            **kwargs,
        )


def _district(row: Mapping[str, Any]) -> str:
    """An electoral district by its number and its name; by its name alone where the number stands in it."""
    name = display.name(row)
    if re.search(rf"(?<![0-9]){row['number']}(?![0-9])", name):
        return name
    number = wording.capital(_("district № %(number)s") % {"number": row["number"]})
    return f"{number}. {name}" if name else number


class AttendancePage(ConvocationBase):
    """Who came to which session of a convocation, up to the reader's day."""

    template_name = "councils/attendance.html"
    shown_sessions = 10

    def get_title(self) -> str:
        """Return what the table is of."""
        return _("Attendance: %(council)s") % {"council": wording.council_of(self.council)}

    def below_council(self) -> Sequence[Crumb]:
        """Return the council and the convocation."""
        name = wording.capital(wording.convocation_name(self.convocation["number"]))
        address = addresses.page(self.request, "convocation", self.convocation["id"])
        return [self.council_crumb(), Crumb(name, address)]

    @cached_property
    def held(self) -> list[Row]:
        """The sessions held by the reader's day, in their order."""
        met = sessions.of_convocation(self.convocation["id"])
        return [
            row for row in reversed(met) if row["status"] == "held" and row["held_on"] <= self.request.day
        ]

    @cached_property
    def rows(self) -> list[Row]:
        """A row for each deputy."""
        return sessions.attendance(self.convocation["id"], self.request.day)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table: totals first, then the latest sessions, the others in the column chooser."""
        first_shown = len(self.held) - self.shown_sessions
        columns = [
            Column("name", _("Deputy"), value=display.name, link=lambda row: deputy_link(self.request, row)),
            Column("present", _("Present"), NUMBER),
            Column("excused", _("Excused"), NUMBER),
            Column("unexcused", _("Unexcused"), NUMBER),
            cells.rounded_percent(
                "share",
                _("Attendance, %"),
                value=lambda row: share(row["present"], row["called"]) or display.NOT_APPLICABLE,
            ),
            *(
                cells.Shown(
                    f"s{session['number']}",
                    f"№ {session['number']}, {display.short_day(session['held_on'])}",
                    value=_state_in(session),
                    show=_sign_in(session),
                    shown=index >= first_shown,
                )
                for index, session in enumerate(self.held)
            ),
        ]
        called, came = (sum(row[key] for row in self.rows) for key in ("called", "present"))
        table = Table(
            self.request,
            caption=_("Attendance of deputies"),
            columns=columns,
            rows=self.rows,
            totals={
                **{key: sum(row[key] for row in self.rows) for key in ("present", "excused", "unexcused")},
                "share": share(came, called),
            },
            constructed=lambda row: row["made"],
            empty=_("No deputy is on file by this day."),
        )
        return {"attendance": table}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the number of sessions and the signs."""
        return super().get_context_data(
            held=len(self.held),
            came=sum(row["present"] for row in self.rows),
            called=sum(row["called"] for row in self.rows),
            share=share(sum(row["present"] for row in self.rows), sum(row["called"] for row in self.rows)),
            unexcused=sum(row["unexcused"] for row in self.rows),
            signs=[(SIGNS[state], word) for state, word in _states().items()],
            **kwargs,
        )


SIGNS = {"present": "✓", "excused": "○", "unexcused": "✕"}


def _states() -> dict[str, str]:
    return {"present": _("present"), "excused": _("absent, excused"), "unexcused": _("absent, unexcused")}


def _state_in(session: Row) -> Any:
    def value(row: Row) -> str | None:
        state = row["sessions"].get(str(session["id"]))
        return _states()[state] if state else None

    return value


def _sign_in(session: Row) -> Any:
    def show(row: Row) -> str:
        state = row["sessions"].get(str(session["id"]))
        if not state:
            return ""
        return format_html(
            '<span title="{}"><span aria-hidden="true">{}</span><span class="visually-hidden">{}</span></span>',
            _states()[state],
            SIGNS[state],
            _states()[state],
        )

    return show
