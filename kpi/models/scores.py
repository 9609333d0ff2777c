"""Scores: frozen runs with every line that makes them, and the published values that reads are served from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ayil_okmotu.models import Appointment
from kpi.models.methodology import Band, Indicator, Measure, Methodology, PeerGroup
from kpi.models.periods import Period
from kpi.models.reports import Report
from registry.models import Recorded, Unit

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PLACES = 20
"""Decimal places that scores are kept with; what people see is rounded once, from these."""


def exact(name: StrOrPromise, **more: Any) -> models.DecimalField[Any, Any]:
    """A figure of a score, as exact as it is computed."""
    return models.DecimalField(name, max_digits=40, decimal_places=PLACES, **more)


class ScoreRun(Recorded):
    """A computation of all scores of a period by a methodology; ``digest`` names its inputs and the code that scored.

    Done, it is frozen: the same inputs find the same run again, anything else makes another. ``current`` marks the
    published run that rankings show.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    period = models.ForeignKey(
        Period, on_delete=models.PROTECT, related_name="runs", verbose_name=_("reporting period")
    )
    methodology = models.ForeignKey(
        Methodology, on_delete=models.PROTECT, related_name="runs", verbose_name=_("methodology")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    status = models.CharField(_("status"), max_length=7, choices=Status, default=Status.QUEUED)
    inputs = models.CharField(_("digest of the inputs"), max_length=64, blank=True, default="")
    code = models.CharField(_("digest of the code"), max_length=64, blank=True, default="")
    digest = models.CharField(_("digest of the run"), max_length=64, blank=True, default="")
    results = models.CharField(_("digest of the results"), max_length=64, blank=True, default="")
    same_as = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("same as the run"),
    )
    total = models.PositiveIntegerField(_("reports to score"), default=0)
    done = models.PositiveIntegerField(_("reports scored"), default=0)
    requested_at = models.DateTimeField(_("requested at"))
    requested_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("requested by"), editable=False,
    )  # fmt: skip
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    finished_at = models.DateTimeField(_("finished at"), null=True, editable=False)
    error = models.CharField(_("error"), max_length=500, blank=True, default="")
    """Why it failed: ``given_up:attempts``, or ``results_differ:number`` of the run that had the same inputs."""
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    published_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("published by"), editable=False,
    )  # fmt: skip
    current = models.BooleanField(_("shown in rankings"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta(Recorded.Meta):
        verbose_name = _("score run")
        verbose_name_plural = _("score runs")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(name="kpi_scorerun_once", fields=["period", "methodology", "number"]),
            models.UniqueConstraint(
                name="kpi_scorerun_one_waiting",
                fields=["period", "methodology"],
                condition=Q(status__in=["queued", "running"]),
            ),
            models.UniqueConstraint(
                name="kpi_scorerun_same_inputs_once",
                fields=["period", "methodology", "digest"],
                condition=Q(status="done", same_as__isnull=True),
            ),
            models.UniqueConstraint(
                name="kpi_scorerun_one_current",
                fields=["period", "methodology"],
                condition=Q(current=True),
            ),
            models.CheckConstraint(
                name="kpi_scorerun_status",
                condition=Q(status__in=["queued", "running", "failed"])
                | Q(status="done", finished_at__isnull=False) & ~Q(digest="") & ~Q(results=""),
            ),
            models.CheckConstraint(
                name="kpi_scorerun_published",
                condition=Q(current=False, published_at__isnull=True)
                | Q(status="done", published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.number}"


class Score(models.Model):
    """The total of one report in a run: points 0–100, coverage in per cent of the weight, rank within the peer group."""

    not_a_record = "made from the inputs that its run names, which make it again"

    id = models.UUIDField(primary_key=True, editable=False)
    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, related_name="scores", verbose_name=_("run"))
    report = models.ForeignKey(
        Report, on_delete=models.PROTECT, related_name="scores", verbose_name=_("report")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("municipality"), db_index=False
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("appointment")
    )
    peer_group = models.ForeignKey(
        PeerGroup, on_delete=models.PROTECT, null=True, related_name="scores", verbose_name=_("peer group")
    )
    total = exact(_("total"), null=True)
    coverage = exact(_("coverage"))
    band = models.ForeignKey(
        Band,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("band"),
        db_index=False,
    )
    rank = models.PositiveIntegerField(_("rank"), null=True)
    of = models.PositiveIntegerField(_("ranked in the group"), null=True)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(name="kpi_score_once", fields=["run", "report"]),
            models.CheckConstraint(
                name="kpi_score_bounds",
                condition=(Q(total__isnull=True) | Q(total__range=(0, 100))) & Q(coverage__range=(0, 100)),
            ),
            models.CheckConstraint(
                name="kpi_score_ranked", condition=Q(rank__isnull=True) | Q(total__isnull=False)
            ),
        ]
        indexes = [
            models.Index(name="kpi_score_ranking", fields=["run", "peer_group", "rank", "id"]),
            models.Index(name="kpi_score_of_unit", fields=["unit", "run"]),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.report_id}"


class ScoreLine(models.Model):
    """How one indicator counts in a score: the figure, clamped to the thresholds, its points 0–100, weight and contribution."""

    not_a_record = "made from the inputs that its run names, which make it again"

    class Status(models.TextChoices):
        COUNTED = "counted", _("counted")
        WORST = "worst", _("missing, counts as 0 points")
        MISSING = "missing", _("missing, not counted")
        NOT_APPLICABLE = "not_applicable", _("not applicable")

    pk = models.CompositePrimaryKey("score", "indicator")
    score = models.ForeignKey(
        Score, on_delete=models.PROTECT, related_name="lines", verbose_name=_("score"), db_index=False
    )
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="+", verbose_name=_("indicator"), db_index=False
    )
    raw = exact(_("figure"), null=True)
    clamped = exact(_("within the thresholds"), null=True)
    normalised = exact(_("points"), null=True)
    weight = models.DecimalField(_("weight"), max_digits=6, decimal_places=3)
    contribution = exact(_("contribution"), null=True)
    status = models.CharField(_("status"), max_length=14, choices=Status)
    corrected = models.BooleanField(_("corrected by an audit"), default=False)

    class Meta:
        verbose_name = _("line of a score")
        verbose_name_plural = _("lines of scores")

    def __str__(self) -> str:
        return f"{self.score_id} {self.indicator_id}"


