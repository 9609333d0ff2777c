"""Pages of the journal."""

from django.urls import path

from audit import views

urlpatterns = [
    path("history/<slug:kind>/<str:key>/", views.HistoryPage.as_view(), name="history"),
    path("transparency/", views.TransparencyPage.as_view(), name="transparency"),
]
