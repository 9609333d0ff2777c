"""Columns, parameters and kinds of views that the executive bodies' resources share."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy

from ayil_okmotu.api.keeping import Seen
from ayil_okmotu.models import BodyKind, Employment, PostKind
from councils.api.columns import PLACE, narrow, narrow_to, narrow_to_words, one, period, place_columns, texts
from councils.api.councils import DatedDetail, DatedList
from lsg_portal.data import prepared
from lsg_portal.rest import clock
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import DetailView, ThingView
from lsg_portal.rest.lists import Source
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, NotVisible
from lsg_portal.rest.views import Query
from registry.models.dated import Dated

__all__ = [
    "PLACE",
    "DatedDetail",
    "narrow",
    "narrow_to",
    "narrow_to_words",
    "one",
    "period",
    "place_columns",
    "texts",
]

DATA = ("ayil_okmotu", "registry")
BODY_KINDS = {"enum": list(BodyKind.values)}
POST_KINDS = {"enum": list(PostKind.values)}
EMPLOYMENTS = {"enum": list(Employment.values)}
BODY = Param("body", "uuid", gettext_lazy("Only what belongs to this executive body."))
BODY_KIND = Param(
    "kind", "choice", gettext_lazy("Only these kinds."), choices=tuple(BodyKind.values), many=True
)
POST_KIND = Param(
    "kind", "choice", gettext_lazy("Only these kinds of post."), choices=tuple(PostKind.values), many=True
)


class BodiesList(DatedList):
    """A list of what belongs to executive bodies, as of a day."""

    data = DATA


class BodiesDetail(DatedDetail):
    """One row of such a list."""

    data = DATA


class OnThing(Seen, ThingView):
    """A row of a dated list that can be changed: shown as the list shows it, on the day asked for.

    The answer to a change shows it today, or on its first day where that is still to come.
    """

    list_view: ClassVar[type[DatedList]]
    alias: ClassVar[str]
    model: ClassVar[type[Dated]]

    def relation(self) -> tuple[str, str]:
        """Return the relation and its joins."""
        raise NotImplementedError

    def more(self, thing: Any, at: Any) -> dict[str, Any]:
        """Return what only the detail shows."""
        return {}

    def load(self, query: Query, **kwargs: Any) -> Any:
        """Return the record, where it was known by the day: all of these are public."""
        found = self.model._default_manager.filter(pk=kwargs["pk"]).first()
        if found is None or found.valid.lower > query.at:
            raise NotVisible
        return found

    def version(self, thing: Any) -> tuple[object, ...]:
        """The record's row version."""
        return (self.model.__name__, thing.pk, thing.version)

    def show(self, thing: Any, query: Query) -> dict[str, Any]:
        """Return the row and what belongs to it."""
        at = query.get("at") or max(clock.today(), thing.valid.lower)
        relation, joins = self.relation()
        source = one(Source(relation, joins), self.alias, thing.pk)
        shape = self.list_view.shape(None)
        rows = prepared.rows(f"SELECT {shape.select} {source.body()}", {"at": at, **source.args})
        return {**shape.build(rows)[0], **self.more(thing, at)}

    def reached(self, thing: Any, method: str) -> None:
        """What was annulled does not change any more."""
        if thing.voided_by_id is not None:
            raise Conflict(
                gettext_lazy("The record was annulled with the change that wrote it."), code="annulled"
            )


class DatedThing(OnThing, DetailView):
    """The detail of such a row."""

    dated = True


def said(path: str, alias: str, field: str = "name") -> tuple[Column, ...]:
    """Return a text that may say nothing, in three languages; null where it does."""
    return tuple(
        Column(f"{path}.{language}", f"nullif({alias}.{field}_{language}, '')", null=True)
        for language in ("ky", "ru", "en")
    )


def person_columns(path: str, appointment: str, person: str) -> tuple[Column, ...]:
    """Return who holds or heads something: the person, and the appointment it rests on; null where nobody does."""
    return (
        Column(f"{path}.id", f"{person}.id", "uuid", anchor=True),
        *texts(f"{path}.name", person),
        Column(f"{path}.appointment", f"{appointment}.id", "uuid"),
        Column(f"{path}.since", f"lower({appointment}.valid)", "date"),
    )


def staff_columns(alias: str, path: str = "staff") -> tuple[Column, ...]:
    """Return what a body last reported of its staff; null where it has not reported."""
    return (
        Column(f"{path}.report", f"{alias}.report_id", "uuid", anchor=True),
        Column(f"{path}.on", f'{alias}."on"', "date"),
        Column(f"{path}.approved", f"{alias}.approved", "int"),
        Column(f"{path}.filled", f"{alias}.filled", "int"),
        Column(f"{path}.contract", f"{alias}.contract", "int"),
        Column(f"{path}.women", f"{alias}.women", "int", null=True),
    )


def norm_columns(alias: str) -> tuple[Column, ...]:
    """Return the norm that holds for a body; null is no limit."""
    return (
        Column("norm.staff", f"{alias}.norm_staff", "int", null=True),
        Column("norm.contract", f"{alias}.norm_contract", "int", null=True),
        Column("norm.act", f"{alias}.norm_act_id", "uuid", null=True),
        Column("norm.article", f"{alias}.norm_article", null=True),
        Column("norm.men_percent", f"{alias}.norm_men_percent", "int", null=True),
        Column("norm.men_article", f"{alias}.men_article", null=True),
    )
