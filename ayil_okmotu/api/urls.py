"""Addresses of the executive bodies over REST."""

from django.urls import path

from ayil_okmotu.api import (
    access,
    appointments,
    bodies,
    budgets,
    imports,
    law,
    posts,
    staffing,
    statistics,
    titles,
)

__all__ = ["titles", "urlpatterns"]  # titles are declared by being imported

urlpatterns = [
    path("executive-bodies/", bodies.ExecutiveBodies.as_view(), name="api-executive-bodies"),
    path("executive-bodies/access/", access.VillageAccess.as_view(), name="api-executive-access"),
    path(
        "executive-bodies/statistics/",
        statistics.ExecutiveStatistics.as_view(),
        name="api-executive-statistics",
    ),
    path("executive-bodies/<uuid:pk>/", bodies.ExecutiveBodyDetail.as_view(), name="api-executive-body"),
    path("posts/", posts.Posts.as_view(), name="api-posts"),
    path("posts/<uuid:pk>/", posts.PostDetail.as_view(), name="api-post"),
    path("posts/<uuid:pk>/close/", posts.PostClose.as_view(), name="api-post-close"),
    path("appointments/", appointments.Appointments.as_view(), name="api-appointments"),
    path("appointments/<uuid:pk>/", appointments.AppointmentDetail.as_view(), name="api-appointment"),
    path("appointments/<uuid:pk>/end/", appointments.AppointmentEnd.as_view(), name="api-appointment-end"),
    path("staffing/", staffing.Staffing.as_view(), name="api-staffing"),
    path("staffing/<uuid:pk>/", staffing.StaffingDetail.as_view(), name="api-staffing-report"),
    path("budgets/", budgets.Budgets.as_view(), name="api-budgets"),
    path("budgets/joined/", budgets.JoinedBudgets.as_view(), name="api-joined-budgets"),
    path("budgets/<uuid:pk>/", budgets.BudgetDetail.as_view(), name="api-budget"),
    path("budget-imports/", imports.BudgetImports.as_view(), name="api-budget-imports"),
    path("budget-items/", law.BudgetItems.as_view(), name="api-budget-items"),
    path("end-grounds/", law.EndGrounds.as_view(), name="api-end-grounds"),
    path("qualification-rules/", law.QualificationRules.as_view(), name="api-qualification-rules"),
    path("staffing-norms/", law.StaffingNorms.as_view(), name="api-staffing-norms"),
]
