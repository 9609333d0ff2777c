"""The catalogue of state powers over REST: powers, fields, state bodies, the statute's list, what both perform."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from councils.api.columns import name_of
from delegation import queries, services
from delegation.api.columns import DATA, GROUP, GROUPS, Seen, maybe, must_decide, texts
from delegation.api.payloads import ItemBody, PowerBody, PowerPatch, given
from delegation.models import Field, PowerItem, PowerStatus, StateBody, StatePower, StatuteItem
from lsg_portal.data import prepared
from lsg_portal.rest import clock, shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import ActionView, DetailView
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Fault, NotVisible, RuleBroken
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin
from registry.api.columns import PROVENANCE
from registry.models import LegalAct

COLUMNS = (
    Column("id", "w.id", "uuid"),
    Column("code", "w.code"),
    *texts("name", "w"),
    Column("group", 'w."group"', schema=GROUPS),
    Column("field.code", "f.code"),
    *texts("field.name", "f"),
    Column("field.transferable", "f.transferable", "bool"),
    Column("legal_basis", "w.legal_basis_id", "uuid", null=True),
    Column("article", "w.article"),
    Column("responsible.code", "b.code", anchor=True),
    *texts("responsible.name", "b"),
    Column("status", "w.status", schema={"enum": list(PowerStatus.values)}),
    *texts("note", "w", "note"),
    Column("transfers_in_force", queries.IN_FORCE, "int"),
    Column("version", "w.version", "int"),
    Column("provenance", "w.provenance", schema=PROVENANCE),
    Column("source", "w.source"),
    Column("at", "%(at)s::date", "date"),
)
POWER = shapes.row(
    COLUMNS,
    items=shapes.listed(shapes.record(id=shapes.UUID, number=shapes.COUNT, name=shapes.NAME)),
    statute_items=shapes.listed(shapes.record(article=shapes.TEXT, number=shapes.COUNT)),
)


class Powers(CreateMixin, SqlListView):
    """The state powers that may be handed over, with how many transfers are in force on a day."""

    data = DATA
    dated = True
    bodies = {"POST": PowerBody}
    answers = {"POST": POWER}
    columns = COLUMNS
    params = (
        GROUP,
        Param("field", "text", _("Only powers of the field of this code."), max_length=40),
        Param("status", "choice", _("Only these statuses."), choices=tuple(PowerStatus.values), many=True),
        Param("transferable", "bool", _("Only powers that may be handed over, or only the others.")),
        Param("q", "text", _("Part of the name, or the code."), max_length=100),
    )
    keys = {"code": Key("w.code"), "group": Key('w."group"')}
    unique = Key("w.id", "uuid")
    default_ordering = ("code",)
    updated = Key("w.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The powers, narrowed."""
        source = Source(queries.POWERS)
        if query["group"]:
            source.add('w."group" = ANY(%(group)s::text[])', group=list(query["group"]))
        if query["status"]:
            source.add("w.status = ANY(%(status)s::text[])", status=list(query["status"]))
        if query["field"]:
            source.add("f.code = %(field)s", field=query["field"])
        if query["transferable"] is not None:
            source.add("f.transferable = %(transferable)s::boolean", transferable=query["transferable"])
        if query["q"]:
            source.add(
                """(w.code = %(q)s OR position(lsg_fold(%(q)s)
                    IN lsg_fold(concat_ws(' ', w.name_ky, w.name_ru, w.name_en))) > 0)""",
                q=query["q"],
            )
        return source

    def may_create(self, request: Request) -> None:
        """Only the ministry keeps the catalogue."""
        must_decide(request.user)

    def create(self, data: Any, user: Any) -> StatePower:
        """Enter the power."""
        return services.enter_power(
            **given(data, "code", "name", "group", "article", "status", "note", "provenance", "source"),
            **_named(data),
            statute_item=_statute_item(data.get("statute_item")),
        )

    def created(self, thing: StatePower, query: Query) -> tuple[Any, str, str | None]:
        """Show the power with its address and its ETag."""
        view = PowerDetail()
        return (
            view.show(thing, query),
            reverse("api-state-power", kwargs={"pk": thing.pk}),
            view.tag(thing, query),
        )


def _named(data: dict[str, Any]) -> dict[str, Any]:
    """Return the records a body names by code or identifier; raise RuleBroken for what does not exist."""
    found: dict[str, Any] = {}
    if "field" in data:
        found["field"] = by_code(Field, data["field"], "/field")
    if "responsible" in data:
        found["responsible"] = by_code(StateBody, data["responsible"], "/responsible")
    if "legal_basis" in data:
        found["legal_basis"] = maybe(LegalAct.objects.all(), data["legal_basis"], "/legal_basis")
    return found


