"""Transfers of state powers to municipalities: on what basis, with what means, answered to what principles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from councils.querysets import PresentQuerySet
from delegation.models.catalogue import StateBody, StatePower
from registry.models import Annulment, Change, LegalAct, Recorded, Unit
from registry.models.dated import EQUAL, LIVE, OVERLAPS, DatedQuerySet


class Basis(models.TextChoices):
    """By what a power is handed over (law 127 of 2013)."""

    LAW = "law", _("law")
    ACT = "act", _("normative legal act")
    AGREEMENT = "agreement", _("agreement")


class TransferStatus(models.TextChoices):
    """Where a transfer stands: draft → agreed → in force → ended; a draft or an agreed one may be cancelled."""

    DRAFT = "draft", _("draft")
    AGREED = "agreed", _("agreed")
    IN_FORCE = "in_force", _("in force")
    ENDED = "ended", _("ended")
    CANCELLED = "cancelled", _("cancelled")


class TransferQuerySet(DatedQuerySet):
    """Transfers; ``on`` gives those in force on a day, also if they have ended since."""

    def present(self) -> Self:
        """Return those that are neither cancelled nor voided."""
        return self.live().exclude(status=TransferStatus.CANCELLED)


class Transfer(Recorded):
    """A state power handed over to one municipality; ``valid`` = ``[from, to)`` from the day it entered into force.

    ``term`` is what the agreement or act provides for, ``valid`` what came to pass.
    """

    power = models.ForeignKey(
        StatePower, on_delete=models.PROTECT, related_name="transfers", verbose_name=_("state power")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="transfers", verbose_name=_("municipality")
    )
    state_body = models.ForeignKey(
        StateBody, on_delete=models.PROTECT, related_name="transfers", verbose_name=_("state body")
    )
    basis = models.CharField(_("basis"), max_length=9, choices=Basis)
    act = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="transfers",
        verbose_name=_("law or act"),
    )
    agreement_number = models.CharField(_("number of the agreement"), max_length=40, blank=True, default="")
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    term = DateRangeField(_("term"))
    reporting = models.CharField(_("how it is reported on"), max_length=1000, blank=True, default="")
    status = models.CharField(_("status"), max_length=9, choices=TransferStatus, default=TransferStatus.DRAFT)
    valid = DateRangeField(_("in force"), null=True, blank=True)
    consent_on = models.DateField(_("consent of the association"), null=True, blank=True)
    consent_basis = models.CharField(_("basis of the consent"), max_length=500, blank=True, default="")
    """The association of municipalities; the source calls it required in one place and a proposal in another."""
    end_reason = models.CharField(_("reason of the end"), max_length=500, blank=True, default="")
    end_act = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ended_transfers",
        verbose_name=_("act of the end"),
    )
    former = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="next",
        verbose_name=_("continues the transfer"),
    )
    change = models.ForeignKey(
        Change,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by change"),
    )
    closed_by = models.ForeignKey(
        Change,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by change"),
    )
    voided_by = models.ForeignKey(
        Annulment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("voided by annulment"),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    if TYPE_CHECKING:
        reporting_ky: str | None
        reporting_ru: str | None
        reporting_en: str | None

    objects = TransferQuerySet.as_manager()

    class Meta(Recorded.Meta):
        verbose_name = _("transfer of a state power")
        verbose_name_plural = _("transfers of state powers")
        constraints = [
            ExclusionConstraint(
                name="delegation_transfer_one_a_day",
                expressions=[("power", EQUAL), ("unit", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE & Q(valid__isnull=False),
            ),
            models.CheckConstraint(name="delegation_transfer_basis", condition=Q(basis__in=Basis.values)),
            models.CheckConstraint(
                name="delegation_transfer_status", condition=Q(status__in=TransferStatus.values)
            ),
            models.CheckConstraint(
                name="delegation_transfer_basis_has_act",
                condition=Q(basis="agreement") | Q(act__isnull=False),
            ),
            models.CheckConstraint(
                name="delegation_transfer_agreement_signed",
                condition=~Q(basis="agreement")
                | Q(status__in=["draft", "cancelled"])
                | (~Q(agreement_number="") & Q(signed_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="delegation_transfer_consent_has_basis",
                condition=Q(consent_on__isnull=True) | ~Q(consent_basis=""),
            ),
            models.CheckConstraint(
                name="delegation_transfer_law_needs_consent",
                condition=~Q(basis="law")
                | Q(status__in=["draft", "cancelled"])
                | Q(consent_on__isnull=False),
            ),
            models.CheckConstraint(
                name="delegation_transfer_days",
                condition=Q(status__in=["draft", "agreed", "cancelled"], valid__isnull=True)
                | Q(status="in_force", valid__isempty=False, valid__lower_inf=False, valid__upper_inf=True)
                | Q(status="ended", valid__isempty=False, valid__lower_inf=False, valid__upper_inf=False),
            ),
            models.CheckConstraint(
                name="delegation_transfer_end_has_reason",
                condition=~Q(status__in=["ended", "cancelled"])
                | ~Q(end_reason="")
                | Q(closed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="delegation_transfer_term",
                condition=Q(term__isempty=False, term__lower_inf=False),
            ),
            models.UniqueConstraint(
                name="delegation_transfer_continued_once",
                fields=["former"],
                condition=Q(voided_by__isnull=True) & ~Q(status="cancelled"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.power_id} → {self.unit_id}"


class Principle(models.IntegerChoices):
    """The nine principles of law 127 of 2013, which every transfer must be answered to."""

    LAWFULNESS = 1, _("lawfulness")
    JUSTIFICATION = 2, _("socio-economic justification")
    CERTAINTY = 3, _("certainty and transparency")
    EQUALITY = 4, _("equality of the parties")
    PROVISION = 5, _("material and financial provision")
    DIFFERENTIATION = 6, _("differentiation by local circumstances")
    OPENNESS = 7, _("openness and collegiality")
    ACCOUNTABILITY = 8, _("accountability to the authorised state body")
    HARMONY = 9, _("harmony of state and local interests")


class PrincipleAnswer(Recorded):
    """Whether a transfer keeps a principle, and why; all nine are answered before it is agreed."""

    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="answers", verbose_name=_("transfer")
    )
    principle = models.PositiveSmallIntegerField(_("principle"), choices=Principle)
    kept = models.BooleanField(_("kept"))
    note = models.CharField(_("note"), max_length=1000, blank=True, default="")

    class Meta(Recorded.Meta):
        verbose_name = _("answer to a principle")
        verbose_name_plural = _("answers to the principles")
        ordering = ["principle"]
        constraints = [
            models.UniqueConstraint(name="delegation_principleanswer_once", fields=["transfer", "principle"]),
            models.CheckConstraint(
                name="delegation_principleanswer_principle", condition=Q(principle__range=(1, 9))
            ),
            models.CheckConstraint(
                name="delegation_principleanswer_note", condition=Q(kept=True) | ~Q(note="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.principle}"


class Means(Recorded):
    """Means assigned with a power: money a year in thousand som, or things; law demands both."""

    class Kind(models.TextChoices):
        FINANCIAL = "financial", _("financial means")
        MATERIAL = "material", _("material means")

    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="means", verbose_name=_("transfer")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    what = models.CharField(_("what"), max_length=500)
    yearly = models.DecimalField(
        _("thousand som a year"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True, editable=False)

    objects = PresentQuerySet.as_manager()

    if TYPE_CHECKING:
        what_ky: str | None
        what_ru: str | None
        what_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("means of a transfer")
        verbose_name_plural = _("means of transfers")
        constraints = [
            models.CheckConstraint(
                name="delegation_means_kind", condition=Q(kind__in=["financial", "material"])
            ),
            models.CheckConstraint(
                name="delegation_means_amount",
                condition=Q(kind="material") | Q(yearly__isnull=False, yearly__gt=0, yearly__lte=100_000_000),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.transfer_id}"
