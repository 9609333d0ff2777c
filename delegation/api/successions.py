"""What becomes of the transfers of municipalities that ended, over REST: the list with deadlines, and the decisions."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from delegation import queries, services
from delegation.api.columns import (
    CODE,
    DATA,
    PLACE,
    POWER,
    TRANSFER,
    Seen,
    known,
    maybe,
    must_decide,
    narrow,
    narrow_to,
    narrow_to_words,
    place_columns,
    power_columns,
)
from delegation.api.disputes import OVERDUE
from delegation.api.payloads import EndForGoodBody, PassOnBody, RenewBody, given
from delegation.models import Succession, Transfer
from lsg_portal.data import prepared
from lsg_portal.rest import clock, shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import ActionView, DetailView
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, NotVisible
from lsg_portal.rest.views import Query
from registry.api.columns import PROVENANCE
from registry.models import LegalAct, Unit

PAST = "s.outcome = 'undecided' AND s.due_on < %(at)s::date"
COLUMNS = (
    Column("id", "s.id", "uuid"),
    Column("transfer", "s.transfer_id", "uuid"),
    *power_columns("s"),
    *place_columns(),
    Column("change", "s.change_id", "uuid"),
    Column("effective_on", "s.effective_on", "date"),
    Column(
        "successors",
        queries.SUCCESSORS,
        "json",
        schema=shapes.listed(shapes.UUID),
        export=f"{queries.SUCCESSORS}::text",
    ),
    Column("outcome", "s.outcome", schema={"enum": list(Succession.Outcome.values)}),
    Column("due_on", "s.due_on", "date"),
    Column("overdue", PAST, "bool"),
    Column("decided_on", "s.decided_on", "date", null=True),
    Column("act", "s.act_id", "uuid", null=True),
    Column("order_number", "s.order_number"),
    Column("reason", "s.reason"),
    Column("new_transfer", "s.new_transfer_id", "uuid", null=True),
    Column("new_unit", "s.new_unit_id", "uuid", null=True),
    Column("version", "s.version", "int"),
    Column("provenance", "s.provenance", schema=PROVENANCE),
    Column("at", "%(at)s::date", "date"),
)


class Successions(SqlListView):
    """Each transfer of a municipality that ended, with its outcome, or the day by which it is to be decided."""

    data = DATA
    dated = True
    columns = COLUMNS
    params = (
        *PLACE,
        POWER,
        CODE,
        TRANSFER,
        Param("change", "uuid", _("Only what this change ended.")),
        Param(
            "outcome",
            "choice",
            _("Only these outcomes."),
            choices=tuple(Succession.Outcome.values),
            many=True,
        ),
        OVERDUE,
    )
    keys = {"due_on": Key("s.due_on", "date"), "code": Key("s.power_code")}
    unique = Key("s.id", "uuid")
    default_ordering = ("due_on",)
    updated = Key("s.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The list, narrowed; what an annulment voided is not shown."""
        source = Source(queries.SUCCESSIONS, queries.place("s"), alias="s")
        narrow(source, query, "s")
        narrow_to(source, query, power="s.power_id", transfer="s.transfer_id", change="s.change_id")
        narrow_to_words(source, query, outcome="s.outcome")
        if query["code"]:
            source.add("s.power_code = %(code)s", code=query["code"])
        if query["overdue"] is not None:
            source.add(f"({PAST}) = %(overdue)s::boolean", overdue=query["overdue"])
        return source


class _OnSuccession(Seen):
    """Finds successions for reading and deciding."""

    answer_schema = shapes.row(COLUMNS)

    def load(self, query: Query, **kwargs: Any) -> Succession:
        """Return the succession."""
        found = Succession.objects.filter(pk=kwargs["pk"], voided_by__isnull=True).first()
        if found is None:
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> Succession:
        """Return the succession, locked, for the ministry."""
        found = (
            Succession.objects.select_for_update(of=("self",))
            .filter(pk=kwargs["pk"], voided_by__isnull=True)
            .first()
        )
        if found is None:
            raise NotVisible
        must_decide(user)
        return found

    def version(self, thing: Succession) -> tuple[object, ...]:
        """The row's version."""
        return ("succession", thing.pk, thing.version)

    def show(self, thing: Succession, query: Query) -> dict[str, Any]:
        """The row as the list shows it."""
        shape = Successions.shape(None)
        at = query.get("at") or clock.today()
        sql = (
            f"SELECT {shape.select} FROM {queries.SUCCESSIONS} {queries.place('s')} WHERE s.id = %(pk)s::uuid"
        )
        return shape.build(prepared.rows(sql, {"pk": str(thing.pk), "at": at}))[0]


class SuccessionDetail(_OnSuccession, DetailView):
    """What becomes of one transfer."""

    dated = True


class _Decision(_OnSuccession, ActionView):
    """Decide what becomes of a transfer: once."""

    def reached(self, thing: Succession, method: str) -> None:
        """It has been decided."""
        if thing.outcome != Succession.Outcome.UNDECIDED:
            raise Conflict(_("The outcome has already been decided."), code="succession_decided")

    def act(self, thing: Succession, data: Any, user: Any) -> Succession:
        """Decide."""
        act = maybe(LegalAct.objects.all(), data.get("act"), "/act")
        return self.decide(thing, data, act=act, **given(data, "on", "order_number"))

    def decide(self, thing: Succession, data: Any, **resting_on: Any) -> Succession:
        """Call the service."""
        raise NotImplementedError


class PassOn(_Decision):
    """Pass a transfer on as it is to a successor."""

    bodies = {"POST": PassOnBody}

    def decide(self, thing: Succession, data: Any, **resting_on: Any) -> Succession:
        """Pass it on."""
        to = known(Unit.objects.all(), data["unit"], "/unit")
        return services.pass_on(succession=thing, to=to, **resting_on)


class Renew(_Decision):
    """Name the new transfer that continues it."""

    bodies = {"POST": RenewBody}

    def decide(self, thing: Succession, data: Any, **resting_on: Any) -> Succession:
        """Renew it."""
        new = known(Transfer.objects.live(), data["new_transfer"], "/new_transfer")
        return services.renew(succession=thing, new_transfer=new, **resting_on)


class EndForGood(_Decision):
    """Decide that nobody takes it over."""

    bodies = {"POST": EndForGoodBody}

    def decide(self, thing: Succession, data: Any, **resting_on: Any) -> Succession:
        """End it."""
        return services.end_for_good(succession=thing, reason=data["reason"], **resting_on)
