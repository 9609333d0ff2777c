"""The staff of executive bodies over REST: as last reported by a day, against the norm of that day."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from ayil_okmotu import queries, services, staffing
from ayil_okmotu.api.columns import (
    BODY,
    BODY_KIND,
    BODY_KINDS,
    DATA,
    PLACE,
    narrow,
    narrow_to,
    narrow_to_words,
    norm_columns,
    place_columns,
    staff_columns,
)
from ayil_okmotu.api.keeping import Seen, must_keep
from ayil_okmotu.api.payloads import StaffingBody, StaffingPatch, known
from ayil_okmotu.models import ExecutiveBody, StaffingReport
from lsg_portal.rest import shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import DetailView
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, NotVisible
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin
from registry.api.columns import PROVENANCE

NUMBER = shapes.nullable(shapes.COUNT)
REPORT = shapes.record(
    id=shapes.UUID,
    body=shapes.record(id=shapes.UUID, kind=shapes.choice(BODY_KINDS["enum"]), unit=shapes.UUID),
    on=shapes.DAY,
    approved=shapes.COUNT,
    filled=shapes.COUNT,
    contract=shapes.COUNT,
    women=NUMBER,
    vacancies=shapes.COUNT,
    men_percent=shapes.nullable(shapes.DECIMAL),
    men_over=shapes.nullable(shapes.BOOL),
    over_norm=shapes.record(staff=NUMBER, contract=NUMBER),
    norm=shapes.record(staff=NUMBER, contract=NUMBER, men_percent=NUMBER),
    provenance=shapes.choice(PROVENANCE["enum"]),
    source=shapes.TEXT,
    version=shapes.COUNT,
)


class Staffing(CreateMixin, SqlListView):
    """The staff of each executive body as last reported by a day, with vacancies, the share of men and the norm.

    ``staff`` is null where a body has not reported yet; ``over_norm`` and ``men_over`` are null where law sets no limit.
    """

    bodies = {"POST": StaffingBody}
    answers = {"POST": REPORT}
    data = DATA
    dated = True
    columns = (
        Column("body.id", "s.body_id", "uuid"),
        Column("body.kind", "s.body_kind", schema=BODY_KINDS),
        *place_columns(),
        *staff_columns("s"),
        Column("vacancies", "s.vacancies", "int", null=True),
        Column("men_percent", "s.men_percent", "decimal", null=True),
        Column("men_over", "s.men_over", "bool", null=True),
        Column("over_norm.staff", "s.over_norm_staff", "int", null=True),
        Column("over_norm.contract", "s.over_norm_contract", "int", null=True),
        *norm_columns("s"),
        Column("provenance", "s.provenance", null=True, schema=PROVENANCE),
        Column("at", "%(at)s::date", "date"),
    )
    params = (
        *PLACE,
        BODY,
        BODY_KIND,
        Param("reported", "bool", gettext_lazy("Only bodies that have reported, or only the others.")),
        Param(
            "over_norm",
            "bool",
            gettext_lazy("Only bodies with more posts than the norm, or only the others."),
        ),
        Param(
            "men_over",
            "bool",
            gettext_lazy("Only bodies with a greater share of men than law allows, or only the others."),
        ),
    )
    keys = {
        "name": Key("coalesce(s.sort_ky, '')"),
        "filled": Key("coalesce(s.filled, -1)", "int"),
        "vacancies": Key("coalesce(s.vacancies, -1)", "int"),
        "men_percent": Key("coalesce(s.men_percent, -1)", "numeric"),
    }
    unique = Key("s.body_id", "uuid")
    default_ordering = ("name",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The bodies of the day with their reports, narrowed."""
        source = Source(queries.standing(), queries.place("s"), alias="s")
        narrow(source, query, "s")
        narrow_to(source, query, body="s.body_id")
        narrow_to_words(source, query, kind="s.body_kind")
        flags = {
            "reported": "s.report_id IS NOT NULL",
            "over_norm": "coalesce(s.over_norm_staff > 0 OR s.over_norm_contract > 0, false)",
            "men_over": "coalesce(s.men_over, false)",
        }
        for name, condition in flags.items():
            if query[name] is not None:
                source.add(f"({condition}) = %({name})s::boolean", **{name: query[name]})
        return source

    def may_create(self, request: Request) -> None:
        """Only those who keep a body's records."""
        must_keep(request.user, None)

    def create(self, data: Any, user: Any) -> StaffingReport:
        """Record the report of a day that has none yet."""
        bodies = ExecutiveBody.objects.live().select_for_update(of=("self",))
        body = known(bodies, data.pop("body"), "/body")
        must_keep(user, body)
        if StaffingReport.objects.filter(body=body, on=data["on"]).exists():
            raise Conflict(
                gettext_lazy("The body has already reported as of this day: change that report."),
                code="already_reported",
            )
        return services.report_staff(body=body, **data)

    def created(self, thing: StaffingReport, query: Query) -> tuple[Any, str, str | None]:
        """Show the report with its address and its ETag."""
        view = StaffingDetail()
        address = reverse("api-staffing-report", kwargs={"pk": thing.pk})
        return view.show(thing, query), address, view.tag(thing, query)


class StaffingDetail(Seen, DetailView):
    """One staffing report, against the norm of its own day; the staff of its municipality correct it."""

    answer_schema = REPORT
    bodies = {"PATCH": StaffingPatch}

    def load(self, query: Query, **kwargs: Any) -> StaffingReport:
        """Return the report: every report is public."""
        found = StaffingReport.objects.select_related("body").filter(pk=kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> StaffingReport:
        """Return the report with its row locked, for those who keep its body's records."""
        found = (
            StaffingReport.objects.select_for_update(of=("self",))
            .select_related("body")
            .filter(pk=kwargs["pk"])
            .first()
        )
        if found is None:
            raise NotVisible
        must_keep(user, found.body)
        return found

    def version(self, thing: StaffingReport) -> tuple[object, ...]:
        """The report's row version."""
        return ("staffing", thing.pk, thing.version)

    def show(self, thing: StaffingReport, query: Query) -> dict[str, Any]:
        """The report with what it comes to."""
        standing = staffing.standing(thing)
        return {
            "id": thing.pk,
            "body": {"id": thing.body_id, "kind": thing.body.kind, "unit": thing.body.unit_id},
            "on": thing.on,
            "approved": thing.approved,
            "filled": thing.filled,
            "contract": thing.contract,
            "women": thing.women,
            "vacancies": standing.vacancies,
            "men_percent": None if standing.men_percent is None else str(standing.men_percent),
            "men_over": standing.men_over,
            "over_norm": {"staff": standing.over_norm_staff, "contract": standing.over_norm_contract},
            "norm": {
                "staff": standing.norm.staff,
                "contract": standing.norm.contract,
                "men_percent": standing.norm.men_percent,
            },
            "provenance": thing.provenance,
            "source": thing.source,
            "version": thing.version,
        }

    def patch(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Correct the report."""
        return self.change(request, self._correct, **kwargs)

    def _correct(self, thing: StaffingReport, data: Any, user: Any) -> StaffingReport:
        said = {name: getattr(thing, name) for name in ("approved", "filled", "contract", "women")}
        return services.report_staff(
            body=thing.body,
            on=thing.on,
            **{**said, **data},
            expected_version=thing.version,
            provenance=thing.provenance,
            source=thing.source,
        )
