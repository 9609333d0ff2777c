"""Addresses of the journal in the REST interface."""

from django.urls import path

from audit.api import views

urlpatterns = [
    path("entries/", views.Entries.as_view(), name="api-audit-entries"),
    path("entries/<int:seq>/", views.EntryDetail.as_view(), name="api-audit-entry"),
    path("head/", views.HeadDetail.as_view(), name="api-audit-head"),
    path("checkpoints/", views.Checkpoints.as_view(), name="api-audit-checkpoints"),
]
