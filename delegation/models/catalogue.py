"""State powers: what the state may hand over, what it must not, and who answers for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from councils.querysets import PresentQuerySet
from registry.models import LegalAct, Named, Recorded
from registry.models.dated import Dated, DatedQuerySet


class StateBody(Named):
    """A state body that hands powers over, is responsible for them or performs the same functions."""

    code = models.SlugField(_("code"), max_length=40, unique=True)

    class Meta(Named.Meta):
        verbose_name = _("state body")
        verbose_name_plural = _("state bodies")
        ordering = ["code"]


class Field(Named):
    """A field of state activity; powers of one that is not transferable cannot be handed over (law 127, with the article)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    transferable = models.BooleanField(_("transferable"), default=True)
    article = models.CharField(_("article"), max_length=200, blank=True, default="")

    class Meta(Named.Meta):
        verbose_name = _("field of state activity")
        verbose_name_plural = _("fields of state activity")
        ordering = ["code"]


class PowerGroup(models.TextChoices):
    """The four groups of functions, as the source's author divides them."""

    FINANCIAL_ECONOMIC = "financial_economic", _("financial and economic")
    SOCIAL = "social", _("social")
    CULTURAL_MORAL = "cultural_moral", _("cultural and moral")
    PUBLIC_SAFETY = "public_safety", _("public safety")


class PowerStatus(models.TextChoices):
    """Whether a power is being handed over at all."""

    IN_USE = "in_use", _("in use")
    UNUSED = "unused", _("unused")
    SUSPENDED = "suspended", _("suspended")


class StatePower(Named):
    """A state power that may be handed over to municipalities, with its legal basis and responsible body."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    group = models.CharField(_("group"), max_length=18, choices=PowerGroup)
    field = models.ForeignKey(
        Field, on_delete=models.PROTECT, related_name="powers", verbose_name=_("field of state activity")
    )
    legal_basis = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="state_powers",
        verbose_name=_("legal basis"),
    )
    article = models.CharField(_("article"), max_length=200, blank=True, default="")
    responsible = models.ForeignKey(
        StateBody,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="powers",
        verbose_name=_("responsible state body"),
    )
    status = models.CharField(_("status"), max_length=9, choices=PowerStatus, default=PowerStatus.IN_USE)
    note = models.CharField(_("note"), max_length=1000, blank=True, default="")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    if TYPE_CHECKING:
        note_ky: str | None
        note_ru: str | None
        note_en: str | None

    class Meta(Named.Meta):
        verbose_name = _("state power")
        verbose_name_plural = _("state powers")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="delegation_statepower_group", condition=Q(group__in=PowerGroup.values)
            ),
            models.CheckConstraint(
                name="delegation_statepower_status", condition=Q(status__in=PowerStatus.values)
            ),
        ]


class PowerItem(Named):
    """One of the things that a power consists of, as its act lists them."""

    power = models.ForeignKey(
        StatePower, on_delete=models.PROTECT, related_name="items", verbose_name=_("state power")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True, editable=False)

    objects = PresentQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("item of a state power")
        verbose_name_plural = _("items of state powers")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                name="delegation_poweritem_once",
                fields=["power", "number"],
                condition=Q(removed_at__isnull=True),
            ),
        ]


class StatuteItem(Recorded):
    """An item of the statute's list of delegable powers, by its number; without a power while nobody has entered it.

    The source counts 17 items in one place and 19 in another: ``disputed`` marks those that only one count has.
    """

    article = models.CharField(_("article"), max_length=100)
    number = models.PositiveSmallIntegerField(_("number"))
    disputed = models.BooleanField(_("in one of two counts only"), default=False)
    power = models.ForeignKey(
        StatePower,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="statute_items",
        verbose_name=_("state power"),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta(Recorded.Meta):
        verbose_name = _("item of the statute's list")
        verbose_name_plural = _("items of the statute's list")
        ordering = ["article", "number"]
        constraints = [
            models.UniqueConstraint(name="delegation_statuteitem_once", fields=["article", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.article} ({self.number})"


class Overlap(Dated):
    """A function that a state body goes on performing beside the municipalities, over the days it was observed."""

    power = models.ForeignKey(
        StatePower, on_delete=models.PROTECT, related_name="overlaps", verbose_name=_("state power")
    )
    state_body = models.ForeignKey(
        StateBody, on_delete=models.PROTECT, related_name="overlaps", verbose_name=_("state body")
    )
    what = models.CharField(_("what both perform"), max_length=1000)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    if TYPE_CHECKING:
        what_ky: str | None
        what_ru: str | None
        what_en: str | None

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("function performed by both")
        verbose_name_plural = _("functions performed by both")
        constraints = [*Dated.Meta.constraints]

    def __str__(self) -> str:
        return str(self.what)
