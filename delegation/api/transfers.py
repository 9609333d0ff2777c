"""Transfers of state powers over REST: what anybody reads, drafts for those who may, and the steps of their life."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from councils.api.columns import name_of
from delegation import queries, services
from delegation.api.columns import (
    BASES,
    CODE,
    GROUP,
    GROUPS,
    PLACE,
    POWER,
    STATUSES,
    Readable,
    Seen,
    known,
    maybe,
    must_decide,
    must_keep,
    narrow,
    narrow_to,
    narrow_to_words,
    only_readable,
    place_columns,
    power_columns,
    texts,
)
from delegation.api.payloads import (
    AgreeBody,
    AnswerBody,
    ConsentBody,
    MeansBody,
    OnBody,
    TransferBody,
    TransferEndBody,
    TransferPatch,
    TransferReasonBody,
    given,
)
from delegation.api.powers import by_code
from delegation.models import (
    Basis,
    Means,
    Principle,
    StateBody,
    StatePower,
    Succession,
    Transfer,
    TransferStatus,
)
from lsg_portal.data import prepared
from lsg_portal.rest import clock, shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import ActionView, DetailView, ThingView
from lsg_portal.rest.lists import Source
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, NotVisible
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin
from registry.api.columns import PROVENANCE
from registry.models import LegalAct, Unit

ORDER = [str(status) for status in TransferStatus]
COLUMNS = (
    Column("id", "t.id", "uuid"),
    *power_columns("t"),
    Column("power.group", "t.power_group", schema=GROUPS),
    *place_columns(),
    Column("state_body.code", "b.code"),
    *texts("state_body.name", "b"),
    Column("basis", "t.basis", schema=BASES),
    Column("act", "t.act_id", "uuid", null=True),
    Column("agreement_number", "t.agreement_number"),
    Column("signed_on", "t.signed_on", "date", null=True),
    Column("term.from", "lower(t.term)", "date"),
    Column("term.to", "upper(t.term)", "date", null=True),
    Column("status", "t.status", schema=STATUSES),
    Column("valid.from", "lower(t.valid)", "date", null=True),
    Column("valid.to", "upper(t.valid)", "date", null=True),
    Column("consent_on", "t.consent_on", "date", null=True),
    Column(
        "means.financial",
        """(SELECT sum(m.yearly) FROM delegation_means m WHERE m.transfer_id = t.id AND m.kind = 'financial'
             AND m.removed_at IS NULL)""",
        "decimal",
        null=True,
    ),
    Column(
        "means.material",
        """EXISTS (SELECT FROM delegation_means m WHERE m.transfer_id = t.id AND m.kind = 'material'
             AND m.removed_at IS NULL)""",
        "bool",
    ),
    Column(
        "principles_answered",
        "(SELECT count(*) FROM delegation_principleanswer a WHERE a.transfer_id = t.id)",
        "int",
    ),
    Column("former", "t.former_id", "uuid", null=True),
    Column("version", "t.version", "int"),
    Column("provenance", "t.provenance", schema=PROVENANCE),
    Column("at", "%(at)s::date", "date"),
)
JOINS = f"{queries.place('t')} JOIN delegation_statebody b ON b.id = t.state_body_id"
AMOUNT = shapes.nullable(shapes.DECIMAL)
TRANSFER = shapes.row(
    COLUMNS,
    reporting=shapes.NAME,
    consent_basis=shapes.TEXT,
    end_reason=shapes.TEXT,
    end_act=shapes.nullable(shapes.UUID),
    principles=shapes.listed(
        shapes.record(
            principle={"type": "integer", "enum": list(Principle.values)},
            kept=shapes.nullable(shapes.BOOL),
            note=shapes.TEXT,
        )
    ),
    means_assigned=shapes.listed(
        shapes.record(id=shapes.UUID, kind=shapes.choice(Means.Kind.values), what=shapes.NAME, yearly=AMOUNT)
    ),
    succession={
        **shapes.record(
            id=shapes.UUID,
            outcome=shapes.choice(Succession.Outcome.values),
            due_on=shapes.DAY,
            new_transfer=shapes.nullable(shapes.UUID),
        ),
        "type": ["object", "null"],
    },
    source=shapes.TEXT,
)


class Transfers(CreateMixin, Readable):
    """Transfers of powers to municipalities; ``in_force`` narrows to those in force on the day, ended since or not."""

    dated = True
    bodies = {"POST": TransferBody}
    answers = {"POST": TRANSFER}
    columns = COLUMNS
    params = (
        *PLACE,
        POWER,
        CODE,
        GROUP,
        Param("status", "choice", _("Only these statuses."), choices=tuple(TransferStatus.values), many=True),
        Param("basis", "choice", _("Only this basis."), choices=tuple(Basis.values), many=True),
        Param("in_force", "bool", _("Only transfers in force on the day, or only the others.")),
    )
    keys = {"code": Key("t.power_code"), "status": Key("t.status"), "term": Key("lower(t.term)", "date")}
    unique = Key("t.id", "uuid")
    default_ordering = ("code",)
    updated = Key("t.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The transfers the viewer may read, narrowed; what an annulment voided is not shown."""
        source = Source(queries.TRANSFERS, JOINS, alias="t")
        source.add("t.voided_by_id IS NULL")
        only_readable(source, query.viewer)
        narrow(source, query, "t")
        narrow_to(source, query, power="t.power_id")
        narrow_to_words(source, query, status="t.status", basis="t.basis", group="t.power_group")
        if query["code"]:
            source.add("t.power_code = %(code)s", code=query["code"])
        if query["in_force"] is not None:
            source.add(
                "coalesce(t.valid @> %(at)s::date, false) = %(in_force)s::boolean", in_force=query["in_force"]
            )
        return source

    def may_create(self, request: Request) -> None:
        """Only who drafts for some municipality."""
        must_keep(request.user, None)

    def create(self, data: Any, user: Any) -> Transfer:
        """Draft the transfer."""
        unit = known(Unit.objects.all(), data["unit"], "/unit")
        must_keep(user, unit)
        return services.draft_transfer(
            power=known(StatePower.objects.select_related("field"), data["power"], "/power"),
            unit=unit,
            **_content(data),
            former=maybe(Transfer.objects.live().filter(status="ended"), data.get("former"), "/former"),
            **given(data, "provenance", "source"),
        )

    def created(self, thing: Transfer, query: Query) -> tuple[Any, str, str | None]:
        """Show the draft with its address and its ETag."""
        view = TransferDetail()
        return (
            view.show(thing, query),
            reverse("api-transfer", kwargs={"pk": thing.pk}),
            view.tag(thing, query),
        )


