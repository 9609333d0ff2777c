"""Reports over REST: published ones for everybody, others for who may, with their values and their history."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from ayil_okmotu.models import Appointment
from kpi import services
from kpi.api import queries
from kpi.api.columns import (
    NOT_YOURS,
    PERIOD,
    PLACE,
    STATUSES,
    SUBJECT,
    SUBJECTS,
    Readable,
    Seen,
    known,
    narrow,
    narrow_to_period,
    narrow_to_words,
    only_readable,
    period_columns,
    period_of,
    place_columns,
    reads,
    reads_inside,
)
from kpi.api.payloads import ReportBody
from kpi.models import Report, ReportStatus, Step
from kpi.services.locking import hold
from lsg_portal.data import prepared
from lsg_portal.rest import shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import DetailView
from lsg_portal.rest.lists import Source
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, Fault, Forbidden, NotVisible, RuleBroken
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin
from registry.api.columns import PROVENANCE
from registry.models import Unit

COUNT = "(SELECT count(*) FROM kpi_value v WHERE v.report_id = r.id{})"
COLUMNS = (
    Column("id", "r.id", "uuid"),
    *period_columns("r"),
    Column("methodology", "r.methodology_id", "uuid"),
    Column("subject", "r.subject", schema=SUBJECTS),
    *place_columns(),
    Column("appointment", "r.appointment_id", "uuid", null=True),
    Column("revision", "r.revision", "int"),
    Column("status", "r.status", schema=STATUSES),
    Column("filled", COUNT.format(" AND v.status <> ''"), "int"),
    Column("fields", COUNT.format(""), "int"),
    Column("first_submitted_at", "r.first_submitted_at", "datetime", null=True),
    Column("submitted_at", "r.submitted_at", "datetime", null=True),
    Column("approved_at", "r.approved_at", "datetime", null=True),
    Column("published_at", "r.published_at", "datetime", null=True),
    Column("correct_by", "r.correct_by", "date", null=True),
    Column("amends", "r.amends_id", "uuid", null=True),
    Column("amend_reason", "r.amend_reason"),
    Column("amend_act", "r.amend_act_id", "uuid", null=True),
    Column("closed_by", "r.closed_by_id", "uuid", null=True),
    Column("version", "r.version", "int"),
    Column("provenance", "r.provenance", schema=PROVENANCE),
    Column("source", "r.source"),
)
STEP = shapes.record(
    action=shapes.choice(Step.Action.values),
    at=shapes.MOMENT,
    reason=shapes.TEXT,
    returned=shapes.listed(shapes.record(indicator=shapes.TEXT, value=shapes.UUID, reason=shapes.TEXT)),
)
REPORT = shapes.row(
    COLUMNS,
    steps={**shapes.listed(STEP), "type": ["array", "null"]},
    amended_by=shapes.nullable(shapes.UUID),
)


class Reports(CreateMixin, Readable):
    """Reports in their revisions: published ones and those they superseded; drafts and others for who may read them."""

    bodies = {"POST": ReportBody}
    answers = {"POST": REPORT}
    columns = COLUMNS
    params = (
        *PLACE,
        PERIOD,
        SUBJECT,
        Param("status", "choice", _("Only these statuses."), choices=tuple(ReportStatus.values), many=True),
    )
    keys = {
        "period": Key("r.period_number", "smallint"),
        "status": Key("r.status"),
        "revision": Key("r.revision", "smallint"),
    }
    unique = Key("r.id", "uuid")
    default_ordering = ("-period",)
    updated = Key("r.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The reports the viewer may read, narrowed."""
        source = Source(queries.REPORTS, queries.place("r"), alias="r")
        only_readable(source, query.viewer)
        narrow(source, query, "r")
        narrow_to_period(source, query, "r.period_number")
        narrow_to_words(source, query, status="r.status")
        if query["subject"]:
            source.add("r.subject = %(subject)s", subject=query["subject"])
        return source

    def may_create(self, request: Request) -> None:
        """Only who enters some report."""
        user: Any = request.user
        if not user.has_perm("kpi.enter_any") and user.person_id is None:
            raise Forbidden(NOT_YOURS)

    def create(self, data: Any, user: Any) -> Report:
        """Open the report of a period; one that is open already is refused."""
        period = period_of(data["period"])
        unit, appointment = _whose(data)
        if not user.has_perm("kpi.enter", Report(unit=unit, appointment=appointment)):
            raise Forbidden(NOT_YOURS)
        hold(period.pk, appointment.pk if appointment else unit.pk)
        if Report.objects.filter(period=period, unit=unit, appointment=appointment).exists():
            raise Conflict(_("The report of this period has been opened already."), code="already_open")
        return services.open_report(
            period=period,
            unit=unit,
            appointment=appointment,
            by=user,
            at=timezone.now(),
        )

    def created(self, thing: Report, query: Query) -> tuple[Any, str, str | None]:
        """Show the draft with its address and its ETag."""
        view = ReportDetail()
        return view.show(thing, query), reverse("api-kpi-report", args=[thing.pk]), view.tag(thing, query)


