"""Methodologies over REST: what anybody reads; drafts for the ministry, which drafts them and puts them into force."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from kpi import rules, services
from kpi.api import queries
from kpi.api.columns import (
    SUBJECT,
    SUBJECTS,
    Readable,
    Seen,
    exact,
    given,
    known,
    maybe,
    must_manage,
    name_of,
    narrow_to_words,
    plain,
    texts,
)
from kpi.api.payloads import ActBody, ActivateBody, MeasureBody, MethodologyBody, MethodologyPatch
from kpi.models import (
    Aggregation,
    Band,
    Category,
    DataSource,
    Direction,
    Formula,
    Indicator,
    Measure,
    Methodology,
    MethodologyStatus,
    MissingPolicy,
    PeerGroup,
    Prefill,
)
from lsg_portal.data import prepared
from lsg_portal.rest import clock, shapes, versions
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import ActionView, DetailView, ThingView
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, NotVisible
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin
from registry.api.columns import PROVENANCE
from registry.models import LegalAct

COLUMNS = (
    Column("id", "m.id", "uuid"),
    Column("subject", "m.subject", schema=SUBJECTS),
    Column("number", "m.number", "int"),
    *texts("name", "m"),
    Column("status", "m.status", schema={"enum": list(MethodologyStatus.values)}),
    Column("valid.from", "lower(m.valid)", "date", null=True),
    Column("valid.to", "upper(m.valid)", "date", null=True),
    Column("act", "m.act_id", "uuid", null=True),
    exact("gate", "m.gate"),
    *texts("note", "m", "note"),
    Column("version", "m.version", "int"),
    Column("provenance", "m.provenance", schema=PROVENANCE),
    Column("source", "m.source"),
    Column("at", "%(at)s::date", "date"),
)
INDICATOR: shapes.Schema = shapes.record(
    id=shapes.UUID,
    code=shapes.TEXT,
    name=shapes.NAME,
    definition=shapes.NAME,
    unit_of_measure=shapes.NAME,
    numerator_name=shapes.NAME,
    denominator_name=shapes.NAME,
    flag=shapes.NAME,
    direction=shapes.choice(Direction.values),
    formula=shapes.choice(Formula.values),
    min=shapes.DECIMAL,
    max=shapes.DECIMAL,
    weight=shapes.DECIMAL,
    whole=shapes.BOOL,
    lowest=shapes.DECIMAL,
    highest=shapes.DECIMAL,
    warn_percent=shapes.nullable(shapes.COUNT),
    aggregation=shapes.choice(Aggregation.values),
    data_source=shapes.choice(DataSource.values),
    evidence_required=shapes.BOOL,
    missing_policy=shapes.choice(MissingPolicy.values),
    prefill=shapes.choice(["", *Prefill.values]),
    order=shapes.COUNT,
)
METHODOLOGY = shapes.row(
    COLUMNS,
    categories=shapes.listed(
        shapes.record(
            id=shapes.UUID,
            code=shapes.TEXT,
            name=shapes.NAME,
            order=shapes.COUNT,
            indicators=shapes.listed(INDICATOR),
        )
    ),
    bands=shapes.listed(
        shapes.record(id=shapes.UUID, code=shapes.TEXT, name=shapes.NAME, least=shapes.DECIMAL)
    ),
    peer_groups=shapes.listed(
        shapes.record(
            id=shapes.UUID,
            code=shapes.TEXT,
            name=shapes.NAME,
            unit_kinds=shapes.listed(shapes.TEXT),
            post_kinds=shapes.listed(shapes.TEXT),
            from_population=shapes.COUNT,
            below_population=shapes.nullable(shapes.COUNT),
            order=shapes.COUNT,
        )
    ),
)
TEXTS = ("definition", "unit_of_measure", "numerator_name", "denominator_name", "flag")
PLAIN = (
    "direction",
    "formula",
    "whole",
    "warn_percent",
    "aggregation",
    "data_source",
    "evidence_required",
    "missing_policy",
    "prefill",
    "order",
)


def reads_drafts(viewer: Any) -> bool:
    """Whether the viewer reads drafts of methodologies."""
    return bool(rules.sight(viewer).everything)


class Methodologies(CreateMixin, Readable):
    """Versions of the methodologies for heads and employees; without an act a version is a proposal, not law."""

    dated = True
    bodies = {"POST": MethodologyBody}
    answers = {"POST": METHODOLOGY}
    columns = COLUMNS
    params = (
        SUBJECT,
        Param(
            "status", "choice", _("Only these statuses."), choices=tuple(MethodologyStatus.values), many=True
        ),
        Param("in_force", "bool", _("Only versions in force on the day, or only the others.")),
    )
    keys = {"subject": Key("m.subject"), "number": Key("m.number", "smallint")}
    unique = Key("m.id", "uuid")
    default_ordering = ("subject", "number")
    updated = Key("m.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The versions the viewer may read, narrowed."""
        source = Source(queries.METHODOLOGIES)
        if not reads_drafts(query.viewer):
            source.add("m.status <> 'draft'")
        narrow_to_words(source, query, status="m.status")
        if query["subject"]:
            source.add("m.subject = %(subject)s", subject=query["subject"])
        if query["in_force"] is not None:
            source.add(
                "coalesce(m.valid @> %(at)s::date, false) = %(in_force)s::boolean", in_force=query["in_force"]
            )
        return source

    def may_create(self, request: Request) -> None:
        """Only the ministry."""
        must_manage(request.user)

    def create(self, data: Any, user: Any) -> Methodology:
        """Draft the next version."""
        return services.draft_methodology(
            act=maybe(LegalAct.objects.all(), data.get("act"), "/act"),
            copy_of=maybe(Methodology.objects.all(), data.get("copy_of"), "/copy_of"),
            **given(data, "subject", "name", "note", "gate", "provenance", "source"),
        )

    def created(self, thing: Methodology, query: Query) -> tuple[Any, str, str | None]:
        """Show the draft with its address and its ETag."""
        view = MethodologyDetail()
        return (
            view.show(thing, query),
            reverse("api-kpi-methodology", args=[thing.pk]),
            view.tag(thing, query),
        )


