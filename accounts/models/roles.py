"""What users may do: a role over a period, for one unit where the role is bound to one."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models import UnitVersion

NO_UNIT = uuid.UUID(int=0)
"""Stands for "the whole country" where PostgreSQL must compare: two NULLs never exclude one another."""


class RoleKind(models.TextChoices):
    """What somebody may do (trust: roles)."""

    VIEWER = "viewer", _("viewer")
    STAFF = "staff", _("municipal staff")
    DISTRICT = "district", _("district staff")
    ANALYST = "analyst", _("ministry analyst")
    APPROVER = "approver", _("ministry approver")
    REFORM_TEAM = "reform_team", _("reform team")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


BOUND_TO_A_UNIT = (RoleKind.STAFF, RoleKind.DISTRICT)
"""Roles that mean nothing without a municipality or a district; all others are for the whole country."""

SECOND_FACTOR = (RoleKind.APPROVER, RoleKind.REFORM_TEAM, RoleKind.ADMINISTRATOR)
"""Roles that change what others rely on, and count only in a session opened with a second factor."""


class RoleQuerySet(models.QuerySet["Role"]):
    """Roles over time."""

    def live(self) -> Self:
        """Return the roles that were not taken back before they began."""
        return self.filter(voided_at__isnull=True)

    def on(self, day: dt.date) -> Self:
        """Return the roles given for ``day``."""
        return self.live().filter(valid__contains=day)

    def undecided(self, day: dt.date) -> Self:
        """Return the roles given for ``day`` whose unit does not exist that day.

        Nothing follows a merger by itself: somebody decides for each whether it follows (``services.follow``) or
        ends.
        """
        there = UnitVersion.objects.on(day).filter(unit=OuterRef("unit"))
        return self.on(day).filter(~Exists(there), unit__isnull=False)


class Role(models.Model):
    """A role of a user over ``[from, to)``, for one unit where the role is bound to one.

    A row says for ever who gave it, when and why. It is never deleted and never given to somebody else: it is
    ended by closing ``valid``, or marked ``voided_at`` where it was taken back before its first day.
    """

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="roles", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20, choices=RoleKind)
    unit = models.ForeignKey(
        "registry.Unit", models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("unit")
    )
    valid = DateRangeField(_("valid"))
    granted_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("granted by"),
    )
    granted_at = models.DateTimeField(_("granted at"), default=timezone.now, db_default=Now(), editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="", db_default="")
    act = models.ForeignKey(
        "registry.LegalAct",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("legal act"),
    )
    follows = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="followed_by",
        null=True,
        editable=False,
        verbose_name=_("continues the role for the unit that ended"),
    )
    ended_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("ended by"),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    end_reason = models.CharField(
        _("reason of the end"), max_length=500, blank=True, default="", db_default=""
    )
    voided_at = models.DateTimeField(_("taken back at"), null=True, editable=False)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.CheckConstraint(
                name="accounts_role_valid_not_empty",
                condition=Q(valid__isempty=False),
                violation_error_message=_("The period is empty."),
            ),
            models.CheckConstraint(name="accounts_role_known", condition=Q(role__in=RoleKind.values)),
            models.CheckConstraint(
                name="accounts_role_bound_to_a_unit",
                condition=Q(role__in=["staff", "district"], unit__isnull=False)
                | (~Q(role__in=["staff", "district"]) & Q(unit__isnull=True)),
                violation_error_message=_("This role needs a unit, or takes none."),
            ),
            models.CheckConstraint(
                name="accounts_role_not_by_oneself",
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("user")),
                violation_error_message=_("Nobody gives a role to himself."),
            ),
            models.CheckConstraint(
                name="accounts_role_voided_when_ended",
                condition=Q(voided_at__isnull=True) | Q(ended_at__isnull=False),
            ),
            ExclusionConstraint(
                name="accounts_role_once_a_day",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (Coalesce(F("unit"), Value(NO_UNIT)), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True),
                violation_error_message=_("The user holds this role already in that period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} ({self.user})"

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether the role is given for ``day``."""
        begins, ends = self.valid.lower, self.valid.upper
        return (begins is None or begins <= day) and (ends is None or day < ends)
