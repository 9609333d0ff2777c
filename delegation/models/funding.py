"""What a transferred power needs, gets and costs each quarter, and whether it was performed."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from delegation.models.catalogue import StatePower
from delegation.models.transfers import Transfer
from registry.models import Recorded, Unit
from registry.models.dated import EQUAL, LIVE, OVERLAPS, Dated, DatedQuerySet

LARGEST = 100_000_000
"""Thousand som: more than the whole state budget."""


def _bounded(field: str) -> Q:
    """An amount that may be unreported; never negative, NaN or infinite."""
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0, f"{field}__lte": LARGEST})


class Quarterly(Recorded):
    """A row about a transfer in a quarter of a year."""

    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta(Recorded.Meta):
        abstract = True
        constraints = [
            models.UniqueConstraint(
                name="%(app_label)s_%(class)s_once", fields=["transfer", "year", "quarter"]
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_quarter",
                condition=Q(quarter__range=(1, 4), year__range=(1991, 2100)),
            ),
        ]


class Funding(Quarterly):
    """Thousand som for a transfer in a quarter: the normative need, planned, received, spent; empty is not reported."""

    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="funding", verbose_name=_("transfer")
    )
    need = models.DecimalField(_("normative need"), max_digits=16, decimal_places=2, null=True, blank=True)
    planned = models.DecimalField(_("planned"), max_digits=16, decimal_places=2, null=True, blank=True)
    received = models.DecimalField(_("received"), max_digits=16, decimal_places=2, null=True, blank=True)
    spent = models.DecimalField(_("spent"), max_digits=16, decimal_places=2, null=True, blank=True)
    material = models.CharField(_("material means received"), max_length=500, blank=True, default="")

    class Meta(Quarterly.Meta):
        verbose_name = _("funding of a transfer")
        verbose_name_plural = _("funding of transfers")
        constraints = [
            *Quarterly.Meta.constraints,
            models.CheckConstraint(
                name="delegation_funding_bounds",
                condition=_bounded("need") & _bounded("planned") & _bounded("received") & _bounded("spent"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.year}/{self.quarter}"


class Performance(Quarterly):
    """How a transferred power was performed in a quarter, how much of it, and what stood in the way."""

    class Result(models.TextChoices):
        FULLY = "fully", _("performed fully")
        PARTLY = "partly", _("performed partly")
        NOT = "not", _("not performed")

    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="performance", verbose_name=_("transfer")
    )
    result = models.CharField(_("result"), max_length=6, choices=Result)
    volume = models.DecimalField(_("volume"), max_digits=14, decimal_places=2, null=True, blank=True)
    volume_unit = models.CharField(_("unit of measure"), max_length=60, blank=True, default="")
    obstacle = models.CharField(_("obstacle"), max_length=1000, blank=True, default="")

    class Meta(Quarterly.Meta):
        verbose_name = _("performance of a power")
        verbose_name_plural = _("performance of powers")
        constraints = [
            *Quarterly.Meta.constraints,
            models.CheckConstraint(
                name="delegation_performance_result", condition=Q(result__in=["fully", "partly", "not"])
            ),
            models.CheckConstraint(
                name="delegation_performance_volume",
                condition=Q(volume__isnull=True)
                | (Q(volume__gte=0, volume__lte=1_000_000_000) & ~Q(volume_unit="")),
            ),
            models.CheckConstraint(
                name="delegation_performance_obstacle", condition=Q(result="fully") | ~Q(obstacle="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.year}/{self.quarter} {self.result}"


class Practice(Dated):
    """A power that a municipality performs in fact over ``valid``, whether or not anybody has handed it over.

    Nobody could say so before: without a transfer in force it is work without agreement.
    """

    power = models.ForeignKey(
        StatePower, on_delete=models.PROTECT, related_name="practices", verbose_name=_("state power")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="practices", verbose_name=_("municipality")
    )
    note = models.CharField(_("what is done"), max_length=1000, blank=True, default="")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("power performed in fact")
        verbose_name_plural = _("powers performed in fact")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="delegation_practice_one_a_day",
                expressions=[("power", EQUAL), ("unit", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.power_id} {self.unit_id}"