def _content(data: dict[str, Any]) -> dict[str, Any]:
    """Return what a body says of a draft, as the services take it; raise RuleBroken for what does not exist."""
    found = given(data, "basis", "begins", "ends", "agreement_number", "signed_on", "reporting")
    if "state_body" in data:
        found["state_body"] = by_code(StateBody, data["state_body"], "/state_body")
    if "act" in data:
        found["act"] = maybe(LegalAct.objects.all(), data["act"], "/act")
    return found


def reads(user: Any, transfer: Transfer) -> bool:
    """Whether the viewer, None for a visitor, reads this transfer."""
    if transfer.voided_by_id is not None:
        return False
    if user is None:
        return transfer.status not in ("draft", "cancelled")
    return bool(user.has_perm("delegation.read_transfer", transfer))


class OnTransfer(Seen):
    """Finds transfers for reading and changing."""

    answer_schema = TRANSFER
    ministrys: ClassVar[bool] = False
    """Whether the step is the ministry's alone."""

    def load(self, query: Query, **kwargs: Any) -> Transfer:
        """Return the transfer the viewer may read."""
        found = Transfer.objects.filter(pk=kwargs["pk"]).first()
        if found is None or not reads(query.viewer, found):
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> Transfer:
        """Return the transfer with its row locked, for who records for its municipality or takes the step."""
        found = (
            Transfer.objects.select_for_update(of=("self",))
            .select_related("power__field")
            .filter(pk=kwargs["pk"])
            .first()
        )
        if found is None or not reads(user, found):
            raise NotVisible
        if self.ministrys:
            must_decide(user)
        else:
            must_keep(user, found.unit_id)
        return found

    def version(self, thing: Transfer) -> tuple[object, ...]:
        """The transfer's row version."""
        return ("transfer", thing.pk, thing.version)

    def show(self, thing: Transfer, query: Query) -> dict[str, Any]:
        """The whole transfer."""
        shape = Transfers.shape(None)
        at = query.get("at") or clock.today()
        sql = f"SELECT {shape.select} FROM {queries.TRANSFERS} {JOINS} WHERE t.id = %(pk)s::uuid"
        row = shape.build(prepared.rows(sql, {"pk": str(thing.pk), "at": at}))[0]
        answers = {answer.principle: answer for answer in thing.answers.all()}
        succession = thing.successions.filter(voided_by__isnull=True).first()
        return {
            **row,
            "reporting": name_of(thing, "reporting"),
            "consent_basis": thing.consent_basis,
            "end_reason": thing.end_reason,
            "end_act": thing.end_act_id,
            "principles": [
                {
                    "principle": principle.value,
                    "kept": answers[principle].kept if principle in answers else None,
                    "note": answers[principle].note if principle in answers else "",
                }
                for principle in Principle
            ],
            "means_assigned": [
                {
                    "id": str(means.pk),
                    "kind": means.kind,
                    "what": name_of(means, "what"),
                    "yearly": None if means.yearly is None else str(means.yearly),
                }
                for means in Means.objects.present()
                .filter(transfer=thing)
                .order_by("kind", "recorded_at", "id")
            ],
            "succession": succession
            and {
                "id": str(succession.pk),
                "outcome": succession.outcome,
                "due_on": succession.due_on,
                "new_transfer": succession.new_transfer_id,
            },
            "source": thing.source,
        }


