"""How many people work in an executive body, and how many may."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ayil_okmotu.models.bodies import BodyKind, ExecutiveBody
from registry.models import LegalAct, Recorded, Unit
from registry.models.dated import EQUAL, OVERLAPS


class StaffingNorm(Recorded):
    """How many staff and contract posts a body of a kind may have, and the greatest share of men among the staff.

    ``within`` narrows it to an oblast (the pilots); the narrower norm goes before the country's. A number that
    law does not give is empty, which is no limit and not zero.
    """

    body_kind = models.CharField(_("kind of body"), max_length=13, choices=BodyKind)
    within = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="staffing_norms",
        verbose_name=_("within"),
    )
    staff = models.PositiveSmallIntegerField(_("staff posts"), null=True, blank=True)
    contract = models.PositiveSmallIntegerField(_("contract posts"), null=True, blank=True)
    men_percent = models.PositiveSmallIntegerField(
        _("greatest share of men, per cent"), null=True, blank=True
    )
    act = models.ForeignKey(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="staffing_norms",
        verbose_name=_("legal act"),
    )
    article = models.CharField(_("article"), max_length=200, blank=True, default="")
    valid = DateRangeField(_("valid"))

    class Meta(Recorded.Meta):
        verbose_name = _("staffing norm")
        verbose_name_plural = _("staffing norms")
        constraints = [
            ExclusionConstraint(
                name="ayil_okmotu_staffingnorm_one_a_day_within",
                expressions=[("body_kind", EQUAL), ("within", EQUAL), ("valid", OVERLAPS)],
                condition=Q(within__isnull=False),
            ),
            ExclusionConstraint(
                name="ayil_okmotu_staffingnorm_one_a_day",
                expressions=[("body_kind", EQUAL), ("valid", OVERLAPS)],
                condition=Q(within__isnull=True),
            ),
            models.CheckConstraint(
                name="ayil_okmotu_staffingnorm_bounds",
                condition=(Q(staff__isnull=True) | Q(staff__lte=5000))
                & (Q(contract__isnull=True) | Q(contract__lte=5000))
                & (Q(men_percent__isnull=True) | Q(men_percent__lte=100)),
            ),
            models.CheckConstraint(
                name="ayil_okmotu_staffingnorm_kind", condition=Q(body_kind__in=BodyKind.values)
            ),
            models.CheckConstraint(
                name="ayil_okmotu_staffingnorm_valid_not_empty",
                condition=Q(valid__isempty=False, valid__lower_inf=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_kind} {self.staff} + {self.contract}"


class StaffingReport(Recorded):
    """The people of a body on a day, as it reported them: staff posts approved and filled, women among the
    filled, and contract posts filled apart."""

    body = models.ForeignKey(
        ExecutiveBody,
        on_delete=models.PROTECT,
        related_name="staffing_reports",
        verbose_name=_("executive body"),
    )
    on = models.DateField(_("as of"))
    approved = models.PositiveSmallIntegerField(_("staff posts approved"))
    filled = models.PositiveSmallIntegerField(_("staff posts filled"))
    contract = models.PositiveSmallIntegerField(_("contract posts filled"))
    women = models.PositiveSmallIntegerField(_("women in staff posts"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta(Recorded.Meta):
        verbose_name = _("staffing report")
        verbose_name_plural = _("staffing reports")
        constraints = [
            models.UniqueConstraint(name="ayil_okmotu_staffingreport_once", fields=["body", "on"]),
            models.CheckConstraint(
                name="ayil_okmotu_staffingreport_bounds",
                condition=Q(approved__lte=5000, filled__lte=5000, contract__lte=5000),
            ),
            models.CheckConstraint(
                name="ayil_okmotu_staffingreport_women",
                condition=Q(women__isnull=True) | Q(women__lte=models.F("filled")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} {self.on}"
