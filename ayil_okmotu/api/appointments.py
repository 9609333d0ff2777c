"""Appointments over REST, as of a day: heads are the ministry's to record, other posts their body's staff's."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from ayil_okmotu import queries, services
from ayil_okmotu.api.columns import (
    BODY,
    BODY_KINDS,
    EMPLOYMENTS,
    PLACE,
    POST_KIND,
    POST_KINDS,
    BodiesList,
    DatedThing,
    OnThing,
    narrow,
    narrow_to,
    narrow_to_words,
    period,
    place_columns,
    said,
    texts,
)
from ayil_okmotu.api.keeping import must_appoint
from ayil_okmotu.api.payloads import AppointmentBody, AppointmentEndBody, known, known_act, known_ground
from ayil_okmotu.models import AppointedBy, Appointment, Post
from councils.api.columns import ROW_STATUS, SEX
from councils.models import Resolution
from lsg_portal.data import prepared
from lsg_portal.rest import shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import ActionView
from lsg_portal.rest.lists import Source
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, Fault, NotVisible, RuleBroken
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin
from registry.api.columns import PROVENANCE
from registry.models import Person

COLUMNS = (
    Column("id", "a.id", "uuid"),
    Column("person.id", "a.person_id", "uuid"),
    *texts("person.name", "a", "person"),
    Column("person.sex", "a.sex", schema=SEX),
    Column("person.birth_year", "a.birth_year", "int", null=True),
    Column("post.id", "a.post_id", "uuid"),
    Column("post.kind", "a.post_kind", schema=POST_KINDS),
    *said("post.name", "a", "post"),
    Column("post.employment", "a.employment", schema=EMPLOYMENTS),
    Column("settlement.id", "village.id", "uuid", anchor=True),
    *texts("settlement.name", "village"),
    Column("body.id", "a.body_id", "uuid"),
    Column("body.kind", "a.body_kind", schema=BODY_KINDS),
    *place_columns(),
    Column("acting", "a.acting", "bool"),
    Column("heads", "a.heads", "bool"),
    Column("term_years", "a.term_years", "int", null=True),
    Column("appointed_by", "a.appointed_by", schema={"enum": list(AppointedBy.values)}),
    Column("appointing_act", "a.appointing_act_id", "uuid", null=True),
    Column("order_number", "a.order_number"),
    Column("order_on", "a.order_on", "date", null=True),
    Column("concurrent_reason", "a.concurrent_reason"),
    Column("end_ground.code", "g.code", anchor=True),
    Column("end_ground.article", "g.article"),
    *texts("end_ground.name", "g"),
    Column("end_act", "a.end_act_id", "uuid", null=True),
    Column("end_order_number", "a.end_order_number"),
    Column("end_resolution", "a.end_resolution_id", "uuid", null=True),
    Column("former", "a.former_id", "uuid", null=True),
    Column("version", "a.version", "int"),
    Column("provenance", "a.provenance", schema=PROVENANCE),
    *period("a"),
)
JOINS = f"""{queries.place("a")} LEFT JOIN ayil_okmotu_endground g ON g.id = a.end_ground_id
            LEFT JOIN registry_settlement village ON village.id = a.settlement_id"""
AT_ONCE = """
    SELECT o.id::text, p.id::text, p.kind, b.id::text, b.unit_id::text, o.acting, lower(o.valid)::text, upper(o.valid)::text
      FROM ayil_okmotu_appointment x
      JOIN ayil_okmotu_appointment o ON o.person_id = x.person_id AND o.id <> x.id AND o.valid && x.valid
           AND o.voided_by_id IS NULL AND lower(o.valid) <= %(at)s::date
      JOIN ayil_okmotu_post p ON p.id = o.post_id JOIN ayil_okmotu_executivebody b ON b.id = p.body_id
     WHERE x.id = %(pk)s::uuid AND x.voided_by_id IS NULL ORDER BY lower(o.valid), o.id"""
APPOINTMENT = shapes.row(
    COLUMNS,
    at_once=shapes.listed(
        shapes.record(
            id=shapes.UUID,
            post=shapes.record(id=shapes.UUID, kind=shapes.choice(POST_KINDS["enum"])),
            body=shapes.UUID,
            unit=shapes.UUID,
            acting=shapes.BOOL,
            valid=shapes.PERIOD,
        )
    ),
)


class Appointments(CreateMixin, BodiesList):
    """Appointments as of a day: who holds which post, by which act and for how long; ``heads`` names one a body."""

    bodies = {"POST": AppointmentBody}
    answers = {"POST": APPOINTMENT}
    columns = COLUMNS
    params = (
        *PLACE,
        BODY,
        Param("post", "uuid", gettext_lazy("Only this post.")),
        Param("person", "uuid", gettext_lazy("Only this person.")),
        POST_KIND,
        Param("acting", "bool", gettext_lazy("Only those who are acting, or only the others.")),
        Param("heads", "bool", gettext_lazy("Only who heads a body on the day, or only the others.")),
        Param(
            "appointed_by",
            "choice",
            gettext_lazy("Only those appointed by these."),
            choices=tuple(AppointedBy.values),
            many=True,
        ),
        Param("end_ground", "text", gettext_lazy("Only those that ended on this ground."), max_length=40),
        ROW_STATUS,
        Param("q", "text", gettext_lazy("Part of the person's name."), max_length=100),
    )
    keys = {
        "name": Key("coalesce(a.sort_ky, '')"),
        "kind": Key("a.rank", "int"),
        "valid_from": Key("lower(a.valid)", "date"),
    }
    unique = Key("a.id", "uuid")
    default_ordering = ("name",)
    updated = Key("a.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The appointments of the day, narrowed."""
        source = Source(queries.appointments(self.rows(query)), JOINS, alias="a")
        narrow(source, query, "a")
        narrow_to(source, query, body="a.body_id", post="a.post_id", person="a.person_id")
        narrow_to_words(source, query, kind="a.post_kind", appointed_by="a.appointed_by")
        for flag in ("acting", "heads"):
            if query[flag] is not None:
                source.add(f"a.{flag} = %({flag})s::boolean", **{flag: query[flag]})
        if query["end_ground"]:
            ended = "a.end_ground_id IN (SELECT id FROM ayil_okmotu_endground WHERE code = %(end_ground)s)"
            source.add(ended, end_ground=query["end_ground"])
        if query["q"]:
            source.add(
                "position(lsg_fold(%(q)s) IN lsg_fold(concat_ws(' ', a.person_ky, a.person_ru, a.person_en))) > 0",
                q=query["q"],
            )
        if not source.where and not query["updated_since"]:
            source.counted = f"ayil_okmotu_appointment x WHERE {self.rows(query)}"
        return source

    def may_create(self, request: Request) -> None:
        """Only those who record some appointments."""
        must_appoint(request.user, None)

    def create(self, data: Any, user: Any) -> Appointment:
        """Appoint."""
        post = known(Post.objects.live().select_related("body"), data.pop("post"), "/post")
        must_appoint(user, post)
        person = known(Person.objects.all(), data.pop("person"), "/person")
        return services.appoint(post=post, person=person, act=known_act(data.pop("act", None)), **data)

    def created(self, thing: Appointment, query: Query) -> tuple[Any, str, str | None]:
        """Show the appointment with its address and its ETag."""
        view = AppointmentDetail()
        address = reverse("api-appointment", kwargs={"pk": thing.pk})
        return view.show(thing, query), address, view.tag(thing, query)


