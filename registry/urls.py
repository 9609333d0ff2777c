"""Addresses of the register's lists."""

from django.urls import path

from registry import views

urlpatterns = [
    path("legal-acts/", views.LegalActsPage.as_view(), name="legal-acts"),
    path("settlements/", views.SettlementsPage.as_view(), name="settlements"),
    path("published-figures/", views.PublishedFiguresPage.as_view(), name="published-figures"),
]
