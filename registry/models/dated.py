"""What dated rows share: a period, where they come from, and the change that wrote or closed them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Provenance(models.TextChoices):
    """Whether a row rests on a legal act or source, or was made to match published totals."""

    DOCUMENTED = "documented", _("documented")
    CONSTRUCTED = "constructed", _("constructed")


class Recorded(models.Model):
    """A row that says where it comes from."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provenance = models.CharField(
        _("provenance"), max_length=12, choices=Provenance, default=Provenance.DOCUMENTED
    )
    source = models.CharField(_("source"), max_length=500, blank=True, default="")
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), db_default=Now(), editable=False)  # kept by a trigger

    class Meta:
        abstract = True


class Named(Recorded):
    """What has a name in Kyrgyz and Russian."""

    name = models.CharField(_("name"), max_length=500)

    if TYPE_CHECKING:
        name_ky: str | None
        name_ru: str | None
        name_en: str | None

    class Meta(Recorded.Meta):
        abstract = True

    def __str__(self) -> str:
        return str(self.name)


class DatedQuerySet(models.QuerySet):
    """Rows that hold from the start of ``valid`` until just before its end."""

    def live(self) -> Self:
        """Return the rows no annulment has voided."""
        return self.filter(voided_by__isnull=True)

    def on(self, day: dt.date) -> Self:
        """Return the live rows in force on ``day``."""
        return self.live().filter(valid__contains=day)


class Dated(Recorded):
    """A row in force over ``valid`` = ``[from, to)``; voided, never deleted, when its change is annulled."""

    valid = DateRangeField(_("valid"))
    change = models.ForeignKey(
        "registry.Change",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("written by change"),
    )
    closed_by = models.ForeignKey(
        "registry.Change",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by change"),
    )
    voided_by = models.ForeignKey(
        "registry.Annulment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("voided by annulment"),
    )

    class Meta(Recorded.Meta):
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_valid_not_empty", condition=Q(valid__isempty=False)
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_valid_has_start", condition=Q(valid__lower_inf=False)
            ),
        ]

    @property
    def last_day(self) -> dt.date | None:
        """The last day the row holds, inclusive; ``None`` while it is open."""
        return self.valid.upper - dt.timedelta(days=1) if self.valid.upper else None


LIVE = Q(voided_by__isnull=True)
OVERLAPS = RangeOperators.OVERLAPS
EQUAL = RangeOperators.EQUAL
