"""Calendars of sessions: of one council, and of all councils of an oblast, a district or a unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import ical, queries
from councils.api.columns import narrow
from councils.models import SessionKind, SessionStatus
from lsg_portal.data import prepared
from lsg_portal.rest import clock, versions
from lsg_portal.rest.lists import Source
from lsg_portal.rest.negotiation import CONTENT_TYPES
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Fault, Malformed, NotVisible
from lsg_portal.rest.views import Query, ReadView, stamp
from registry import titles
from registry.api.columns import DISTRICT, OBLAST, UNIT

MOST = 5000
"""Sessions in one calendar, the latest of them."""

STATUS = {
    SessionStatus.PLANNED: ical.TENTATIVE,
    SessionStatus.HELD: ical.CONFIRMED,
    SessionStatus.CANCELLED: ical.CANCELLED,
}
SQL = """
    SELECT s.id::text, s.held_on, s.number, s.kind, s.status, s.place, s.version, s.updated_at, u.kind,
           u.name_ky, u.name_ru, u.name_en,
           (SELECT json_agg(json_build_array(a.number, a.title_ky, a.title_ru, a.title_en) ORDER BY a.number)
              FROM councils_agendaitem a WHERE a.session_id = s.id AND a.removed_at IS NULL)
      FROM {relation} LEFT JOIN registry_unitversion u
           ON u.unit_id = s.unit_id AND u.valid @> s.held_on AND u.voided_by_id IS NULL
     WHERE {where} ORDER BY s.held_on DESC, s.id LIMIT {most}"""


class SessionCalendar(ReadView):
    """The sessions of councils as a calendar (RFC 5545) to subscribe to; by default from a year ago on."""

    data = ("councils", "registry")
    formats = ("ics",)
    answer_schema = {"type": "string"}
    params: ClassVar[Sequence[Param]] = (
        UNIT,
        OBLAST,
        DISTRICT,
        Param("from", "date", gettext_lazy("Only sessions on or after this day; default a year ago.")),
        Param("to", "date", gettext_lazy("Only sessions before this day.")),
    )

    def answer(self, request: HttpRequest, query: Query, **kwargs: Any) -> HttpResponseBase:
        """Write the calendar."""
        tag = self.tag(request, query, versions.current(self.versions_of(query.viewer)))
        events = self.events(request, query, **kwargs)
        name = _("Sessions of local councils")
        if kwargs and events:
            name = f"{name}: {events[-1].category}"
        response = HttpResponse(ical.calendar(name, events), content_type=CONTENT_TYPES["ics"])
        response.headers["Content-Disposition"] = 'inline; filename="sessions.ics"'
        return stamp(response, query, tag)

    def tag(self, request: HttpRequest, query: Query, version: str | None) -> str:
        """Return the ETag; the default first day is part of what is asked."""
        query.values["from"] = query.values["from"] or clock.today() - dt.timedelta(days=365)
        return super().tag(request, query, version)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The sessions asked for."""
        if query["unit"] is None and query["oblast"] is None and query["district"] is None:
            raise Malformed(
                _("Say which unit, district or oblast the calendar is for."),
                errors=[
                    Fault("/oblast", "required", _("Say which unit, district or oblast the calendar is for."))
                ],
            )
        source = Source(queries.SESSIONS)
        narrow(source, query, "s")
        return source

    def events(self, request: HttpRequest, query: Query, **kwargs: Any) -> list[ical.Event]:
        """Return the sessions as events, the earliest first."""
        source = self.source(query, **kwargs)
        source.add("s.held_on >= %(from)s::date", **{"from": query["from"]})
        if query["to"]:
            source.add("s.held_on < %(to)s::date", to=query["to"])
        sql = SQL.format(relation=source.relation, where=" AND ".join(source.where), most=MOST)
        return [_event(request, query.lang, row) for row in reversed(prepared.rows(sql, source.args))]


class CouncilCalendar(SessionCalendar):
    """The sessions of one council as a calendar (RFC 5545) to subscribe to; by default from a year ago on."""

    refusals = {"GET": (404,)}
    params = SessionCalendar.params[3:]

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The sessions of the council."""
        key = str(kwargs["pk"])
        if not prepared.rows("SELECT 1 FROM councils_council WHERE id = %(pk)s::uuid", {"pk": key}):
            raise NotVisible
        return Source(queries.SESSIONS, where=["s.council_id = %(pk)s::uuid"], args={"pk": key})


def _event(request: HttpRequest, lang: str, row: tuple[Any, ...]) -> ical.Event:
    key, day, number, kind, status, place, version, changed, unit_kind, *names, agenda = row
    unit = titles.full_name(
        dict(zip(("kind", "name_ky", "name_ru", "name_en"), (unit_kind, *names), strict=True))
    )
    summary = _("%(unit)s: session %(number)s (%(kind)s)") % {
        "unit": unit,
        "number": number,
        "kind": SessionKind(kind).label,
    }
    return ical.Event(
        uid=f"{key}@sessions.lsg",
        day=day,
        summary=summary,
        status=STATUS[status],
        changed=changed,
        sequence=version - 1,
        description="\n".join(f"{item} {_said(lang, titles)}" for item, *titles in agenda or ()),
        location=place,
        url=request.build_absolute_uri(reverse("council-session", kwargs={"pk": key})),
        category=unit,
    )


def _said(lang: str, texts: list[str | None]) -> str:
    """Return a text in a language, or in the next one that has it."""
    ky, ru, en = texts
    order = {"ky": (ky, ru, en), "ru": (ru, ky, en), "en": (en, ru, ky)}[lang]
    return next((text for text in order if text), "")
