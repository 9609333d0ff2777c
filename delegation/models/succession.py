"""What becomes of the transfers of a municipality that ended."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from delegation.models.transfers import Transfer
from registry.models import Annulment, Change, LegalAct, Recorded


class Succession(Recorded):
    """The outcome for one transfer of a municipality that a change ended; undecided until an explicit act, by ``due_on``."""

    class Outcome(models.TextChoices):
        UNDECIDED = "undecided", _("undecided")
        RENEWED = "renewed", _("renewed by a new agreement")
        PASSED_ON = "passed_on", _("passed on to the successor")
        ENDED = "ended", _("ended")

    change = models.ForeignKey(
        Change, on_delete=models.PROTECT, related_name="successions", verbose_name=_("change")
    )
    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="successions", verbose_name=_("transfer")
    )
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, default=Outcome.UNDECIDED)
    due_on = models.DateField(_("to be decided by"))
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    act = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successions",
        verbose_name=_("act"),
    )
    order_number = models.CharField(_("number of the decision"), max_length=40, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    new_transfer = models.OneToOneField(
        Transfer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="succeeds_by",
        verbose_name=_("new transfer"),
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

    class Meta(Recorded.Meta):
        verbose_name = _("succession of a transfer")
        verbose_name_plural = _("succession of transfers")
        constraints = [
            models.UniqueConstraint(
                name="delegation_succession_once",
                fields=["transfer"],
                condition=Q(voided_by__isnull=True),
            ),
            models.CheckConstraint(
                name="delegation_succession_outcome",
                condition=Q(outcome__in=["undecided", "renewed", "passed_on", "ended"]),
            ),
            models.CheckConstraint(
                name="delegation_succession_decided",
                condition=Q(outcome="undecided", decided_on__isnull=True, new_transfer__isnull=True)
                | (
                    Q(outcome__in=["renewed", "passed_on"], decided_on__isnull=False)
                    & Q(new_transfer__isnull=False)
                    & (Q(act__isnull=False) | ~Q(order_number=""))
                )
                | (
                    Q(outcome="ended", decided_on__isnull=False, new_transfer__isnull=True)
                    & (Q(act__isnull=False) | ~Q(order_number=""))
                    & ~Q(reason="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.outcome}"
