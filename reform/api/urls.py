"""Addresses of the reform over REST."""

from django.urls import path

from reform.api import events, titles, views

__all__ = ["titles", "urlpatterns"]  # titles are declared by being imported

urlpatterns = [
    path("reform/statistics/", views.Statistics.as_view(), name="api-reform-statistics"),
    path("reform/programmes/", views.Programmes.as_view(), name="api-reform-programmes"),
    path("reform/programmes/<uuid:pk>/", views.ProgrammeDetail.as_view(), name="api-reform-programme"),
    path("reform/roadmap/", views.Roadmap.as_view(), name="api-reform-roadmap"),
    path("reform/hand-overs/", views.HandOvers.as_view(), name="api-reform-hand-overs"),
    path("reform/checks/", views.Checks.as_view(), name="api-reform-checks"),
    path("reform/events/", events.Events.as_view(), name="api-reform-events"),
    path("reform/events/<uuid:pk>/", events.EventDetail.as_view(), name="api-reform-event"),
    path("reform/events/<uuid:pk>/preview/", events.Preview.as_view(), name="api-reform-event-preview"),
    path("reform/events/<uuid:pk>/adopt/", events.Adopt.as_view(), name="api-reform-event-adopt"),
    path("reform/events/<uuid:pk>/apply/", events.Apply.as_view(), name="api-reform-event-apply"),
    path("reform/events/<uuid:pk>/annul/", events.Annul.as_view(), name="api-reform-event-annul"),
]
