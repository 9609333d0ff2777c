"""Values over REST: published ones from the read model, and those of one report, entered one by one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from kpi import checking, services
from kpi.api import queries
from kpi.api.columns import (
    DATA,
    INDICATOR,
    NOT_YOURS,
    PERIOD,
    PLACE,
    Readable,
    Seen,
    exact,
    name_of,
    narrow_to_period,
    period_columns,
    place_columns,
    plain,
    reads,
    reads_inside,
    texts,
)
from kpi.api.payloads import ValuePatch
from kpi.models import AuditFinding, Prefill, Report, Value, ValueStatus
from lsg_portal.data import prepared
from lsg_portal.rest import paging, shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import DetailView
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key, Term
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Forbidden, NotVisible
from lsg_portal.rest.views import Query
from registry.api.columns import lies_in
from registry.resolving import unit_id

WORDS = {
    "normal": "n",
    "estimated": "e",
    "missing": "m",
    "not_applicable": "x",
    "corrected": "c",
    "imported": "i",
}
"""What the letters of the read model stand for."""
_SAID = " ".join(f"WHEN '{letter}' THEN '{word}'" for word, letter in WORDS.items())
STATUS = f"CASE v.status {_SAID} END"
LAST_DAY = "(make_date(v.period_id / 4, v.period_id %% 4 * 3 + 1, 1) + interval '3 months - 1 day')::date"


class Values(SqlListView):
    """Published values of municipalities, by period and indicator; a share or a growth comes with its two parts.

    Numbers are as precise as a computer's; the exact figures are those of the ``report``, which is null where the value was
    imported from earlier years.
    """

    data = DATA
    columns = (
        *period_columns("n"),
        Column("indicator.code", "n.code"),
        *texts("indicator.name", "n"),
        *place_columns(),
        Column("value", "v.value", "float", null=True),
        Column("numerator", "v.numerator", "float", null=True),
        Column("denominator", "v.denominator", "float", null=True),
        Column("status", STATUS, schema={"enum": list(WORDS)}),
        Column("report", "r.id", "uuid", null=True),
    )
    params = (
        *PLACE,
        PERIOD,
        INDICATOR,
        Param("status", "choice", _("Only these statuses."), choices=tuple(WORDS), many=True),
    )
    keys = {
        "period": Key("v.period_id", "smallint"),
        "indicator": Key("v.measure_id", "smallint"),
        "unit": Key("v.unit_id", "uuid"),
    }
    unique = keys["unit"]
    default_ordering = ("period", "indicator", "unit")

    def ordering(self, query: Query) -> tuple[Term, ...]:
        """Return the ordering, which ends in all three: together they are the key of a value."""
        wanted = query.get("ordering") or self.default_ordering
        sign = "-" if wanted[0].startswith("-") else ""
        return paging.terms((*wanted, *(f"{sign}{name}" for name in self.keys)), self.keys, self.unique)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The published values, narrowed."""
        source = Source(queries.PUBLISHED, queries.OF_PUBLISHED, alias="v")
        narrow_to_period(source, query, "v.period_id")
        if query["unit"] is not None:
            source.add("v.unit_id = %(unit)s::uuid", unit=str(unit_id(query["unit"])))
        for name in ("oblast", "district"):
            if query[name] is not None:
                source.add(lies_in("v.unit_id", LAST_DAY, name), **{name: str(unit_id(query[name]))})
        if query["indicator"]:
            source.add(
                "v.measure_id = (SELECT e.id FROM kpi_measure e WHERE e.code = %(indicator)s)",
                indicator=query["indicator"],
            )
        if query["status"]:
            letters = [WORDS[word] for word in query["status"]]
            source.add("v.status = ANY(%(status)s::text[])", status=letters)
        return source


