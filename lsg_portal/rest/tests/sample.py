"""Views over made-up rows, to try the plumbing on."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.urls import include, path
from rest_framework import serializers

from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import ActionView, DetailView
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import (
    Conflict,
    Fault,
    Forbidden,
    NotVisible,
    RuleBroken,
    handler400,
    handler403,
    handler404,
    handler500,
)
from lsg_portal.rest.serializers import BodySerializer
from lsg_portal.rest.views import ReadView
from lsg_portal.rest.writes import CreateMixin

ROWS = """(
    SELECT n, md5(n::text)::uuid AS id, CASE WHEN n %% 2 = 0 THEN 'even' ELSE 'odd' END AS kind,
           CASE n WHEN 1 THEN '=1+1' WHEN 2 THEN 'а;"б' || E'\n' || '<в> & \\г' ELSE 'аты ' || n END AS name,
           CASE WHEN n %% 3 = 0 THEN md5((n / 3)::text)::uuid END AS parent_id, 'ата ' || n / 3 AS parent_name,
           date '2020-01-01' + n AS since, n * 1.50 AS money, timestamptz '2026-01-01 00:00Z' + n * interval '1 h' AS moment
    FROM generate_series(1, %(rows)s::int) AS n
) AS r"""


class Things(SqlListView):
    """A list of things."""

    data = ("sample",)
    dated = True
    columns = (
        Column("id", "r.id", "uuid"),
        Column("kind", "r.kind", schema={"enum": ["even", "odd"]}),
        Column("name.ky", "r.name"),
        Column("name.ru", "r.name", null=True),
        Column("number", "r.n", "int"),
        Column("parent.id", "r.parent_id", "uuid", anchor=True),
        Column("parent.name", "r.parent_name"),
        Column("since", "r.since", "date"),
        Column("money", "r.money", "decimal"),
        Column("large", "r.n > 5", "bool"),
        Column("changed", "r.moment", "datetime"),
        Column(
            "codes", "jsonb_build_array(r.n)", "json", schema={"type": "array", "items": {"type": "integer"}}
        ),
        Column("at", "%(at)s::date", "date"),
    )
    params = (
        Param("kind", "choice", choices=("even", "odd"), many=True),
        Param("q", "text"),
        Param("from_number", "int", minimum=1, maximum=20_000),
        Param("unit", "unit"),
        Param("rows", "int", default=7, minimum=0, maximum=100_000),
    )
    keys = {"number": Key("r.n", "int"), "name": Key("r.name"), "kind": Key("r.kind")}
    unique = Key("r.id", "uuid")
    default_ordering = ("number",)
    updated = Key("r.moment", "timestamptz")

    def source(self, query, **kwargs):
        source = Source(ROWS, args={"rows": query["rows"]})
        if query["kind"]:
            source.add("r.kind = ANY(%(kind)s::text[])", kind=query["kind"])
        if query["q"]:
            source.add("strpos(r.name, %(q)s) > 0", q=query["q"])
        if query["from_number"]:
            source.add("r.n >= %(from_number)s", from_number=query["from_number"])
        return source


class Statistics(ReadView):
    """A document that is no list."""

    data = ("sample", "other")
    formats = ("json", "csv", "xlsx")
    params = (Param("group_by", "choice", choices=("kind",), required=True),)
    answer_schema = {"type": "object"}

    def document(self, query, **kwargs):
        group = {"id": None, "name": {"ky": "жок"}}
        return {"rows": [{"group": group, "before": 3, "reduction_percent": "-1.00"}], "total": {"before": 3}}


class Private(ReadView):
    """For users only."""

    public = False
    data = ("sample",)

    def viewer_key(self, viewer):
        return f"user:{viewer.pk}"

    def document(self, query, **kwargs):
        return {"you": query.viewer.get_username()}

    def get_permissions(self):
        from rest_framework.permissions import IsAuthenticated

        return [IsAuthenticated()]


class Name(BodySerializer):
    first_name = serializers.CharField(max_length=20)
    nested = serializers.ListField(child=serializers.IntegerField(), required=False)


class _User:
    """A user stands in for a thing: its name is what changes, its e-mail the version."""

    def load(self, query, **kwargs):
        thing = get_user_model().objects.filter(pk=kwargs["pk"], is_active=True).first()
        if thing is None:
            raise NotVisible
        return thing

    def lock(self, user, **kwargs):
        thing = get_user_model().objects.select_for_update().filter(pk=kwargs["pk"]).first()
        if thing is None:
            raise NotVisible
        if user.username == "onlooker":
            raise Forbidden
        return thing

    def version(self, thing):
        return ("user", thing.pk, thing.email)

    def show(self, thing, query):
        return {"id": thing.pk, "first_name": thing.first_name, "version": thing.email}


def _bump(thing: Any) -> Any:
    thing.email = f"{int(thing.email or 0) + 1}"
    thing.save()
    return thing


def _retire(thing: Any, data: Any, user: Any) -> None:
    thing.is_active = False
    thing.save()


class User(_User, DetailView):
    """A thing that may be changed and removed."""

    bodies = {"PATCH": Name}

    def patch(self, request, **kwargs):
        return self.change(request, self.rename, **kwargs)

    def delete(self, request, **kwargs):
        return self.change(request, _retire, status=204, **kwargs)

    def rename(self, thing, data, user):
        thing.first_name = data["first_name"]
        if thing.first_name == "taken":
            raise Conflict
        if thing.first_name == "wrong":
            raise RuleBroken(errors=[Fault("/first_name", "wrong", "No.")])
        return _bump(thing)


class Apply(_User, ActionView):
    """An action that can be done once."""

    def reached(self, thing, method):
        if thing.last_name == "applied":
            raise Conflict(code="already_applied")

    def act(self, thing, data, user):
        thing.last_name = "applied"
        return _bump(thing)


class Users(CreateMixin, Things):
    """A list that things can be added to."""

    bodies = {"POST": Name}
    once = ("link",)

    def may_create(self, request):
        if request.user.username == "onlooker":
            raise Forbidden

    def create(self, data, user):
        return get_user_model().objects.create(username=data["first_name"], first_name=data["first_name"])

    def created(self, thing, query):
        return {"id": thing.pk, "link": "/secret/"}, f"/api/v1/users/{thing.pk}/", None


__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("api/v1/things/", Things.as_view()),
    path("api/v1/statistics/", Statistics.as_view()),
    path("api/v1/private/", Private.as_view()),
    path("api/v1/users/", Users.as_view()),
    path("api/v1/users/<int:pk>/", User.as_view()),
    path("api/v1/users/<int:pk>/apply/", Apply.as_view()),
    path("api/v1/", include("lsg_portal.rest.urls")),
]
