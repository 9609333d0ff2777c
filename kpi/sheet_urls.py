"""Addresses of the sheets of reports."""

from django.urls import path

from kpi.views import sheets

urlpatterns = [
    path("reports/<uuid:pk>/sheet.xlsx", sheets.SheetDownload.as_view(), name="kpi-template"),
    path("reports/<uuid:pk>/upload/", sheets.SheetUpload.as_view(), name="kpi-upload"),
    path("reports/<uuid:pk>/upload/<str:token>/", sheets.SheetOutcome.as_view(), name="kpi-upload-report"),
]
