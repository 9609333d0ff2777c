"""Addresses of the pages on which a secretary imports sessions and resolutions."""

from django.urls import path

from councils.views import importing

PLACE = "my-council/<uuid:council>/import/"
urlpatterns = [
    path(PLACE, importing.SessionUploadPage.as_view(), name="my-sessions-import"),
    path(f"{PLACE}<str:token>/", importing.SessionReportPage.as_view(), name="my-sessions-import-report"),
]
