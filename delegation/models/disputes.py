"""Disputes over powers before the conciliation commission, and requests to cancel what cannot be carried out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from councils.querysets import PresentQuerySet
from delegation.models.catalogue import StateBody, StatePower
from delegation.models.transfers import Transfer
from registry.models import LegalAct, Recorded, Unit


class Dispute(Recorded):
    """A dispute before a conciliation commission of state bodies, municipalities and their associations."""

    class Status(models.TextChoices):
        OPENED = "opened", _("opened")
        HEARD = "heard", _("being heard")
        SETTLED = "settled", _("settled")
        NOT_SETTLED = "not_settled", _("not settled")
        WITHDRAWN = "withdrawn", _("withdrawn")

    number = models.CharField(_("number"), max_length=40)
    power = models.ForeignKey(
        StatePower, on_delete=models.PROTECT, related_name="disputes", verbose_name=_("state power")
    )
    transfer = models.ForeignKey(
        Transfer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="disputes",
        verbose_name=_("transfer"),
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="disputes", verbose_name=_("municipality")
    )
    subject = models.CharField(_("subject"), max_length=1000)
    opened_on = models.DateField(_("opened on"))
    due_on = models.DateField(_("to be decided by"))
    status = models.CharField(_("status"), max_length=11, choices=Status, default=Status.OPENED)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=1000, blank=True, default="")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta(Recorded.Meta):
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.UniqueConstraint(name="delegation_dispute_number_once", fields=["number"]),
            models.CheckConstraint(
                name="delegation_dispute_status",
                condition=Q(status__in=["opened", "heard", "settled", "not_settled", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="delegation_dispute_due", condition=Q(due_on__gte=models.F("opened_on"))
            ),
            models.CheckConstraint(
                name="delegation_dispute_closed",
                condition=Q(status__in=["opened", "heard"], closed_on__isnull=True)
                | (
                    Q(
                        status__in=["settled", "not_settled", "withdrawn"],
                        closed_on__gte=models.F("opened_on"),
                    )
                    & ~Q(outcome="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.number}"


class DisputeParty(Recorded):
    """Who takes part in a dispute: a municipality, a state body, or an association by its name."""

    class Role(models.TextChoices):
        CLAIMANT = "claimant", _("claimant")
        RESPONDENT = "respondent", _("respondent")
        COMMISSION = "commission", _("member of the commission")

    dispute = models.ForeignKey(
        Dispute, on_delete=models.PROTECT, related_name="parties", verbose_name=_("dispute")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="dispute_parties",
        verbose_name=_("municipality"),
    )
    state_body = models.ForeignKey(
        StateBody,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="dispute_parties",
        verbose_name=_("state body"),
    )
    association = models.CharField(_("association"), max_length=300, blank=True, default="")
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True, editable=False)

    objects = PresentQuerySet.as_manager()

    class Meta(Recorded.Meta):
        verbose_name = _("party to a dispute")
        verbose_name_plural = _("parties to disputes")
        constraints = [
            models.CheckConstraint(
                name="delegation_disputeparty_role",
                condition=Q(role__in=["claimant", "respondent", "commission"]),
            ),
            models.CheckConstraint(
                name="delegation_disputeparty_one",
                condition=Q(unit__isnull=False, state_body__isnull=True, association="")
                | Q(unit__isnull=True, state_body__isnull=False, association="")
                | (Q(unit__isnull=True, state_body__isnull=True) & ~Q(association="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.dispute_id}"


class Hearing(Recorded):
    """A sitting of the conciliation commission on a dispute."""

    dispute = models.ForeignKey(
        Dispute, on_delete=models.PROTECT, related_name="hearings", verbose_name=_("dispute")
    )
    held_on = models.DateField(_("held on"))
    minutes = models.CharField(_("what was said and decided"), max_length=4000, blank=True, default="")

    class Meta(Recorded.Meta):
        verbose_name = _("hearing")
        verbose_name_plural = _("hearings")
        constraints = [
            models.UniqueConstraint(name="delegation_hearing_once", fields=["dispute", "held_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.held_on}"


class CancellationRequest(Recorded):
    """A municipality's request that the Cabinet cancel a decision: unlawful, or without the means to carry it out
    (Cabinet resolution 115 of 2023)."""

    class Ground(models.TextChoices):
        UNLAWFUL = "unlawful", _("unlawfulness")
        NO_MEANS = "no_means", _("lack of means")

    class Status(models.TextChoices):
        FILED = "filed", _("filed")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="cancellation_requests", verbose_name=_("municipality")
    )
    transfer = models.ForeignKey(
        Transfer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cancellation_requests",
        verbose_name=_("transfer"),
    )
    act = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cancellation_requests",
        verbose_name=_("decision to be cancelled"),
    )
    ground = models.CharField(_("ground"), max_length=8, choices=Ground)
    justification = models.CharField(_("justification"), max_length=4000)
    missing = models.DecimalField(
        _("thousand som lacking"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    filed_on = models.DateField(_("filed on"))
    due_on = models.DateField(_("to be decided by"))
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.FILED)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=1000, blank=True, default="")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta(Recorded.Meta):
        verbose_name = _("request for cancellation")
        verbose_name_plural = _("requests for cancellation")
        constraints = [
            models.CheckConstraint(
                name="delegation_cancellationrequest_ground", condition=Q(ground__in=["unlawful", "no_means"])
            ),
            models.CheckConstraint(
                name="delegation_cancellationrequest_status",
                condition=Q(status__in=["filed", "granted", "refused", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="delegation_cancellationrequest_about",
                condition=Q(transfer__isnull=False) | Q(act__isnull=False),
            ),
            models.CheckConstraint(
                name="delegation_cancellationrequest_missing",
                condition=(Q(ground="unlawful") | Q(missing__isnull=False))
                & (Q(missing__isnull=True) | Q(missing__gt=0, missing__lte=100_000_000)),
            ),
            models.CheckConstraint(
                name="delegation_cancellationrequest_due", condition=Q(due_on__gte=models.F("filed_on"))
            ),
            models.CheckConstraint(
                name="delegation_cancellationrequest_decided",
                condition=Q(status="filed", decided_on__isnull=True)
                | (~Q(status="filed") & Q(decided_on__gte=models.F("filed_on")) & ~Q(decision="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.filed_on}"
