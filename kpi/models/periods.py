"""When reports are due: quarters with their opening, due and locking days, and who got longer."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models import LegalAct, Recorded, Unit


class PeriodStatus(models.TextChoices):
    """What follows from a period's days on the day asked about."""

    OPEN = "open", pgettext_lazy("KPI", "open")
    LOCKED = "locked", _("locked")
    PUBLISHED = "published", pgettext_lazy("KPI", "published")


class PeriodQuerySet(models.QuerySet):
    """Reporting periods."""

    def opened(self, day: dt.date) -> Self:
        """Return those that have opened by ``day``."""
        return self.filter(opens__lte=day)

    def closed(self, day: dt.date) -> Self:
        """Return those whose quarter has ended by ``day``."""
        return self.filter(ends__lte=day)


class Period(Recorded):
    """A quarter that is reported on, ``[begins, ends)``.

    Entry from ``opens``, on time until ``due`` inclusive, none from ``locks`` on.
    """

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    """year × 4 + quarter − 1: what the read model is keyed by."""
    code = models.CharField(_("code"), max_length=6, unique=True)
    begins = models.DateField(_("first day"))
    ends = models.DateField(_("first day after"))
    opens = models.DateField(_("opens"))
    due = models.DateField(_("due"))
    locks = models.DateField(_("locks"))
    within = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tried out within"),
    )
    """The district or oblast in which reporting was tried out; without one the whole country reports."""
    published_on = models.DateField(_("published on"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = PeriodQuerySet.as_manager()

    class Meta(Recorded.Meta):
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="kpi_period_days",
                condition=Q(begins__lt=F("ends"))
                & Q(opens__gte=F("begins"))
                & Q(opens__lte=F("due"))
                & Q(due__lt=F("locks"))
                & Q(ends__lte=F("due")),
            ),
            models.CheckConstraint(
                name="kpi_period_published",
                condition=Q(published_on__isnull=True) | Q(published_on__gte=F("ends")),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def year(self) -> int:
        """The year."""
        return self.number // 4

    @property
    def quarter(self) -> int:
        """The quarter, 1 to 4."""
        return self.number % 4 + 1

    @property
    def last_day(self) -> dt.date:
        """The last day: who is a municipality then owes the report."""
        return self.ends - dt.timedelta(days=1)

    def status_on(self, day: dt.date) -> PeriodStatus:
        """What the period is on a day."""
        if self.published_on is not None and self.published_on <= day:
            return PeriodStatus.PUBLISHED
        return PeriodStatus.LOCKED if day >= self.locks else PeriodStatus.OPEN


class Extension(Recorded):
    """A municipality may report until ``until`` inclusive, for a reason; the longest extension counts."""

    period = models.ForeignKey(
        Period, on_delete=models.PROTECT, related_name="extensions", verbose_name=_("reporting period")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="kpi_extensions", verbose_name=_("municipality")
    )
    until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=500)
    act = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="kpi_extensions",
        verbose_name=_("legal act"),
    )
    given_by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("given by"),
    )

    class Meta(Recorded.Meta):
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["-until"]
        constraints = [
            models.CheckConstraint(name="kpi_extension_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.period_id} {self.until}"
