"""Reports with their values, evidence, returns and the findings of audits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ayil_okmotu.models import Appointment
from councils.querysets import PresentQuerySet
from kpi.models.methodology import LARGEST, Indicator, Methodology
from kpi.models.periods import Period
from registry.models import Change, LegalAct, Recorded, Unit

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class ReportStatus(models.TextChoices):
    """draft → submitted → in review → approved → published; in review → returned → submitted; submitted → draft."""

    DRAFT = "draft", pgettext_lazy("KPI report", "draft")
    SUBMITTED = "submitted", _("submitted")
    IN_REVIEW = "in_review", _("in review")
    RETURNED = "returned", _("returned")
    APPROVED = "approved", _("approved")
    PUBLISHED = "published", pgettext_lazy("KPI", "published")
    SUPERSEDED = "superseded", _("superseded")


EDITABLE = (ReportStatus.DRAFT, ReportStatus.RETURNED)
"""States in which values change."""
PUBLIC = (ReportStatus.PUBLISHED, ReportStatus.SUPERSEDED)
"""States in which a head's report is read by everybody."""
SETTLED = (ReportStatus.APPROVED, *PUBLIC)
"""States in which a report counts for scores (except superseded) and changes by an amendment only."""


def _who(name: StrOrPromise) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=name,
        editable=False,
    )


class ReportQuerySet(models.QuerySet):
    """Reports in their revisions."""

    def heads(self) -> Self:
        """Return reports of offices (their heads), not of employees."""
        return self.filter(appointment__isnull=True)

    def employees(self) -> Self:
        """Return employees' reports, which are private."""
        return self.filter(appointment__isnull=False)

    def counting(self) -> Self:
        """Return the reports that scores are made of: approved or published, and not superseded."""
        return self.filter(status__in=[ReportStatus.APPROVED, ReportStatus.PUBLISHED])


