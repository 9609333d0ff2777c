"""Addresses of the reform over REST."""

from django.urls import path

from reform.api import events, titles, views

__all__ = ["titles", "urlpatterns"]  # titles are declared by being imported

urlpatterns = [
    path("statistics/", views.Statistics.as_view(), name="api-reform-statistics"),
    path("programmes/", views.Programmes.as_view(), name="api-reform-programmes"),
    path("programmes/<uuid:pk>/", views.ProgrammeDetail.as_view(), name="api-reform-programme"),
    path("roadmap/", views.Roadmap.as_view(), name="api-reform-roadmap"),
    path("hand-overs/", views.HandOvers.as_view(), name="api-reform-hand-overs"),
    path("checks/", views.Checks.as_view(), name="api-reform-checks"),
    path("events/", events.Events.as_view(), name="api-reform-events"),
    path("events/<uuid:pk>/", events.EventDetail.as_view(), name="api-reform-event"),
    path("events/<uuid:pk>/preview/", events.Preview.as_view(), name="api-reform-event-preview"),
    path("events/<uuid:pk>/adopt/", events.Adopt.as_view(), name="api-reform-event-adopt"),
    path("events/<uuid:pk>/apply/", events.Apply.as_view(), name="api-reform-event-apply"),
    path("events/<uuid:pk>/annul/", events.Annul.as_view(), name="api-reform-event-annul"),
]
