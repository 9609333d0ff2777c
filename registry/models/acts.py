"""Legal acts, the basis of everything the register records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.dated import Recorded


class LegalAct(Recorded):
    """A law, decree, resolution or order; a repealed one stays and flags what rests on it."""

    class Kind(models.TextChoices):
        CONSTITUTION = "constitution", _("Constitution")
        LAW = "law", _("law")
        DECREE = "decree", _("decree of the President")
        CABINET_RESOLUTION = "cabinet_resolution", _("resolution of the Cabinet of Ministers")
        COUNCIL_RESOLUTION = "council_resolution", _("resolution of a council")
        ORDER = "order", _("order")
        REGULATION = "regulation", _("regulation")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_FORCE = "in_force", _("in force")
        REPEALED = "repealed", _("repealed")

    key = models.SlugField(_("short key"), max_length=60, unique=True, null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    number = models.CharField(_("number"), max_length=40, blank=True, default="")
    adopted_on = models.DateField(_("date adopted"))
    in_force = DateRangeField(_("in force"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.IN_FORCE)
    repealed_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("repealed by")
    )
    title = models.CharField(_("title"), max_length=500)
    link = models.URLField(_("address of the text"), max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(_("row version"), default=1, editable=False)

    if TYPE_CHECKING:
        title_ky: str | None
        title_ru: str | None
        title_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("legal act")
        verbose_name_plural = _("legal acts")
        ordering = ["-adopted_on", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                name="registry_legalact_once",
                fields=["kind", "number", "adopted_on"],
                condition=~Q(number="") & ~Q(kind="council_resolution"),  # each council numbers its own
            ),
            models.CheckConstraint(
                name="registry_legalact_repealed_says_so",
                condition=Q(repealed_by__isnull=True) | Q(status="repealed"),
            ),
            models.CheckConstraint(
                name="registry_legalact_in_force_not_empty",
                condition=Q(in_force__isnull=True) | Q(in_force__isempty=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} № {self.number} ({self.adopted_on:%d.%m.%Y})"
