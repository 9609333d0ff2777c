"""Addresses of the pages about users: one's own, and the administration of all."""

from django.urls import path

from accounts.views import entry, me, users
from accounts.views.users import actions

urlpatterns = [
    path("me/", me.MePage.as_view(), name="me"),
    path("me/tokens/", me.NewToken.as_view(), name="me-token-new"),
    path("me/tokens/<uuid:token_id>/revoke/", me.RevokeToken.as_view(), name="me-token-revoke"),
    path("me/sessions/<uuid:session_id>/end/", me.EndSession.as_view(), name="me-session-end"),
    path("me/sessions/end-others/", me.EndOtherSessions.as_view(), name="me-sessions-end"),
    path("account/second-factor/", entry.SecondFactorPage.as_view(), name="second-factor"),
    path("invitation/<str:secret>/", entry.InvitationPage.as_view(), name="invitation"),
    path("users/", users.UsersPage.as_view(), name="users"),
    path("users/invite/", actions.Invite.as_view(), name="user-invite"),
    path("users/<int:user_id>/", users.UserPage.as_view(), name="user"),
    path("users/<int:user_id>/link/", actions.NewLink.as_view(), name="user-link"),
    path("users/<int:user_id>/grant/", actions.Grant.as_view(), name="user-grant"),
    path("users/<int:user_id>/person/", actions.LinkPerson.as_view(), name="user-person"),
    path("users/<int:user_id>/deactivate/", actions.Deactivate.as_view(), name="user-deactivate"),
    path("users/<int:user_id>/reactivate/", actions.Reactivate.as_view(), name="user-reactivate"),
    path("users/<int:user_id>/revoke/", actions.RevokeAccess.as_view(), name="user-revoke"),
    path(
        "users/<int:user_id>/second-factor/", actions.ResetSecondFactor.as_view(), name="user-second-factor"
    ),
    path("users/<int:user_id>/roles/<int:role_id>/end/", actions.EndRole.as_view(), name="role-end"),
    path("users/<int:user_id>/roles/<int:role_id>/follow/", actions.Follow.as_view(), name="role-follow"),
]
