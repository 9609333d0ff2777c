"""How employees learn and advance, and what discipline they come under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ayil_okmotu.models.appointments import Appointment
from ayil_okmotu.models.bodies import PostKind
from registry.models import Recorded


class TrainingProgramme(Recorded):
    """A programme that municipal employees are taught, with its length in days."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=300)
    days = models.PositiveSmallIntegerField(_("days"))
    provider = models.CharField(_("provider"), max_length=200, blank=True, default="")
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)

    if TYPE_CHECKING:
        name_ky: str | None
        name_ru: str | None
        name_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("training programme")
        verbose_name_plural = _("training programmes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="ayil_okmotu_trainingprogramme_days", condition=Q(days__range=(1, 366))
            ),
            models.CheckConstraint(
                name="ayil_okmotu_trainingprogramme_year",
                condition=Q(year__isnull=True) | Q(year__range=(1991, 2100)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Training(Recorded):
    """A course that somebody attended in a post: hours (1–2,000) and the certificate."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="trainings", verbose_name=_("appointment")
    )
    programme = models.ForeignKey(
        TrainingProgramme, on_delete=models.PROTECT, related_name="trainings", verbose_name=_("programme")
    )
    began_on = models.DateField(_("first day"))
    ended_on = models.DateField(_("last day"))
    hours = models.PositiveSmallIntegerField(_("hours"))
    certificate = models.CharField(_("certificate"), max_length=60, blank=True, default="")
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta(Recorded.Meta):
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        constraints = [
            models.UniqueConstraint(
                name="ayil_okmotu_training_once",
                fields=["appointment", "programme", "began_on"],
                condition=Q(removed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="ayil_okmotu_training_days", condition=Q(ended_on__gte=models.F("began_on"))
            ),
            models.CheckConstraint(name="ayil_okmotu_training_hours", condition=Q(hours__range=(1, 2000))),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.programme_id}"


class CareerStep(Recorded):
    """What an employee and the head have agreed on as the next step: a course or a post, by a year."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        REACHED = "reached", _("reached")
        DROPPED = "dropped", _("dropped")

    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="career_steps", verbose_name=_("appointment")
    )
    by_year = models.PositiveSmallIntegerField(_("by the year"))
    goal_kind = models.CharField(_("post aimed at"), max_length=20, choices=PostKind, blank=True, default="")
    programme = models.ForeignKey(
        TrainingProgramme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="career_steps",
        verbose_name=_("programme"),
    )
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.PLANNED)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta(Recorded.Meta):
        verbose_name = _("step of a career plan")
        verbose_name_plural = _("career plan")
        constraints = [
            models.CheckConstraint(
                name="ayil_okmotu_careerstep_year", condition=Q(by_year__range=(1991, 2100))
            ),
            models.CheckConstraint(
                name="ayil_okmotu_careerstep_goal",
                condition=~Q(goal_kind="") | Q(programme__isnull=False),
            ),
            models.CheckConstraint(
                name="ayil_okmotu_careerstep_status",
                condition=Q(status__in=["planned", "reached", "dropped"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.by_year}"


class Violation(Recorded):
    """A breach of discipline by somebody in a post; read by the municipality and the ministry alone."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="violations", verbose_name=_("appointment")
    )
    discovered_on = models.DateField(_("discovered on"))
    description = models.TextField(_("what happened"), max_length=4000)
    explanation_on = models.DateField(_("written explanation"), null=True, blank=True)
    finding_on = models.DateField(_("finding of the commission"), null=True, blank=True)
    finding = models.TextField(_("what the commission found"), max_length=4000, blank=True, default="")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta(Recorded.Meta):
        verbose_name = _("breach of discipline")
        verbose_name_plural = _("breaches of discipline")
        constraints = [
            models.CheckConstraint(
                name="ayil_okmotu_violation_days",
                condition=(Q(explanation_on__isnull=True) | Q(explanation_on__gte=models.F("discovered_on")))
                & (Q(finding_on__isnull=True) | Q(finding_on__gte=models.F("discovered_on"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.discovered_on}"


class DisciplinaryMeasure(Recorded):
    """What the head of the municipality imposed for a breach: one for each, within six months of its discovery.

    ``in_force`` = ``[imposed, ends)``; while it lasts nobody is promoted. The written explanation and the
    commission's finding come first.
    """

    class Kind(models.TextChoices):
        REMARK = "remark", _("remark")
        REPRIMAND = "reprimand", _("reprimand")
        SEVERE_REPRIMAND = "severe_reprimand", _("severe reprimand")
        DEMOTION = "demotion", _("demotion")
        DISMISSAL = "dismissal", _("dismissal")

    violation = models.OneToOneField(
        Violation, on_delete=models.PROTECT, related_name="measure", verbose_name=_("breach of discipline")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    in_force = DateRangeField(_("in force"))
    order_number = models.CharField(_("number of the order"), max_length=40)
    lifted_early = models.CharField(_("why it was lifted early"), max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta(Recorded.Meta):
        verbose_name = _("disciplinary measure")
        verbose_name_plural = _("disciplinary measures")
        constraints = [
            models.CheckConstraint(
                name="ayil_okmotu_disciplinarymeasure_kind",
                condition=Q(kind__in=["remark", "reprimand", "severe_reprimand", "demotion", "dismissal"]),
            ),
            models.CheckConstraint(
                name="ayil_okmotu_disciplinarymeasure_in_force",
                condition=Q(in_force__isempty=False, in_force__lower_inf=False),
            ),
            models.CheckConstraint(
                name="ayil_okmotu_disciplinarymeasure_order", condition=~Q(order_number="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.violation_id}"
