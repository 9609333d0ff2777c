"""Councils, their convocations, and what a convocation is elected by and divided into."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import LegalAct, Named, Unit
from registry.models.dated import EQUAL, LIVE, OVERLAPS, Dated, DatedQuerySet


class CouncilKind(models.TextChoices):
    """What kind of unit the council represents (law 123 of 2021, art. 31)."""

    AYIL = "ayil", _("ayil council")
    CITY = "city", _("city council")
    DISTRICT = "district", _("district council")
    """In the law from 2021-10-20 to the law of 2024-01-16 (№ 17); none ever worked, so it has no members."""


class Council(Dated):
    """The representative body of a unit, for as long as it is one."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="councils", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=8, choices=CouncilKind)
    in_law_only = models.BooleanField(_("in law only"), default=False)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("local council")
        verbose_name_plural = _("local councils")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="councils_council_one_a_day",
                expressions=[("unit", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
            models.CheckConstraint(name="councils_council_kind", condition=Q(kind__in=CouncilKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.unit_id}"


class ElectionSystem(models.TextChoices):
    """How seats are filled: by party lists in cities, by district in ayil aimaks."""

    PROPORTIONAL = "proportional", _("proportional")
    MAJORITARIAN = "majoritarian", _("majoritarian")


class Convocation(Dated):
    """A council between two elections; ``valid`` is its term, ``seats_by_law`` the seats that the law gives it."""

    council = models.ForeignKey(
        Council, on_delete=models.PROTECT, related_name="convocations", verbose_name=_("council")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    elected_on = models.DateField(_("elected on"), null=True, blank=True)
    seats_by_law = models.PositiveSmallIntegerField(_("seats by law"))
    system = models.CharField(_("electoral system"), max_length=12, choices=ElectionSystem)
    dissolved_by = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="dissolved_convocations",
        verbose_name=_("dissolved by"),
    )
    dissolution_reason = models.CharField(
        _("reason of the dissolution"), max_length=500, blank=True, default=""
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("convocation")
        verbose_name_plural = _("convocations")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="councils_convocation_one_a_day",
                expressions=[("council", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
            models.UniqueConstraint(
                name="councils_convocation_number_once", fields=["council", "number"], condition=LIVE
            ),
            models.CheckConstraint(
                name="councils_convocation_seats", condition=Q(seats_by_law__gte=1, seats_by_law__lte=300)
            ),
            models.CheckConstraint(
                name="councils_convocation_dissolution_has_reason",
                condition=Q(dissolved_by__isnull=True) | ~Q(dissolution_reason=""),
            ),
            models.CheckConstraint(
                name="councils_convocation_system", condition=Q(system__in=ElectionSystem.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.council} ({self.number})"


class ShortNamed(Named):
    """What has a name of at most 200 characters."""

    name = models.CharField(_("name"), max_length=200)

    class Meta(Named.Meta):
        abstract = True


class Party(ShortNamed):
    """A party that puts up a list."""

    class Meta(Named.Meta):
        verbose_name = _("party")
        verbose_name_plural = _("parties")


class ElectoralDistrict(ShortNamed):
    """An electoral district of a majoritarian convocation, with the seats reserved for women in it."""

    convocation = models.ForeignKey(
        Convocation, on_delete=models.PROTECT, related_name="districts", verbose_name=_("convocation")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    seats = models.PositiveSmallIntegerField(_("seats"))
    reserved_for_women = models.PositiveSmallIntegerField(_("seats reserved for women"), default=0)

    class Meta(Named.Meta):
        verbose_name = _("electoral district")
        verbose_name_plural = _("electoral districts")
        constraints = [
            models.UniqueConstraint(name="councils_electoraldistrict_once", fields=["convocation", "number"]),
            models.CheckConstraint(
                name="councils_electoraldistrict_seats",
                condition=Q(seats__gte=1, seats__lte=300, reserved_for_women__lte=models.F("seats")),
            ),
        ]


class Faction(ShortNamed):
    """Deputies of a convocation who act together."""

    convocation = models.ForeignKey(
        Convocation, on_delete=models.PROTECT, related_name="factions", verbose_name=_("convocation")
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="factions",
        verbose_name=_("party"),
    )

    class Meta(Named.Meta):
        verbose_name = _("faction")
        verbose_name_plural = _("factions")


class Committee(ShortNamed):
    """A standing committee of a convocation."""

    convocation = models.ForeignKey(
        Convocation, on_delete=models.PROTECT, related_name="committees", verbose_name=_("convocation")
    )

    class Meta(Named.Meta):
        verbose_name = _("committee")
        verbose_name_plural = _("committees")
