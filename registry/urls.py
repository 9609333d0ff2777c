"""Addresses of the register's lists."""

from django.urls import path

from registry import views, views_classifier

urlpatterns = [
    path("legal-acts/", views.LegalActsPage.as_view(), name="legal-acts"),
    path("settlements/", views.SettlementsPage.as_view(), name="settlements"),
    path("published-figures/", views.PublishedFiguresPage.as_view(), name="published-figures"),
    path("registry/classifier/", views_classifier.ClassifierUploadPage.as_view(), name="classifier"),
    path(
        "registry/classifier/<slug:token>/",
        views_classifier.ClassifierReportPage.as_view(),
        name="classifier-report",
    ),
]
