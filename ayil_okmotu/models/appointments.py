"""Who holds a post, since when, by which act and for how long; who may be appointed; who stands in reserve."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from ayil_okmotu.models.bodies import Post, PostKind
from councils.models import Resolution
from registry.models import LegalAct, Person, Recorded
from registry.models.dated import EQUAL, LIVE, OVERLAPS, Dated, DatedQuerySet

MUNICIPALITY_KIND_CODES = ["city_republican", "city_oblast", "city_district_level", "ayil_aimak"]


class EndGround(Recorded):
    """A ground on which an appointment ends: data with its article."""

    class Kind(models.TextChoices):
        REMOVAL = "removal", _("removal of a head")
        """The statute's list: arts. 47 and 53 of law 123 of 2021."""
        END = "end", _("other end")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    article = models.CharField(_("article"), max_length=200, blank=True, default="")
    name = models.CharField(_("name"), max_length=300)
    needs_resolution = models.BooleanField(_("rests on a council resolution"), default=False)
    """No confidence: a published resolution of the council, adopted by two thirds of all deputies."""
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    if TYPE_CHECKING:
        name_ky: str | None
        name_ru: str | None
        name_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("ground for the end of an appointment")
        verbose_name_plural = _("grounds for the end of appointments")
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                name="ayil_okmotu_endground_kind", condition=Q(kind__in=["removal", "end"])
            ),
            models.CheckConstraint(
                name="ayil_okmotu_endground_resolution",
                condition=Q(needs_resolution=False) | Q(kind="removal"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class AppointedBy(models.TextChoices):
    """Who appoints: the President the mayors of Bishkek, Osh and cities of oblast significance, the akim other heads."""

    PRESIDENT = "president", _("President")
    AKIM = "akim", _("akim")
    HEAD = "head", _("head of the executive body")
    COUNCIL = "council", _("council")
    OTHER = "other", _("another authority")


class AppointmentQuerySet(DatedQuerySet):
    """Appointments to posts."""

    def heading(self, day: dt.date) -> Self:
        """Return those whose persons head their bodies on ``day``: where somebody acts beside the holder, who is acting."""
        acting = Appointment.objects.on(day).filter(post=OuterRef("post"), acting=True)
        return self.on(day).filter(Q(acting=True) | ~Exists(acting), post__kind=PostKind.HEAD)


class Appointment(Dated):
    """A person in a post over ``valid``; ``term_years`` (1–10) is how long the act gives, 5 for a head.

    Somebody who is acting stands in beside the holder: on a day with both, the one who is acting heads the body.
    """

    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("post")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("person")
    )
    acting = models.BooleanField(_("acting"), default=False)
    term_years = models.PositiveSmallIntegerField(_("term in years"), null=True, blank=True)
    appointed_by = models.CharField(_("appointed by"), max_length=9, choices=AppointedBy)
    appointing_act = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
        verbose_name=_("appointing act"),
    )
    order_number = models.CharField(_("number of the order"), max_length=40, blank=True, default="")
    order_on = models.DateField(_("date of the order"), null=True, blank=True)
    concurrent_reason = models.CharField(
        _("reason for a second post at once"), max_length=500, blank=True, default=""
    )
    end_ground = models.ForeignKey(
        EndGround,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
        verbose_name=_("ground of the end"),
    )
    end_act = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ended_appointments",
        verbose_name=_("act of the end"),
    )
    end_order_number = models.CharField(
        _("number of the order of the end"), max_length=40, blank=True, default=""
    )
    end_resolution = models.ForeignKey(
        Resolution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ended_appointments",
        verbose_name=_("council resolution"),
    )
    former = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="next",
        verbose_name=_("continues the appointment"),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="ayil_okmotu_appointment_one_holder_a_day",
                expressions=[("post", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE & Q(acting=False),
            ),
            ExclusionConstraint(
                name="ayil_okmotu_appointment_one_acting_a_day",
                expressions=[("post", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE & Q(acting=True),
            ),
            models.UniqueConstraint(
                name="ayil_okmotu_appointment_continued_once", fields=["former"], condition=LIVE
            ),
            models.CheckConstraint(
                name="ayil_okmotu_appointment_term",
                condition=Q(term_years__isnull=True) | Q(term_years__range=(1, 10)),
            ),
            models.CheckConstraint(
                name="ayil_okmotu_appointment_by", condition=Q(appointed_by__in=AppointedBy.values)
            ),
            models.CheckConstraint(
                name="ayil_okmotu_appointment_has_act",
                condition=Q(appointing_act__isnull=False) | ~Q(order_number="") | Q(former__isnull=False),
            ),
            models.CheckConstraint(
                name="ayil_okmotu_appointment_end_has_ground",
                condition=Q(valid__upper_inf=True, end_ground__isnull=True)
                | Q(valid__upper_inf=False, end_ground__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.post_id}"


class QualificationRule(Recorded):
    """The service that a head of this kind of municipality must bring, in years, with its article.

    The source says of "leading elsewhere" both that it stands in for leading in the service and that it is
    added to it: ``elsewhere`` says which reading is applied, "both" applies neither and explains each.
    """

    class Elsewhere(models.TextChoices):
        ALTERNATIVE = "alternative", _("instead of leading service")
        ADDITION = "addition", _("in addition to leading service")
        BOTH = "both", _("read both ways")

    unit_kind = models.CharField(_("kind of municipality"), max_length=20)
    total_years = models.PositiveSmallIntegerField(_("years of service"))
    leading_years = models.PositiveSmallIntegerField(_("of them in leading posts"))
    elsewhere_years = models.PositiveSmallIntegerField(_("leading posts elsewhere"))
    elsewhere = models.CharField(
        _("how leading posts elsewhere count"), max_length=11, choices=Elsewhere, default=Elsewhere.BOTH
    )
    higher_education = models.BooleanField(_("higher education"), default=False)
    state_language = models.BooleanField(_("state language"), default=True)
    article = models.CharField(_("article"), max_length=200, blank=True, default="")
    valid = DateRangeField(_("valid"))

    class Meta(Recorded.Meta):
        verbose_name = _("qualification rule")
        verbose_name_plural = _("qualification rules")
        constraints = [
            ExclusionConstraint(
                name="ayil_okmotu_qualificationrule_one_a_day",
                expressions=[("unit_kind", EQUAL), ("valid", OVERLAPS)],
            ),
            models.CheckConstraint(
                name="ayil_okmotu_qualificationrule_kind", condition=Q(unit_kind__in=MUNICIPALITY_KIND_CODES)
            ),
            models.CheckConstraint(
                name="ayil_okmotu_qualificationrule_years",
                condition=Q(total_years__lte=40, leading_years__lte=40, elsewhere_years__lte=40),
            ),
            models.CheckConstraint(
                name="ayil_okmotu_qualificationrule_elsewhere",
                condition=Q(elsewhere__in=["alternative", "addition", "both"]),
            ),
            models.CheckConstraint(
                name="ayil_okmotu_qualificationrule_valid_not_empty",
                condition=Q(valid__isempty=False, valid__lower_inf=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_kind} {self.total_years}/{self.leading_years}/{self.elsewhere_years}"


class ServiceRecord(Recorded):
    """A person's service and education as of a day, which a candidate is checked against; not public."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="service_records", verbose_name=_("person")
    )
    on = models.DateField(_("as of"))
    total_years = models.PositiveSmallIntegerField(_("years of service"))
    leading_years = models.PositiveSmallIntegerField(_("of them in leading posts"))
    elsewhere_years = models.PositiveSmallIntegerField(_("leading posts elsewhere"), default=0)
    higher_education = models.BooleanField(_("higher education"))
    state_language = models.BooleanField(_("state language"))

    class Meta(Recorded.Meta):
        verbose_name = _("service record")
        verbose_name_plural = _("service records")
        constraints = [
            models.UniqueConstraint(name="ayil_okmotu_servicerecord_once", fields=["person", "on"]),
            models.CheckConstraint(
                name="ayil_okmotu_servicerecord_years",
                condition=Q(
                    total_years__lte=70, leading_years__lte=models.F("total_years"), elsewhere_years__lte=70
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.on}"


class ReserveCandidate(Dated):
    """One of at most three persons who stand in reserve for a post, in their order; not public."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="reserve", verbose_name=_("post"))
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="reserve_places", verbose_name=_("person")
    )
    place = models.PositiveSmallIntegerField(_("place"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("candidate in reserve")
        verbose_name_plural = _("candidates in reserve")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="ayil_okmotu_reservecandidate_one_a_place",
                expressions=[("post", EQUAL), ("place", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
            ExclusionConstraint(
                name="ayil_okmotu_reservecandidate_once_a_post",
                expressions=[("post", EQUAL), ("person", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
            models.CheckConstraint(
                name="ayil_okmotu_reservecandidate_place", condition=Q(place__range=(1, 3))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} {self.place}"
