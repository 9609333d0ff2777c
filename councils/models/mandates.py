"""Who sits in a council, on what basis, in which post; and why somebody no longer does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from councils.models.bodies import Committee, Convocation, Council, ElectoralDistrict, Faction, Party
from registry.models import LegalAct, Person, Recorded
from registry.models.dated import EQUAL, LIVE, OVERLAPS, Dated, DatedQuerySet


class EndReason(Recorded):
    """A ground on which a mandate ends: data with its article, since the statute's list is not at hand in full."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    article = models.CharField(_("article"), max_length=200, blank=True, default="")
    name = models.CharField(_("name"), max_length=300)
    entered = models.BooleanField(_("entered"), default=True)
    """False for a ground of the statute whose text nobody has entered yet."""
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    if TYPE_CHECKING:
        name_ky: str | None
        name_ru: str | None
        name_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("ground for the end of a mandate")
        verbose_name_plural = _("grounds for the end of mandates")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return str(self.name)


class MandateBasis(models.TextChoices):
    """By what a deputy sits."""

    ELECTED = "elected", _("elected")
    RESERVED_FOR_WOMEN = "reserved_for_women", _("elected to a seat reserved for women")
    REPLACEMENT = "replacement", _("replacement")
    CARRIED_OVER = "carried_over", _("carried over")


class Mandate(Dated):
    """A person's seat in a convocation over ``valid``, within the convocation's term.

    A seat carried over in a merger names the council it comes from, and the mandate there.
    """

    convocation = models.ForeignKey(
        Convocation, on_delete=models.PROTECT, related_name="mandates", verbose_name=_("convocation")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="mandates", verbose_name=_("deputy")
    )
    basis = models.CharField(_("basis"), max_length=20, choices=MandateBasis)
    origin = models.ForeignKey(
        Council,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_mandates",
        verbose_name=_("council of origin"),
    )
    former = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="next",
        verbose_name=_("carried over from"),
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates",
        verbose_name=_("party"),
    )
    district = models.ForeignKey(
        ElectoralDistrict,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates",
        verbose_name=_("electoral district"),
    )
    faction = models.ForeignKey(
        Faction,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates",
        verbose_name=_("faction"),
    )
    end_reason = models.ForeignKey(
        EndReason,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates",
        verbose_name=_("end reason"),
    )
    end_act = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ended_mandates",
        verbose_name=_("act of the end"),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="councils_mandate_one_a_person_and_day",
                expressions=[("convocation", EQUAL), ("person", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
            models.UniqueConstraint(
                name="councils_mandate_carried_once",
                fields=["former"],
                condition=LIVE & Q(former__isnull=False),
            ),
            models.CheckConstraint(name="councils_mandate_basis", condition=Q(basis__in=MandateBasis.values)),
            models.CheckConstraint(
                name="councils_mandate_carried_over_has_origin",
                condition=Q(basis="carried_over", origin__isnull=False)
                | (~Q(basis="carried_over") & Q(origin__isnull=True)),
            ),
            models.CheckConstraint(
                name="councils_mandate_end_reason_has_end",
                condition=Q(end_reason__isnull=True) | Q(valid__upper_inf=False),
            ),
        ]
        indexes = [models.Index(name="councils_mandate_person", fields=["person", "convocation"])]

    def __str__(self) -> str:
        return f"{self.person_id} {self.valid}"


class CommitteeMembership(Dated):
    """A deputy in a committee."""

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("committee")
    )
    mandate = models.ForeignKey(
        Mandate, on_delete=models.PROTECT, related_name="committee_memberships", verbose_name=_("mandate")
    )
    chairs = models.BooleanField(_("chairs the committee"), default=False)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("membership of a committee")
        verbose_name_plural = _("memberships of committees")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="councils_committeemembership_once_a_day",
                expressions=[("committee", EQUAL), ("mandate", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
            ExclusionConstraint(
                name="councils_committee_one_chair_a_day",
                expressions=[("committee", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE & Q(chairs=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.committee_id} {self.mandate_id}"


class CouncilPostKind(models.TextChoices):
    """The posts of a council."""

    CHAIR = "chair", _("chair")
    DEPUTY_CHAIR = "deputy_chair", _("deputy chair")
    RESPONSIBLE_SECRETARY = "responsible_secretary", _("responsible secretary")


class CouncilPost(Dated):
    """Who holds a post of a council; the chair and the deputy are deputies, the responsible secretary need not be."""

    convocation = models.ForeignKey(
        Convocation, on_delete=models.PROTECT, related_name="posts", verbose_name=_("convocation")
    )
    kind = models.CharField(_("post"), max_length=22, choices=CouncilPostKind)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="council_posts", verbose_name=_("person")
    )
    act = models.ForeignKey(
        LegalAct, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("act")
    )
    end_note = models.CharField(_("why it ended"), max_length=300, blank=True, default="")

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("post of a council")
        verbose_name_plural = _("posts of councils")
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="councils_councilpost_one_holder_a_day",
                expressions=[("convocation", EQUAL), ("kind", EQUAL), ("valid", OVERLAPS)],
                condition=LIVE,
            ),
            models.CheckConstraint(
                name="councils_councilpost_kind", condition=Q(kind__in=CouncilPostKind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"


class SeatConflict(Recorded):
    """Why the law gives no single answer to how many seats a council has: each source with what it says.

    Kept and shown beside the ledger; nobody resolves it in code (Bishkek, 2024).
    """

    council = models.ForeignKey(
        Council, on_delete=models.PROTECT, related_name="seat_conflicts", verbose_name=_("council")
    )
    act = models.ForeignKey(
        LegalAct, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("act")
    )
    article = models.CharField(_("article"), max_length=100, blank=True, default="")
    statement = models.TextField(_("what it says"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    if TYPE_CHECKING:
        statement_ky: str | None
        statement_ru: str | None
        statement_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("conflict over seats")
        verbose_name_plural = _("conflicts over seats")
        ordering = ["council", "order"]

    def __str__(self) -> str:
        return f"{self.council_id} {self.order}"
