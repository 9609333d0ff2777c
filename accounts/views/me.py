"""One's own account: roles, second factor, sessions, tokens."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic.base import TemplateResponseMixin

from accounts import queries, rules, second_factor, sessions, tokens
from accounts.forms import TokenForm
from accounts.views.users.shown import shown_role
from lsg_portal.rest.problems import Conflict
from lsg_portal.web.views import FormPage, PageMixin


class MePage(LoginRequiredMixin, PageMixin, TemplateResponseMixin):
    """What one's account may do, and everything that is logged in with it."""

    template_name = "accounts/me.html"
    title = gettext_lazy("My account")
    citable = False

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page."""
        response = self.render_to_response(self.get_context_data())
        response.headers["Cache-Control"] = "no-store"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather it all; four queries beside the session."""
        user, today = self.request.user, rules.today()
        here = self.request.session.public_id
        factors = list(Authenticator.objects.filter(user=user).order_by("type", "pk"))
        roles = [
            {**shown_role(row, self.request), "counts": second_factor.counts(user, row["role"])}
            for row in queries.roles_of(user.pk, today)
            if row["held"]
        ]
        return super().get_context_data(
            roles=roles,
            demanded=second_factor.demanded_of(user, on=today),
            waived=second_factor.waived(),
            factors=[
                second_factor.NAMES[kind] for each in factors if (kind := each.type) in second_factor.NAMES
            ],
            sessions=[(each, each.public_id == here) for each in sessions.own(user)],
            tokens=list(tokens.own(user)),
            token_form=TokenForm(),
            reads_users=user.has_perm("accounts.view_user"),
            opens_admin=user.has_perm("admin.open"),
            **kwargs,
        )


class NewToken(LoginRequiredMixin, FormPage):
    """A new token for a program; its text is shown once, here."""

    template_name = "accounts/token_new.html"
    title = gettext_lazy("New token")
    form_class = TokenForm

    def form_valid(self, form: TokenForm) -> HttpResponse:
        """Make it, as strong as this session is."""
        try:
            token, text = tokens.create(user=self.request.user, name=form.cleaned_data["name"])
        except Conflict as error:
            form.add_error(None, str(error.detail))
            return self.form_invalid(form)
        response = self.render_to_response(self.get_context_data(form=None, token=token, text=text))
        response.headers["Cache-Control"] = "no-store"
        return response


class OwnThing(LoginRequiredMixin, View):
    """A button on one's own page."""

    http_method_names = ("post",)


class RevokeToken(OwnThing):
    """Withdraw a token; it stops working at once."""

    def post(self, request: HttpRequest, token_id: Any) -> HttpResponse:
        """Withdraw it."""
        if not tokens.find(request.user, token_id).delete()[0]:
            raise Http404
        messages.success(request, _("The token is revoked."))
        return redirect("me")


class EndSession(OwnThing):
    """End one session: the browser is signed out at its next request."""

    def post(self, request: HttpRequest, session_id: Any) -> HttpResponse:
        """End it."""
        if session_id == request.session.public_id:  # type: ignore[attr-defined]
            return redirect("account_logout")
        if not sessions.find(request.user, session_id).delete()[0]:
            raise Http404
        messages.success(request, _("The session is ended."))
        return redirect("me")


class EndOtherSessions(OwnThing):
    """End every session but this one."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """End them."""
        here = sessions.digest(str(request.session.session_key))
        sessions.own(request.user).exclude(pk=here).delete()
        messages.success(request, _("All other sessions are ended."))
        return redirect("me")
