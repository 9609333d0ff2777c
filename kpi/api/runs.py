"""Scoring runs over REST: asked for, watched while they are computed, published."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from kpi import rules, services
from kpi.api import queries
from kpi.api.columns import (
    PERIOD,
    SUBJECT,
    SUBJECTS,
    Readable,
    Seen,
    must_manage,
    narrow_to_period,
    narrow_to_words,
    period_columns,
    period_of,
)
from kpi.api.payloads import RunBody
from kpi.models import Methodology, ScoreRun, Subject
from kpi.tasks import score_soon
from lsg_portal.data import prepared
from lsg_portal.rest import shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import ActionView, DetailView
from lsg_portal.rest.lists import Source
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, Fault, NotVisible, RuleBroken
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin

RUN_COLUMNS = (
    Column("id", "n.id", "uuid"),
    *period_columns("n"),
    Column("methodology.id", "n.methodology_id", "uuid"),
    Column("methodology.number", "n.methodology_number", "int"),
    Column("subject", "n.subject", schema=SUBJECTS),
    Column("number", "n.number", "int"),
    Column("status", "n.status", schema={"enum": list(ScoreRun.Status.values)}),
    Column("reports", "n.total", "int"),
    Column("scored", "n.done", "int"),
    Column("requested_at", "n.requested_at", "datetime"),
    Column("finished_at", "n.finished_at", "datetime", null=True),
    Column("error", "n.error"),
    Column("digests.run", "n.digest"),
    Column("digests.inputs", "n.inputs"),
    Column("digests.code", "n.code"),
    Column("digests.results", "n.results"),
    Column("same_as", "n.same_as_id", "uuid", null=True),
    Column("published_at", "n.published_at", "datetime", null=True),
    Column("current", "n.current", "bool"),
    Column("version", "n.version", "int"),
)
RUN_SHAPE = shapes.row(RUN_COLUMNS)


def reads_run(viewer: Any, run: ScoreRun) -> bool:
    """Whether the viewer reads a run: a published one of heads, and the ministry every one."""
    if rules.sight(viewer).everything:
        return True
    return run.published_at is not None and run.methodology.subject == Subject.HEAD


class Runs(CreateMixin, Readable):
    """Scoring runs: published ones, and for the ministry all; ``digests`` name what a run was computed from and with.

    A new one is computed in the background: its address tells how far it is.
    """

    success: ClassVar[int] = 202
    bodies = {"POST": RunBody}
    answers = {"POST": RUN_SHAPE}
    columns = RUN_COLUMNS
    params = (
        PERIOD,
        SUBJECT,
        Param(
            "status", "choice", _("Only these statuses."), choices=tuple(ScoreRun.Status.values), many=True
        ),
        Param("current", "bool", _("Only runs that rankings show, or only the others.")),
    )
    keys: ClassVar = {
        "period": Key("n.period_number", "smallint"),
        "number": Key("n.number", "smallint"),
        "requested_at": Key("n.requested_at", "timestamptz"),
    }
    unique = Key("n.id", "uuid")
    default_ordering = ("-period", "-number")
    updated = Key("n.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The runs the viewer may read, narrowed."""
        source = Source(queries.RUNS)
        if not rules.sight(query.viewer).everything:
            source.add("n.published_at IS NOT NULL AND n.subject = 'head_of_executive'")
        narrow_to_period(source, query, "n.period_number")
        narrow_to_words(source, query, status="n.status")
        if query["subject"]:
            source.add("n.subject = %(subject)s", subject=query["subject"])
        if query["current"] is not None:
            source.add("n.current = %(current)s::boolean", current=query["current"])
        return source

    def may_create(self, request: Request) -> None:
        """Only the ministry."""
        must_manage(request.user)

    def create(self, data: Any, user: Any) -> ScoreRun:
        """Ask for the scores; the run that waits already is the answer."""
        period = period_of(data["period"])
        methodology = Methodology.objects.on(period.last_day).filter(subject=data["subject"]).first()
        if methodology is None:
            detail = _("No methodology is in force on the last day of the period.")
            raise RuleBroken(errors=[Fault("/period", "kpi_report_methodology", detail)])
        run = services.request_run(period=period, methodology=methodology, by=user, at=timezone.now())
        score_soon(run.pk)
        return run

    def created(self, thing: ScoreRun, query: Query) -> tuple[Any, str, str | None]:
        """Show the run with its address and its ETag."""
        view = RunDetail()
        return view.show(thing, query), reverse("api-kpi-run", args=[thing.pk]), view.tag(thing, query)

    def shown(self, document: Any, query: Query, *, status: int = 200, tag: str | None = None) -> Any:
        """Say that it has been taken up (202)."""
        return super().shown(document, query, status=self.success, tag=tag)


class OnRun(Seen):
    """Finds runs for reading and publishing."""

    answer_schema = RUN_SHAPE

    def load(self, query: Query, **kwargs: Any) -> ScoreRun:
        """Return the run the viewer may read."""
        found = ScoreRun.objects.select_related("methodology").filter(pk=kwargs["pk"]).first()
        if found is None or not reads_run(query.viewer, found):
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> ScoreRun:
        """Return the run, locked, for the ministry."""
        found = (
            ScoreRun.objects.select_for_update(of=("self",))
            .select_related("methodology", "period")
            .filter(pk=kwargs["pk"])
            .first()
        )
        if found is None or not reads_run(user, found):
            raise NotVisible
        must_manage(user)
        return found

    def version(self, thing: ScoreRun) -> tuple[object, ...]:
        """The run's row version."""
        return ("kpi-run", thing.pk, thing.version)

    def show(self, thing: ScoreRun, query: Query) -> dict[str, Any]:
        """The run as the list shows it."""
        shape = Runs.shape(None)
        sql = f"SELECT {shape.select} FROM {queries.RUNS} WHERE n.id = %(pk)s::uuid"
        return shape.build(prepared.rows(sql, {"pk": str(thing.pk)}))[0]


class RunDetail(OnRun, DetailView):
    """One run: how many of its reports are scored, and when it is done what names its inputs and results."""


class PublishRun(OnRun, ActionView):
    """Publish a run with every report that it scored: rankings show it from now on; the run before it stays."""

    def reached(self, thing: ScoreRun, method: str) -> None:
        """It is published."""
        if thing.published_at is not None:
            raise Conflict(_("The run is published already."), code="already_published")

    def act(self, thing: ScoreRun, data: Any, user: Any) -> ScoreRun:
        """Publish it."""
        return services.publish_run(run=thing, by=user, at=timezone.now())
