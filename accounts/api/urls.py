"""Addresses of the accounts' REST interface."""

from django.urls import path

from accounts.api.views import MeView, TokensView, TokenView

urlpatterns = [
    path("me/", MeView.as_view(), name="api-me"),
    path("tokens/", TokensView.as_view(), name="api-tokens"),
    path("tokens/<uuid:token_id>/", TokenView.as_view(), name="api-token"),
]
