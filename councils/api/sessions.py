"""Sessions over REST: read by anybody; planned, held and recorded by the secretary of their council."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from councils import queries, services
from councils.api.bodies import (
    AgendaBody,
    AttendanceBody,
    SessionBody,
    SessionPatch,
    known_mandates,
    known_persons,
)
from councils.api.columns import (
    CONVOCATION,
    COUNCIL,
    COUNCIL_KINDS,
    FROM,
    PLACE,
    TO,
    name_of,
    narrow,
    narrow_to,
    narrow_to_days,
    narrow_to_words,
    place_columns,
)
from councils.api.keeping import Seen, must_keep
from councils.models import (
    AdvisoryCapacity,
    AgendaItem,
    AttendanceState,
    Convocation,
    Session,
    SessionKind,
    SessionStatus,
)
from lsg_portal.data import prepared
from lsg_portal.rest import clock, shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import ActionView, DetailView, ThingView
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, Fault, NotVisible, RuleBroken
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin
from registry.api.columns import PROVENANCE

KINDS = tuple(SessionKind.values)
STATUSES = tuple(SessionStatus.values)
STATES = tuple(AttendanceState.values)

COLUMNS = (
    Column("id", "s.id", "uuid"),
    Column("council.id", "s.council_id", "uuid"),
    Column("council.kind", "s.council_kind", schema=COUNCIL_KINDS),
    Column("convocation.id", "s.convocation_id", "uuid"),
    Column("convocation.number", "s.convocation_number", "int"),
    *place_columns(),
    Column("number", "s.number", "int"),
    Column("held_on", "s.held_on", "date"),
    Column("kind", "s.kind", schema={"enum": list(KINDS)}),
    Column("status", "s.status", schema={"enum": list(STATUSES)}),
    Column("location", "s.place"),
    Column("initiators", "s.initiators", "int", null=True),
    Column("in_office", queries.IN_OFFICE.format(convocation="s.convocation_id", day="s.held_on"), "int"),
    Column("present", "came.present", "int"),
    Column("excused", "came.excused", "int"),
    Column("unexcused", "came.unexcused", "int"),
    Column("advisory", queries.ADVISORY, "int"),
    Column("version", "s.version", "int"),
    Column("provenance", "s.provenance", schema=PROVENANCE),
)
JOINS = f"{queries.place('s')} {queries.ATTENDED}"

AGENDA = shapes.listed(
    shapes.record(
        id=shapes.UUID,
        number=shapes.COUNT,
        name=shapes.NAME,
        speaker={**shapes.record(id=shapes.UUID, name=shapes.NAME), "type": ["object", "null"]},
        resolutions=shapes.listed(shapes.UUID),
    )
)
SESSION = shapes.row(
    COLUMNS,
    quorum=shapes.BOOL,
    agenda_item=AGENDA,
    advisory_attendees=shapes.listed(
        shapes.record(
            person=shapes.record(id=shapes.UUID, name=shapes.NAME),
            capacity=shapes.choice(AdvisoryCapacity.values),
        )
    ),
)


class Sessions(CreateMixin, SqlListView):
    """Sessions of councils, planned, held and cancelled, with how many deputies came."""

    data = ("councils", "registry")
    bodies = {"POST": SessionBody}
    answers = {"POST": SESSION}
    columns = COLUMNS
    params = (
        *PLACE,
        COUNCIL,
        CONVOCATION,
        Param("kind", "choice", gettext_lazy("Only these kinds."), choices=KINDS, many=True),
        Param("status", "choice", gettext_lazy("Only this status."), choices=STATUSES, many=True),
        FROM,
        TO,
    )
    keys = {"held_on": Key("s.held_on", "date"), "number": Key("s.number", "int")}
    unique = Key("s.id", "uuid")
    default_ordering = ("-held_on",)
    updated = Key("s.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The sessions, narrowed; a unit lay where it lay on the session's day."""
        source = Source(queries.SESSIONS, JOINS, alias="s")
        narrow(source, query, "s")
        narrow_to(source, query, council="s.council_id", convocation="s.convocation_id")
        narrow_to_words(source, query, kind="s.kind", status="s.status")
        narrow_to_days(source, query, "s.held_on")
        return source

    def may_create(self, request: Request) -> None:
        """Only secretaries plan sessions."""
        must_keep(request.user, None)

    def create(self, data: Any, user: Any) -> Session:
        """Plan the session."""
        found = Convocation.objects.live().select_related("council").filter(pk=data["convocation"]).first()
        if found is None:
            detail = gettext_lazy("There is no such convocation.")
            raise RuleBroken(errors=[Fault("/convocation", "unknown", detail)])
        must_keep(user, found.council)
        return services.plan_session(
            convocation=found,
            held_on=data["held_on"],
            kind=data.get("kind", SessionKind.ORDINARY),
            number=data.get("number"),
            place=data.get("location", ""),
            initiators=data.get("initiators"),
        )

    def created(self, thing: Session, query: Query) -> tuple[Any, str, str | None]:
        """Show the session with its address and its ETag."""
        return show(thing), reverse("api-session", kwargs={"pk": thing.pk}), SessionDetail().tag(thing, query)


