"""Programmes of the reform and the events drafted, applied and annulled within them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from reform.visibility import PUBLISHED, Sight, touching
from registry.models import (
    Change,
    ChangeKind,
    LegalAct,
    PartScope,
    Recorded,
    Settlement,
    Unit,
    UnitKind,
    UnitRole,
)


class Programme(Recorded):
    """A wave of the reform, such as the Naryn pilot of 2023 or Law № 128 of 2024."""

    key = models.SlugField(_("short key"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=300)
    act = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="programmes",
        verbose_name=_("legal act"),
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True)

    if TYPE_CHECKING:
        name_ky: str | None
        name_ru: str | None
        name_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["starts_on", "key"]

    def __str__(self) -> str:
        return str(self.name)


class EventQuerySet(models.QuerySet):
    """Events of the reform."""

    def visible_to(self, seen: Sight) -> Self:
        """Return the events that may be read by somebody who sees this far."""
        if seen.everything:
            return self
        readable = Q(status__in=PUBLISHED)
        if seen.districts:
            readable |= Q(id__in=RawSQL(touching("%s"), (sorted(map(str, seen.districts)),)))  # noqa: S611
        return self.filter(readable)


class Event(Recorded):
    """The draft of a territorial change and, once applied, the record of its application."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        ADOPTED = "adopted", _("adopted")
        IN_FORCE = "in_force", _("in force")
        ANNULLED = "annulled", _("annulled")

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="events", verbose_name=_("programme")
    )
    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=12, choices=ChangeKind)
    effective_on = models.DateField(_("effective on"))
    acts = models.ManyToManyField(LegalAct, through="EventAct", related_name="events", verbose_name=_("acts"))
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.DRAFT)
    note = models.TextField(_("note"), blank=True, default="")
    change = models.OneToOneField(
        Change,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="event",
        verbose_name=_("change"),
    )
    version = models.PositiveIntegerField(_("row version"), default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("drafted by"),
    )

    objects = EventQuerySet.as_manager()

    if TYPE_CHECKING:
        title_ky: str | None
        title_ru: str | None
        title_en: str | None
        note_ky: str | None
        note_ru: str | None
        note_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["effective_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="reform_event_in_force_has_change",
                condition=~Q(status__in=["in_force", "annulled"]) | Q(change__isnull=False),
            ),
            models.CheckConstraint(
                name="reform_event_draft_has_no_change",
                condition=~Q(status__in=["draft", "adopted"]) | Q(change__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)


class EventApplication(models.Model):
    """One application of an event: an event annulled and applied again has two, each with its own change."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="applications")
    change = models.OneToOneField(Change, on_delete=models.PROTECT, related_name="application")
    by = models.CharField(_("applied by"), max_length=150)
    at = models.DateTimeField(_("applied at"))

    class Meta:
        verbose_name = _("application of an event")
        verbose_name_plural = _("applications of events")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.event_id} {self.at:%d.%m.%Y}"


class RemovableQuerySet(models.QuerySet):
    """Lines of a draft, removed ones among them."""

    def present(self) -> Self:
        """Return the lines that were not taken out of the draft."""
        return self.filter(removed_at__isnull=True)


class DraftLine(models.Model):
    """A line of a draft; taken out it is marked, not deleted."""

    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True, editable=False)

    objects = RemovableQuerySet.as_manager()

    class Meta:
        abstract = True


class EventAct(DraftLine):
    """A legal act on which an event rests."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="event_acts")
    act = models.ForeignKey(LegalAct, on_delete=models.PROTECT, related_name="event_acts")

    class Meta:
        verbose_name = _("act of an event")
        verbose_name_plural = _("acts of events")
        constraints = [
            models.UniqueConstraint(
                name="reform_eventact_once", fields=["event", "act"], condition=Q(removed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.act_id}"


class EventUnit(DraftLine):
    """A unit the event ends, begins or alters, with the particulars it will have from then on.

    Empty particulars of an altered unit keep what held before. A unit that begins has its permanent
    identifier from the draft on, and exists on no day until the event is applied.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="event_units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="event_units")
    role = models.CharField(_("role"), max_length=6, choices=UnitRole)
    kind = models.CharField(_("kind"), max_length=20, choices=UnitKind, blank=True, default="")
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    parent = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("parent")
    )
    centre = models.ForeignKey(
        Settlement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("administrative centre"),
    )
    code_system = models.SlugField(_("system of the code"), max_length=20, blank=True, default="")
    code = models.CharField(_("code"), max_length=30, blank=True, default="")

    if TYPE_CHECKING:
        name_ky: str | None
        name_ru: str | None
        name_en: str | None

    class Meta:
        verbose_name = _("unit of an event")
        verbose_name_plural = _("units of events")
        constraints = [
            models.UniqueConstraint(
                name="reform_eventunit_once", fields=["event", "unit"], condition=Q(removed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="reform_eventunit_begins_is_described",
                condition=~Q(role="begins") | (~Q(kind="") & (Q(name_ky__gt="") | Q(name_ru__gt=""))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.name or self.unit_id}"


class EventPart(DraftLine):
    """Territory that the event moves from one unit to another."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="parts")
    source = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("source"))
    target = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("target"))
    scope = models.CharField(_("scope"), max_length=5, choices=PartScope)
    settlements = models.ManyToManyField(Settlement, through="EventPartSettlement", related_name="+")

    class Meta:
        verbose_name = _("part of an event")
        verbose_name_plural = _("parts of events")
        constraints = [
            models.UniqueConstraint(
                name="reform_eventpart_once",
                fields=["event", "source", "target"],
                condition=Q(removed_at__isnull=True),
            ),
            models.CheckConstraint(name="reform_eventpart_not_to_itself", condition=~Q(source=F("target"))),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id} ({self.scope})"


class EventPartSettlement(models.Model):
    """A settlement that moves with a part."""

    part = models.ForeignKey(EventPart, on_delete=models.PROTECT, related_name="part_settlements")
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("settlement of a part")
        verbose_name_plural = _("settlements of parts")
        constraints = [
            models.UniqueConstraint(name="reform_eventpartsettlement_once", fields=["part", "settlement"])
        ]

    def __str__(self) -> str:
        return f"{self.part_id}: {self.settlement_id}"


class EventPartShare(models.Model):
    """The share of a source's measure that goes with a part (0 < share ≤ 1) and how it is known."""

    part = models.ForeignKey(EventPart, on_delete=models.PROTECT, related_name="shares")
    measure = models.SlugField(_("measure"), max_length=30)
    share = models.DecimalField(_("share"), max_digits=12, decimal_places=10)
    basis = models.CharField(_("basis"), max_length=300)

    class Meta:
        verbose_name = _("share of a part")
        verbose_name_plural = _("shares of parts")
        constraints = [
            models.UniqueConstraint(name="reform_eventpartshare_once", fields=["part", "measure"]),
            models.CheckConstraint(
                name="reform_eventpartshare_bounds", condition=Q(share__gt=0) & Q(share__lte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.share}"
