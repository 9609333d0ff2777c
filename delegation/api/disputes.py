"""Disputes before the conciliation commission and requests for cancellation over REST: all of these are public."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

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
    must_keep,
    narrow,
    narrow_to,
    narrow_to_words,
    place_columns,
    power_columns,
)
from delegation.api.payloads import (
    DecisionBody,
    DisputeBody,
    DisputeCloseBody,
    HearingBody,
    PartyBody,
    RequestBody,
    given,
)
from delegation.api.powers import by_code
from delegation.models import (
    CancellationRequest,
    Dispute,
    DisputeParty,
    StateBody,
    StatePower,
    Transfer,
)
from lsg_portal.data import prepared
from lsg_portal.rest import clock, shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import ActionView, DetailView
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, NotVisible
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin
from registry.api.columns import PROVENANCE
from registry.models import LegalAct, Unit

COLUMNS = (
    Column("id", "g.id", "uuid"),
    Column("number", "g.number"),
    *power_columns("g"),
    *place_columns(),
    Column("transfer", "g.transfer_id", "uuid", null=True),
    Column("subject", "g.subject"),
    Column("opened_on", "g.opened_on", "date"),
    Column("due_on", "g.due_on", "date"),
    Column("overdue", "g.closed_on IS NULL AND g.due_on < %(at)s::date", "bool"),
    Column("status", "g.status", schema={"enum": list(Dispute.Status.values)}),
    Column("closed_on", "g.closed_on", "date", null=True),
    Column("outcome", "g.outcome"),
    Column("version", "g.version", "int"),
    Column("provenance", "g.provenance", schema=PROVENANCE),
    Column("at", "%(at)s::date", "date"),
)
DISPUTE = shapes.row(
    COLUMNS,
    parties=shapes.listed(
        shapes.record(
            id=shapes.UUID,
            role=shapes.choice(DisputeParty.Role.values),
            unit=shapes.nullable(shapes.UUID),
            state_body=shapes.nullable(shapes.TEXT),
            association=shapes.TEXT,
        )
    ),
    hearings=shapes.listed(shapes.record(held_on=shapes.DAY, minutes=shapes.TEXT)),
    source=shapes.TEXT,
)
OVERDUE = Param("overdue", "bool", _("Only what is past its deadline on the day, or only the others."))


class Disputes(CreateMixin, SqlListView):
    """Disputes over powers, with their deadlines."""

    data = DATA
    dated = True
    bodies = {"POST": DisputeBody}
    answers = {"POST": DISPUTE}
    columns = COLUMNS
    params = (
        *PLACE,
        POWER,
        CODE,
        TRANSFER,
        Param("status", "choice", _("Only these statuses."), choices=tuple(Dispute.Status.values), many=True),
        OVERDUE,
    )
    keys = {"opened_on": Key("g.opened_on", "date"), "due_on": Key("g.due_on", "date")}
    unique = Key("g.id", "uuid")
    default_ordering = ("-opened_on",)
    updated = Key("g.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The disputes, narrowed."""
        source = Source(queries.DISPUTES, queries.place("g"), alias="g")
        narrow(source, query, "g")
        narrow_to(source, query, power="g.power_id", transfer="g.transfer_id")
        narrow_to_words(source, query, status="g.status")
        if query["code"]:
            source.add("g.power_code = %(code)s", code=query["code"])
        if query["overdue"] is not None:
            source.add(
                "(g.closed_on IS NULL AND g.due_on < %(at)s::date) = %(overdue)s::boolean",
                overdue=query["overdue"],
            )
        return source

    def may_create(self, request: Request) -> None:
        """Only who records for some municipality."""
        must_keep(request.user, None)

    def create(self, data: Any, user: Any) -> Dispute:
        """Open the dispute."""
        unit = known(Unit.objects.all(), data["unit"], "/unit")
        must_keep(user, unit)
        return services.open_dispute(
            unit=unit,
            power=known(StatePower.objects.all(), data["power"], "/power"),
            transfer=maybe(Transfer.objects.live(), data.get("transfer"), "/transfer"),
            **given(data, "number", "subject", "opened_on", "due_on", "provenance", "source"),
        )

    def created(self, thing: Dispute, query: Query) -> tuple[Any, str, str | None]:
        """Show the dispute with its address and its ETag."""
        view = DisputeDetail()
        return (
            view.show(thing, query),
            reverse("api-dispute", kwargs={"pk": thing.pk}),
            view.tag(thing, query),
        )


