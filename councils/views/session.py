"""A session: quorum, agenda with what was decided, who came, who else attended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from councils import wording
from councils.models import AdvisoryCapacity, AttendanceState, DecisionRule
from councils.page_queries import sessions
from councils.views.base import CouncilDetailPage, deputy_link, status_badge
from councils.views.council import may_keep, votes
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import Column, Table
from registry import cells
from registry.queries import Row

STATE_TONES = {"present": "good", "excused": "", "unexcused": "error"}


class SessionPage(CouncilDetailPage):
    """One session of a council."""

    template_name = "councils/session.html"

    @cached_property
    def session(self) -> Row:
        """The session; 404 where none is on file."""
        found = sessions.session(self.kwargs["pk"])
        if found is None:
            raise Http404
        return found

    @property
    def council_id(self) -> uuid.UUID:
        """The council that met."""
        identifier: uuid.UUID = self.session["council_id"]
        return identifier

    def get_title(self) -> str:
        """Return the session with its number and day."""
        return wording.capital(wording.session_name(self.session))

    def below_council(self) -> Sequence[Crumb]:
        """Return the council and the convocation."""
        name = wording.capital(wording.convocation_name(self.session["convocation_number"]))
        address = addresses.page(self.request, "convocation", self.session["convocation_id"])
        return [self.council_crumb(), Crumb(name, address)]

    @cached_property
    def attendance(self) -> list[Row]:
        """The deputies called and whether they came."""
        return sessions.present(self.session["id"])

    @cached_property
    def decided(self) -> list[Row]:
        """The resolutions adopted, with their votes."""
        return sessions.decided(self.session["id"], self.request.day)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the tables of decisions and attendance."""
        return {"decisions": self._decisions(), "attendance": self._attendance()}

    def _decisions(self) -> Table:
        request = self.request
        return Table(
            request,
            key="decisions",
            caption=_("Resolutions and votes"),
            columns=[
                Column(
                    "title",
                    _("Resolution"),
                    value=lambda row: display.name(row, "title"),
                    link=lambda row: addresses.page(request, "resolution", row["id"]),
                ),
                Column("number", _("Number")),
                Column("vote", _("For : against : abstained"), value=votes),
                Column("rule", _("Majority needed"), value=lambda row: display.name(row["rule"])),
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
            empty=_("No resolution of this session is on file."),
        )

    def _attendance(self) -> Table:
        words = dict(AttendanceState.choices)
        return Table(
            self.request,
            caption=_("Attendance of deputies"),
            columns=[
                Column(
                    "name", _("Deputy"), value=display.name, link=lambda row: deputy_link(self.request, row)
                ),
                Column(
                    "faction",
                    _("Faction"),
                    value=lambda row: display.name(row["faction"]),
                    shown=any(row["faction"] for row in self.attendance),
                ),
                cells.Shown(
                    "state",
                    _("Attendance"),
                    value=lambda row: str(words[row["state"]]),
                    show=lambda row: cells.badge(words[row["state"]], STATE_TONES[row["state"]]),
                ),
                Column("note", _("Note"), shown=any(row["note"] for row in self.attendance)),
                cells.provenance_column(),
            ],
            rows=self.attendance,
            constructed=cells.is_constructed,
            empty=_("No attendance is on file."),
        )

    @cached_property
    def present(self) -> int:
        """How many deputies came."""
        return sum(row["state"] == AttendanceState.PRESENT for row in self.attendance)

    def quorum(self) -> dict[str, Any]:
        """Return the rule of the quorum and whether it was there; empty where no attendance is on file."""
        rule = sessions.rule_of(DecisionRule.Purpose.QUORUM)
        if not rule or not self.attendance:
            return {}
        need = needed(rule, self.session["in_office"])
        return {
            "name": display.name(rule),
            "article": wording.article(rule["article"]),
            "need": need,
            "there": self.present >= need,
        }

    def agenda(self) -> list[dict[str, Any]]:
        """Return the agenda, each item with what was decided on it."""
        decided: dict[Any, list[Row]] = {}
        for row in self.decided:
            decided.setdefault(row["agenda_item_id"], []).append(row)
        capacity = sessions.agenda(self.session["id"])
        return [
            {
                "number": str(item["number"]),
                "title": display.name(item, "title"),
                "speaker": display.name(item["speaker"]) if item["speaker"] else "",
                "speaker_url": addresses.page(self.request, "deputy", item["speaker"]["id"])
                if item["speaker"] and item["linked"]
                else "",
                "decided": [
                    {
                        "name": wording.capital(wording.resolution_name(row)),
                        "url": addresses.page(self.request, "resolution", row["id"]),
                        "vote": votes(row),
                        "status": status_badge(row["status"]),
                    }
                    for row in decided.get(item["id"], ())
                ],
            }
            for item in capacity
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the facts of the session."""
        session, words = self.session, dict(AdvisoryCapacity.choices)
        edit = addresses.optional("my-session", session["id"])
        return super().get_context_data(
            session=session,
            source_words=cells.source_text(session["source"]),
            kind_word=wording.session_kind(session["kind"]),
            status_word=wording.session_status(session["status"]),
            tone={"held": "good", "cancelled": "error"}.get(session["status"], "accent"),
            is_later=session["held_on"] > self.request.day,
            agenda=self.agenda(),
            present=self.present,
            called=len(self.attendance),
            quorum=self.quorum(),
            advisory=[
                (display.name(row), str(words[row["capacity"]])) for row in sessions.advisory(session["id"])
            ],
            edit_url=edit if edit and may_keep(self.request.user, self.council) else "",
            rest_url=addresses.optional("api-session", session["id"]),
            **kwargs,
        )


def needed(rule: Mapping[str, Any], of: int) -> int:
    """Return the smallest number that a rule demands of ``of``: two thirds of 31 are 21, more than half of 21 are 11."""
    whole, rest = divmod(of * rule["numerator"], rule["denominator"])
    return int(whole + 1 if rule["strict"] or rest else whole)
