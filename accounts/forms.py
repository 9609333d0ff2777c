"""The forms of logging in, of the user's own page, and of the administration of users."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm as AllauthAddWebAuthnForm
from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import second_factor, throttle
from accounts.adapter import address_of
from accounts.models import BOUND_TO_A_UNIT, RoleKind, User
from accounts.passwords import LONGEST
from lsg_portal.web.forms import DayField

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django_stubs_ext import StrOrPromise

LONGEST_REASON = 500


class LoginForm(AllauthLoginForm):
    """Name and password, of lengths that somebody may have typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].max_length = 150
        for name, longest in (("login", 150), ("password", LONGEST)):
            self.fields[name].widget.attrs["maxlength"] = str(longest)
            self.fields[name].widget.attrs.pop("placeholder", None)


def _counted(user: User) -> list[str]:
    """Count an attempt at a code: codes are guessed even faster than passwords."""
    try:
        return throttle.take("code", str(user.pk), address_of(context.request))
    except throttle.TooMany:
        raise get_adapter().validation_error("too_many_login_attempts") from None


class _SlowedDown:
    """A code that counts once (``accounts.second_factor.spend``), however fast codes are guessed."""

    user: User

    def clean_code(self) -> str:
        """Return the code, if it is right."""
        taken = _counted(self.user)
        code: str = self.cleaned_data["code"]  # type: ignore[attr-defined]
        authenticator = second_factor.spend(self.user, code)
        if authenticator is None:
            raise get_adapter().validation_error("incorrect_code")
        authenticator.user = self.user
        self.authenticator = authenticator
        throttle.give_back(taken)
        return code


class AuthenticateForm(_SlowedDown, AllauthAuthenticateForm):
    """A code of the second factor at login."""


class ReauthenticateForm(_SlowedDown, AllauthReauthenticateForm):
    """A code of the second factor, asked for again before something that matters."""


class ActivateTOTPForm(AllauthActivateTOTPForm):
    """The first code of a new authenticator app: whoever sends it has the factor at hand in this session."""

    def clean_code(self) -> str:
        """Return the code, if it is right."""
        taken = _counted(self.user)
        code: str = super().clean_code()
        throttle.give_back(taken)
        record_authentication(context.request, self.user, "mfa", type=Authenticator.Type.TOTP)
        return code


class AddWebAuthnForm(AllauthAddWebAuthnForm):
    """A new passkey: whoever has just made it has the factor at hand in this session."""

    def clean(self) -> dict[str, Any]:
        """Return the credential, if it is sound."""
        data: dict[str, Any] = super().clean()
        if data.get("credential"):
            record_authentication(context.request, self.user, "mfa", type=Authenticator.Type.WEBAUTHN)
        return data


class FirstPasswordForm(SetPasswordForm):
    """The password of somebody who was invited."""


class ReasonForm(forms.Form):
    """Why: every change of what somebody may do says so."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Stays in the journal of changes: an order, a letter, a request."),
    )


class PersonForm(ReasonForm):
    """Who the user is in the register."""

    person = forms.TypedChoiceField(
        label=_("Person in the register"),
        coerce=uuid.UUID,
        empty_value=None,
        required=False,
        help_text=_("Persons whose name contains the surname of the account. Empty: nobody."),
    )
    field_order = ("person", "reason")

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "—"), *people]  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    """A new token for a program."""

    name = forms.CharField(
        label=_("What the token is for"),
        max_length=100,
        help_text=_("For example the program that will use it."),
    )


class DayReasonForm(ReasonForm):
    """On which day, and why."""

    on = DayField(label=_("From which day"))
    field_order = ("on", "reason")


class FollowForm(DayReasonForm):
    """To which successor a role goes on, from which day, on what basis."""

    unit = forms.TypedChoiceField(label=_("Successor"), coerce=uuid.UUID)
    act = forms.TypedChoiceField(label=_("Legal act"), coerce=uuid.UUID, empty_value=None, required=False)
    field_order = ("unit", "on", "act", "reason")  # type: ignore[assignment]

    def __init__(
        self,
        *args: Any,
        units: Iterable[tuple[str, str]],
        acts: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = list(units)  # type: ignore[attr-defined]
        self.fields["act"].choices = [("", "—"), *acts]  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """A role, for which unit where it is bound to one, from when until when."""

    role = forms.ChoiceField(label=_("Role"), choices=RoleKind.choices)
    unit = forms.TypedChoiceField(
        label=_("Municipality or district"),
        coerce=uuid.UUID,
        empty_value=None,
        required=False,
        help_text=_(
            "For municipal staff their municipality, for district staff their district; otherwise empty."
        ),
    )
    begins = DayField(label=_("First day"))
    ends = DayField(label=_("Last day"), required=False, help_text=_("Empty: until further notice."))

    def __init__(self, *args: Any, units: Sequence[tuple[StrOrPromise, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", "—"), *units]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a unit where there can be none, none where there must be one, and an end before the beginning."""
        data: dict[str, Any] = super().clean() or {}
        bound = data.get("role") in BOUND_TO_A_UNIT
        if "unit" in data and bound != bool(data["unit"]):
            message = _("This role needs a unit.") if bound else _("This role is for the whole country.")
            self.add_error("unit", ValidationError(message, code="unit"))
        if data.get("ends") and data.get("begins") and data["ends"] < data["begins"]:
            self.add_error("ends", ValidationError(_("The last day is before the first."), code="ends"))
        return data

    @property
    def until(self) -> dt.date | None:
        """The first day on which the role is no longer held."""
        ends: dt.date | None = self.cleaned_data.get("ends")
        return ends + dt.timedelta(days=1) if ends else None


class GrantForm(RoleForm, ReasonForm):
    """Another role for a user."""

    field_order = ("role", "unit", "begins", "ends", "reason")


class InviteForm(RoleForm, ReasonForm):
    """Somebody new, with the first role."""

    username = forms.CharField(
        label=_("Login name"),
        max_length=150,
        validators=[User.username_validator],
        help_text=_("Never changes."),
    )
    last_name = forms.CharField(label=_("Surname"), max_length=150)
    first_name = forms.CharField(label=_("Given name"), max_length=150)
    patronymic = forms.CharField(label=_("Patronymic"), max_length=150, required=False)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("The invitation and forgotten passwords go there."),
    )
    field_order = (
        "username",
        "last_name",
        "first_name",
        "patronymic",
        "email",
        "role",
        "unit",
        "begins",
        "ends",
        "reason",
    )