class PublishedValue(models.Model):
    """The read model of heads' published values: narrow rows keyed by municipality, measure and period.

    The database fills it when a report is published or an audit corrects a published value; the exact figure is the
    report's. ``status``: n normal, e estimated, m missing, x not applicable, c corrected by an audit, i imported.
    """

    not_a_record = "copied from published reports"

    pk = models.CompositePrimaryKey("unit", "measure", "period")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("municipality"), db_index=False
    )
    measure = models.ForeignKey(
        Measure,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("KPI", "measure"),
        db_index=False,
    )
    period = models.ForeignKey(
        Period,
        on_delete=models.PROTECT,
        to_field="number",
        related_name="+",
        verbose_name=_("reporting period"),
        db_index=False,
    )
    status = models.CharField(_("status"), max_length=1)
    value = models.FloatField(_("value"), null=True)
    numerator = models.FloatField(_("numerator"), null=True)
    denominator = models.FloatField(_("denominator"), null=True)

    class Meta:
        verbose_name = _("published value")
        verbose_name_plural = _("published values")
        indexes = [models.Index(name="kpi_publishedvalue_quarter", fields=["period", "measure", "unit"])]
        constraints = [
            models.CheckConstraint(
                name="kpi_publishedvalue_status", condition=Q(status__in=["n", "e", "m", "x", "c", "i"])
            ),
            models.CheckConstraint(
                name="kpi_publishedvalue_bounds",
                condition=(Q(value__isnull=True) | Q(value__gte=-1e18, value__lte=1e18))
                & (Q(numerator__isnull=True) | Q(numerator__gte=-1e12, numerator__lte=1e12))
                & (Q(denominator__isnull=True) | Q(denominator__gte=-1e12, denominator__lte=1e12)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.measure_id} {self.period_id}"


class Notice(models.Model):
    """A message to somebody about reports: written first, sent by mail second; ``key`` makes it one however often asked."""

    not_a_record = "messages about reports, which are records"

    class Kind(models.TextChoices):
        OPENED = "opened", _("period opened")
        DUE_SOON = "due_soon", _("due soon")
        OVERDUE = "overdue", _("overdue")
        SUBMITTED = "submitted", _("submitted for review")
        RETURNED = "returned", _("returned for correction")
        APPROVED = "approved", _("approved")
        PUBLISHED = "published", pgettext_lazy("KPI", "published")

    key = models.CharField(_("key"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="kpi_notices", verbose_name=_("to")
    )
    period = models.ForeignKey(
        Period, on_delete=models.PROTECT, related_name="+", verbose_name=_("reporting period")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("municipality"))
    report = models.ForeignKey(
        Report, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("report")
    )
    made_at = models.DateTimeField(_("made at"))
    seen_at = models.DateTimeField(_("seen at"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-made_at"]
        indexes = [
            models.Index(name="kpi_notice_to_send", fields=["made_at"], condition=Q(sent_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.key
