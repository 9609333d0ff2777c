"""Addresses of the reform's pages."""

from django.urls import path

from reform import views

urlpatterns = [
    path("", views.OverviewPage.as_view(), name="reform"),
    path("events/", views.EventsPage.as_view(), name="reform-events"),
    path("events/new/", views.NewDraftPage.as_view(), name="reform-event-new"),
    path("events/<uuid:pk>/", views.EventPage.as_view(), name="reform-event"),
    path("events/<uuid:pk>/edit/", views.EditDraftPage.as_view(), name="reform-event-edit"),
    path("events/<uuid:pk>/preview/", views.PreviewPage.as_view(), name="reform-event-preview"),
    path("events/<uuid:pk>/adopt/", views.AdoptPage.as_view(), name="reform-event-adopt"),
    path("events/<uuid:pk>/apply/", views.ApplyPage.as_view(), name="reform-event-apply"),
    path("events/<uuid:pk>/annul/", views.AnnulPage.as_view(), name="reform-event-annul"),
    path("checks/", views.ChecksPage.as_view(), name="reform-checks"),
    path("lineage/", views.LineagePage.as_view(), name="reform-lineage"),
]
