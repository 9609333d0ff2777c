"""The reform over REST: statistics, programmes, road map, hand-overs, checks."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.rest import kept, shapes, versions
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import DetailView
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param, UnitRef, refusal
from lsg_portal.rest.problems import Fault, NotVisible
from lsg_portal.rest.sight import BySight
from lsg_portal.rest.views import JSON, Query, ReadView, stamp
from reform import queries
from reform.checks import CHECKS, findings
from reform.models import HandOver, Programme
from reform.rules import sight
from reform.visibility import LINES, Sight, condition, touching
from registry.api.columns import DISTRICT, OBLAST, PROVENANCE, TOUCHED, lies_in
from registry.resolving import unit_id

PROGRAMME = Param("programme", "unit", gettext_lazy("Only this programme: its identifier or short key."))
PLACE = (TOUCHED, OBLAST, DISTRICT)


def programme_id(reference: UnitRef) -> str:
    """Return the identifier of a programme named by identifier or short key."""
    if reference.id is not None:
        return str(reference.id)
    found = Programme.objects.filter(key=reference.code).values_list("pk", flat=True).first()
    if found is None:
        fault = Fault("/programme", "unknown_programme", _("There is no such programme."))
        raise refusal(fault)
    return str(found)


def only_readable(source: Source, viewer: Any) -> None:
    """Keep what belongs to events ``e`` that the viewer may read."""
    readable, args = condition(sight(viewer))
    source.add(readable, **args)


def narrow_by_place(source: Source, query: Query) -> None:
    """Keep what belongs to events ``e`` that touch the unit, or a unit in the oblast or district, asked for."""
    if query["unit"] is not None:
        named = f"e.id IN (SELECT event_id FROM ({LINES}) l WHERE unit_id = %(unit)s::uuid)"
        source.add(named, unit=str(unit_id(query["unit"])))
    for name in ("oblast", "district"):
        if query[name] is not None:
            area = touching(f"ARRAY[%({name})s]")
            source.add(f"e.id IN ({area})", **{name: str(unit_id(query[name]))})


PLACE_NAME = shapes.record(
    id=shapes.nullable(shapes.UUID), kind=shapes.nullable(shapes.TEXT), name=shapes.NAME
)
GROUP = shapes.record(
    id=shapes.nullable(shapes.TEXT),
    kind=shapes.nullable(shapes.TEXT),
    name=shapes.NAME,
    oblast={**PLACE_NAME, "type": ["object", "null"]},
)
CLASSES = (
    "unchanged", "enlarged", "diminished", "reshaped", "abolished", "created", "moved_in", "moved_out",
)  # fmt: skip


def _figures(**more: shapes.Schema) -> shapes.Schema:
    """A row of statistics; the classes are counted for municipalities only."""
    number = {"type": ["number", "null"]}
    schema = shapes.record(more, before=number, after=number)
    schema["properties"] |= dict.fromkeys(CLASSES, shapes.COUNT)
    last = shapes.record(reduced=number, reduction_percent=shapes.nullable(shapes.DECIMAL))
    schema["properties"] |= last["properties"]
    schema["required"] += last["required"]
    return schema


class Statistics(ReadView):
    """What the reform changed between two days: rows by group, and a total."""

    data = ("registry", "reform", "councils", "ayil_okmotu")
    formats = ("json", "csv", "xlsx")
    params = (
        Param("before", "date", gettext_lazy("The earlier day."), required=True),
        Param("after", "date", gettext_lazy("The later day."), required=True),
        Param(
            "group_by", "choice", gettext_lazy("How to group."), choices=queries.GROUPINGS, default="oblast"
        ),
        Param(
            "measure",
            "choice",
            gettext_lazy("What to count."),
            choices=("municipalities", *queries.MEASURES),
            default="municipalities",
        ),
        OBLAST,
        DISTRICT,
        Param(
            "kind", "choice", gettext_lazy("Only this kind of municipality."), choices=queries.MUNICIPALITIES
        ),
        PROGRAMME,
    )
    answer_schema = shapes.record(
        before=shapes.DAY,
        after=shapes.DAY,
        group_by=shapes.choice(queries.GROUPINGS),
        measure=shapes.choice(("municipalities", *queries.MEASURES)),
        rows=shapes.listed(_figures(group=GROUP)),
        total=_figures(),
    )

    def answer(self, request: HttpRequest, query: Query, **kwargs: Any) -> HttpResponseBase:
        """Pass on the JSON that PostgreSQL built; a table is made of the same."""
        if query.format != "json":
            return super().answer(request, query, **kwargs)
        tag = self.tag(request, query, versions.current(self.data))
        body = kept.answers.get(tag, lambda: self.text(query).encode())
        return stamp(HttpResponse(body, content_type=JSON), query, tag)

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Return the answer as an object."""
        return orjson.loads(self.text(query))

    def text(self, query: Query) -> str:
        """Return the answer as JSON text."""
        if query["before"] > query["after"]:
            raise refusal(
                Fault("/before", "days_reversed", _("The earlier day must not lie after the later one."))
            )
        filters: dict[str, Any] = {
            name: str(unit_id(query[name])) for name in ("oblast", "district") if query[name] is not None
        }
        if query["kind"]:
            filters["kind"] = query["kind"]
        if query["programme"] is not None:
            filters["programme"] = programme_id(query["programme"])
        return queries.statistics(
            before=query["before"],
            after=query["after"],
            group_by=query["group_by"],
            measure=query["measure"],
            filters=filters,
        )


