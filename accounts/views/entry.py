"""Before anything else: accepting an invitation, and the second factor that a role demands."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateResponseMixin

from accounts import invitations, rules, second_factor, throttle
from accounts.acting import acting_for
from accounts.adapter import AccountAdapter, address_of
from accounts.forms import FirstPasswordForm
from accounts.models import Invitation, RoleKind
from lsg_portal.web.views import FormPage, PageMixin
from registry.errors import DomainError

BACKEND = "accounts.backends.PasswordBackend"


class SecondFactorPage(LoginRequiredMixin, PageMixin, TemplateResponseMixin):
    """Why a second factor is asked for, and the ways to set one up or to confirm it."""

    template_name = "accounts/second_factor.html"
    title = gettext_lazy("A second factor is needed")
    citable = False

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Explain; go on where nothing is missing any more."""
        onward = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, request.is_secure()):
            onward = ""
        if not second_factor.missing(request.user, on=rules.today()):
            return redirect(onward or "me")
        demanding = [
            str(RoleKind(role.role).label)
            for role in request.user.roles_on(rules.today())
            if not second_factor.counts(request.user, role.role)
        ]
        context = self.get_context_data(
            roles=demanding, is_set_up=second_factor.is_set_up(request.user), next=onward
        )
        return self.render_to_response(context)


class InvitationPage(FormPage):
    """Where the link of an invitation leads: the invited person sets a password and is logged in."""

    template_name = "accounts/invitation.html"
    title = gettext_lazy("Invitation")
    form_class = FirstPasswordForm
    invitation: Invitation | None = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Look the invitation up; what was tried too often from one address is slowed down."""
        try:
            taken = throttle.take("invitation", "", address_of(request))
        except throttle.TooMany:
            return self._closed(429)
        self.invitation = invitations.find(kwargs["secret"], at=timezone.now())
        if self.invitation is None:
            return self._closed(404)
        throttle.give_back(taken)
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _closed(self, status: int) -> HttpResponse:
        context = self.get_context_data(form=None, closed=True, status=status)
        return self.render_to_response(context, status=status)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Judge the password for the person it is for."""
        return {**super().get_form_kwargs(), "user": self.invitation.user if self.invitation else None}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whose account it is, and what it will need."""
        invitation = self.invitation
        if invitation is not None:
            kwargs["invited"] = invitation.user
            kwargs["needs_factor"] = not second_factor.waived() and second_factor.demanded_of(
                invitation.user, on=rules.today()
            )
        return super().get_context_data(**kwargs)

    def form_valid(self, form: FirstPasswordForm) -> HttpResponse:
        """Set the password and log in; a second factor that is set up is asked for as at any login."""
        try:
            user = invitations.accept(
                text=self.kwargs["secret"], password=form.cleaned_data["new_password1"], at=timezone.now()
            )
        except DomainError as error:
            form.add_error(None, error.message)
            return self.form_invalid(form)
        messages.success(self.request, _("The password is set."))
        if second_factor.is_set_up(user):
            return redirect("account_login")
        user.backend = BACKEND
        with acting_for(user):
            AccountAdapter().login(self.request, user)
        record_authentication(self.request, user, "password", username=user.username, reauthenticated=True)
        return redirect("me")
