"""What municipalities report of the powers handed to them, over REST: money and performance by quarter, and practice."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from delegation import queries, services
from delegation.api.columns import (
    CODE,
    DATA,
    PLACE,
    POWER,
    QUARTER,
    TRANSFER,
    YEAR,
    Seen,
    known,
    must_keep,
    narrow,
    narrow_to,
    narrow_to_words,
    place_columns,
    power_columns,
)
from delegation.api.payloads import FundingBody, FundingPatch, PerformanceBody, PracticeBody, given
from delegation.models import Funding, Performance, Practice, StatePower, Transfer
from lsg_portal.data import prepared
from lsg_portal.rest import clock, shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import DetailView
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, NotVisible
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin
from registry.api.columns import PROVENANCE
from registry.models import Unit

QUARTERS = (
    Column("id", "q.id", "uuid"),
    Column("transfer", "q.transfer_id", "uuid"),
    Column("power.id", "q.power_id", "uuid"),
    Column("power.code", "q.power_code"),
    *place_columns(),
    Column("year", "q.year", "int"),
    Column("quarter", "q.quarter", "int"),
)
SAID = (
    Column("version", "q.version", "int"),
    Column("provenance", "q.provenance", schema=PROVENANCE),
    Column("source", "q.source"),
)
AMOUNTS = tuple(
    Column(name, f"q.{name}", "decimal", null=True) for name in ("need", "planned", "received", "spent")
)
FUNDING = (*QUARTERS, *AMOUNTS, Column("material", "q.material"), *SAID)
PERFORMANCE = (
    *QUARTERS,
    Column("result", "q.result", schema={"enum": list(Performance.Result.values)}),
    Column("volume", "q.volume", "decimal", null=True),
    Column("volume_unit", "q.volume_unit"),
    Column("obstacle", "q.obstacle"),
    *SAID,
)


class _Quarterly(CreateMixin, SqlListView):
    """Rows of a quarter, of transfers that have been in force: all of these are public."""

    data = DATA
    params: ClassVar[tuple[Param, ...]] = (*PLACE, TRANSFER, POWER, CODE, YEAR, QUARTER)
    keys = {"year": Key("q.year", "int"), "quarter": Key("q.quarter", "int")}
    unique = Key("q.id", "uuid")
    default_ordering = ("-year", "-quarter")
    updated = Key("q.updated_at", "timestamptz")
    relation: str

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The rows, narrowed."""
        source = Source(self.relation, queries.place("q"), alias="q")
        narrow(source, query, "q")
        narrow_to(source, query, transfer="q.transfer_id", power="q.power_id")
        if query["code"]:
            source.add("q.power_code = %(code)s", code=query["code"])
        for name in ("year", "quarter"):
            if query[name] is not None:
                source.add(f"q.{name} = %({name})s::integer", **{name: query[name]})
        return source

    def may_create(self, request: Request) -> None:
        """Only who reports for some municipality."""
        must_keep(request.user, None)

    def transfer(self, data: dict[str, Any], user: Any) -> Transfer:
        """Return the transfer that is reported on, for who reports for its municipality."""
        found = known(
            Transfer.objects.live().exclude(valid=None).select_for_update(of=("self",)),
            data.pop("transfer"),
            "/transfer",
        )
        must_keep(user, found.unit_id)
        return found


def _shown(view: Any, relation: str, key: Any) -> dict[str, Any]:
    shape = view.shape(None)
    sql = f"SELECT {shape.select} FROM {relation} {queries.place('q')} WHERE q.id = %(pk)s::uuid"
    return shape.build(prepared.rows(sql, {"pk": str(key)}))[0]


class FundingList(_Quarterly):
    """The money of transfers by quarter in thousand som: need, planned, received, spent; null is not reported."""

    bodies = {"POST": FundingBody}
    answers = {"POST": shapes.row(FUNDING)}
    columns = FUNDING
    relation = queries.FUNDING

    def create(self, data: Any, user: Any) -> Funding:
        """Report a quarter that has no row yet."""
        transfer = self.transfer(data, user)
        if Funding.objects.filter(transfer=transfer, year=data["year"], quarter=data["quarter"]).exists():
            raise Conflict(
                _("The quarter has been reported already: change that row."), code="already_reported"
            )
        return services.report_funding(transfer=transfer, **data)

    def created(self, thing: Funding, query: Query) -> tuple[Any, str, str | None]:
        """Show the row with its address and its ETag."""
        view = FundingDetail()
        return (
            view.show(thing, query),
            reverse("api-funding-row", kwargs={"pk": thing.pk}),
            view.tag(thing, query),
        )


