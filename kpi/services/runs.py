"""Scoring runs: asked for, computed by a worker, frozen, published.

A run is a row first and a message second: with the broker down it waits for the sweep, and a message that comes twice
finds the run taken or done. Scores are written in one transaction with the run's end: a killed worker leaves none, and
whoever takes the run up again computes the same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from councils.services.locking import locked
from kpi import queries, scoring
from kpi.errors import conflict, told
from kpi.models import (
    Band,
    Indicator,
    Methodology,
    PeerGroup,
    Period,
    Report,
    ReportStatus,
    Score,
    ScoreLine,
    ScoreRun,
    Step,
    Subject,
)
from kpi.services import notices
from kpi.services.entry import indicators_of
from kpi.services.reports import publish

Status = ScoreRun.Status
WAITING = (Status.QUEUED, Status.RUNNING)
STEP = 500
"""Reports between two signs of life."""
MOST_ATTEMPTS = 5
"""So often a run is begun; one that ends its worker every time would be begun for ever."""


@transaction.atomic
def request_run(*, period: Period, methodology: Methodology, by: User | None, at: dt.datetime) -> ScoreRun:
    """Ask for the scores of a period; the run that is waiting or being computed is returned as it is."""
    Period.objects.select_for_update().get(pk=period.pk)
    waiting = ScoreRun.objects.filter(period=period, methodology=methodology, status__in=WAITING).first()
    if waiting is not None:
        return waiting
    if not Report.objects.counting().filter(period=period, methodology=methodology).exists():
        conflict("nothing_to_score", _("No report of this period has been approved yet."))
    last = ScoreRun.objects.filter(period=period, methodology=methodology).aggregate(last=Max("number"))[
        "last"
    ]
    return ScoreRun.objects.create(
        period=period, methodology=methodology, number=(last or 0) + 1, requested_by=by, requested_at=at
    )


@dataclass(frozen=True)
class Subjected:
    """A report to be scored, with its peer group and entries by measure."""

    report: uuid.UUID
    revision: int
    unit: uuid.UUID
    appointment: uuid.UUID | None
    group: uuid.UUID | None
    entries: dict[int, scoring.Entry]


@dataclass(frozen=True)
class Inputs:
    """All that a run is computed from."""

    indicators: list[Indicator]
    bands: list[Band]
    groups: list[PeerGroup]
    subjects: list[Subjected]
    digest: str


def gather(period: Period, methodology: Methodology) -> Inputs:
    """Read what the scores of a period are computed from: the latest approved revision of every subject."""
    indicators = indicators_of(methodology)
    bands = list(Band.objects.present().filter(methodology=methodology).order_by("-least", "id"))
    groups = list(PeerGroup.objects.present().filter(methodology=methodology).order_by("order", "code", "id"))
    subjects: dict[uuid.UUID, Subjected] = {}
    for report, revision, unit, appointment, unit_kind, post_kind, residents in queries.counting_reports(
        period, methodology
    ):
        subjects[report] = Subjected(
            report, revision, unit, appointment, group_of(groups, unit_kind, post_kind, residents), {}
        )
    for report, measure, *entry in queries.counting_values(period, methodology):
        if report in subjects:
            subjects[report].entries[measure] = scoring.Entry(*entry)
    ordered = [subjects[key] for key in sorted(subjects, key=str)]
    return Inputs(
        indicators, bands, groups, ordered, _digest(period, methodology, indicators, bands, groups, ordered)
    )


def group_of(
    groups: list[PeerGroup], unit_kind: str, post_kind: str, residents: int | None
) -> uuid.UUID | None:
    """Return the first peer group that fits, by the kinds of municipality and post and the residents; None for none."""
    for group in groups:
        bounded = group.from_population > 0 or group.below_population is not None
        if group.unit_kinds and unit_kind not in group.unit_kinds:
            continue
        if group.post_kinds and post_kind not in group.post_kinds:
            continue
        if bounded and (
            residents is None
            or residents < group.from_population
            or (group.below_population is not None and residents >= group.below_population)
        ):
            continue
        return group.pk
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if value is None or isinstance(value, bool | int) else str(value)


def _digest(
    period: Period,
    methodology: Methodology,
    indicators: list[Indicator],
    bands: list[Band],
    groups: list[PeerGroup],
    subjects: list[Subjected],
) -> str:
    """Return what names these inputs, whatever server, language or order they were read in."""
    said = {
        "period": period.code,
        "methodology": [methodology.subject, methodology.number, _plain(methodology.gate)],
        "indicators": sorted(
            [
                [
                    i.measure_id,
                    i.direction,
                    i.formula,
                    *map(_plain, (i.least, i.most, i.weight)),
                    i.missing_policy,
                ]
                for i in indicators
            ]
        ),
        "bands": sorted([band.code, _plain(band.least)] for band in bands),
        "groups": [
            [g.code, g.unit_kinds, g.post_kinds, g.from_population, g.below_population] for g in groups
        ],
        "reports": [
            [
                str(s.report),
                s.revision,
                str(s.unit),
                _plain(s.appointment),
                _plain(s.group),
                [
                    [key, e.status, *map(_plain, (e.number, e.numerator, e.denominator)), e.corrected]
                    for key, e in sorted(s.entries.items())
                ],
            ]
            for s in subjects
        ],
    }
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def _alone(run: uuid.UUID) -> Iterator[bool]:
    """Hold the run for this worker; false where another holds it. A killed worker's hold ends with its connection."""
    name = f"kpi run {run}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,))
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (name,))


