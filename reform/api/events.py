"""Events over REST: read, draft, change, preview, adopt, apply, annul."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import ActionView, DetailView
from lsg_portal.rest.lists import Source
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, Forbidden, NotVisible
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin, WriteView
from reform import services
from reform.api import effects
from reform.api.bodies import AnnulBody, EventBody, draft_of, read_draft
from reform.api.shapes import EVENT, PREVIEW
from reform.api.views import PLACE, PROGRAMME, OfEvents, narrow_by_place, only_readable, programme_id
from reform.models import Event
from reform.rules import sight
from registry.api.columns import PROVENANCE
from registry.models import ChangeKind

STATUSES = tuple(Event.Status.values)


def may_change(user: Any) -> None:
    """Raise Forbidden unless the user is of the reform team."""
    if not user.has_perm("reform.change_event"):
        raise Forbidden


class Events(CreateMixin, OfEvents):
    """The events of the reform; drafts for those who may read drafts."""

    bodies = {"POST": EventBody}
    answers = {"POST": EVENT}
    columns = (
        Column("id", "e.id", "uuid"),
        Column("title.ky", "e.title_ky", null=True),
        Column("title.ru", "e.title_ru", null=True),
        Column("title.en", "e.title_en", null=True),
        Column("kind", "e.kind", schema={"enum": list(ChangeKind.values)}),
        Column("effective_on", "e.effective_on", "date"),
        Column("status", "e.status", schema={"enum": list(STATUSES)}),
        Column("programme.id", "p.id", "uuid"),
        Column("programme.key", "p.key"),
        Column("programme.name.ky", "p.name_ky", null=True),
        Column("programme.name.ru", "p.name_ru", null=True),
        Column("programme.name.en", "p.name_en", null=True),
        Column("change", "e.change_id", "uuid", null=True),
        Column("version", "e.version", "int"),
        Column("provenance", "e.provenance", schema=PROVENANCE),
    )
    params = (
        PROGRAMME,
        *PLACE,
        Param(
            "kind",
            "choice",
            gettext_lazy("Only this kind of change."),
            choices=tuple(ChangeKind.values),
            many=True,
        ),
        Param("status", "choice", gettext_lazy("Only this status."), choices=STATUSES, many=True),
        Param("from", "date", gettext_lazy("Only events in force on or after this day.")),
        Param("to", "date", gettext_lazy("Only events in force before this day.")),
    )
    keys = {"effective_on": Key("e.effective_on", "date"), "kind": Key("e.kind"), "status": Key("e.status")}
    unique = Key("e.id", "uuid")
    default_ordering = ("effective_on",)
    updated = Key("e.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The events the viewer may read, narrowed."""
        source = Source("reform_event e JOIN reform_programme p ON p.id = e.programme_id")
        only_readable(source, query.viewer)
        if query["programme"] is not None:
            source.add("e.programme_id = %(programme)s::uuid", programme=programme_id(query["programme"]))
        for name in ("kind", "status"):
            if query[name]:
                source.add(f"e.{name} = ANY(%({name})s::text[])", **{name: list(query[name])})
        if query["from"]:
            source.add("e.effective_on >= %(from)s::date", **{"from": query["from"]})
        if query["to"]:
            source.add("e.effective_on < %(to)s::date", to=query["to"])
        narrow_by_place(source, query)
        return source

    def may_create(self, request: Request) -> None:
        """Only the reform team drafts."""
        may_change(request.user)

    def create(self, data: Any, user: Any) -> Event:
        """Draft the event."""
        return services.draft(content=read_draft(data), by=user)

    def created(self, thing: Event, query: Query) -> tuple[Any, str, str | None]:
        """Show the draft with its address and its ETag."""
        view = EventDetail()
        return show(thing), reverse("api-reform-event", kwargs={"pk": thing.pk}), view.tag(thing, query)


def show(event: Event) -> dict[str, Any]:
    """The whole event as JSON."""
    acts = event.event_acts.present().select_related("act").order_by("id")
    parts = event.parts.present().prefetch_related("part_settlements__settlement", "shares").order_by("id")
    programme = event.programme
    return {
        "id": str(event.pk),
        "title": _texts(event, "title"),
        "kind": event.kind,
        "effective_on": event.effective_on,
        "status": event.status,
        "programme": {"id": str(programme.pk), "key": programme.key, "name": _texts(programme, "name")},
        "acts": [
            {
                "id": str(line.act_id),
                "kind": line.act.kind,
                "number": line.act.number,
                "adopted_on": line.act.adopted_on,
                "title": _texts(line.act, "title"),
            }
            for line in acts
        ],
        "note": _texts(event, "note"),
        "units": [
            {
                "unit": str(line.unit_id),
                "role": line.role,
                "kind": line.kind or None,
                "name": _texts(line, "name"),
                "parent": str(line.parent_id) if line.parent_id else None,
                "centre": str(line.centre_id) if line.centre_id else None,
                "code": {"system": line.code_system, "code": line.code} if line.code else None,
            }
            for line in event.event_units.present().order_by("id")
        ],
        "parts": [
            {
                "source": str(part.source_id),
                "target": str(part.target_id),
                "scope": part.scope,
                "settlements": [
                    {
                        "id": str(line.settlement_id),
                        "name": _texts(line.settlement, "name"),
                        "kind": line.settlement.kind,
                    }
                    for line in part.part_settlements.all()
                ],
                "shares": [
                    {"measure": share.measure, "share": f"{share.share.normalize():f}", "basis": share.basis}
                    for share in part.shares.all()
                ],
            }
            for part in parts
        ],
        "change": str(event.change_id) if event.change_id else None,
        "applications": [
            {"change": str(item.change_id), "at": item.at.isoformat()} for item in event.applications.all()
        ],
        "provenance": event.provenance,
        "source": event.source,
        "version": event.version,
    }


