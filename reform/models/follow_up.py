"""What follows an event: the steps of its road map and what is handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reform.models.events import Event
from registry.models import LegalAct, Recorded, Unit


class RoadmapStep(Recorded):
    """A step of an event's road map, with the day it is due and the day it was done."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="steps", verbose_name=_("event"))
    title = models.CharField(_("title"), max_length=300)
    responsible = models.CharField(_("responsible"), max_length=200, blank=True, default="")
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    version = models.PositiveIntegerField(_("row version"), default=1, editable=False)

    if TYPE_CHECKING:
        title_ky: str | None
        title_ru: str | None
        title_en: str | None
        responsible_ky: str | None
        responsible_ru: str | None
        responsible_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("step of the road map")
        verbose_name_plural = _("steps of the road map")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="reform_roadmapstep_starts_before_due",
                condition=Q(starts_on__isnull=True) | Q(starts_on__lte=F("due_on")),
            )
        ]

    def __str__(self) -> str:
        return str(self.title)


class HandOver(Recorded):
    """Property, funds, documents or information systems passed from a unit to its legal successor."""

    class Kind(models.TextChoices):
        PROPERTY = "property", _("property")
        FUNDS = "funds", _("funds")
        DOCUMENTS = "documents", _("documents")
        INFORMATION_SYSTEMS = "information_systems", _("information systems")

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        UNDER_WAY = "under_way", _("under way")
        SIGNED = "signed", _("act of hand-over signed")

    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="hand_overs", verbose_name=_("event")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    from_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="handed_over", verbose_name=_("from the unit")
    )
    to_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="taken_over", verbose_name=_("to the unit")
    )
    title = models.CharField(_("title"), max_length=300)
    value_som = models.DecimalField(_("value, som"), max_digits=16, decimal_places=2, null=True, blank=True)
    act = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("legal act"),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    version = models.PositiveIntegerField(_("row version"), default=1, editable=False)

    if TYPE_CHECKING:
        title_ky: str | None
        title_ru: str | None
        title_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["event", "kind", "id"]
        constraints = [
            models.CheckConstraint(name="reform_handover_between_two", condition=~Q(from_unit=F("to_unit"))),
            models.CheckConstraint(
                name="reform_handover_value_bounds",
                condition=Q(value_som__isnull=True) | Q(value_som__range=(0, 99_999_999_999_999)),
            ),
            models.CheckConstraint(
                name="reform_handover_signed_has_day",
                condition=Q(status="signed", signed_on__isnull=False)
                | (~Q(status="signed") & Q(signed_on__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)