class Report(Recorded):
    """A revision of the report of a municipality's executive office, or of an employee (``appointment``), for a period.

    ``correct_by`` is the last day for corrections of a returned report, also where the period has locked meanwhile.
    ``closed_by`` is the territorial change that took the obligation away.
    """

    period = models.ForeignKey(
        Period, on_delete=models.PROTECT, related_name="reports", verbose_name=_("reporting period")
    )
    methodology = models.ForeignKey(
        Methodology, on_delete=models.PROTECT, related_name="reports", verbose_name=_("methodology")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="kpi_reports", verbose_name=_("municipality")
    )
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="kpi_reports",
        verbose_name=_("appointment"),
    )
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    status = models.CharField(_("status"), max_length=10, choices=ReportStatus, default=ReportStatus.DRAFT)
    opened_by = _who(_("opened by"))
    first_submitted_at = models.DateTimeField(_("first submitted at"), null=True, editable=False)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    submitted_by = _who(_("submitted by"))
    reviewed_by = _who(_("reviewed by"))
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)
    approved_by = _who(_("approved by"))
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    correct_by = models.DateField(_("correct until"), null=True, editable=False)
    amends = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="amendments",
        verbose_name=_("amends the report"),
    )
    amend_reason = models.CharField(_("reason of the amendment"), max_length=1000, blank=True, default="")
    amend_act = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("act of the amendment"),
    )
    closed_by = models.ForeignKey(
        Change,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by change"),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta(Recorded.Meta):
        verbose_name = _("KPI report")
        verbose_name_plural = _("KPI reports")
        constraints = [
            models.UniqueConstraint(
                name="kpi_report_revision_once",
                fields=["unit", "period", "revision"],
                condition=Q(appointment__isnull=True),
            ),
            models.UniqueConstraint(
                name="kpi_report_employee_revision_once",
                fields=["appointment", "period", "revision"],
                condition=Q(appointment__isnull=False),
            ),
            models.UniqueConstraint(
                name="kpi_report_one_open",
                fields=["unit", "period"],
                condition=Q(appointment__isnull=True)
                & Q(status__in=["draft", "submitted", "in_review", "returned"]),
            ),
            models.UniqueConstraint(
                name="kpi_report_employee_one_open",
                fields=["appointment", "period"],
                condition=Q(appointment__isnull=False)
                & Q(status__in=["draft", "submitted", "in_review", "returned"]),
            ),
            models.UniqueConstraint(
                name="kpi_report_one_published",
                fields=["unit", "period"],
                condition=Q(appointment__isnull=True, status="published"),
            ),
            models.CheckConstraint(name="kpi_report_status", condition=Q(status__in=ReportStatus.values)),
            models.CheckConstraint(
                name="kpi_report_four_eyes",
                condition=Q(approved_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(approved_by=F("submitted_by")),
            ),
            models.CheckConstraint(
                name="kpi_report_submitted",
                condition=Q(status="draft")
                | Q(submitted_at__isnull=False, first_submitted_at__isnull=False)
                & (Q(submitted_by__isnull=False) | Q(provenance="constructed")),
            ),
            models.CheckConstraint(
                name="kpi_report_approved",
                condition=~Q(status__in=["approved", "published", "superseded"])
                | Q(approved_at__isnull=False) & (Q(approved_by__isnull=False) | Q(provenance="constructed")),
            ),
            models.CheckConstraint(
                name="kpi_report_published",
                condition=Q(status__in=["published", "superseded"], published_at__isnull=False)
                | (~Q(status="published") & Q(published_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="kpi_report_amendment",
                condition=Q(revision=1, amends__isnull=True)
                | (Q(revision__gt=1, amends__isnull=False) & ~Q(amend_reason="")),
            ),
        ]
        indexes = [models.Index(name="kpi_report_by_period", fields=["period", "status"])]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.period_id} {self.revision}"


class ValueStatus(models.TextChoices):
    """What an entered value is; nothing yet is the empty text."""

    NORMAL = "normal", _("normal")
    ESTIMATED = "estimated", _("estimated")
    MISSING = "missing", _("missing")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


WITHOUT_FIGURE = (ValueStatus.MISSING, ValueStatus.NOT_APPLICABLE)
"""The states of a value that has no figure."""


def bounded(field: str) -> Q:
    """A figure that may be missing; never NaN, infinite or beyond reason."""
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": -LARGEST, f"{field}__lte": LARGEST})


class Figures(Recorded):
    """A figure as it is entered: a number, or a numerator and a denominator."""

    number = models.DecimalField(_("number"), max_digits=22, decimal_places=6, null=True, blank=True)
    numerator = models.DecimalField(_("numerator"), max_digits=22, decimal_places=6, null=True, blank=True)
    denominator = models.DecimalField(
        _("denominator"), max_digits=22, decimal_places=6, null=True, blank=True
    )

    class Meta(Recorded.Meta):
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_bounds",
                condition=bounded("number") & bounded("numerator") & bounded("denominator"),
            ),
        ]


COMPLETE = Q(number__isnull=False) | Q(numerator__isnull=False, denominator__gt=0)


class Value(Figures):
    """What a report says of an indicator. ``origin`` tells the register's figure from an entered one, ``known`` the
    register's source and figure, which stay when something else is entered."""

    class Origin(models.TextChoices):
        ENTERED = "entered", _("entered")
        REGISTER = "register", _("from the register")
        FILE = "file", _("from a file")
        CARRIED = "carried", _("from the revision before")

    report = models.ForeignKey(
        Report, on_delete=models.PROTECT, related_name="values", verbose_name=_("report")
    )
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="values", verbose_name=_("indicator")
    )
    status = models.CharField(_("status"), max_length=14, choices=ValueStatus, blank=True, default="")
    note = models.CharField(_("note"), max_length=1000, blank=True, default="")
    origin = models.CharField(_("origin"), max_length=8, choices=Origin, default=Origin.ENTERED)
    known = models.JSONField(_("known to the register"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta(Figures.Meta):
        verbose_name = _("value")
        verbose_name_plural = _("values")
        constraints = [
            *Figures.Meta.constraints,
            models.UniqueConstraint(name="kpi_value_once", fields=["report", "indicator"]),
            models.CheckConstraint(
                name="kpi_value_status", condition=Q(status__in=["", *ValueStatus.values])
            ),
            models.CheckConstraint(
                name="kpi_value_complete",
                condition=Q(status="")
                | (Q(status__in=["normal", "estimated"]) & COMPLETE)
                | Q(
                    status__in=["missing", "not_applicable"],
                    number__isnull=True,
                    numerator__isnull=True,
                    denominator__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="kpi_value_note", condition=Q(status__in=["", "normal"]) | ~Q(note="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.indicator_id}"


class Evidence(Recorded):
    """A file that proves a value: PDF, DOCX, JPEG or PNG, told by its content."""

    value = models.ForeignKey(
        Value, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("value")
    )
    file = models.FileField(_("file"), upload_to="kpi/%Y/%m/")
    name = models.CharField(_("file name"), max_length=200)
    media_type = models.CharField(_("media type"), max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    added_by = _who(_("added by"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True, editable=False)

    objects = PresentQuerySet.as_manager()

    class Meta(Recorded.Meta):
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")

    def __str__(self) -> str:
        return self.name


class Step(Recorded):
    """A step in the life of a report: who took it, when and why."""

    class Action(models.TextChoices):
        OPEN = "open", _("opened")
        SUBMIT = "submit", _("submitted")
        RECALL = "recall", _("recalled")
        START_REVIEW = "start_review", _("review begun")
        RETURN = "return", _("returned")
        APPROVE = "approve", _("approved")
        PUBLISH = "publish", pgettext_lazy("KPI", "published")
        AMEND = "amend", _("amended")
        SUPERSEDE = "supersede", _("superseded")

    report = models.ForeignKey(
        Report, on_delete=models.PROTECT, related_name="steps", verbose_name=_("report")
    )
    action = models.CharField(_("action"), max_length=12, choices=Action)
    at = models.DateTimeField(_("at"))
    by = _who(_("by"))
    reason = models.CharField(_("reason"), max_length=1000, blank=True, default="")

    class Meta(Recorded.Meta):
        verbose_name = _("step of a report")
        verbose_name_plural = _("steps of reports")
        ordering = ["at", "recorded_at"]
        constraints = [
            models.CheckConstraint(
                name="kpi_step_action",
                condition=Q(
                    action__in=[
                        "open", "submit", "recall", "start_review", "return",
                        "approve", "publish", "amend", "supersede",
                    ]
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.report_id} {self.action}"


class ReturnedValue(Recorded):
    """Why a value was returned, in the step that returned the report."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="returned", verbose_name=_("step"))
    value = models.ForeignKey(
        Value, on_delete=models.PROTECT, related_name="returns", verbose_name=_("value")
    )
    value_version = models.PositiveIntegerField(_("version of the value"))
    reason = models.CharField(_("reason"), max_length=1000)

    class Meta(Recorded.Meta):
        verbose_name = _("returned value")
        verbose_name_plural = _("returned values")
        constraints = [
            models.UniqueConstraint(name="kpi_returnedvalue_once", fields=["step", "value"]),
            models.CheckConstraint(name="kpi_returnedvalue_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.value_id} {self.step_id}"


class AuditFinding(Figures):
    """What an independent audit found of a value: it confirms it, or corrects it; the reported figure stays visible."""

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed")
        CORRECTED = "corrected", _("corrected")

    value = models.ForeignKey(
        Value, on_delete=models.PROTECT, related_name="findings", verbose_name=_("value")
    )
    verdict = models.CharField(_("verdict"), max_length=9, choices=Verdict)
    found_on = models.DateField(_("found on"))
    note = models.CharField(_("basis"), max_length=1000)
    by = _who(_("by"))

    class Meta(Figures.Meta):
        verbose_name = _("audit finding")
        verbose_name_plural = _("audit findings")
        ordering = ["found_on", "recorded_at"]
        constraints = [
            *Figures.Meta.constraints,
            models.CheckConstraint(
                name="kpi_auditfinding_figures",
                condition=Q(
                    verdict="confirmed",
                    number__isnull=True,
                    numerator__isnull=True,
                    denominator__isnull=True,
                )
                | (Q(verdict="corrected") & COMPLETE),
            ),
            models.CheckConstraint(name="kpi_auditfinding_note", condition=~Q(note="")),
        ]

    def __str__(self) -> str:
        return f"{self.value_id} {self.verdict}"
