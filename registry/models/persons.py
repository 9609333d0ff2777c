"""Persons who hold mandates and posts; what is private lies in a table of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.dated import Recorded


class Person(Recorded):
    """A person as the public knows them: name, sex, year of birth."""

    class Sex(models.TextChoices):
        FEMALE = "f", _("female")
        MALE = "m", _("male")

    name = models.CharField(_("name"), max_length=200)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True, default="")
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)

    if TYPE_CHECKING:
        name_ky: str | None
        name_ru: str | None
        name_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        constraints = [
            models.CheckConstraint(
                name="registry_person_birth_year",
                condition=Q(birth_year__isnull=True) | Q(birth_year__range=(1900, 2100)),
            )
        ]

    def __str__(self) -> str:
        return str(self.name)


class PersonPrivate(models.Model):
    """Contacts and other private particulars, which no public page, answer or export reads."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="private")
    phone = models.CharField(_("telephone"), max_length=40, blank=True, default="")
    email = models.EmailField(_("e-mail"), blank=True, default="")
    personal_number = models.CharField(_("personal number"), max_length=14, blank=True, default="")

    class Meta:
        verbose_name = _("private particulars")
        verbose_name_plural = _("private particulars")

    def __str__(self) -> str:
        return str(self.person_id)