def execute(run_id: uuid.UUID, *, at: dt.datetime | None = None) -> bool:
    """Compute a run that waits; return whether this call did. Safe to be called twice, also at once."""
    with _alone(run_id) as held:
        if not held:
            return False
        run = ScoreRun.objects.select_related("period", "methodology").filter(pk=run_id).first()
        if run is None or run.status not in WAITING:
            return False
        if run.attempts >= MOST_ATTEMPTS:
            _give_up(run, at or timezone.now())
            return False
        run.status, run.attempts, run.heartbeat_at = Status.RUNNING, run.attempts + 1, at or timezone.now()
        run.done = 0
        _note(run, "status", "attempts", "heartbeat_at", "done")
        _compute(run, at)
    return True


def _give_up(run: ScoreRun, at: dt.datetime) -> None:
    """End a run that has been begun too often, so that another can be asked for."""
    run.status, run.error, run.finished_at = Status.FAILED, f"given_up:{run.attempts}", at
    run.version += 1
    _note(run, "status", "error", "finished_at", "version")


def _note(run: ScoreRun, *fields: str) -> None:
    """Write how far a run is, in a transaction of its own: only within one does the journal know who changes a record."""
    with transaction.atomic():
        run.save(update_fields=fields)


def _compute(run: ScoreRun, at: dt.datetime | None) -> None:
    inputs = gather(run.period, run.methodology)
    run.total = len(inputs.subjects)
    rules = {i.measure_id: rule_of(i) for i in inputs.indicators}
    results: dict[uuid.UUID, scoring.Result] = {}
    for place, subject in enumerate(inputs.subjects, start=1):
        results[subject.report] = scoring.score(rules, subject.entries)
        if place % STEP == 0:
            run.done, run.heartbeat_at = place, at or timezone.now()
            _note(run, "done", "total", "heartbeat_at")
    _finish(run, inputs, results, at or timezone.now())


def rule_of(indicator: Indicator) -> scoring.Rule:
    """Return how an indicator is scored."""
    return scoring.Rule(
        indicator.direction,
        indicator.formula,
        indicator.least,
        indicator.most,
        indicator.weight,
        indicator.missing_policy,
    )


def _finish(run: ScoreRun, inputs: Inputs, results: dict[uuid.UUID, scoring.Result], at: dt.datetime) -> None:
    """Write all scores and the end of the run, or nothing."""
    code = scoring.code_digest()
    digest = hashlib.sha256(f"{inputs.digest}\n{code}".encode()).hexdigest()
    scores, lines, text = rows_of(run, inputs, results)
    with transaction.atomic():
        row = ScoreRun.objects.select_for_update().get(pk=run.pk)
        if row.status != Status.RUNNING:
            return
        same = ScoreRun.objects.filter(
            period=row.period_id,
            methodology=row.methodology_id,
            digest=digest,
            status=Status.DONE,
            same_as=None,
        ).first()
        row.inputs, row.code, row.digest = inputs.digest, code, digest
        row.results = hashlib.sha256(text.encode()).hexdigest()
        row.total = row.done = len(inputs.subjects)
        row.finished_at = at
        if same is None:
            Score.objects.bulk_create(scores, batch_size=1000)
            ScoreLine.objects.bulk_create(lines, batch_size=2000)
            row.status = Status.DONE
        elif same.results == row.results:
            row.same_as, row.status = same, Status.DONE
        else:
            row.error = f"results_differ:{same.number}"
            row.status = Status.FAILED
        row.version += 1
        with told():
            row.save()