def by_code(model: Any, code: str | None, pointer: str) -> Any:
    """Return the record of this code; raise RuleBroken where there is none, None where no code is given."""
    if not code:
        return None
    found = model.objects.filter(code=code).first()
    if found is None:
        raise RuleBroken(errors=[Fault(pointer, "unknown", _("There is no such record."))])
    return found


def _statute_item(number: int | None) -> StatuteItem | None:
    if number is None:
        return None
    found = StatuteItem.objects.filter(number=number).first()
    if found is None:
        raise RuleBroken(errors=[Fault("/statute_item", "unknown", _("There is no such record."))])
    return found


class _OnPower(Seen):
    """Finds powers for reading and changing."""

    answer_schema = POWER

    def load(self, query: Query, **kwargs: Any) -> StatePower:
        """Return the power: the catalogue is public."""
        found = StatePower.objects.filter(pk=kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> StatePower:
        """Return the power with its row locked, for the ministry."""
        found = StatePower.objects.select_for_update(of=("self",)).filter(pk=kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        must_decide(user)
        return found

    def version(self, thing: StatePower) -> tuple[object, ...]:
        """The power's row version."""
        return ("power", thing.pk, thing.version)

    def show(self, thing: StatePower, query: Query) -> dict[str, Any]:
        """The power with its items and its places in the statute's list."""
        shape = Powers.shape(None)
        at = query.get("at") or clock.today()
        sql = f"SELECT {shape.select} FROM {queries.POWERS} WHERE w.id = %(pk)s::uuid"
        row = shape.build(prepared.rows(sql, {"pk": str(thing.pk), "at": at}))[0]
        return {
            **row,
            "items": [
                {"id": str(item.pk), "number": item.number, "name": name_of(item)}
                for item in PowerItem.objects.present().filter(power=thing)
            ],
            "statute_items": list(thing.statute_items.values("article", "number")),
        }


class PowerDetail(_OnPower, DetailView):
    """One power with its items; the ministry changes it."""

    dated = True
    bodies = {"PATCH": PowerPatch}

    def patch(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Change the power."""
        return self.change(request, self._change, **kwargs)

    def _change(self, thing: StatePower, data: Any, user: Any) -> StatePower:
        return services.change_power(
            power=thing, **given(data, "name", "group", "article", "status", "note"), **_named(data)
        )


class PowerItems(_OnPower, ActionView):
    """Add one of the things that a power consists of; answers with the power."""

    bodies = {"POST": ItemBody}
    success = 200

    def act(self, thing: StatePower, data: Any, user: Any) -> StatePower:
        """Add it."""
        services.add_item(power=thing, name=data["name"], number=data.get("number"))
        return thing


class Fields(SqlListView):
    """The fields of state activity; powers of those that are not transferable cannot be handed over."""

    data = DATA
    columns = (
        Column("id", "f.id", "uuid"),
        Column("code", "f.code"),
        *texts("name", "f"),
        Column("transferable", "f.transferable", "bool"),
        Column("article", "f.article"),
        Column("provenance", "f.provenance", schema=PROVENANCE),
    )
    keys = {"code": Key("f.code")}
    unique = Key("f.id", "uuid")
    default_ordering = ("code",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """All fields."""
        return Source("delegation_field f")


class StateBodies(SqlListView):
    """The state bodies that hand powers over or are responsible for them."""

    data = DATA
    columns = (
        Column("id", "b.id", "uuid"),
        Column("code", "b.code"),
        *texts("name", "b"),
        Column("provenance", "b.provenance", schema=PROVENANCE),
    )
    keys = {"code": Key("b.code")}
    unique = Key("b.id", "uuid")
    default_ordering = ("code",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """All bodies."""
        return Source("delegation_statebody b")


class StatuteItems(SqlListView):
    """The statute's list of delegable powers by number; ``power`` is null while nobody has entered the item."""

    data = DATA
    columns = (
        Column("id", "s.id", "uuid"),
        Column("article", "s.article"),
        Column("number", "s.number", "int"),
        Column("disputed", "s.disputed", "bool"),
        Column("power", "s.power_id", "uuid", null=True),
        Column("provenance", "s.provenance", schema=PROVENANCE),
    )
    params = (Param("entered", "bool", _("Only items that have been entered, or only the others.")),)
    keys = {"number": Key("s.number", "int")}
    unique = Key("s.id", "uuid")
    default_ordering = ("number",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The list."""
        source = Source("delegation_statuteitem s")
        if query["entered"] is not None:
            source.add("(s.power_id IS NOT NULL) = %(entered)s::boolean", entered=query["entered"])
        return source