class _OnAppointment(OnThing):
    """Finds appointments for reading and ending."""

    answer_schema = APPOINTMENT
    list_view, alias, model = Appointments, "a", Appointment

    def relation(self) -> tuple[str, str]:
        """Every appointment known by the day."""
        return queries.appointments(queries.KNOWN), JOINS

    def more(self, thing: Appointment, at: Any) -> dict[str, Any]:
        """The other posts the person holds, or held, on days of this appointment."""
        rows = prepared.rows(AT_ONCE, {"pk": str(thing.pk), "at": at})
        return {
            "at_once": [
                {
                    "id": key,
                    "post": {"id": post, "kind": kind},
                    "body": body,
                    "unit": unit,
                    "acting": acting,
                    "valid": {"from": start, "to": end},
                }
                for key, post, kind, body, unit, acting, start, end in rows
            ]
        }

    def lock(self, user: Any, **kwargs: Any) -> Appointment:
        """Return the appointment with its row locked, for those who record such appointments."""
        found = (
            Appointment.objects.select_for_update(of=("self",))
            .select_related("post__body")
            .filter(pk=kwargs["pk"])
            .first()
        )
        if found is None:
            raise NotVisible
        must_appoint(user, found.post)
        return found


class AppointmentDetail(_OnAppointment, DatedThing):
    """One appointment as of a day, with the other posts the person holds at once."""


class AppointmentEnd(_OnAppointment, ActionView):
    """End an appointment on a ground of the law.

    No confidence in a head names the published resolution of the council, adopted by two thirds of all deputies.
    """

    bodies = {"POST": AppointmentEndBody}

    def reached(self, thing: Appointment, method: str) -> None:
        """It has ended already."""
        super().reached(thing, method)
        if thing.valid.upper is not None:
            raise Conflict(gettext_lazy("The appointment has already ended."), code="already_ended")

    def act(self, thing: Appointment, data: Any, user: Any) -> Appointment:
        """End it."""
        resolution = None
        if "resolution" in data:
            resolution = Resolution.objects.filter(pk=data["resolution"]).first()
            if resolution is None or not user.has_perm("councils.read_resolution", resolution):
                detail = gettext_lazy("There is no such resolution.")
                raise RuleBroken(errors=[Fault("/resolution", "unknown", detail)])
        return services.end_appointment(
            appointment=thing,
            on=data["on"],
            ground=known_ground(data["ground"]),
            act=known_act(data.get("act")),
            order_number=data.get("order_number", ""),
            resolution=resolution,
        )
