"""Addresses of the pages composed of several apps."""

from django.urls import path

from lsg_portal.pages.views import acts, country, lineage, search, unit

urlpatterns = [
    path("", country.CountryPage.as_view(), name="country"),
    path("search/", search.SearchPage.as_view(), name="search"),
    path("units/<uuid:pk>/", unit.unit_page, name="unit"),
    path("units/<uuid:pk>/lineage/", lineage.LineagePage.as_view(), name="unit-lineage"),
    path("legal-acts/<uuid:pk>/", acts.LegalActPage.as_view(), name="legal-act"),
]
