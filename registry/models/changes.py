"""Territorial changes: what ended, what began, and which territory went where."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models.acts import LegalAct
from registry.models.dated import LIVE, Recorded
from registry.models.settlements import Settlement
from registry.models.units import Unit


class ChangeKind(models.TextChoices):
    """What kind of change it is; the units it ends and begins and its parts must fit."""

    CREATE = "create", _("creation")
    MERGE = "merge", _("merger")
    ABSORB = "absorb", _("annexation")
    SPLIT = "split", _("split")
    TRANSFER = "transfer", _("transfer of a part")
    REORGANISE = "reorganise", _("reorganisation")
    RENAME = "rename", _("renaming")
    RECODE = "recode", _("change of code")
    TYPE_CHANGE = "type_change", _("change of kind")
    REPARENT = "reparent", _("change of parent")
    ABOLISH = "abolish", _("abolition")


class PartScope(models.TextChoices):
    """Whether all of the source's territory goes to the target or a part of it."""

    WHOLE = "whole", _("whole")
    PART = "part", _("part")


class UnitRole(models.TextChoices):
    """What a change does to a unit itself."""

    ENDS = "ends", _("ends")
    BEGINS = "begins", _("begins")
    ALTERS = "alters", _("is altered")


class LiveQuerySet(models.QuerySet):
    """Rows of changes that no annulment has voided."""

    def live(self) -> Self:
        """Return the rows no annulment has voided."""
        return self.filter(voided_by__isnull=True)


class ChangeQuerySet(models.QuerySet):
    """Changes, annulled ones among them."""

    def live(self) -> Self:
        """Return the changes that were not annulled."""
        return self.filter(annulment__isnull=True)


class Change(Recorded):
    """A territorial change in force from ``effective_on``; annulled, never deleted."""

    kind = models.CharField(_("kind"), max_length=12, choices=ChangeKind)
    effective_on = models.DateField(_("effective on"))
    acts = models.ManyToManyField(
        LegalAct, through="ChangeAct", related_name="changes", verbose_name=_("acts")
    )
    note = models.TextField(_("note"), blank=True, default="")

    objects = ChangeQuerySet.as_manager()

    class Meta(Recorded.Meta):
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["effective_on", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.effective_on:%d.%m.%Y}"


class Annulment(models.Model):
    """The annulment of a change: voids what the change wrote and opens again what it had closed."""

    change = models.OneToOneField(
        Change, on_delete=models.PROTECT, related_name="annulment", verbose_name=_("change")
    )
    reason = models.TextField(_("reason"))
    by = models.CharField(_("annulled by"), max_length=150)
    at = models.DateTimeField(_("annulled at"))

    class Meta:
        verbose_name = _("annulment")
        verbose_name_plural = _("annulments")
        constraints = [models.CheckConstraint(name="registry_annulment_has_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.change_id} ({self.at:%d.%m.%Y})"


class ChangeAct(models.Model):
    """A legal act on which a change rests; adopted on or before the day the change takes effect."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="change_acts")
    act = models.ForeignKey(LegalAct, on_delete=models.PROTECT, related_name="change_acts")

    class Meta:
        verbose_name = _("act of a change")
        verbose_name_plural = _("acts of changes")
        constraints = [models.UniqueConstraint(name="registry_changeact_once", fields=["change", "act"])]

    def __str__(self) -> str:
        return f"{self.change_id}: {self.act_id}"


class ChangeLine(models.Model):
    """A line of a change, voided together with it."""

    voided_by = models.ForeignKey(
        Annulment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("voided by"),
    )

    objects = LiveQuerySet.as_manager()

    class Meta:
        abstract = True


class ChangeUnit(ChangeLine):
    """A unit that a change ends, begins, or gives other particulars (name, kind, parent, centre, code)."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="change_units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="change_units")
    role = models.CharField(_("role"), max_length=6, choices=UnitRole)

    class Meta:
        verbose_name = _("unit of a change")
        verbose_name_plural = _("units of changes")
        constraints = [
            models.UniqueConstraint(name="registry_changeunit_once", fields=["change", "unit"]),
            models.UniqueConstraint(
                name="registry_changeunit_ends_once", fields=["unit"], condition=LIVE & Q(role="ends")
            ),
            models.UniqueConstraint(
                name="registry_changeunit_begins_once", fields=["unit"], condition=LIVE & Q(role="begins")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.role}"


class ChangePart(ChangeLine):
    """Territory that goes from one unit to another: the lineage."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="parts")
    source = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="parts_given")
    target = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="parts_received")
    scope = models.CharField(_("scope"), max_length=5, choices=PartScope)
    settlements = models.ManyToManyField(
        Settlement, through="ChangePartSettlement", related_name="change_parts"
    )

    class Meta:
        verbose_name = _("part of a change")
        verbose_name_plural = _("parts of changes")
        constraints = [
            models.UniqueConstraint(name="registry_changepart_once", fields=["change", "source", "target"]),
            models.CheckConstraint(
                name="registry_changepart_not_to_itself", condition=~Q(source=F("target"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id} ({self.scope})"


class ChangePartSettlement(models.Model):
    """A settlement that moved with a part."""

    part = models.ForeignKey(ChangePart, on_delete=models.PROTECT, related_name="part_settlements")
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="part_settlements")

    class Meta:
        verbose_name = _("settlement of a part")
        verbose_name_plural = _("settlements of parts")
        constraints = [
            models.UniqueConstraint(name="registry_changepartsettlement_once", fields=["part", "settlement"])
        ]

    def __str__(self) -> str:
        return f"{self.part_id}: {self.settlement_id}"


class ChangeShare(models.Model):
    """The share of a source's measure that goes with a part (0 < share ≤ 1) and how it is known."""

    part = models.ForeignKey(ChangePart, on_delete=models.PROTECT, related_name="shares")
    measure = models.SlugField(_("measure"), max_length=30)
    share = models.DecimalField(_("share"), max_digits=12, decimal_places=10)
    basis = models.CharField(_("basis"), max_length=300)

    class Meta:
        verbose_name = _("share of a part")
        verbose_name_plural = _("shares of parts")
        constraints = [
            models.UniqueConstraint(name="registry_changeshare_once", fields=["part", "measure"]),
            models.CheckConstraint(
                name="registry_changeshare_bounds", condition=Q(share__gt=0) & Q(share__lte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.share}"