class Programmes(SqlListView):
    """The waves of the reform."""

    data = ("reform",)
    columns = (
        Column("id", "p.id", "uuid"),
        Column("key", "p.key"),
        Column("name.ky", "p.name_ky", null=True),
        Column("name.ru", "p.name_ru", null=True),
        Column("name.en", "p.name_en", null=True),
        Column("act", "p.act_id", "uuid", null=True),
        Column("starts_on", "p.starts_on", "date", null=True),
        Column(
            "events",
            "(SELECT count(*) FROM reform_event e WHERE e.programme_id = p.id AND e.status = 'in_force')",
            "int",
        ),
        Column("provenance", "p.provenance", schema=PROVENANCE),
    )
    keys = {"starts_on": Key("coalesce(p.starts_on, '1900-01-01')", "date"), "key": Key("p.key")}
    unique = Key("p.id", "uuid")
    default_ordering = ("starts_on",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """All programmes."""
        return Source("reform_programme p")


class ProgrammeDetail(DetailView):
    """One programme."""

    answer_schema = shapes.record(
        id=shapes.UUID,
        key=shapes.TEXT,
        name=shapes.NAME,
        act=shapes.nullable(shapes.UUID),
        starts_on=shapes.nullable(shapes.DAY),
        provenance={"type": "string", **PROVENANCE},
    )

    def load(self, query: Query, **kwargs: Any) -> Programme:
        """Return the programme."""
        found = Programme.objects.filter(pk=kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        return found

    def version(self, thing: Programme) -> tuple[object, ...]:
        """The moment of its last write."""
        return (thing.pk, thing.updated_at)

    def show(self, thing: Programme, query: Query) -> dict[str, Any]:
        """Show the programme."""
        return {
            "id": str(thing.pk),
            "key": thing.key,
            "name": {"ky": thing.name_ky, "ru": thing.name_ru, "en": thing.name_en},
            "act": str(thing.act_id) if thing.act_id else None,
            "starts_on": thing.starts_on,
            "provenance": thing.provenance,
        }


class OfEvents(BySight, SqlListView):
    """Events or what belongs to them, for those who may read the event."""

    data = ("reform",)
    beside = ()

    def sight(self, viewer: Any) -> Sight:
        """How far the viewer sees."""
        return sight(viewer)


class Roadmap(OfEvents):
    """Steps of the road maps of events; those of drafts for those who may read the draft."""

    data = ("reform",)
    columns = (
        Column("id", "s.id", "uuid"),
        Column("event", "s.event_id", "uuid"),
        Column("title.ky", "s.title_ky", null=True),
        Column("title.ru", "s.title_ru", null=True),
        Column("title.en", "s.title_en", null=True),
        Column("responsible.ky", "s.responsible_ky", null=True),
        Column("responsible.ru", "s.responsible_ru", null=True),
        Column("starts_on", "s.starts_on", "date", null=True),
        Column("due_on", "s.due_on", "date"),
        Column("done_on", "s.done_on", "date", null=True),
        Column("provenance", "s.provenance", schema=PROVENANCE),
    )
    params = (
        Param("event", "uuid", gettext_lazy("Only the steps of this event.")),
        PROGRAMME,
        *PLACE,
        Param("done", "bool", gettext_lazy("Only steps done, or only steps not done.")),
    )
    keys = {"due_on": Key("s.due_on", "date")}
    unique = Key("s.id", "uuid")
    default_ordering = ("due_on",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """Steps of the events the viewer may read."""
        source = Source("reform_roadmapstep s JOIN reform_event e ON e.id = s.event_id")
        only_readable(source, query.viewer)
        if query["event"]:
            source.add("s.event_id = %(event)s::uuid", event=str(query["event"]))
        if query["programme"] is not None:
            source.add("e.programme_id = %(programme)s::uuid", programme=programme_id(query["programme"]))
        if query["done"] is not None:
            source.add("(s.done_on IS NOT NULL) = %(done)s", done=query["done"])
        narrow_by_place(source, query)
        return source


class HandOvers(OfEvents):
    """What is handed over from units to their legal successors; by drafts for those who may read the draft."""

    data = ("reform",)
    columns = (
        Column("id", "h.id", "uuid"),
        Column("event", "h.event_id", "uuid"),
        Column("kind", "h.kind", schema={"enum": list(HandOver.Kind.values)}),
        Column("from_unit", "h.from_unit_id", "uuid"),
        Column("to_unit", "h.to_unit_id", "uuid"),
        Column("title.ky", "h.title_ky", null=True),
        Column("title.ru", "h.title_ru", null=True),
        Column("title.en", "h.title_en", null=True),
        Column("value_som", "h.value_som", "decimal", null=True),
        Column("act", "h.act_id", "uuid", null=True),
        Column("status", "h.status", schema={"enum": list(HandOver.Status.values)}),
        Column("signed_on", "h.signed_on", "date", null=True),
        Column("provenance", "h.provenance", schema=PROVENANCE),
    )
    params = (
        Param("event", "uuid", gettext_lazy("Only the hand-overs of this event.")),
        PROGRAMME,
        Param("unit", "unit", gettext_lazy("Only hand-overs from or to this unit.")),
        OBLAST,
        DISTRICT,
        Param(
            "kind",
            "choice",
            gettext_lazy("Only this kind."),
            choices=HandOver.Kind.values,
        ),
        Param("status", "choice", gettext_lazy("Only this status."), choices=HandOver.Status.values),
    )
    keys = {"signed_on": Key("coalesce(h.signed_on, '2199-12-31')", "date"), "kind": Key("h.kind")}
    unique = Key("h.id", "uuid")
    default_ordering = ("signed_on",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """Hand-overs of the events the viewer may read."""
        source = Source("reform_handover h JOIN reform_event e ON e.id = h.event_id")
        only_readable(source, query.viewer)
        if query["event"]:
            source.add("h.event_id = %(event)s::uuid", event=str(query["event"]))
        if query["unit"] is not None:
            source.add("%(unit)s::uuid IN (h.from_unit_id, h.to_unit_id)", unit=str(unit_id(query["unit"])))
        if query["programme"] is not None:
            source.add("e.programme_id = %(programme)s::uuid", programme=programme_id(query["programme"]))
        for name in ("oblast", "district"):
            if query[name] is not None:
                before = lies_in("h.from_unit_id", "e.effective_on - 1", name)
                after = lies_in("h.to_unit_id", "e.effective_on", name)
                source.add(f"({before} OR {after})", **{name: str(unit_id(query[name]))})
        for name in ("kind", "status"):
            if query[name]:
                source.add(f"h.{name} = %({name})s", **{name: query[name]})
        return source


class Checks(ReadView):
    """What the register holds that a person should look at, as of a day."""

    data = ("registry", "reform", "councils", "ayil_okmotu")
    dated = True
    formats = ("json", "csv", "xlsx")
    params = (
        Param("check", "choice", gettext_lazy("Only this check."), choices=[check.code for check in CHECKS]),
    )
    answer_schema = shapes.record(
        at=shapes.DAY,
        results=shapes.listed(
            shapes.record(
                check=shapes.choice([check.code for check in CHECKS]),
                title=shapes.TEXT,
                about=shapes.choice(
                    ("unit", "settlement", "event", "council", "deputy", "executive_body", "transfer")
                ),
                count=shapes.COUNT,
                items=shapes.listed(
                    shapes.record(id=shapes.UUID, name=shapes.NAME, day=shapes.nullable(shapes.DAY))
                ),
            )
        ),
    )

    table_schema = shapes.record(
        check=shapes.TEXT, title=shapes.TEXT, id=shapes.UUID, name=shapes.NAME, day=shapes.DAY
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Return each check with what it found."""
        results: list[dict[str, Any]] = [
            {
                "check": check.code,
                "title": str(check.title),
                "about": check.about,
                "count": len(found),
                "items": [{"id": str(item.id), "name": item.name, "day": item.day} for item in found],
            }
            for check, found in findings(
                [check for check in CHECKS if query["check"] in (None, check.code)], query.at
            )
        ]
        if query.format != "json":
            return {
                "rows": [
                    {"check": result["check"], "title": result["title"], **item}
                    for result in results
                    for item in result["items"]
                ]
            }
        return {"at": query.at, "results": results}