def show(session: Session) -> dict[str, Any]:
    """Return the session as the list shows it, with its agenda and who else attended."""
    shape = Sessions.shape(None)
    sql = f"SELECT {shape.select} FROM {queries.SESSIONS} {JOINS} WHERE s.id = %(pk)s::uuid"
    row = shape.build(prepared.rows(sql, {"pk": str(session.pk)}))[0]
    items = (
        AgendaItem.objects.filter(session=session, removed_at__isnull=True)
        .select_related("speaker")
        .prefetch_related("resolutions")
        .order_by("number")
    )
    advisory = session.advisory_attendances.select_related("person").order_by("capacity", "person_id")
    return {
        **row,
        "quorum": bool(services.attendance_totals(session)["quorum"]),
        "agenda_item": [
            {
                "id": str(item.pk),
                "number": item.number,
                "name": name_of(item, "title"),
                "speaker": _person(item.speaker) if item.speaker else None,
                "resolutions": [
                    str(made.pk) for made in item.resolutions.all() if made.status in queries.PUBLISHED
                ],
            }
            for item in items
        ],
        "advisory_attendees": [
            {"person": _person(line.person), "capacity": line.capacity} for line in advisory
        ],
    }


def _person(person: Any) -> dict[str, Any]:
    return {"id": str(person.pk), "name": name_of(person)}


