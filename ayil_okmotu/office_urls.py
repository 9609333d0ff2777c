"""Addresses of those who keep the executive bodies: their staff, and the ministry for heads; included in ``lsg_portal.urls``."""

from django.urls import path

from ayil_okmotu.views.office import (
    appointments,
    body,
    budgets,
    desk,
    discipline,
    employees,
    importing,
    ministry,
    posts,
)

MINE = "my-executive-body/"
BODY = f"{MINE}<uuid:body>/"
POST = f"{MINE}posts/<uuid:pk>/"
APPOINTMENT = f"{MINE}appointments/<uuid:pk>/"
VIOLATION = f"{MINE}breaches/<uuid:pk>/"

urlpatterns = [
    path(MINE, desk.MyBody.as_view(), name="my-executive-body"),
    path("executive-bodies/heads/", ministry.Heads.as_view(), name="executive-heads"),
    path("executive-bodies/candidate-check/", ministry.CandidateCheck.as_view(), name="candidate-check"),
    path("executive-bodies/budget-import/", importing.BudgetsUploadPage.as_view(), name="budgets-import"),
    path(
        "executive-bodies/budget-import/<str:token>/",
        importing.BudgetsReportPage.as_view(),
        name="budgets-import-report",
    ),
    path(BODY, desk.Desk.as_view(), name="my-body-desk"),
    path(f"{BODY}address/", body.EditAddress.as_view(), name="my-body-address"),
    path(f"{BODY}contacts/", body.EditContact.as_view(), name="my-body-contacts"),
    path(f"{BODY}staffing/new/", body.NewReport.as_view(), name="my-staffing-new"),
    path(f"{MINE}staffing/<uuid:pk>/edit/", body.EditReport.as_view(), name="my-staffing-edit"),
    path(f"{BODY}budgets/new/", budgets.NewBudget.as_view(), name="my-budget-new"),
    path(f"{BODY}budgets/<uuid:pk>/", budgets.BudgetPage.as_view(), name="my-budget"),
    path(f"{BODY}budgets/<uuid:pk>/edit/", budgets.EditBudget.as_view(), name="my-budget-edit"),
    path(f"{BODY}posts/new/", posts.NewPost.as_view(), name="my-office-post-new"),
    path(POST, posts.PostPage.as_view(), name="my-post"),
    path(f"{POST}edit/", posts.ChangePost.as_view(), name="my-post-edit"),
    path(f"{POST}close/", posts.ClosePost.as_view(), name="my-post-close"),
    path(f"{POST}appoint/", appointments.Appoint.as_view(), name="my-post-appoint"),
    path(f"{POST}reserve/new/", posts.Reserve.as_view(), name="my-reserve-new"),
    path(f"{MINE}reserve/<uuid:pk>/end/", posts.EndReserve.as_view(), name="my-reserve-end"),
    path(APPOINTMENT, employees.EmployeePage.as_view(), name="my-appointment"),
    path(f"{APPOINTMENT}end/", appointments.EndAppointment.as_view(), name="my-appointment-end"),
    path(f"{APPOINTMENT}trainings/new/", employees.NewTraining.as_view(), name="my-training-new"),
    path(f"{APPOINTMENT}career/new/", employees.NewStep.as_view(), name="my-career-new"),
    path(f"{APPOINTMENT}service/", employees.RecordService.as_view(), name="my-service"),
    path(f"{APPOINTMENT}breaches/new/", discipline.ReportViolation.as_view(), name="my-violation-new"),
    path(f"{MINE}trainings/<uuid:pk>/remove/", employees.RemoveTraining.as_view(), name="my-training-remove"),
    path(f"{MINE}career/<uuid:pk>/edit/", employees.ChangeStep.as_view(), name="my-career-edit"),
    path(VIOLATION, discipline.ViolationPage.as_view(), name="my-violation"),
    path(f"{VIOLATION}explanation/", discipline.RecordExplanation.as_view(), name="my-violation-explanation"),
    path(f"{VIOLATION}finding/", discipline.RecordFinding.as_view(), name="my-violation-finding"),
    path(f"{VIOLATION}measure/", discipline.Impose.as_view(), name="my-violation-measure"),
    path(f"{VIOLATION}measure/lift/", discipline.Lift.as_view(), name="my-measure-lift"),
]
