"""By what heads and employees are assessed: versions of a methodology, frozen once they are active."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from councils.querysets import PresentQuerySet
from registry.models import LegalAct, Named
from registry.models.dated import EQUAL, OVERLAPS

LARGEST = 10**12
"""Beyond every figure a municipality can report; NaN and infinity are beyond it too."""


class Subject(models.TextChoices):
    """Who is assessed: the head of an executive body by the report of the office, an employee by an own one."""

    HEAD = "head_of_executive", _("head of an executive body")
    EMPLOYEE = "municipal_employee", _("municipal employee")


class MethodologyStatus(models.TextChoices):
    """draft → active → retired; nothing leads back."""

    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    RETIRED = "retired", _("retired")


class Direction(models.TextChoices):
    """Which end of the thresholds is the good one."""

    HIGHER = "higher_is_better", _("higher is better")
    LOWER = "lower_is_better", _("lower is better")


class Formula(models.TextChoices):
    """How the assessed figure comes from what is entered: as it is, or from a numerator and a denominator."""

    NUMBER = "number", _("number as entered")
    SHARE = "share", _("numerator ÷ denominator × 100")
    GROWTH = "growth", _("(numerator ÷ denominator − 1) × 100")
    QUOTIENT = "quotient", _("numerator ÷ denominator")


class Aggregation(models.TextChoices):
    """How figures of merged municipalities make one."""

    SUM = "sum", _("sum")
    RATIO = "ratio_of_sums", _("ratio of sums")
    POPULATION_MEAN = "population_weighted_mean", _("mean weighted by population")
    NONE = "not_aggregable", _("cannot be aggregated")


class DataSource(models.TextChoices):
    """Where a figure comes from (source: "reports, data and independent audit")."""

    REPORT = "report", _("report")
    STATISTICS = "statistics", _("statistics")
    AUDIT = "independent_audit", _("independent audit")
    SURVEY = "survey", _("survey")


class MissingPolicy(models.TextChoices):
    """What a missing figure does to the total."""

    EXCLUDE = "exclude", _("not counted, lowers the coverage")
    WORST = "worst", _("counts as 0 points")


class Prefill(models.TextChoices):
    """What the register already knows and offers to the report."""

    REVENUE_GROWTH = "own_revenue_growth", _("own revenue of the year and of the year before")
    EXECUTION = "budget_execution", _("budget: actual and plan")
    TRAINING = "training_attended", _("courses attended in the quarter")


class Measure(models.Model):
    """What is measured, whatever version of a methodology weighs it: the thread of a series through versions."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    subject = models.CharField(pgettext_lazy("KPI", "subject"), max_length=18, choices=Subject)
    code = models.SlugField(_("code"), max_length=40, unique=True)

    class Meta:
        verbose_name = pgettext_lazy("KPI", "measure")
        verbose_name_plural = _("measures")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="kpi_measure_subject", condition=Q(subject__in=Subject.values)),
            models.CheckConstraint(name="kpi_measure_number", condition=Q(id__range=(1, 32767))),
        ]

    def __str__(self) -> str:
        return self.code


class MethodologyQuerySet(models.QuerySet):
    """Versions of methodologies."""

    def on(self, day: dt.date) -> Self:
        """Return those in force on ``day``."""
        return self.filter(valid__contains=day)

    def visible(self) -> Self:
        """Return those that are or were in force."""
        return self.exclude(status=MethodologyStatus.DRAFT)


