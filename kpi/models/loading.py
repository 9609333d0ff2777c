"""What a file with published values of earlier years says, while it is imported."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoadedValue(models.Model):
    """A row of such a file as it was read: texts, in the order of the file. Empty but for the import that fills it."""

    not_a_record = "rows of a file while it is imported"
    erasable = True

    period = models.TextField(_("reporting period"), null=True)
    unit = models.TextField(_("municipality"), null=True)
    indicator = models.TextField(_("indicator"), null=True)
    value = models.TextField(_("value"), null=True)
    numerator = models.TextField(_("numerator"), null=True)
    denominator = models.TextField(_("denominator"), null=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")

    def __str__(self) -> str:
        return f"{self.period} {self.unit} {self.indicator}"
