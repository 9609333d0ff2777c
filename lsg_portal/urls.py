"""The addresses of the portal: pages per language, the REST interface, health."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from lsg_portal.health import healthz, readyz

# Addresses are tried one after another: one look passes over all of an app that has its own prefix.
api = [
    path("kpi/", include("kpi.api.urls")),
    path("reform/", include("reform.api.urls")),
    path("audit/", include("audit.api.urls")),
    path("", include("registry.api.urls")),
    path("", include("councils.api.urls")),
    path("", include("ayil_okmotu.api.urls")),
    path("", include("delegation.api.urls")),
    path("", include("accounts.api.urls")),
    path("", include("lsg_portal.rest.urls")),
]

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/v1/", include(api)),
    *i18n_patterns(
        path("", include("lsg_portal.pages.urls")),
        path("", include("registry.urls")),
        path("", include("councils.secretary_urls")),
        path("", include("councils.import_urls")),
        path("", include("ayil_okmotu.office_urls")),
        path("councils/", include("councils.urls")),
        path("executive-bodies/", include("ayil_okmotu.urls")),
        path("delegation/office/", include("delegation.office_urls")),
        path("delegation/", include("delegation.urls")),
        path("kpi/", include("kpi.entry_urls")),
        path("kpi/", include("kpi.sheet_urls")),
        path("kpi/", include("kpi.ministry_urls")),
        path("kpi/", include("kpi.urls")),
        path("reform/", include("reform.urls")),
        path("", include("accounts.urls")),
        path("", include("audit.urls")),
        path("account/", include("accounts.entry_urls")),
        path("account/2fa/", include("allauth.mfa.urls")),
        path("admin/", admin.site.urls),
    ),
]

handler400 = "lsg_portal.errors.handler400"
handler403 = "lsg_portal.errors.handler403"
handler404 = "lsg_portal.errors.handler404"
handler500 = "lsg_portal.errors.handler500"