class FundingDetail(Seen, DetailView):
    """The money of one quarter; the staff of the municipality and the ministry correct it."""

    answer_schema = shapes.row(FUNDING)
    bodies = {"PATCH": FundingPatch}

    def load(self, query: Query, **kwargs: Any) -> Funding:
        """Return the row."""
        found = Funding.objects.filter(pk=kwargs["pk"], transfer__voided_by__isnull=True).first()
        if found is None:
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> Funding:
        """Return the row, locked, for who reports for its municipality."""
        found = (
            Funding.objects.select_for_update(of=("self",))
            .select_related("transfer")
            .filter(pk=kwargs["pk"], transfer__voided_by__isnull=True)
            .first()
        )
        if found is None:
            raise NotVisible
        must_keep(user, found.transfer.unit_id)
        return found

    def version(self, thing: Funding) -> tuple[object, ...]:
        """The row's version."""
        return ("funding", thing.pk, thing.version)

    def show(self, thing: Funding, query: Query) -> dict[str, Any]:
        """The row as the list shows it."""
        return _shown(FundingList, queries.FUNDING, thing.pk)

    def patch(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Correct the quarter."""
        return self.change(request, self._correct, **kwargs)

    def _correct(self, thing: Funding, data: Any, user: Any) -> Funding:
        return services.report_funding(
            transfer=thing.transfer,
            year=thing.year,
            quarter=thing.quarter,
            expected_version=thing.version,
            **data,
        )


class PerformanceList(_Quarterly):
    """How transferred powers were performed by quarter; a second report of a quarter replaces the first."""

    bodies = {"POST": PerformanceBody}
    answers = {"POST": shapes.row(PERFORMANCE)}
    columns = PERFORMANCE
    params = (
        *_Quarterly.params,
        Param(
            "result", "choice", _("Only these results."), choices=tuple(Performance.Result.values), many=True
        ),
    )
    relation = queries.PERFORMANCE

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The rows, narrowed."""
        source = super().source(query, **kwargs)
        narrow_to_words(source, query, result="q.result")
        return source

    def create(self, data: Any, user: Any) -> Performance:
        """Report."""
        return services.report_performance(transfer=self.transfer(data, user), **data)

    def created(self, thing: Performance, query: Query) -> tuple[Any, str, str | None]:
        """Show the row; it is read in the list."""
        return _shown(PerformanceList, queries.PERFORMANCE, thing.pk), reverse("api-performance"), None


PRACTICE = (
    Column("id", "p.id", "uuid"),
    *power_columns("p"),
    *place_columns(),
    Column("note", "p.note"),
    Column("version", "p.version", "int"),
    Column("provenance", "p.provenance", schema=PROVENANCE),
    Column("valid.from", "lower(p.valid)", "date"),
    Column("valid.to", "upper(p.valid)", "date", null=True),
    Column("at", "%(at)s::date", "date"),
)


class Practices(CreateMixin, SqlListView):
    """Powers that municipalities perform in fact on a day, handed over or not."""

    data = DATA
    dated = True
    bodies = {"POST": PracticeBody}
    answers = {"POST": shapes.row(PRACTICE)}
    columns = PRACTICE
    params = (*PLACE, POWER, CODE)
    keys = {"code": Key("p.power_code")}
    unique = Key("p.id", "uuid")
    default_ordering = ("code",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The practices of the day, narrowed."""
        source = Source(queries.PRACTICES, queries.place("p"), alias="p")
        narrow(source, query, "p")
        narrow_to(source, query, power="p.power_id")
        if query["code"]:
            source.add("p.power_code = %(code)s", code=query["code"])
        return source

    def may_create(self, request: Request) -> None:
        """Only who reports for some municipality."""
        must_keep(request.user, None)

    def create(self, data: Any, user: Any) -> Practice:
        """Record it."""
        unit = known(Unit.objects.all(), data["unit"], "/unit")
        must_keep(user, unit)
        return services.record_practice(
            power=known(StatePower.objects.all(), data["power"], "/power"),
            unit=unit,
            **given(data, "on", "note", "provenance", "source"),
        )

    def created(self, thing: Practice, query: Query) -> tuple[Any, str, str | None]:
        """Show it as of today or its first day; it is read in the list."""
        thing.refresh_from_db()
        shape = self.shape(None)
        sql = f"SELECT {shape.select} FROM {queries.PRACTICES} {queries.place('p')} WHERE p.id = %(pk)s::uuid"
        at = max(clock.today(), thing.valid.lower)
        row = shape.build(prepared.rows(sql, {"pk": str(thing.pk), "at": at}))[0]
        return row, reverse("api-practices"), None
