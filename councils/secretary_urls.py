"""Addresses of the secretary's pages, and of the dissolution by decree; included in ``lsg_portal.urls``."""

from django.urls import path

from councils.views.secretary import (
    attendance,
    desk,
    dissolution,
    mandates,
    resolutions,
    sessions,
    steps,
    votes,
)

SESSION = "my-council/sessions/<uuid:pk>/"
RESOLUTION = "my-council/resolutions/<uuid:pk>/"

urlpatterns = [
    path("my-council/", desk.MyCouncil.as_view(), name="my-council"),
    path("my-council/<uuid:council>/", desk.Desk.as_view(), name="my-council-desk"),
    path("my-council/<uuid:council>/sessions/new/", sessions.PlanSession.as_view(), name="my-session-new"),
    path(SESSION, sessions.SessionPage.as_view(), name="my-session"),
    path(f"{SESSION}edit/", sessions.EditSession.as_view(), name="my-session-edit"),
    path(f"{SESSION}hold/", sessions.Hold.as_view(), name="my-session-hold"),
    path(f"{SESSION}cancel/", sessions.CancelSession.as_view(), name="my-session-cancel"),
    path(f"{SESSION}attendance/", attendance.AttendancePage.as_view(), name="my-session-attendance"),
    path(f"{SESSION}agenda/new/", sessions.NewAgendaItem.as_view(), name="my-agenda-new"),
    path(
        "my-council/agenda/<uuid:item>/remove/", sessions.RemoveAgendaItem.as_view(), name="my-agenda-remove"
    ),
    path(
        "my-council/<uuid:council>/resolutions/new/",
        resolutions.NewResolution.as_view(),
        name="my-resolution-new",
    ),
    path(RESOLUTION, resolutions.ResolutionPage.as_view(), name="my-resolution"),
    path(f"{RESOLUTION}edit/", resolutions.EditResolution.as_view(), name="my-resolution-edit"),
    path(f"{RESOLUTION}vote/", votes.VotePage.as_view(), name="my-resolution-vote"),
    path(f"{RESOLUTION}adopt/", steps.Adopt.as_view(), name="my-resolution-adopt"),
    path(f"{RESOLUTION}register/", steps.Register.as_view(), name="my-resolution-register"),
    path(f"{RESOLUTION}publish/", steps.Publish.as_view(), name="my-resolution-publish"),
    path(f"{RESOLUTION}cancel/", steps.Cancel.as_view(), name="my-resolution-cancel"),
    path(f"{RESOLUTION}files/new/", steps.AttachFile.as_view(), name="my-resolution-file"),
    path(
        f"{RESOLUTION}files/<uuid:file>/remove/",
        steps.RemoveFile.as_view(),
        name="my-resolution-file-remove",
    ),
    path("my-council/<uuid:council>/posts/new/", mandates.Appoint.as_view(), name="my-post-new"),
    path("my-council/mandates/<uuid:pk>/end/", mandates.EndMandate.as_view(), name="my-mandate-end"),
    path("councils/dissolution/", dissolution.Dissolution.as_view(), name="councils-dissolution"),
]
