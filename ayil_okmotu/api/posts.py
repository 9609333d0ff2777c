"""Posts of executive bodies over REST, as of a day; their body's staff keep them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
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
    person_columns,
    place_columns,
    said,
    texts,
)
from ayil_okmotu.api.keeping import must_keep
from ayil_okmotu.api.payloads import (
    CloseBody,
    PostBody,
    PostPatch,
    known,
    known_act,
    known_settlement,
)
from ayil_okmotu.models import Employment, ExecutiveBody, Post
from councils.api.columns import ROW_STATUS
from lsg_portal.data import prepared
from lsg_portal.rest import shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import ActionView
from lsg_portal.rest.lists import Source
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, NotVisible
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin
from registry.api.columns import PROVENANCE

COLUMNS = (
    Column("id", "p.id", "uuid"),
    Column("body.id", "p.body_id", "uuid"),
    Column("body.kind", "p.body_kind", schema=BODY_KINDS),
    *place_columns(),
    Column("kind", "p.kind", schema=POST_KINDS),
    *said("name", "p"),
    Column("employment", "p.employment", schema=EMPLOYMENTS),
    Column("settlement.id", "village.id", "uuid", anchor=True),
    *texts("settlement.name", "village"),
    *person_columns("holder", "held", "hn"),
    *person_columns("acting", "stands_in", "sn"),
    Column("vacant", "held.id IS NULL", "bool"),
    Column("former", "p.former_id", "uuid", null=True),
    Column("version", "p.version", "int"),
    Column("provenance", "p.provenance", schema=PROVENANCE),
    *period("p"),
)
JOINS = f"""{queries.place("p")} {queries.HOLDERS.format(post="p.id", day="p.seen")}
            LEFT JOIN registry_settlement village ON village.id = p.settlement_id"""
HISTORY = """
    SELECT a.id::text, n.id::text, n.name_ky, n.name_ru, n.name_en, a.acting, lower(a.valid)::text, upper(a.valid)::text,
           g.code
      FROM ayil_okmotu_appointment a JOIN registry_person n ON n.id = a.person_id
      LEFT JOIN ayil_okmotu_endground g ON g.id = a.end_ground_id
     WHERE a.post_id = %(pk)s::uuid AND lower(a.valid) <= %(at)s::date AND a.voided_by_id IS NULL
     ORDER BY lower(a.valid), a.acting, a.id"""
POST = shapes.row(
    COLUMNS,
    holders=shapes.listed(
        shapes.record(
            appointment=shapes.UUID,
            person=shapes.record(id=shapes.UUID, name=shapes.NAME),
            acting=shapes.BOOL,
            valid=shapes.PERIOD,
            end_ground=shapes.nullable(shapes.TEXT),
        )
    ),
)


class Posts(CreateMixin, BodiesList):
    """Posts as of a day, with who holds each and who is acting in it; vacant is a post without a holder."""

    bodies = {"POST": PostBody}
    answers = {"POST": POST}
    columns = COLUMNS
    params = (
        *PLACE,
        BODY,
        POST_KIND,
        Param(
            "employment",
            "choice",
            gettext_lazy("Only staff posts, or only posts held by contract."),
            choices=tuple(Employment.values),
        ),
        Param("settlement", "uuid", gettext_lazy("Only the head of this village.")),
        Param("vacant", "bool", gettext_lazy("Only posts without a holder, or only the others.")),
        ROW_STATUS,
    )
    keys = {
        "unit": Key("coalesce(p.sort_ky, '')"),
        "kind": Key("p.rank", "int"),
        "valid_from": Key("lower(p.valid)", "date"),
    }
    unique = Key("p.id", "uuid")
    default_ordering = ("unit", "kind")
    updated = Key("p.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The posts of the day, narrowed."""
        source = Source(queries.posts(self.rows(query)), JOINS, alias="p")
        narrow(source, query, "p")
        narrow_to(source, query, body="p.body_id", settlement="p.settlement_id")
        narrow_to_words(source, query, kind="p.kind")
        if query["employment"]:
            source.add("p.employment = %(employment)s", employment=query["employment"])
        if query["vacant"] is not None:
            held = queries.HELD.format(post="p.id", day="p.seen")
            source.add(f"{held} <> %(vacant)s::boolean", vacant=query["vacant"])
        return source

    def may_create(self, request: Request) -> None:
        """Only those who keep a body's records."""
        must_keep(request.user, None)

    def create(self, data: Any, user: Any) -> Post:
        """Create the post."""
        body = known(ExecutiveBody.objects.live(), data["body"], "/body")
        must_keep(user, body)
        return services.create_post(
            body=body,
            kind=data["kind"],
            employment=data.get("employment", Employment.STAFF),
            name=data.get("name"),
            settlement=known_settlement(data.get("settlement")),
            on=data["on"],
            provenance=data["provenance"],
            source=data.get("source", ""),
        )

    def created(self, thing: Post, query: Query) -> tuple[Any, str, str | None]:
        """Show the post with its address and its ETag."""
        view = PostDetail()
        return view.show(thing, query), reverse("api-post", kwargs={"pk": thing.pk}), view.tag(thing, query)


class _OnPost(OnThing):
    """Finds posts for reading and changing."""

    answer_schema = POST
    list_view, alias, model = Posts, "p", Post

    def relation(self) -> tuple[str, str]:
        """Every post known by the day."""
        return queries.posts(queries.KNOWN), JOINS

    def more(self, thing: Post, at: Any) -> dict[str, Any]:
        """Everybody who has held it."""
        rows = prepared.rows(HISTORY, {"pk": str(thing.pk), "at": at})
        return {
            "holders": [
                {
                    "appointment": key,
                    "person": {"id": person, "name": {"ky": ky, "ru": ru, "en": en}},
                    "acting": acting,
                    "valid": {"from": start, "to": end},
                    "end_ground": ground,
                }
                for key, person, ky, ru, en, acting, start, end, ground in rows
            ]
        }

    def lock(self, user: Any, **kwargs: Any) -> Post:
        """Return the post with its row locked, for those who keep its body's records."""
        found = (
            Post.objects.select_for_update(of=("self",))
            .select_related("body")
            .filter(pk=kwargs["pk"])
            .first()
        )
        if found is None:
            raise NotVisible
        must_keep(user, found.body)
        return found


class PostDetail(_OnPost, DatedThing):
    """One post as of a day, with everybody who has held it by then.

    With another ``employment`` it ends on the day ``on`` and the answer is the post that continues it.
    """

    bodies = {"PATCH": PostPatch}

    def patch(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Rename it, or change how it is held."""
        return self.change(request, self._change, **kwargs)

    def _change(self, thing: Post, data: Any, user: Any) -> Post:
        if "act" in data:
            data["act"] = known_act(data["act"])
        return services.change_post(post=thing, **data)


class PostClose(_OnPost, ActionView):
    """Close a post from a day on."""

    bodies = {"POST": CloseBody}

    def reached(self, thing: Post, method: str) -> None:
        """It was closed already."""
        super().reached(thing, method)
        if thing.valid.upper is not None:
            raise Conflict(gettext_lazy("The post is closed already."), code="already_closed")

    def act(self, thing: Post, data: Any, user: Any) -> Post:
        """Close it."""
        return services.close_post(post=thing, on=data["on"])
