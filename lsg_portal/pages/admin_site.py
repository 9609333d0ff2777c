"""The administration pages: who opens them, and what they leave to the portal's own pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _

FOREIGN = frozenset({"auth", "account", "mfa", "knox"})
"""Apps whose tables hold what logs people in. Nobody looks at those, and nobody edits them, by hand."""


class AdministrationSite(AdminSite):
    """Opens for whom the rules say, with the portal's own login; nothing is ever deleted here.

    Django's own site asks for the flag ``is_staff`` and has a login page of its own, which would know neither the
    second factor nor the limit on failed attempts.
    """

    site_header = _("Administration of the register")
    site_title = _("Administration")
    index_title = _("Records")

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register models, but for those of the libraries that log people in."""
        models = model_or_iterable if isinstance(model_or_iterable, (list, tuple)) else [model_or_iterable]
        for model in models:
            if model._meta.app_label not in FOREIGN:
                super().register(model, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether the rules open the administration to the user."""
        return request.user.is_active and request.user.has_perm("admin.open")

    def admin_view(self, view: Any, cacheable: bool = False) -> Callable[..., HttpResponseBase]:  # type: ignore[override]
        """Send a visitor to the portal's login, refuse anybody the rules do not let in (403).

        Django's pages take every method that is not POST for GET; here it is refused (405).
        """
        inner: Callable[..., HttpResponseBase] = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                raise PermissionDenied
            if request.method not in ("GET", "HEAD", "POST"):
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            return inner(request, *args, **kwargs)

        return update_wrapper(guarded, view)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead to the portal's login."""
        return redirect_to_login(resolve_url("admin:index"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """Lead to the portal's page that ends the session."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """Lead to the portal's page that changes a password."""
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """Lead back: the portal's page says itself that it is done."""
        return redirect("admin:index")
