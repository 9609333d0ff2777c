"""Addresses of the councils over REST."""

from django.urls import path

from councils.api import (
    calendar,
    councils,
    imports,
    mandates,
    resolution,
    resolutions,
    sessions,
    statistics,
    titles,
    votes,
)

__all__ = ["titles", "urlpatterns"]  # titles are declared by being imported

council = "councils/<uuid:pk>/"
session = "sessions/<uuid:pk>/"
decision = "resolutions/<uuid:pk>/"
urlpatterns = [
    path("councils/", councils.Councils.as_view(), name="api-councils"),
    path("councils/sessions.ics", calendar.SessionCalendar.as_view(), name="councils-calendar"),
    path("councils/statistics/women/", statistics.Women.as_view(), name="api-councils-women"),
    path("councils/statistics/seats/", statistics.Seats.as_view(), name="api-councils-seats"),
    path(council, councils.CouncilDetail.as_view(), name="api-council"),
    path(f"{council}seat-ledger/", statistics.SeatLedger.as_view(), name="api-council-seat-ledger"),
    path(f"{council}sessions.ics", calendar.CouncilCalendar.as_view(), name="council-calendar"),
    path("convocations/", councils.Convocations.as_view(), name="api-convocations"),
    path("convocations/<uuid:pk>/", councils.ConvocationDetail.as_view(), name="api-convocation"),
    path("mandates/", mandates.Mandates.as_view(), name="api-mandates"),
    path("mandates/<uuid:pk>/", mandates.MandateDetail.as_view(), name="api-mandate"),
    path("sessions/", sessions.Sessions.as_view(), name="api-sessions"),
    path(session, sessions.SessionDetail.as_view(), name="api-session"),
    path(f"{session}attendance/", sessions.SessionAttendance.as_view(), name="api-session-attendance"),
    path(f"{session}agenda/", sessions.SessionAgenda.as_view(), name="api-session-agenda"),
    path(
        f"{session}agenda/<uuid:item>/",
        sessions.SessionAgendaItem.as_view(),
        name="api-session-agenda-item",
    ),
    path(f"{session}hold/", sessions.SessionHold.as_view(), name="api-session-hold"),
    path(f"{session}cancel/", sessions.SessionCancel.as_view(), name="api-session-cancel"),
    path("session-imports/", imports.SessionImports.as_view(), name="api-session-imports"),
    path("resolutions/", resolutions.Resolutions.as_view(), name="api-resolutions"),
    path(decision, resolution.ResolutionDetail.as_view(), name="api-resolution"),
    path(f"{decision}vote/", resolution.ResolutionVote.as_view(), name="api-resolution-vote"),
    path(f"{decision}adopt/", resolution.Adopt.as_view(), name="api-resolution-adopt"),
    path(f"{decision}register/", resolution.Register.as_view(), name="api-resolution-register"),
    path(f"{decision}publish/", resolution.Publish.as_view(), name="api-resolution-publish"),
    path(f"{decision}cancel/", resolution.Cancel.as_view(), name="api-resolution-cancel"),
    path("votes/", votes.Votes.as_view(), name="api-votes"),
    path("votes/<uuid:pk>/", votes.VoteDetail.as_view(), name="api-vote"),
    path("decision-rules/", votes.DecisionRules.as_view(), name="api-decision-rules"),
    path("end-reasons/", votes.EndReasons.as_view(), name="api-end-reasons"),
]
