"""Administrative-territorial units and what they were called, and under whom, on any day."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.indexes import GistIndex, OpClass
from django.db import models
from django.db.models import F, FilteredRelation, Func, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from registry.models.dated import EQUAL, LIVE, OVERLAPS, Dated, DatedQuerySet

if TYPE_CHECKING:
    from registry.models.changes import ChangePart


class UnitKind(models.TextChoices):
    """The classifier's own words for the kinds of unit."""

    OBLAST = "oblast", _("oblast")
    DISTRICT = "district", _("district")
    CITY_REPUBLICAN = "city_republican", _("city of republican significance")
    CITY_OBLAST = "city_oblast", _("city of oblast significance")
    CITY_DISTRICT_LEVEL = "city_district_level", _("city of district significance")
    AYIL_AIMAK = "ayil_aimak", _("ayil aimak")
    CITY_DISTRICT = "city_district", _("urban district")


MUNICIPALITY_KINDS = (
    UnitKind.CITY_REPUBLICAN,
    UnitKind.CITY_OBLAST,
    UnitKind.CITY_DISTRICT_LEVEL,
    UnitKind.AYIL_AIMAK,
)


class UnitQuerySet(models.QuerySet):
    """Units as they stood on a day."""

    def at(self, day: dt.date) -> Self:
        """Return the units that existed on ``day``, each with its name, kind and parent of that day."""
        return (
            self.annotate(
                version=FilteredRelation(
                    "versions", condition=Q(versions__valid__contains=day, versions__voided_by__isnull=True)
                )
            )
            .filter(version__isnull=False)
            .annotate(
                version_id=F("version__id"),
                kind=F("version__kind"),
                name_ky=F("version__name_ky"),
                name_ru=F("version__name_ru"),
                name_en=F("version__name_en"),
                sort_ky=F("version__sort_ky"),
                sort_ru=F("version__sort_ru"),
                parent_id=F("version__parent_id"),
                centre_id=F("version__centre_id"),
                valid=F("version__valid"),
            )
        )

    def municipalities(self) -> Self:
        """Keep cities and ayil aimaks: the units with a council and an executive body (after ``at``)."""
        return self.filter(kind__in=MUNICIPALITY_KINDS)

    def within(self, unit: Unit, day: dt.date) -> Self:
        """Keep the units that lay in ``unit`` on ``day``, at any depth."""
        return self.filter(
            id__in=RawSQL(
                "SELECT unit_id FROM registry_units_on(%s) WHERE %s IN (parent_id, district_id, oblast_id)",
                (day, unit.pk),
            )
        )


class Unit(models.Model):
    """A unit for as long as anybody speaks of it: permanent, never deleted; its versions say what held when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    objects = UnitQuerySet.as_manager()

    if TYPE_CHECKING:
        kind: str
        name_ky: str | None
        name_ru: str | None
        name_en: str | None
        parent_id: uuid.UUID | None

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        latest = self.versions.live().order_by("-valid").first()
        return str(latest.name) if latest else str(self.pk)

    def predecessors(self) -> models.QuerySet[ChangePart]:
        """Return the live parts of changes by which this unit received territory."""
        return self.parts_received.live().order_by("change__effective_on", "id")

    def successors(self) -> models.QuerySet[ChangePart]:
        """Return the live parts of changes by which this unit's territory went elsewhere."""
        return self.parts_given.live().order_by("change__effective_on", "id")


class UnitVersion(Dated):
    """A unit's name, kind, parent and centre for as long as they held."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="versions", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=20, choices=UnitKind)
    name = models.CharField(_("name"), max_length=200)
    sort_ky = models.CharField(max_length=400, db_collation="C", editable=False, default="")
    sort_ru = models.CharField(max_length=400, db_collation="C", editable=False, default="")
    parent = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="child_versions",
        verbose_name=_("parent"),
    )
    centre = models.ForeignKey(
        "registry.Settlement",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("administrative centre"),
    )
    note = models.TextField(_("note"), blank=True, default="")

    objects = DatedQuerySet.as_manager()

    if TYPE_CHECKING:
        name_ky: str | None
        name_ru: str | None
        name_en: str | None

    class Meta(Dated.Meta):
        verbose_name = _("version of a unit")
        verbose_name_plural = _("versions of units")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="registry_unitversion_one_a_day",
                expressions=[("unit", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
            models.CheckConstraint(
                name="registry_unitversion_no_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("unit")),
            ),
            models.CheckConstraint(
                name="registry_unitversion_named",
                condition=Q(name_ky__isnull=False) | Q(name_ru__isnull=False),
            ),
        ]
        indexes = [
            GistIndex(fields=["parent", "valid"], name="registry_unitversion_children"),
            GistIndex(fields=["valid"], name="registry_unitversion_valid"),
            models.Index(
                OpClass(Func(F("name_ky"), function="lsg_fold"), name="text_pattern_ops"),
                name="registry_unitversion_fold_ky",
            ),
            models.Index(
                OpClass(Func(F("name_ru"), function="lsg_fold"), name="text_pattern_ops"),
                name="registry_unitversion_fold_ru",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.valid}"


class UnitCode(Dated):
    """A unit's code in one system of codes; SOATE is one system among others, and a code is never the key."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="codes", verbose_name=_("unit"))
    system = models.SlugField(_("system"), max_length=20)
    code = models.CharField(_("code"), max_length=30)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("code of a unit")
        verbose_name_plural = _("codes of units")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="registry_unitcode_one_bearer_a_day",
                expressions=[("system", EQUAL), ("code", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
            ExclusionConstraint(
                name="registry_unitcode_one_a_day",
                expressions=[("unit", EQUAL), ("system", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.code}"
