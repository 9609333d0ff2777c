"""What independent audits found of values, over REST: both figures stay, the audit's counts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from kpi import services
from kpi.api import queries
from kpi.api.columns import (
    INDICATOR,
    PERIOD,
    PLACE,
    UNKNOWN,
    Readable,
    exact,
    given,
    narrow,
    narrow_to_period,
    only_readable,
    place_columns,
    reads,
)
from kpi.api.payloads import FindingBody
from kpi.models import AuditFinding, Value
from lsg_portal.data import prepared
from lsg_portal.rest import clock, shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Fault, Forbidden, RuleBroken
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin
from registry.api.columns import PROVENANCE

AUDITORS = _("Only auditors record findings.")
FINDING = (
    Column("id", "f.id", "uuid"),
    Column("value", "f.value_id", "uuid"),
    Column("report", "f.report_id", "uuid"),
    Column("indicator", "f.indicator_code"),
    Column("period", "f.period_code"),
    *place_columns(),
    Column("verdict", "f.verdict", schema={"enum": list(AuditFinding.Verdict.values)}),
    exact("number", "f.number", null=True),
    exact("numerator", "f.numerator", null=True),
    exact("denominator", "f.denominator", null=True),
    Column("found_on", "f.found_on", "date"),
    Column("note", "f.note"),
    Column("provenance", "f.provenance", schema=PROVENANCE),
    Column("source", "f.source"),
)


class Findings(CreateMixin, Readable):
    """What independent audits found of values: each confirms a value, or corrects it by another figure."""

    bodies = {"POST": FindingBody}
    answers = {"POST": shapes.row(FINDING)}
    columns = FINDING
    params = (
        *PLACE,
        PERIOD,
        INDICATOR,
        Param(
            "verdict",
            "choice",
            _("Only these verdicts."),
            choices=tuple(AuditFinding.Verdict.values),
            many=True,
        ),
    )
    keys: ClassVar = {"found_on": Key("f.found_on", "date"), "period": Key("f.period_number", "smallint")}
    unique = Key("f.id", "uuid")
    default_ordering = ("-found_on",)
    updated = Key("greatest(f.updated_at, f.published_at)", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The findings about reports the viewer may read, narrowed."""
        source = Source(queries.FINDINGS, queries.place("f"), alias="f")
        only_readable(source, query.viewer, "f")
        narrow(source, query, "f")
        narrow_to_period(source, query, "f.period_number")
        if query["indicator"]:
            source.add("f.indicator_code = %(indicator)s", indicator=query["indicator"])
        if query["verdict"]:
            source.add("f.verdict = ANY(%(verdict)s::text[])", verdict=list(query["verdict"]))
        return source

    def may_create(self, request: Request) -> None:
        """Only auditors."""
        if not request.user.has_perm("kpi.audit"):
            raise Forbidden(AUDITORS)

    def create(self, data: Any, user: Any) -> AuditFinding:
        """Record it."""
        value = (
            Value.objects.select_related("indicator__measure", "report__appointment")
            .filter(pk=data["value"])
            .first()
        )
        if value is None or not reads(user, value.report):
            raise RuleBroken(errors=[Fault("/value", "unknown", UNKNOWN)])
        return services.record_finding(
            value=value,
            by=user,
            today=clock.today(),
            **given(data, "verdict", "found_on", "note", "number", "numerator", "denominator"),
            **given(data, "provenance", "source"),
        )

    def created(self, thing: AuditFinding, query: Query) -> tuple[Any, str, str | None]:
        """Show the finding; it is read in the list."""
        shape = self.shape(None)
        sql = f"SELECT {shape.select} FROM {queries.FINDINGS} {queries.place('f')} WHERE f.id = %(pk)s::uuid"
        row = shape.build(prepared.rows(sql, {"pk": str(thing.pk)}))[0]
        return row, reverse("api-kpi-findings"), None
