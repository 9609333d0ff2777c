"""Addresses of the accounts' REST interface."""

from django.urls import path

from accounts.api import users
from accounts.api.views import MeView, TokensView, TokenView

urlpatterns = [
    path("me/", MeView.as_view(), name="api-me"),
    path("tokens/", TokensView.as_view(), name="api-tokens"),
    path("tokens/<uuid:token_id>/", TokenView.as_view(), name="api-token"),
    path("users/", users.UserList.as_view(), name="api-users"),
    path("users/<int:user_id>/", users.UserDetail.as_view(), name="api-user"),
    path("users/<int:user_id>/grant/", users.Grant.as_view(), name="api-user-grant"),
    path("users/<int:user_id>/deactivate/", users.Deactivate.as_view(), name="api-user-deactivate"),
    path("users/<int:user_id>/reactivate/", users.Reactivate.as_view(), name="api-user-reactivate"),
    path("users/<int:user_id>/roles/<int:role_id>/end/", users.EndRole.as_view(), name="api-role-end"),
]
