"""Who logs in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import rules
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models.roles import Role


class User(AbstractUser):  # type: ignore[django-manager-missing]  # knox names its relation at run time
    """Somebody who logs in; made by an administrator, never by signing up, and never deleted.

    What a user may do follows from the roles of the day alone. The columns that Django's own permissions would
    use (superuser, staff, groups) are there because Django's tables have them, and give nothing.
    """

    second_factor: bool = False
    """Whether this session or token was opened with a second factor. Said by whoever authenticates the request,
    kept nowhere in the user's row; without it, roles that demand a second factor do not count
    (``accounts.rules.holds``)."""

    patronymic = models.CharField(_("patronymic"), max_length=150, blank=True)
    person = models.OneToOneField(
        "registry.Person",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="user",
        verbose_name=_("person in the register"),
    )
    """Who the user is among the people of the register: what a person may read of himself follows from it."""

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")  # type: ignore[assignment]
        verbose_name_plural = _("users")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()

    def get_full_name(self) -> str:
        """Return surname, given name and patronymic, in the order of official papers."""
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)

    def vouch(self) -> User:
        """Say that this user was authenticated with a second factor; return the user.

        For work done later for somebody who asked for it with one: a task that checks rights again.
        """
        self.second_factor = True
        return self

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Tell what the rules say; nobody is above them, and whoever is not active may do nothing."""
        return bool(self.is_active and rules.has_perm(perm, self, obj))

    def has_module_perms(self, app_label: str) -> bool:
        """Tell whether the rules let this user see anything of an app in the administration pages."""
        return bool(self.is_active and rules.has_perm(app_label, self))

    @cached_property
    def _roles(self) -> list[Role]:
        return list(self.roles.filter(voided_at__isnull=True))

    def roles_on(self, day: dt.date) -> list[Role]:
        """Return the roles given for ``day``; all of a user's roles are read once.

        Whether they count in this session is another question: ask ``accounts.rules.holds``.
        """
        return [role for role in self._roles if role.holds_on(day)]

    def forget_roles(self) -> None:
        """Read the roles again at the next question."""
        self.__dict__.pop("_roles", None)