def rows_of(
    run: ScoreRun, inputs: Inputs, results: dict[uuid.UUID, scoring.Result]
) -> tuple[list[Score], list[ScoreLine], str]:
    """Return the scores and lines of a run, and the text that its results are known by."""
    steps = [(band.least, band.pk) for band in inputs.bands]
    groups = {subject.report: subject.group for subject in inputs.subjects}
    places = scoring.places(results, groups, run.methodology.gate)
    by_measure = {i.measure_id: i for i in inputs.indicators}
    scores: list[Score] = []
    lines: list[ScoreLine] = []
    for subject in inputs.subjects:
        result = results[subject.report]
        rank, of = places.get(subject.report, (None, None))
        score = Score(
            id=uuid.uuid5(run.pk, str(subject.report)),
            run=run,
            report_id=subject.report,
            unit_id=subject.unit,
            appointment_id=subject.appointment,
            peer_group_id=subject.group,
            total=result.total,
            coverage=result.coverage,
            band_id=scoring.band_of(result.total, steps),
            rank=rank,
            of=of,
        )
        scores.append(score)
        for measure, line in sorted(result.lines.items(), key=lambda item: str(item[0]).zfill(6)):
            lines.append(
                ScoreLine(
                    score=score,
                    indicator=by_measure[measure],  # type: ignore[index]
                    raw=line.raw,
                    clamped=line.clamped,
                    normalised=line.normalised,
                    weight=line.weight,
                    contribution=line.contribution,
                    status=line.status,
                    corrected=line.corrected,
                )
            )
    told_of = [
        [str(s.report_id), *map(_plain, (s.total, s.coverage, s.rank, s.of, s.band_id, s.peer_group_id))]
        for s in scores
    ]
    said_of = [
        [
            str(line.score.report_id),
            line.indicator.measure_id,
            *map(_plain, (line.raw, line.clamped, line.normalised, line.weight, line.contribution)),
            line.status,
        ]
        for line in lines
    ]
    return scores, lines, json.dumps([told_of, said_of], separators=(",", ":"))


def waiting() -> list[uuid.UUID]:
    """Return the runs that wait or whose worker may have been killed, the oldest first."""
    return list(
        ScoreRun.objects.filter(status__in=WAITING).order_by("requested_at").values_list("pk", flat=True)
    )


@transaction.atomic
def publish_run(
    *, run: ScoreRun, by: User | None, at: dt.datetime, expected_version: int | None = None
) -> ScoreRun:
    """Publish a run with every report that it scored; rankings show it from now on, the run before it stays.

    Raises StateConflict unless it is done, and where a report that it scored has been amended or corrected since.
    """
    row = locked(run, expected_version)
    if row.status != Status.DONE or row.same_as_id is not None:
        conflict("not_done", _("Only a run that is done is published."))
    if row.published_at is not None:
        conflict("published_already", _("The run is published already."))
    if gather(row.period, row.methodology).digest != row.inputs:
        conflict("inputs_changed", _("Reports have changed since this run; compute another."))
    waiting_reports = Report.objects.filter(scores__run=row, status=ReportStatus.APPROVED)
    _publish_all(list(waiting_reports.select_for_update(of=("self",)).order_by("pk")), by, at)
    ScoreRun.objects.filter(period=row.period_id, methodology=row.methodology_id, current=True).update(
        current=False
    )
    row.current, row.published_at, row.published_by = True, at, by
    row.version += 1
    with told():
        row.save(update_fields=["current", "published_at", "published_by", "version"])
    period = Period.objects.select_for_update().get(pk=row.period_id)
    if period.published_on is None and row.methodology.subject == Subject.HEAD:
        period.published_on = timezone.localdate(at)
        period.version += 1
        with told():
            period.save(update_fields=["published_on", "version"])
    return row


def _publish_all(reports: list[Report], by: User | None, at: dt.datetime) -> None:
    """Publish reports: first revisions in one statement, amendments one by one, with what they supersede."""
    first = [report for report in reports if report.amends_id is None]
    for report in reports:
        if report.amends_id is not None:
            publish(report=report, by=by, at=at)
    with told():
        for report in first:
            report.status, report.published_at = ReportStatus.PUBLISHED, at
            report.version += 1
        Report.objects.bulk_update(first, ["status", "published_at", "version"], batch_size=500)
        Step.objects.bulk_create(
            Step(report=report, action=Step.Action.PUBLISH, by=by, at=at, provenance=report.provenance)
            for report in first
        )
    notices.published(first, at)


@transaction.atomic
def reproduce(run: ScoreRun) -> bool:
    """Compute a run again from the same reports and tell whether every score comes out the same; nothing is written."""
    inputs = gather(run.period, run.methodology)
    rules = {i.measure_id: rule_of(i) for i in inputs.indicators}
    results = {s.report: scoring.score(rules, s.entries) for s in inputs.subjects}
    _scores, _lines, text = rows_of(run, inputs, results)
    same = hashlib.sha256(text.encode()).hexdigest() == run.results
    return inputs.digest == run.inputs and same