def _whose(data: dict[str, Any]) -> tuple[Unit, Appointment | None]:
    """Return the municipality and, for an employee's report, the appointment that a body names."""
    if "appointment" in data:
        appointment = known(
            Appointment.objects.live().select_related("post__body__unit"), data["appointment"], "/appointment"
        )
        unit: Unit = appointment.post.body.unit
        if data.get("unit", unit.pk) != unit.pk:
            raise RuleBroken(
                errors=[Fault("/unit", "other_unit", _("The appointment is in another municipality."))]
            )
        return unit, appointment
    if "unit" not in data:
        raise RuleBroken(errors=[Fault("/unit", "required", _("Name the municipality or the appointment."))])
    return known(Unit.objects.all(), data["unit"], "/unit"), None


class OnReport(Seen):
    """Finds reports for reading and changing."""

    answer_schema = REPORT

    def load(self, query: Query, **kwargs: Any) -> Report:
        """Return the report the viewer may read."""
        found = Report.objects.select_related("appointment", "period").filter(pk=kwargs["pk"]).first()
        if found is None or not reads(query.viewer, found):
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> Report:
        """Return the report with its row locked, for who may take the step."""
        found = (
            Report.objects.select_for_update(of=("self",))
            .select_related("appointment", "period")
            .filter(pk=kwargs["pk"])
            .first()
        )
        if found is None or not reads(user, found):
            raise NotVisible
        self.must(user, found)
        return found

    def must(self, user: Any, report: Report) -> None:
        """Raise Forbidden unless the user may take the step."""
        raise NotImplementedError

    def version(self, thing: Report) -> tuple[object, ...]:
        """The report's row version; values have their own."""
        return ("kpi-report", thing.pk, thing.version)

    def show(self, thing: Report, query: Query) -> dict[str, Any]:
        """The report with its history, for who reads more than what is public."""
        shape = Reports.shape(None)
        sql = f"SELECT {shape.select} FROM {queries.REPORTS} {queries.place('r')} WHERE r.id = %(pk)s::uuid"
        inside = reads_inside(query.viewer, thing)
        later = Report.objects.filter(amends=thing).first()
        return {
            **shape.build(prepared.rows(sql, {"pk": str(thing.pk)}))[0],
            "steps": [_step(step) for step in _steps(thing)] if inside else None,
            "amended_by": later.pk if later is not None and reads(query.viewer, later) else None,
        }


def _steps(report: Report) -> Any:
    return (
        Step.objects.filter(report=report)
        .prefetch_related("returned__value__indicator__measure")
        .order_by("at", "recorded_at", "id")
    )


def _step(step: Step) -> dict[str, Any]:
    return {
        "action": step.action,
        "at": step.at,
        "reason": step.reason,
        "returned": [
            {
                "indicator": row.value.indicator.measure.code,
                "value": row.value_id,
                "reason": row.reason,
            }
            for row in sorted(step.returned.all(), key=lambda row: row.value.indicator.measure_id)
        ],
    }


class ReportDetail(OnReport, DetailView):
    """One revision of a report; who reads more than what is public reads its steps too, with their reasons."""
