"""Executive bodies of municipalities and the posts in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Settlement, Unit
from registry.models.dated import EQUAL, LIVE, OVERLAPS, Dated, DatedQuerySet


class BodyKind(models.TextChoices):
    """What carries out the decisions of the council: an ayil okmotu in an ayil aimak, a mayor's office in a city."""

    AYIL_OKMOTU = "ayil_okmotu", _("ayil okmotu")
    MAYORS_OFFICE = "mayors_office", _("mayor's office")


class ExecutiveBody(Dated):
    """The executive body of a municipality, for as long as it is one."""

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="executive_bodies", verbose_name=_("municipality")
    )
    kind = models.CharField(_("kind"), max_length=13, choices=BodyKind)
    address = models.CharField(_("address"), max_length=300, blank=True, default="")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    if TYPE_CHECKING:
        address_ky: str | None
        address_ru: str | None
        address_en: str | None

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("executive body")
        verbose_name_plural = _("executive bodies")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="ayil_okmotu_executivebody_one_a_day",
                expressions=[("unit", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
            models.CheckConstraint(
                name="ayil_okmotu_executivebody_kind", condition=Q(kind__in=BodyKind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.unit_id}"


class BodyContact(models.Model):
    """How the ministry reaches an executive body; read by its own staff and the ministry, by nobody else."""

    body = models.OneToOneField(
        ExecutiveBody, on_delete=models.PROTECT, primary_key=True, related_name="contact"
    )
    phone = models.CharField(_("telephone"), max_length=40, blank=True, default="")
    email = models.EmailField(_("e-mail"), blank=True, default="")
    person = models.CharField(_("whom to ask for"), max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("contacts of an executive body")
        verbose_name_plural = _("contacts of executive bodies")

    def __str__(self) -> str:
        return str(self.body_id)


class PostKind(models.TextChoices):
    """What a post is, from the head down."""

    HEAD = "head", _("head")
    DEPUTY = "deputy", _("deputy head")
    PUBLIC_SAFETY_DEPUTY = "public_safety_deputy", _("deputy head for public safety")
    """A proposal of the source, not law: a post that a municipality may have."""
    CHIEF_OF_STAFF = "chief_of_staff", _("chief of staff")
    DEPARTMENT_HEAD = "department_head", _("head of department")
    SPECIALIST = "specialist", _("specialist")
    SOCIAL_SPECIALIST = "social_specialist", _("specialist for social matters")
    """A proposal of the source, not law."""
    VILLAGE_HEAD = "village_head", _("village head")
    OTHER = "other", _("other post")


class Employment(models.TextChoices):
    """Whether a post is counted as staff or filled by contract."""

    STAFF = "staff", _("staff")
    CONTRACT = "contract", _("contract")
    """Village heads since the reform: no paid leave."""


class Post(Dated):
    """A post in an executive body; of a village head, with the village."""

    body = models.ForeignKey(
        ExecutiveBody, on_delete=models.PROTECT, related_name="posts", verbose_name=_("executive body")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=PostKind)
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    employment = models.CharField(_("employment"), max_length=8, choices=Employment, default=Employment.STAFF)
    settlement = models.ForeignKey(
        Settlement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="village_head_posts",
        verbose_name=_("village"),
    )
    former = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="next",
        verbose_name=_("continues the post"),
    )
    """The post in the body of before a territorial change that this one continues."""
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    if TYPE_CHECKING:
        name_ky: str | None
        name_ru: str | None
        name_en: str | None

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="ayil_okmotu_post_one_head_a_day",
                expressions=[("body", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE & Q(kind="head"),
            ),
            ExclusionConstraint(
                name="ayil_okmotu_post_one_village_head_a_day",
                expressions=[("settlement", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE & Q(kind="village_head"),
            ),
            models.CheckConstraint(name="ayil_okmotu_post_kind", condition=Q(kind__in=PostKind.values)),
            models.CheckConstraint(
                name="ayil_okmotu_post_employment", condition=Q(employment__in=Employment.values)
            ),
            models.CheckConstraint(
                name="ayil_okmotu_post_village",
                condition=Q(kind="village_head", settlement__isnull=False)
                | (~Q(kind="village_head") & Q(settlement__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.body_id}"
