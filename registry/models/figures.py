"""Figures: the population of units and settlements, and what sources printed."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.changes import Annulment, Change, LiveQuerySet
from registry.models.dated import LIVE, Recorded
from registry.models.settlements import Settlement
from registry.models.units import Unit


class Population(Recorded):
    """The number of residents of a unit or a settlement on a day; the latest on or before a day counts."""

    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="populations",
        verbose_name=_("unit"),
    )
    settlement = models.ForeignKey(
        Settlement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="populations",
        verbose_name=_("settlement"),
    )
    on = models.DateField(_("as of"))
    value = models.PositiveIntegerField(_("population"))
    change = models.ForeignKey(Change, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    voided_by = models.ForeignKey(
        Annulment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = LiveQuerySet.as_manager()

    class Meta(Recorded.Meta):
        verbose_name = _("population figure")
        verbose_name_plural = _("population figures")
        constraints = [
            models.CheckConstraint(
                name="registry_population_of_one_thing",
                condition=Q(unit__isnull=True, settlement__isnull=False)
                | Q(unit__isnull=False, settlement__isnull=True),
            ),
            models.CheckConstraint(
                name="registry_population_bounds", condition=Q(value__gte=0) & Q(value__lte=50_000_000)
            ),
            models.UniqueConstraint(
                name="registry_population_unit_once",
                fields=["unit", "on"],
                condition=LIVE & Q(unit__isnull=False, change__isnull=True),
            ),
            models.UniqueConstraint(
                name="registry_population_settlement_once",
                fields=["settlement", "on"],
                condition=LIVE & Q(settlement__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} ({self.on:%d.%m.%Y})"


class PublishedFigure(Recorded):
    """What a source printed, kept as printed and shown beside what the records say."""

    class Measure(models.TextChoices):
        MUNICIPALITIES = "municipalities", _("municipalities")
        COUNCILS = "councils", _("local councils")
        AYIL_AIMAKS = "ayil_aimaks", _("ayil aimaks")
        CITIES = "cities", _("cities")
        STAFF = "staff", _("municipal staff")
        STAFF_REDUCTION = "staff_reduction_percent", _("reduction of municipal staff, %")
        POWERS = "delegable_powers", _("delegable powers")

    measure = models.CharField(_("measure"), max_length=30, choices=Measure)
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="published_figures",
        verbose_name=_("unit"),
        help_text=_("empty: the whole country"),
    )
    day = models.DateField(_("as of"), null=True, blank=True)
    interval = DateRangeField(_("interval"), null=True, blank=True)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=4, null=True, blank=True)
    as_printed = models.CharField(_("as printed"), max_length=100)

    class Meta(Recorded.Meta):
        verbose_name = _("published figure")
        verbose_name_plural = _("published figures")
        ordering = ["measure", "day", "id"]
        constraints = [
            models.CheckConstraint(
                name="registry_publishedfigure_day_or_interval",
                condition=Q(day__isnull=False, interval__isnull=True)
                | Q(day__isnull=True, interval__isnull=False, interval__isempty=False),
            ),
            models.CheckConstraint(name="registry_publishedfigure_sourced", condition=~Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.as_printed}"