class OnMethodology(Seen):
    """Finds methodologies for reading and changing."""

    answer_schema = METHODOLOGY

    def load(self, query: Query, **kwargs: Any) -> Methodology:
        """Return the version the viewer may read."""
        found = Methodology.objects.filter(pk=kwargs["pk"]).first()
        if found is None or (found.status == MethodologyStatus.DRAFT and not reads_drafts(query.viewer)):
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> Methodology:
        """Return the version, locked, for the ministry."""
        found = Methodology.objects.select_for_update().filter(pk=kwargs["pk"]).first()
        if found is None or (found.status == MethodologyStatus.DRAFT and not reads_drafts(user)):
            raise NotVisible
        must_manage(user)
        return found

    def version(self, thing: Methodology) -> tuple[object, ...]:
        """The methodology's row version: a change of a line raises it."""
        return ("kpi-methodology", thing.pk, thing.version)

    def show(self, thing: Methodology, query: Query) -> dict[str, Any]:
        """The whole version."""
        shape = Methodologies.shape(None)
        sql = f"SELECT {shape.select} FROM {queries.METHODOLOGIES} WHERE m.id = %(pk)s::uuid"
        at = query.get("at") or clock.today()
        indicators: dict[Any, list[dict[str, Any]]] = {}
        for row in services.indicators_of(thing):
            indicators.setdefault(row.category_id, []).append(indicator_shown(row))
        return {
            **shape.build(prepared.rows(sql, {"pk": str(thing.pk), "at": at}))[0],
            "categories": [
                {**_line(row), "order": row.order, "indicators": indicators.get(row.pk, [])}
                for row in Category.objects.present()
                .filter(methodology=thing)
                .order_by("order", "code", "id")
            ],
            "bands": [
                {**_line(row), "least": plain(row.least)}
                for row in Band.objects.present().filter(methodology=thing).order_by("-least", "id")
            ],
            "peer_groups": [
                {
                    **_line(row),
                    "unit_kinds": row.unit_kinds,
                    "post_kinds": row.post_kinds,
                    "from_population": row.from_population,
                    "below_population": row.below_population,
                    "order": row.order,
                }
                for row in PeerGroup.objects.present()
                .filter(methodology=thing)
                .order_by("order", "code", "id")
            ],
        }