class _OnSession(Seen):
    """Finds sessions for reading and changing."""

    answer_schema = SESSION

    def load(self, query: Query, **kwargs: Any) -> Session:
        """Return the session: every session is public."""
        found = Session.objects.filter(pk=kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> Session:
        """Return the session with its row locked, for the secretary of its council."""
        found = (
            Session.objects.select_for_update(of=("self",))
            .select_related("convocation__council")
            .filter(pk=kwargs["pk"])
            .first()
        )
        if found is None:
            raise NotVisible
        must_keep(user, found.convocation.council)
        return found

    def version(self, thing: Session) -> tuple[object, ...]:
        """The session's row version, and its agenda, whose items are records of their own."""
        agenda = thing.agenda.filter(removed_at__isnull=True).order_by("number")
        return ("session", thing.pk, thing.version, *agenda.values_list("pk", "updated_at"))

    def show(self, thing: Session, query: Query) -> dict[str, Any]:
        """The whole session."""
        return show(thing)


class SessionDetail(_OnSession, DetailView):
    """One session with its agenda; while it is planned its council's secretary changes it."""

    bodies = {"PATCH": SessionPatch}

    def patch(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Change the planned session."""
        return self.change(request, self._change, **kwargs)

    def _change(self, thing: Session, data: Any, user: Any) -> Session:
        renamed = {"location": "place"}
        return services.change_session(
            session=thing, **{renamed.get(name, name): value for name, value in data.items()}
        )


class SessionHold(_OnSession, ActionView):
    """Record that a planned session was held."""

    def reached(self, thing: Session, method: str) -> None:
        """It was held already."""
        if thing.status == SessionStatus.HELD:
            raise Conflict(gettext_lazy("The session has been held already."), code="already_held")

    def act(self, thing: Session, data: Any, user: Any) -> Session:
        """Hold it."""
        return services.hold_session(session=thing, today=clock.today())


class SessionCancel(_OnSession, ActionView):
    """Cancel a planned session."""

    def reached(self, thing: Session, method: str) -> None:
        """It is cancelled already."""
        if thing.status == SessionStatus.CANCELLED:
            raise Conflict(gettext_lazy("The session is cancelled already."), code="already_cancelled")

    def act(self, thing: Session, data: Any, user: Any) -> Session:
        """Cancel it."""
        return services.cancel_session(session=thing)


class SessionAgenda(_OnSession, ActionView):
    """Add an item to the agenda; answers with the whole session."""

    bodies = {"POST": AgendaBody}

    def act(self, thing: Session, data: Any, user: Any) -> Session:
        """Add the item."""
        speaker = known_persons([(data["speaker"], "/speaker")]) if data.get("speaker") else {}
        services.add_agenda_item(
            session=thing,
            title=data["name"],
            speaker=speaker.get(data.get("speaker")),
            number=data.get("number"),
        )
        return fresh(thing)


class SessionAgendaItem(_OnSession, ThingView):
    """Take an item off the agenda; If-Match is the session's."""

    def delete(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Take it off."""
        return self.change(request, self._remove, status=204, **kwargs)

    def lock(self, user: Any, **kwargs: Any) -> Session:
        """Return the session with its row locked; the item must stand on its agenda."""
        found = super().lock(user, **kwargs)
        self.item = found.agenda.filter(pk=kwargs["item"], removed_at__isnull=True).first()
        if self.item is None:
            raise NotVisible
        return found

    def _remove(self, thing: Session, data: Any, user: Any) -> Session:
        assert self.item is not None
        services.remove_agenda_item(item=self.item, at=timezone.now())
        return thing


def fresh(session: Session) -> Session:
    """Return the session as it is now, with the version that a change of what belongs to it gave it."""
    return Session.objects.get(pk=session.pk)


class SessionAttendance(_OnSession, ThingView, SqlListView):
    """How each deputy came to one session; its council's secretary records it (PUT, all or some of the deputies)."""

    data = ("councils", "registry")
    bodies = {"PUT": AttendanceBody}
    answers = {"PUT": SESSION}
    answer_schema = None  # type: ignore[assignment]
    columns = (
        Column("mandate", "a.mandate_id", "uuid"),
        Column("person.id", "n.id", "uuid"),
        Column("person.name.ky", "n.name_ky", null=True),
        Column("person.name.ru", "n.name_ru", null=True),
        Column("person.name.en", "n.name_en", null=True),
        Column("state", "a.state", schema={"enum": list(STATES)}),
        Column("note", "a.note"),
    )
    params = (Param("state", "choice", gettext_lazy("Only these states."), choices=STATES, many=True),)
    keys = {"name": Key("coalesce(lsg_sort_key(coalesce(n.name_ky, n.name_ru)), '')")}
    unique = Key("a.mandate_id", "uuid")
    default_ordering = ("name",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The attendance of the session."""
        must_be(kwargs["pk"])
        source = Source(
            """councils_attendance a JOIN councils_mandate m ON m.id = a.mandate_id
               JOIN registry_person n ON n.id = m.person_id"""
        )
        source.add("a.session_id = %(session)s::uuid", session=str(kwargs["pk"]))
        narrow_to_words(source, query, state="a.state")
        return source

    def tag(self, *args: Any) -> str:
        """Return the tag of the list, or of the session that was changed."""
        return SqlListView.tag(self, *args) if len(args) == 3 else SessionDetail().tag(*args)

    def put(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Record the attendance."""
        return self.change(request, self._record, **kwargs)

    def _record(self, thing: Session, data: Any, user: Any) -> Session:
        lines = data["attendance"]
        known_mandates(
            thing, [(line["mandate"], f"/attendance/{place}/mandate") for place, line in enumerate(lines)]
        )
        advisory = data.get("advisory", [])
        known_persons([(line["person"], f"/advisory/{place}/person") for place, line in enumerate(advisory)])
        services.record_attendance(
            session=thing,
            states={line["mandate"]: (line["state"], line.get("note", "")) for line in lines},
            advisory=[(line["person"], line["capacity"]) for line in advisory],
        )
        return fresh(thing)


def must_be(session: uuid.UUID) -> None:
    """Raise NotVisible where there is no such session."""
    if not Session.objects.filter(pk=session).exists():
        raise NotVisible