class TransferDetail(OnTransfer, DetailView):
    """One transfer with its answers, means and what became of it; its draft can be changed."""

    dated = True
    bodies = {"PATCH": TransferPatch}

    def patch(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Change the draft."""
        return self.change(request, self._redraft, **kwargs)

    def _redraft(self, thing: Transfer, data: Any, user: Any) -> Transfer:
        return services.redraft_transfer(transfer=thing, **_content(data))


class TransferAnswer(OnTransfer, ThingView):
    """Answer one of the nine principles; answers with the transfer."""

    bodies = {"PUT": AnswerBody}

    def put(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Record the answer."""
        return self.change(request, self._answer, **kwargs)

    def _answer(self, thing: Transfer, data: Any, user: Any) -> Transfer:
        services.answer_principle(transfer=thing, **data)
        return Transfer.objects.get(pk=thing.pk)


class TransferMeans(OnTransfer, ActionView):
    """Assign means to a transfer; answers with the transfer."""

    bodies = {"POST": MeansBody}

    def act(self, thing: Transfer, data: Any, user: Any) -> Transfer:
        """Assign them."""
        services.assign_means(transfer=thing, **data)
        return Transfer.objects.get(pk=thing.pk)


class MeansRemove(OnTransfer, ActionView):
    """Take means back before the transfer enters into force; answers with the transfer."""

    def act(self, thing: Transfer, data: Any, user: Any) -> Transfer:
        """Take them back."""
        means = Means.objects.present().filter(transfer=thing, pk=self.kwargs["means"]).first()
        if means is None:
            raise NotVisible
        services.remove_means(means=means)
        return Transfer.objects.get(pk=thing.pk)


class TransferConsent(OnTransfer, ThingView):
    """Record the consent of the association of municipalities."""

    bodies = {"PUT": ConsentBody}

    def put(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Record it."""
        return self.change(request, self._consent, **kwargs)

    def _consent(self, thing: Transfer, data: Any, user: Any) -> Transfer:
        return services.record_consent(transfer=thing, **data)


class _Step(OnTransfer, ActionView):
    """A step of a transfer's life: the ministry's."""

    ministrys = True
    leads_to: ClassVar[TransferStatus]

    def reached(self, thing: Transfer, method: str) -> None:
        """It is that far, or further."""
        if ORDER.index(thing.status) >= ORDER.index(self.leads_to):
            raise Conflict(_("The transfer is already that far or further."), code=f"already_{self.leads_to}")


class Agree(_Step):
    """Close a draft: all nine principles answered, an agreement signed, consent recorded where a law hands over."""

    bodies = {"POST": AgreeBody}
    leads_to = TransferStatus.AGREED

    def act(self, thing: Transfer, data: Any, user: Any) -> Transfer:
        """Agree."""
        return services.agree(transfer=thing, **data)


class EnterIntoForce(_Step):
    """Put an agreed transfer into force: refused without financial and material means."""

    bodies = {"POST": OnBody}
    leads_to = TransferStatus.IN_FORCE

    def act(self, thing: Transfer, data: Any, user: Any) -> Transfer:
        """Put it into force."""
        return services.enter_into_force(transfer=thing, on=data["on"])


class End(_Step):
    """End a transfer in force."""

    bodies = {"POST": TransferEndBody}
    leads_to = TransferStatus.ENDED

    def act(self, thing: Transfer, data: Any, user: Any) -> Transfer:
        """End it."""
        act = maybe(LegalAct.objects.all(), data.pop("act", None), "/act")
        return services.end_transfer(transfer=thing, act=act, **data)


class Cancel(OnTransfer, ActionView):
    """Give a draft or an agreed transfer up."""

    bodies = {"POST": TransferReasonBody}

    def reached(self, thing: Transfer, method: str) -> None:
        """It was given up before."""
        if thing.status == TransferStatus.CANCELLED:
            raise Conflict(_("The transfer has been given up already."), code="already_cancelled")

    def act(self, thing: Transfer, data: Any, user: Any) -> Transfer:
        """Give it up."""
        return services.cancel_transfer(transfer=thing, reason=data["reason"])
