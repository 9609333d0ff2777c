"""Addresses of the public pages of the executive bodies."""

from django.urls import path

from ayil_okmotu.views import access, body, budget, comparison, official, overview, post

urlpatterns = [
    path("", overview.OverviewPage.as_view(), name="executive-bodies"),
    path("staff/", overview.StaffPage.as_view(), name="executive-staff"),
    path("vacancies/", overview.VacanciesPage.as_view(), name="executive-vacancies"),
    path("access/", access.AccessPage.as_view(), name="village-access"),
    path("comparison/", comparison.ComparisonPage.as_view(), name="executive-comparison"),
    path("budgets/", budget.BudgetsPage.as_view(), name="local-budgets"),
    path("budgets/<uuid:pk>/", budget.BudgetPage.as_view(), name="local-budget"),
    path("of/<uuid:pk>/", body.body_of_unit, name="executive-body-of"),
    path("officials/<uuid:pk>/", official.OfficialPage.as_view(), name="official"),
    path("posts/<uuid:pk>/", post.PostPage.as_view(), name="post"),
    path("<uuid:pk>/", body.BodyPage.as_view(), name="executive-body"),
]