class Methodology(Named):
    """A version of the methodology for a subject over ``valid`` = ``[from, to)``; without an act it is a proposal, not law."""

    subject = models.CharField(pgettext_lazy("KPI", "subject"), max_length=18, choices=Subject)
    number = models.PositiveSmallIntegerField(_("number of the version"))
    act = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="methodologies",
        verbose_name=_("legal act"),
    )
    status = models.CharField(
        _("status"), max_length=7, choices=MethodologyStatus, default=MethodologyStatus.DRAFT
    )
    valid = DateRangeField(_("valid"), null=True, blank=True)
    gate = models.DecimalField(_("least coverage for a rank, per cent"), max_digits=5, decimal_places=2)
    note = models.CharField(_("note"), max_length=2000, blank=True, default="")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    if TYPE_CHECKING:
        note_ky: str | None
        note_ru: str | None
        note_en: str | None

    objects = MethodologyQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("methodology")
        verbose_name_plural = _("methodologies")
        ordering = ["subject", "number"]
        constraints = [
            models.UniqueConstraint(name="kpi_methodology_once", fields=["subject", "number"]),
            ExclusionConstraint(
                name="kpi_methodology_one_a_day",
                expressions=[("subject", EQUAL), ("valid", OVERLAPS)],
                condition=Q(valid__isnull=False),
            ),
            models.CheckConstraint(name="kpi_methodology_subject", condition=Q(subject__in=Subject.values)),
            models.CheckConstraint(
                name="kpi_methodology_status",
                condition=Q(status="draft", valid__isnull=True)
                | Q(status="active", valid__isempty=False, valid__lower_inf=False, valid__upper_inf=True)
                | Q(status="retired", valid__isempty=False, valid__lower_inf=False, valid__upper_inf=False),
            ),
            models.CheckConstraint(name="kpi_methodology_gate", condition=Q(gate__range=(0, 100))),
        ]


class Line(Named):
    """A line of a methodology: it changes while the methodology is a draft; what is taken out is marked."""

    order = models.PositiveSmallIntegerField(pgettext_lazy("KPI", "order"), default=0)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True, editable=False)

    objects = PresentQuerySet.as_manager()

    class Meta(Named.Meta):
        abstract = True


class Category(Line):
    """A group of indicators, as the source divides them."""

    methodology = models.ForeignKey(
        Methodology, on_delete=models.PROTECT, related_name="categories", verbose_name=_("methodology")
    )
    code = models.SlugField(_("code"), max_length=40)

    class Meta(Line.Meta):
        verbose_name = _("category of indicators")
        verbose_name_plural = _("categories of indicators")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                name="kpi_category_once", fields=["methodology", "code"], condition=Q(removed_at__isnull=True)
            ),
        ]


class Indicator(Line):
    """What one version says of a measure: thresholds, weight, how it is entered, aggregated and scored.

    ``least`` and ``most`` are the thresholds (0 and 100 points where higher is better), in the unit of measure;
    ``lowest`` and ``highest`` are bounds beyond which a figure is an error; a change of more than ``warn_percent``
    against the quarter before is a warning.
    """

    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="indicators", verbose_name=_("category")
    )
    measure = models.ForeignKey(
        Measure,
        on_delete=models.PROTECT,
        related_name="indicators",
        verbose_name=pgettext_lazy("KPI", "measure"),
    )
    definition = models.CharField(_("definition"), max_length=2000, blank=True, default="")
    unit_of_measure = models.CharField(_("unit of measure"), max_length=60)
    numerator_name = models.CharField(_("numerator"), max_length=200, blank=True, default="")
    denominator_name = models.CharField(_("denominator"), max_length=200, blank=True, default="")
    flag = models.CharField(_("what the source leaves open"), max_length=500, blank=True, default="")
    direction = models.CharField(_("direction"), max_length=16, choices=Direction, default=Direction.HIGHER)
    formula = models.CharField(_("formula"), max_length=8, choices=Formula, default=Formula.NUMBER)
    least = models.DecimalField(_("minimum"), max_digits=20, decimal_places=6)
    most = models.DecimalField(_("maximum"), max_digits=20, decimal_places=6)
    weight = models.DecimalField(_("weight"), max_digits=6, decimal_places=3)
    whole = models.BooleanField(_("whole numbers only"), default=False)
    lowest = models.DecimalField(_("lowest possible"), max_digits=20, decimal_places=6, default=0)
    highest = models.DecimalField(_("highest possible"), max_digits=20, decimal_places=6)
    warn_percent = models.PositiveSmallIntegerField(
        _("change that needs a note, per cent"), null=True, blank=True
    )
    aggregation = models.CharField(_("aggregation over mergers"), max_length=24, choices=Aggregation)
    data_source = models.CharField(
        _("source of the data"), max_length=17, choices=DataSource, default=DataSource.REPORT
    )
    evidence_required = models.BooleanField(_("needs evidence"), default=False)
    missing_policy = models.CharField(
        _("missing figures"), max_length=7, choices=MissingPolicy, default=MissingPolicy.EXCLUDE
    )
    prefill = models.CharField(
        _("known to the register"), max_length=20, choices=Prefill, blank=True, default=""
    )

    if TYPE_CHECKING:
        definition_ky: str | None
        definition_ru: str | None
        unit_of_measure_ky: str | None
        unit_of_measure_ru: str | None
        numerator_name_ky: str | None
        numerator_name_ru: str | None
        denominator_name_ky: str | None
        denominator_name_ru: str | None
        flag_ky: str | None
        flag_ru: str | None

    class Meta(Line.Meta):
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                name="kpi_indicator_once",
                fields=["category", "measure"],
                condition=Q(removed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="kpi_indicator_direction", condition=Q(direction__in=Direction.values)
            ),
            models.CheckConstraint(name="kpi_indicator_formula", condition=Q(formula__in=Formula.values)),
            models.CheckConstraint(
                name="kpi_indicator_aggregation", condition=Q(aggregation__in=Aggregation.values)
            ),
            models.CheckConstraint(
                name="kpi_indicator_ratio_has_parts",
                condition=~Q(aggregation="ratio_of_sums") | ~Q(formula="number"),
            ),
            models.CheckConstraint(
                name="kpi_indicator_data_source", condition=Q(data_source__in=DataSource.values)
            ),
            models.CheckConstraint(
                name="kpi_indicator_missing_policy", condition=Q(missing_policy__in=MissingPolicy.values)
            ),
            models.CheckConstraint(
                name="kpi_indicator_prefill", condition=Q(prefill__in=["", *Prefill.values])
            ),
            models.CheckConstraint(
                name="kpi_indicator_thresholds",
                condition=Q(least__gte=-LARGEST, most__lte=LARGEST, least__lt=F("most")),
            ),
            models.CheckConstraint(
                name="kpi_indicator_bounds",
                condition=Q(lowest__gte=-LARGEST, highest__lte=LARGEST, lowest__lt=F("highest")),
            ),
            models.CheckConstraint(name="kpi_indicator_weight", condition=Q(weight__gt=0, weight__lte=100)),
            models.CheckConstraint(
                name="kpi_indicator_warn",
                condition=Q(warn_percent__isnull=True) | Q(warn_percent__range=(1, 10_000)),
            ),
        ]

    @property
    def code(self) -> str:
        """The measure's code."""
        return self.measure.code

    @property
    def has_parts(self) -> bool:
        """Whether it is entered as a numerator and a denominator."""
        return self.formula != Formula.NUMBER


