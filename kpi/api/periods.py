"""Reporting periods and extensions over REST."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from kpi import services
from kpi.api import queries
from kpi.api.columns import (
    DATA,
    PERIOD,
    PLACE,
    given,
    known,
    maybe,
    must_manage,
    narrow,
    narrow_to_period,
    period_columns,
    period_of,
    place_columns,
)
from kpi.api.payloads import ExtensionBody, PeriodBody, PeriodPatch
from kpi.models import Extension, Period, PeriodStatus
from lsg_portal.data import prepared
from lsg_portal.rest import clock, shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import DetailView
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import NotVisible
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin
from registry.api.columns import PROVENANCE
from registry.models import LegalAct, Unit

COLUMNS = (
    Column("id", "p.id", "uuid"),
    Column("code", "p.code"),
    Column("year", "p.number / 4", "int"),
    Column("quarter", "p.number %% 4 + 1", "int"),
    Column("begins", "p.begins", "date"),
    Column("ends", "p.ends", "date"),
    Column("status", queries.STATUS_OF_PERIOD, schema={"enum": list(PeriodStatus.values)}),
    Column("opens", "p.opens", "date"),
    Column("due", "p.due", "date"),
    Column("locks", "p.locks", "date"),
    Column("published_on", "p.published_on", "date", null=True),
    Column("within.id", "p.within_id", "uuid", anchor=True),
    Column("version", "p.version", "int"),
    Column("provenance", "p.provenance", schema=PROVENANCE),
    Column("source", "p.source"),
    Column("at", "%(at)s::date", "date"),
)
PERIOD_SHAPE = shapes.row(COLUMNS)


class Periods(CreateMixin, SqlListView):
    """Quarters that are reported on, ``[begins, ends)``: entry from ``opens``, on time until ``due``, none from ``locks`` on.

    ``within`` is the district or oblast that alone reports, where reporting is tried out; else it is null.
    """

    data = DATA
    dated = True
    bodies = {"POST": PeriodBody}
    answers = {"POST": PERIOD_SHAPE}
    columns = COLUMNS
    params = (
        Param("year", "int", _("Only this year."), minimum=1991, maximum=2100),
        Param(
            "status",
            "choice",
            _("What they are on the day: open, locked or published."),
            choices=tuple(PeriodStatus.values),
            many=True,
        ),
    )
    keys = {"code": Key("p.number", "smallint")}
    unique = Key("p.id", "uuid")
    default_ordering = ("-code",)
    updated = Key("p.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The periods, narrowed."""
        source = Source(queries.PERIODS)
        if query["year"] is not None:
            source.add("p.number / 4 = %(year)s::integer", year=query["year"])
        if query["status"]:
            source.add(f"{queries.STATUS_OF_PERIOD} = ANY(%(status)s::text[])", status=list(query["status"]))
        return source

    def may_create(self, request: Request) -> None:
        """Only the ministry."""
        must_manage(request.user)

    def create(self, data: Any, user: Any) -> Period:
        """Enter the quarter."""
        return services.plan_period(
            **{**data, "within": maybe(Unit.objects.all(), data.get("within"), "/within")}
        )

    def created(self, thing: Period, query: Query) -> tuple[Any, str, str | None]:
        """Show the period with its address and its ETag."""
        view = PeriodDetail()
        return view.show(thing, query), reverse("api-kpi-period", args=[thing.pk]), view.tag(thing, query)


class PeriodDetail(DetailView):
    """One reporting period; its days can be moved until it is published."""

    dated = True
    answer_schema = PERIOD_SHAPE
    bodies = {"PATCH": PeriodPatch}

    def load(self, query: Query, **kwargs: Any) -> Period:
        """Return the period."""
        found = Period.objects.filter(pk=kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> Period:
        """Return the period, locked, for the ministry."""
        found = Period.objects.select_for_update().filter(pk=kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        must_manage(user)
        return found

    def version(self, thing: Period) -> tuple[object, ...]:
        """The period's row version."""
        return ("kpi-period", thing.pk, thing.version)

    def show(self, thing: Period, query: Query) -> dict[str, Any]:
        """The period as the list shows it."""
        shape = Periods.shape(None)
        sql = f"SELECT {shape.select} FROM {queries.PERIODS} WHERE p.id = %(pk)s::uuid"
        return shape.build(prepared.rows(sql, {"pk": str(thing.pk), "at": query.get("at") or clock.today()}))[
            0
        ]

    def patch(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Move its days."""
        return self.change(request, self._move, **kwargs)

    def _move(self, thing: Period, data: Any, user: Any) -> Period:
        return services.reschedule(period=thing, **data)


EXTENSION = (
    Column("id", "e.id", "uuid"),
    *period_columns("e"),
    *place_columns(),
    Column("until", "e.until", "date"),
    Column("reason", "e.reason"),
    Column("act", "e.act_id", "uuid", null=True),
    Column("provenance", "e.provenance", schema=PROVENANCE),
    Column("source", "e.source"),
)


class Extensions(CreateMixin, SqlListView):
    """Municipalities that may report longer, ``until`` inclusive, each for a reason; the longest extension counts."""

    data = DATA
    bodies = {"POST": ExtensionBody}
    answers = {"POST": shapes.row(EXTENSION)}
    columns = EXTENSION
    params = (*PLACE, PERIOD)
    keys = {"period": Key("e.period_number", "smallint"), "until": Key("e.until", "date")}
    unique = Key("e.id", "uuid")
    default_ordering = ("-period", "-until")
    updated = Key("e.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The extensions, narrowed."""
        source = Source(queries.EXTENSIONS, queries.place("e"), alias="e")
        narrow(source, query, "e")
        narrow_to_period(source, query, "e.period_number")
        return source

    def may_create(self, request: Request) -> None:
        """Only the ministry."""
        must_manage(request.user)

    def create(self, data: Any, user: Any) -> Extension:
        """Give the extension."""
        return services.extend(
            period=period_of(data["period"]),
            unit=known(Unit.objects.all(), data["unit"], "/unit"),
            act=maybe(LegalAct.objects.all(), data.get("act"), "/act"),
            by=user,
            **given(data, "until", "reason", "provenance", "source"),
        )

    def created(self, thing: Extension, query: Query) -> tuple[Any, str, str | None]:
        """Show the extension; it is read in the list."""
        shape = self.shape(None)
        sql = (
            f"SELECT {shape.select} FROM {queries.EXTENSIONS} {queries.place('e')} WHERE e.id = %(pk)s::uuid"
        )
        row = shape.build(prepared.rows(sql, {"pk": str(thing.pk)}))[0]
        return row, reverse("api-kpi-extensions"), None