FIGURE = "kpi_figure(i.formula, k.number, k.numerator, k.denominator)"
ENTERED = (
    Column("id", "v.id", "uuid"),
    Column("indicator.code", "e.code"),
    *texts("indicator.name", "i"),
    *texts("indicator.unit_of_measure", "i", "unit_of_measure"),
    Column("category.code", "c.code"),
    *texts("category.name", "c"),
    Column("status", "v.status", schema={"enum": ["", *ValueStatus.values]}),
    exact("number", "v.number", null=True),
    exact("numerator", "v.numerator", null=True),
    exact("denominator", "v.denominator", null=True),
    exact("figure", FIGURE, null=True),
    Column("corrected", "k.corrected", "bool"),
    Column("note", "v.note"),
    Column("origin", "v.origin", schema={"enum": list(Value.Origin.values)}),
    Column(
        "evidence",
        "(SELECT count(*) FROM kpi_evidence x WHERE x.value_id = v.id AND x.removed_at IS NULL)",
        "int",
    ),
    Column("version", "v.version", "int"),
)


class ReportValues(Readable):
    """What a report says of each indicator: the figure as entered, and ``figure``, the one that counts.

    ``corrected``: an audit found another figure, which counts; the reported one stays beside it.
    """

    columns = ENTERED
    keys = {"order": Key('(c."order" * 1000 + i."order")', "integer"), "code": Key("e.code")}
    unique = Key("v.id", "uuid")
    default_ordering = ("order", "code")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The values of a report the viewer may read."""
        report = Report.objects.select_related("appointment").filter(pk=kwargs["pk"]).first()
        if report is None or not reads(query.viewer, report):
            raise NotVisible
        return Source(queries.VALUES, where=["v.report_id = %(pk)s::uuid"], args={"pk": str(report.pk)})


AMOUNT = shapes.nullable(shapes.DECIMAL)
EVIDENCE = shapes.record(
    id=shapes.UUID,
    name=shapes.TEXT,
    media_type=shapes.TEXT,
    size=shapes.COUNT,
    sha256=shapes.TEXT,
    added_at=shapes.MOMENT,
)
FINDING = shapes.record(
    id=shapes.UUID,
    verdict=shapes.choice(AuditFinding.Verdict.values),
    number=AMOUNT,
    numerator=AMOUNT,
    denominator=AMOUNT,
    found_on=shapes.DAY,
    note=shapes.TEXT,
)
WARNING = shapes.record(code=shapes.TEXT, detail=shapes.TEXT, answered=shapes.BOOL)
KNOWN = shapes.record(
    what=shapes.choice(Prefill.values),
    year=shapes.nullable(shapes.INTEGER),
    courses=shapes.nullable(shapes.COUNT),
    number=AMOUNT,
    numerator=AMOUNT,
    denominator=AMOUNT,
)
"""What the register offered for a value."""
VALUE = shapes.record(
    id=shapes.UUID,
    report=shapes.UUID,
    indicator=shapes.record(
        code=shapes.TEXT, name=shapes.NAME, unit_of_measure=shapes.NAME, formula=shapes.TEXT
    ),
    status=shapes.choice(["", *ValueStatus.values]),
    number=AMOUNT,
    numerator=AMOUNT,
    denominator=AMOUNT,
    figure=AMOUNT,
    corrected=shapes.BOOL,
    note=shapes.TEXT,
    origin=shapes.choice(Value.Origin.values),
    known={**KNOWN, "type": ["object", "null"]},
    evidence_required=shapes.BOOL,
    evidence=shapes.listed(EVIDENCE),
    warnings=shapes.listed(WARNING),
    findings=shapes.listed(FINDING),
    returned=shapes.nullable(shapes.TEXT),
    version=shapes.COUNT,
)


def evidence_shown(row: Any) -> dict[str, Any]:
    """Return a file without its content."""
    return {
        "id": row.pk,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "added_at": row.recorded_at,
    }


def finding_shown(row: AuditFinding) -> dict[str, Any]:
    """Return what an audit found."""
    return {
        "id": row.pk,
        "verdict": row.verdict,
        **{name: plain(getattr(row, name)) for name in ("number", "numerator", "denominator")},
        "found_on": row.found_on,
        "note": row.note,
    }


class OnValue(Seen):
    """Finds values of reports for reading and changing."""

    answer_schema = VALUE

    def load(self, query: Query, **kwargs: Any) -> Value:
        """Return the value of a report the viewer may read."""
        found = _found(Value.objects.all(), kwargs["pk"])
        if found is None or not reads(query.viewer, found.report):
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> Value:
        """Return the value, locked after its report, for who enters the report."""
        of = Value.objects.filter(pk=kwargs["pk"]).values_list("report_id", flat=True).first()
        if of is not None:
            Report.objects.select_for_update().get(pk=of)
        found = _found(Value.objects.select_for_update(of=("self",)), kwargs["pk"])
        if found is None or not reads(user, found.report):
            raise NotVisible
        self.must(user, found)
        return found

    def must(self, user: Any, value: Value) -> None:
        """Raise Forbidden unless the user enters the report."""
        if not user.has_perm("kpi.enter", value.report):
            raise Forbidden(NOT_YOURS)

    def version(self, thing: Value) -> tuple[object, ...]:
        """The value's own row version."""
        return ("kpi-value", thing.pk, thing.version)

    def show(self, thing: Value, query: Query) -> dict[str, Any]:
        """The value with its findings and, for who reads more than what is public, its files, warnings and return."""
        inside = reads_inside(query.viewer, thing.report)
        indicator = thing.indicator
        return {
            "id": thing.pk,
            "report": thing.report_id,
            "indicator": {
                "code": indicator.measure.code,
                "name": name_of(indicator),
                "unit_of_measure": name_of(indicator, "unit_of_measure"),
                "formula": indicator.formula,
            },
            "status": thing.status,
            **{name: plain(getattr(thing, name)) for name in ("number", "numerator", "denominator")},
            **_counting(thing),
            "note": thing.note,
            "origin": thing.origin,
            "known": thing.known and {name: thing.known.get(name) for name in KNOWN["properties"]},
            "evidence_required": indicator.evidence_required,
            "evidence": [
                evidence_shown(row)
                for row in thing.evidence.filter(removed_at=None).order_by("recorded_at", "id")
            ]
            if inside
            else [],
            "warnings": _warnings(thing) if inside else [],
            "findings": [finding_shown(row) for row in thing.findings.order_by("found_on", "recorded_at")],
            "returned": _returned(thing) if inside else None,
            "version": thing.version,
        }


