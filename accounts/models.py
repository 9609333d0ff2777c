"""Users and the roles they hold, each for a unit and a period."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Self

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

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
"""Roles that change what others rely on, and log in with a second factor."""


class User(AbstractUser):
    """Somebody who logs in; made by an administrator, never by signing up."""

    patronymic = models.CharField(_("patronymic"), max_length=150, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")  # type: ignore[assignment]
        verbose_name_plural = _("users")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()

    def get_full_name(self) -> str:
        """Return surname, given name and patronymic, in the order of official papers."""
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)

    @cached_property
    def _roles(self) -> list[Role]:
        return list(self.roles.all())

    def roles_on(self, day: dt.date) -> list[Role]:
        """Return the roles held on ``day``; all of a user's roles are read once."""
        return [role for role in self._roles if role.holds_on(day)]

    def forget_roles(self) -> None:
        """Read the roles again at the next question."""
        self.__dict__.pop("_roles", None)


class RoleQuerySet(models.QuerySet["Role"]):
    """Roles over time."""

    def on(self, day: dt.date) -> Self:
        """Return the roles held on ``day``."""
        return self.filter(valid__contains=day)


class Role(models.Model):
    """A role of a user over ``[from, to)``, for one unit where the role is bound to one."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20, choices=RoleKind)
    unit = models.ForeignKey(
        "registry.Unit",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("unit"),
    )
    valid = DateRangeField(_("valid"))

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
            ExclusionConstraint(
                name="accounts_role_once_a_day",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (Coalesce(F("unit"), Value(NO_UNIT)), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The user holds this role already in that period."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} ({self.user})"

    def holds_on(self, day: dt.date) -> bool:
        """Tell whether the role is held on ``day``."""
        begins, ends = self.valid.lower, self.valid.upper
        return (begins is None or begins <= day) and (ends is None or day < ends)