def _texts(thing: Any, name: str) -> dict[str, str | None]:
    """A text in three languages."""
    return {language: getattr(thing, f"{name}_{language}") or None for language in ("ky", "ru", "en")}


class _OnEvent:
    """Finds events for reading and changing."""

    answer_schema = EVENT

    def load(self, query: Query, **kwargs: Any) -> Event:
        """Return the event the viewer may read."""
        visible = Event.objects.visible_to(sight(query.viewer))
        found = visible.select_related("programme").filter(pk=kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> Event:
        """Return the event with its row locked, for the reform team."""
        found = Event.objects.select_for_update().filter(pk=kwargs["pk"]).first()
        if found is None or not user.has_perm("reform.read_event", found):
            raise NotVisible
        may_change(user)
        return found

    def version(self, thing: Event) -> tuple[object, ...]:
        """The event's row version."""
        return ("event", thing.pk, thing.version)

    def show(self, thing: Event, query: Query) -> dict[str, Any]:
        """The whole event."""
        return show(thing)


class EventDetail(_OnEvent, DetailView):
    """One event; its draft can be changed."""

    bodies = {"PATCH": EventBody}

    def patch(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Change the draft."""
        return self.change(request, self._redraft, **kwargs)

    def _redraft(self, thing: Event, data: Any, user: Any) -> Event:
        content = read_draft(data, draft_of(thing))
        return services.redraft(event=thing, content=content, at=timezone.now())


class Adopt(_OnEvent, ActionView):
    """Mark a draft as adopted."""

    def reached(self, thing: Event, method: str) -> None:
        """It is adopted or beyond."""
        if thing.status != Event.Status.DRAFT:
            raise Conflict(gettext_lazy("Only a draft can be adopted."), code="not_a_draft")

    def act(self, thing: Event, data: Any, user: Any) -> Event:
        """Adopt it."""
        return services.adopt(event=thing)


class Apply(_OnEvent, ActionView):
    """Put an event into force."""

    def reached(self, thing: Event, method: str) -> None:
        """It is in force."""
        if thing.status == Event.Status.IN_FORCE:
            raise Conflict(gettext_lazy("The event is already in force."), code="already_in_force")

    def act(self, thing: Event, data: Any, user: Any) -> Event:
        """Apply it."""
        return services.apply(event=thing, by=user.get_username(), at=timezone.now())


class Annul(_OnEvent, ActionView):
    """Annul an event in force."""

    bodies = {"POST": AnnulBody}

    def reached(self, thing: Event, method: str) -> None:
        """It is not in force."""
        if thing.status != Event.Status.IN_FORCE:
            raise Conflict(gettext_lazy("Only an event in force can be annulled."), code="not_in_force")

    def act(self, thing: Event, data: Any, user: Any) -> Event:
        """Annul it."""
        return services.annul(event=thing, reason=data["reason"], by=user.get_username(), at=timezone.now())


class Preview(_OnEvent, WriteView):
    """What applying an event would do and every rule it would break; nothing is written."""

    success = 200
    answer_schema = PREVIEW

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Try it and take it back."""

        def work() -> HttpResponse:
            event = self.lock(request.user, **kwargs)
            self.check_media_type(request._request)
            query = self.read_write_query(request._request, request.user)
            self.read_body(request)
            found = services.preview(event)
            return self.shown(
                {
                    "event": str(event.pk),
                    "effective_on": event.effective_on,
                    "can_be_applied": not found["violations"] and event.status != Event.Status.IN_FORCE,
                    "violations": [_violation(item) for item in found["violations"]],
                    "warnings": [_violation(item) for item in found["warnings"]],
                    "units": [
                        {
                            "unit": str(row["unit"]),
                            "before": effects.figures(row["before"]),
                            "after": effects.figures(row["after"]),
                        }
                        for row in found["units"]
                    ],
                    "totals": found["totals"],
                    "councils": [effects.seats(row) for row in found["councils"]],
                    "executives": effects.executives(found["executives"]),
                    "transfers": effects.transfers(found["transfers"]),
                    "reports": effects.reports(found["reports"]),
                },
                query,
            )

        return self.carry_out(request, work)


def _violation(item: Any) -> dict[str, str]:
    return {"code": item.code, "detail": str(item.message), "pointer": item.pointer}
