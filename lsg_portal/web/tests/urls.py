"""Addresses of the trial pages on which the shell is tested."""

from django.conf.urls.i18n import i18n_patterns
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.urls import include, path

from lsg_portal.web import errors

from .trial import TrialForm, TrialPage, TrialUpload


def api_echo(request):
    return HttpResponse(f"{request.LANGUAGE_CODE} {hasattr(request, 'day')}")


def day_echo(request):
    return HttpResponse(f"{request.LANGUAGE_CODE} {request.day.isoformat()} {request.today.isoformat()}")


def refuse(request):
    raise BadRequest("The filter cannot be read.")


def forbid(request):
    raise PermissionDenied("Only the reform team applies a change.")


def fail(request):
    raise RuntimeError("on purpose")


urlpatterns = [path("api/v1/echo/", api_echo)]
urlpatterns += i18n_patterns(
    path("", TrialPage.as_view(), name="country"),
    path("day/", day_echo, name="day"),
    path("form/", TrialForm.as_view(), name="trial-form"),
    path("upload/", TrialUpload.as_view(), name="trial-upload"),
    path("search/", day_echo, name="search"),
    path("reform/", day_echo, name="reform"),
    path("reform/units/", day_echo, name="reform-units"),
    path("refuse/", refuse),
    path("forbid/", forbid),
    path("fail/", fail),
    path("away/", errors.unavailable),
    path("accounts/", include("allauth.urls")),
)

handler400 = "lsg_portal.web.errors.bad_request"
handler403 = "lsg_portal.web.errors.permission_denied"
handler404 = "lsg_portal.web.errors.not_found"
handler500 = "lsg_portal.web.errors.server_error"