def _line(row: Category | Band | PeerGroup) -> dict[str, Any]:
    return {"id": row.pk, "code": row.code, "name": name_of(row)}


def indicator_shown(row: Indicator) -> dict[str, Any]:
    """Return an indicator with its thresholds as ``min`` and ``max``."""
    return {
        "id": row.pk,
        "code": row.measure.code,
        "name": name_of(row),
        **{field: name_of(row, field) for field in TEXTS},
        **{field: getattr(row, field) for field in PLAIN},
        "min": plain(row.least),
        "max": plain(row.most),
        **{field: plain(getattr(row, field)) for field in ("weight", "lowest", "highest")},
    }


class MethodologyDetail(OnMethodology, DetailView):
    """One version of a methodology: categories, indicators with thresholds and weights, bands and peer groups."""

    dated = True
    bodies = {"PATCH": MethodologyPatch}

    def patch(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Change what the draft says of itself."""
        return self.change(request, self._change, **kwargs)

    def _change(self, thing: Methodology, data: Any, user: Any) -> Methodology:
        return services.change_methodology(methodology=thing, **data)


class Activate(OnMethodology, ActionView):
    """Put a draft into force from a day: its weights sum to 100 and a band begins at 0; the version before it ends."""

    bodies = {"POST": ActivateBody}

    def reached(self, thing: Methodology, method: str) -> None:
        """It is or was in force."""
        if thing.status != MethodologyStatus.DRAFT:
            raise Conflict(_("The methodology is or was in force already."), code="already_active")

    def act(self, thing: Methodology, data: Any, user: Any) -> Methodology:
        """Put it into force."""
        return services.activate(methodology=thing, on=data["on"])


class EnterAct(OnMethodology, ThingView):
    """Enter the act that approves a methodology: from then on it is no longer a proposal."""

    bodies = {"PUT": ActBody}

    def put(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Enter it."""
        return self.change(request, self._enter, **kwargs)

    def _enter(self, thing: Methodology, data: Any, user: Any) -> Methodology:
        return services.enter_act(methodology=thing, act=known(LegalAct.objects.all(), data["act"], "/act"))


versions.derive("kpi.measures", "SELECT count(*)::text FROM kpi_measure")
MEASURES = (
    Column("id", "e.id", "int"),
    Column("code", "e.code"),
    Column("subject", "e.subject", schema=SUBJECTS),
)


class Measures(CreateMixin, SqlListView):
    """What is measured, whatever version of a methodology weighs it: the thread of a series through versions."""

    data = ("kpi.measures",)  # they are entered once and stay
    bodies = {"POST": MeasureBody}
    answers = {"POST": shapes.row(MEASURES)}
    columns = MEASURES
    params = (SUBJECT,)
    keys = {"code": Key("e.code")}
    unique = Key("e.id", "smallint")
    default_ordering = ()

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The measures, narrowed."""
        source = Source("kpi_measure e")
        if query["subject"]:
            source.add("e.subject = %(subject)s", subject=query["subject"])
        return source

    def may_create(self, request: Request) -> None:
        """Only the ministry."""
        must_manage(request.user)

    def create(self, data: Any, user: Any) -> Measure:
        """Enter it."""
        return services.enter_measure(**data)

    def created(self, thing: Measure, query: Query) -> tuple[Any, str, str | None]:
        """Show it; it is read in the list."""
        shown = {"id": thing.pk, "code": thing.code, "subject": thing.subject}
        return shown, reverse("api-kpi-measures"), None
