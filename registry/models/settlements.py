"""Settlements and the municipality each belonged to on any day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.dated import EQUAL, LIVE, OVERLAPS, Dated, DatedQuerySet, Recorded
from registry.models.units import Unit


class SettlementKind(models.TextChoices):
    """What can move between municipalities on its own."""

    VILLAGE = "village", _("village")
    URBAN_TYPE_SETTLEMENT = "urban_type_settlement", _("urban-type settlement")
    RESIDENTIAL_MASSIF = "residential_massif", _("residential massif")
    LAND_PARCEL = "land_parcel", _("land parcel")


class Settlement(Recorded):
    """A village, urban-type settlement, residential massif or land parcel (контур): the smallest thing that moves."""

    kind = models.CharField(_("kind"), max_length=24, choices=SettlementKind)
    name = models.CharField(_("name"), max_length=200)
    sort_ky = models.CharField(max_length=400, db_collation="C", editable=False, default="")
    sort_ru = models.CharField(max_length=400, db_collation="C", editable=False, default="")

    if TYPE_CHECKING:
        name_ky: str | None
        name_ru: str | None
        name_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        constraints = [
            models.CheckConstraint(
                name="registry_settlement_named",
                condition=Q(name_ky__isnull=False) | Q(name_ru__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.name)


class SettlementAssignment(Dated):
    """The unit a settlement belonged to; ``distance_to_centre_km`` is by road, in kilometres (0–999)."""

    settlement = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("settlement")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("unit")
    )
    distance_to_centre_km = models.DecimalField(
        _("distance to the centre, km"), max_digits=4, decimal_places=1, null=True, blank=True
    )

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("assignment of a settlement")
        verbose_name_plural = _("assignments of settlements")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="registry_settlementassignment_one_a_day",
                expressions=[("settlement", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
            models.CheckConstraint(
                name="registry_settlementassignment_distance",
                condition=Q(distance_to_centre_km__isnull=True) | Q(distance_to_centre_km__range=(0, 999)),
            ),
        ]
        indexes = [GistIndex(fields=["unit", "valid"], name="registry_assignment_unit")]

    def __str__(self) -> str:
        return f"{self.settlement_id} → {self.unit_id} {self.valid}"


class SettlementCode(Dated):
    """A settlement's code in one system of codes."""

    settlement = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, related_name="codes", verbose_name=_("settlement")
    )
    system = models.SlugField(_("system"), max_length=20)
    code = models.CharField(_("code"), max_length=30)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("code of a settlement")
        verbose_name_plural = _("codes of settlements")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="registry_settlementcode_one_bearer_a_day",
                expressions=[("system", EQUAL), ("code", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
            ExclusionConstraint(
                name="registry_settlementcode_one_a_day",
                expressions=[("settlement", EQUAL), ("system", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.code}"