def _found(values: Any, key: Any) -> Value | None:
    found: Value | None = (
        values.select_related("indicator__measure", "report__period", "report__appointment")
        .filter(pk=key)
        .first()
    )
    return found


def _counting(value: Value) -> dict[str, Any]:
    """Return the figure that counts, and whether it is an audit's."""
    sql = f"SELECT trim_scale({FIGURE}), k.corrected FROM {queries.VALUES} WHERE v.id = %(pk)s::uuid"
    ((figure, corrected),) = prepared.rows(sql, {"pk": str(value.pk)})
    return {"figure": plain(figure), "corrected": corrected}


def _warnings(value: Value) -> list[dict[str, Any]]:
    last = checking.last_values(value.report).get(value.indicator.measure_id)
    return [
        {"code": row.code, "detail": row.sentence, "answered": row.answered}
        for row in checking.warnings(value, last)
    ]


def _returned(value: Value) -> str | None:
    """Return why the value was returned, while the report is with its office again."""
    if value.report.status != "returned":
        return None
    found = services.returned_reasons(value.report).get(value.pk)
    return found.reason if found else None


class ValueDetail(OnValue, DetailView):
    """One value of a report: who enters the report changes it, under the value's own ETag."""

    bodies = {"PATCH": ValuePatch}

    def patch(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Enter it."""
        return self.change(request, self._enter, **kwargs)

    def _enter(self, thing: Value, data: Any, user: Any) -> Value:
        row = services.enter_value(value=thing, at=timezone.now(), expected_version=thing.version, **data)
        found = _found(Value.objects.all(), row.pk)
        assert found is not None  # noqa: S101 - the row is locked
        return found