class Band(Line):
    """A band of totals, from ``least`` points (0–100) up to the next band."""

    methodology = models.ForeignKey(
        Methodology, on_delete=models.PROTECT, related_name="bands", verbose_name=_("methodology")
    )
    code = models.SlugField(_("code"), max_length=20)
    least = models.DecimalField(_("from points"), max_digits=5, decimal_places=2)

    class Meta(Line.Meta):
        verbose_name = _("band")
        verbose_name_plural = _("bands")
        ordering = ["-least"]
        constraints = [
            models.UniqueConstraint(
                name="kpi_band_once", fields=["methodology", "code"], condition=Q(removed_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="kpi_band_one_from",
                fields=["methodology", "least"],
                condition=Q(removed_at__isnull=True),
            ),
            models.CheckConstraint(name="kpi_band_least", condition=Q(least__range=(0, 100))),
        ]


class PeerGroup(Line):
    """Whom somebody is compared with: kinds of municipalities with ``[from, below)`` residents, or kinds of posts.

    The first group, by ``order``, that fits on the period's last day.
    """

    methodology = models.ForeignKey(
        Methodology, on_delete=models.PROTECT, related_name="peer_groups", verbose_name=_("methodology")
    )
    code = models.SlugField(_("code"), max_length=40)
    unit_kinds = ArrayField(
        models.CharField(max_length=20), verbose_name=_("kinds of municipalities"), blank=True, default=list
    )
    post_kinds = ArrayField(
        models.CharField(max_length=20), verbose_name=_("kinds of posts"), blank=True, default=list
    )
    from_population = models.PositiveIntegerField(_("from residents"), default=0)
    below_population = models.PositiveIntegerField(_("below residents"), null=True, blank=True)

    class Meta(Line.Meta):
        verbose_name = _("peer group")
        verbose_name_plural = _("peer groups")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                name="kpi_peergroup_once",
                fields=["methodology", "code"],
                condition=Q(removed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="kpi_peergroup_population",
                condition=Q(from_population__lte=100_000_000)
                & (Q(below_population__isnull=True) | Q(below_population__gt=F("from_population"))),
            ),
        ]
