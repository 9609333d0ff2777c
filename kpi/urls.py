"""Addresses of the public pages of KPI."""

from django.urls import path

from kpi.views.public import (
    compare,
    employees,
    indicator,
    methodology,
    overview,
    ranking,
    report,
    score,
    series,
    unit,
)

urlpatterns = [
    path("", overview.OverviewPage.as_view(), name="kpi"),
    path("ranking/", ranking.RankingPage.as_view(), name="kpi-ranking"),
    path("scores/<uuid:pk>/", score.ScorePage.as_view(), name="kpi-score"),
    path("reports/<uuid:pk>/", report.ReportPage.as_view(), name="kpi-report"),
    path("methodologies/", methodology.MethodologiesPage.as_view(), name="kpi-methodologies"),
    path("methodologies/<uuid:pk>/", methodology.MethodologyPage.as_view(), name="kpi-methodology"),
    path("indicators/<slug:code>/", indicator.IndicatorPage.as_view(), name="kpi-indicator"),
    path("of/<uuid:pk>/", unit.UnitPage.as_view(), name="kpi-unit"),
    path("of/<uuid:pk>/series/<slug:code>/", series.SeriesPage.as_view(), name="kpi-series"),
    path("compare/", compare.ComparePage.as_view(), name="kpi-compare"),
    path("employees/", employees.EmployeesPage.as_view(), name="kpi-employees"),
]