class _OnDispute(Seen):
    """Finds disputes for reading and changing."""

    answer_schema = DISPUTE

    def load(self, query: Query, **kwargs: Any) -> Dispute:
        """Return the dispute."""
        found = Dispute.objects.filter(pk=kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> Dispute:
        """Return the dispute, locked, for who records for its municipality or decides."""
        found = Dispute.objects.select_for_update(of=("self",)).filter(pk=kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        must_keep(user, found.unit_id)
        return found

    def version(self, thing: Dispute) -> tuple[object, ...]:
        """The dispute's row version."""
        return ("dispute", thing.pk, thing.version)

    def show(self, thing: Dispute, query: Query) -> dict[str, Any]:
        """The dispute with its parties and hearings."""
        shape = Disputes.shape(None)
        at = query.get("at") or clock.today()
        sql = f"SELECT {shape.select} FROM {queries.DISPUTES} {queries.place('g')} WHERE g.id = %(pk)s::uuid"
        row = shape.build(prepared.rows(sql, {"pk": str(thing.pk), "at": at}))[0]
        parties = DisputeParty.objects.present().filter(dispute=thing).select_related("state_body")
        return {
            **row,
            "parties": [
                {
                    "id": str(party.pk),
                    "role": party.role,
                    "unit": party.unit_id,
                    "state_body": party.state_body.code if party.state_body else None,
                    "association": party.association,
                }
                for party in parties.order_by("recorded_at", "id")
            ],
            "hearings": list(thing.hearings.order_by("held_on").values("held_on", "minutes")),
            "source": thing.source,
        }


class DisputeDetail(_OnDispute, DetailView):
    """One dispute with who takes part and when it was heard."""

    dated = True


class _OpenDispute(_OnDispute, ActionView):
    """Something about a dispute that is not closed."""

    def reached(self, thing: Dispute, method: str) -> None:
        """It is closed."""
        if thing.closed_on is not None:
            raise Conflict(_("The dispute is closed."), code="dispute_closed")


class DisputeParties(_OpenDispute):
    """Name who takes part; answers with the dispute."""

    bodies = {"POST": PartyBody}

    def act(self, thing: Dispute, data: Any, user: Any) -> Dispute:
        """Name the party."""
        services.add_party(
            dispute=thing,
            role=data["role"],
            unit=maybe(Unit.objects.all(), data.get("unit"), "/unit"),
            state_body=by_code(StateBody, data.get("state_body"), "/state_body"),
            association=data.get("association", ""),
        )
        return Dispute.objects.get(pk=thing.pk)


class DisputeHearings(_OpenDispute):
    """Record a sitting of the commission; answers with the dispute."""

    bodies = {"POST": HearingBody}

    def act(self, thing: Dispute, data: Any, user: Any) -> Dispute:
        """Record it."""
        services.record_hearing(dispute=thing, **data)
        return Dispute.objects.get(pk=thing.pk)


class DisputeClose(_OpenDispute):
    """Close a dispute: the ministry's step."""

    bodies = {"POST": DisputeCloseBody}

    def lock(self, user: Any, **kwargs: Any) -> Dispute:
        """Only for the ministry."""
        found = super().lock(user, **kwargs)
        must_decide(user)
        return found

    def act(self, thing: Dispute, data: Any, user: Any) -> Dispute:
        """Close it."""
        return services.close_dispute(dispute=thing, **data)


REQUEST = (
    Column("id", "r.id", "uuid"),
    *place_columns(),
    Column("transfer", "r.transfer_id", "uuid", null=True),
    Column("act", "r.act_id", "uuid", null=True),
    Column("ground", "r.ground", schema={"enum": list(CancellationRequest.Ground.values)}),
    Column("justification", "r.justification"),
    Column("missing", "r.missing", "decimal", null=True),
    Column("filed_on", "r.filed_on", "date"),
    Column("due_on", "r.due_on", "date"),
    Column("overdue", "r.decided_on IS NULL AND r.due_on < %(at)s::date", "bool"),
    Column("status", "r.status", schema={"enum": list(CancellationRequest.Status.values)}),
    Column("decided_on", "r.decided_on", "date", null=True),
    Column("decision", "r.decision"),
    Column("version", "r.version", "int"),
    Column("provenance", "r.provenance", schema=PROVENANCE),
    Column("at", "%(at)s::date", "date"),
)


class Requests(CreateMixin, SqlListView):
    """Requests of municipalities that the Cabinet cancel a decision, for unlawfulness or lack of means."""

    data = DATA
    dated = True
    bodies = {"POST": RequestBody}
    answers = {"POST": shapes.row(REQUEST)}
    columns = REQUEST
    params = (
        *PLACE,
        TRANSFER,
        Param(
            "ground",
            "choice",
            _("Only these grounds."),
            choices=tuple(CancellationRequest.Ground.values),
            many=True,
        ),
        Param(
            "status",
            "choice",
            _("Only these statuses."),
            choices=tuple(CancellationRequest.Status.values),
            many=True,
        ),
        OVERDUE,
    )
    keys = {"filed_on": Key("r.filed_on", "date")}
    unique = Key("r.id", "uuid")
    default_ordering = ("-filed_on",)
    updated = Key("r.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The requests, narrowed."""
        source = Source(queries.REQUESTS, queries.place("r"), alias="r")
        narrow(source, query, "r")
        narrow_to(source, query, transfer="r.transfer_id")
        narrow_to_words(source, query, ground="r.ground", status="r.status")
        if query["overdue"] is not None:
            source.add(
                "(r.decided_on IS NULL AND r.due_on < %(at)s::date) = %(overdue)s::boolean",
                overdue=query["overdue"],
            )
        return source

    def may_create(self, request: Request) -> None:
        """Only who records for some municipality."""
        must_keep(request.user, None)

    def create(self, data: Any, user: Any) -> CancellationRequest:
        """File the request."""
        unit = known(Unit.objects.all(), data["unit"], "/unit")
        must_keep(user, unit)
        return services.file_request(
            unit=unit,
            transfer=maybe(Transfer.objects.live(), data.get("transfer"), "/transfer"),
            act=maybe(LegalAct.objects.all(), data.get("act"), "/act"),
            **given(data, "ground", "justification", "missing", "filed_on", "due_on", "provenance", "source"),
        )

    def created(self, thing: CancellationRequest, query: Query) -> tuple[Any, str, str | None]:
        """Show the request with its address and its ETag."""
        view = RequestDetail()
        address = reverse("api-cancellation-request", kwargs={"pk": thing.pk})
        return view.show(thing, query), address, view.tag(thing, query)


class _OnRequest(Seen):
    """Finds requests for reading and deciding."""

    answer_schema = shapes.row(REQUEST)

    def load(self, query: Query, **kwargs: Any) -> CancellationRequest:
        """Return the request."""
        found = CancellationRequest.objects.filter(pk=kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> CancellationRequest:
        """Return the request, locked, for the ministry."""
        found = CancellationRequest.objects.select_for_update(of=("self",)).filter(pk=kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        must_decide(user)
        return found

    def version(self, thing: CancellationRequest) -> tuple[object, ...]:
        """The request's row version."""
        return ("cancellation request", thing.pk, thing.version)

    def show(self, thing: CancellationRequest, query: Query) -> dict[str, Any]:
        """The request as the list shows it."""
        shape = Requests.shape(None)
        at = query.get("at") or clock.today()
        sql = f"SELECT {shape.select} FROM {queries.REQUESTS} {queries.place('r')} WHERE r.id = %(pk)s::uuid"
        return shape.build(prepared.rows(sql, {"pk": str(thing.pk), "at": at}))[0]


class RequestDetail(_OnRequest, DetailView):
    """One request for cancellation."""

    dated = True


class RequestDecide(_OnRequest, ActionView):
    """Record what became of a request."""

    bodies = {"POST": DecisionBody}

    def reached(self, thing: CancellationRequest, method: str) -> None:
        """It has been decided."""
        if thing.decided_on is not None:
            raise Conflict(_("The request has been decided."), code="request_decided")

    def act(self, thing: CancellationRequest, data: Any, user: Any) -> CancellationRequest:
        """Decide it."""
        return services.decide_request(request=thing, **data)
