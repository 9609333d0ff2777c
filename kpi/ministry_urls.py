"""Addresses of the ministry's desks."""

from django.urls import path

from kpi.views.ministry import (
    completeness,
    findings,
    inbox,
    lines,
    methodology,
    periods,
    review,
    run_steps,
    runs,
    steps,
    weights,
)

REPORT, VALUE = "review/<uuid:pk>/", "values/<uuid:pk>/"
PERIOD, RUN = "periods/<uuid:pk>/", "runs/<uuid:pk>/"
VERSION, LINE = "methodologies/<uuid:pk>/edit/", "methodologies/lines/"

urlpatterns = [
    path("review/", inbox.Inbox.as_view(), name="kpi-inbox"),
    path(REPORT, review.ReviewPage.as_view(), name="kpi-review"),
    path(f"{REPORT}start/", steps.StartReview.as_view(), name="kpi-review-start"),
    path(f"{REPORT}return/", review.Return.as_view(), name="kpi-return"),
    path(f"{REPORT}approve/", steps.Approve.as_view(), name="kpi-approve"),
    path(f"{REPORT}publish/", steps.Publish.as_view(), name="kpi-publish"),
    path(f"{VALUE}finding/", findings.NewFinding.as_view(), name="kpi-finding"),
    path("completeness/", completeness.Completeness.as_view(), name="kpi-completeness"),
    path("periods/", periods.Periods.as_view(), name="kpi-periods"),
    path("periods/new/", periods.NewPeriod.as_view(), name="kpi-period-new"),
    path(PERIOD, periods.PeriodPage.as_view(), name="kpi-period"),
    path(f"{PERIOD}days/", periods.PeriodDays.as_view(), name="kpi-period-days"),
    path(f"{PERIOD}extensions/new/", periods.NewExtension.as_view(), name="kpi-extend"),
    path("runs/", runs.Runs.as_view(), name="kpi-runs"),
    path("runs/new/", run_steps.NewRun.as_view(), name="kpi-run-new"),
    path(RUN, runs.RunPage.as_view(), name="kpi-run"),
    path(f"{RUN}check/", run_steps.CheckRun.as_view(), name="kpi-run-check"),
    path(f"{RUN}publish/", run_steps.PublishRun.as_view(), name="kpi-run-publish"),
    path("methodologies/desk/", methodology.MethodologyDesk.as_view(), name="kpi-methodology-desk"),
    path(VERSION, methodology.Editor.as_view(), name="kpi-methodology-edit"),
    path(f"{VERSION}draft/", methodology.NewVersion.as_view(), name="kpi-methodology-draft"),
    path(f"{VERSION}texts/", methodology.Texts.as_view(), name="kpi-methodology-texts"),
    path(f"{VERSION}weights/", weights.Weights.as_view(), name="kpi-methodology-weights"),
    path(f"{VERSION}effect/", weights.EffectPage.as_view(), name="kpi-methodology-effect"),
    path(f"{VERSION}activate/", methodology.Activate.as_view(), name="kpi-methodology-activate"),
    path(f"{VERSION}act/", methodology.EnterAct.as_view(), name="kpi-methodology-act"),
    path(f"{VERSION}categories/new/", lines.NewCategory.as_view(), name="kpi-category-new"),
    path(f"{VERSION}bands/new/", lines.NewBand.as_view(), name="kpi-band-new"),
    path(f"{VERSION}groups/new/", lines.NewGroup.as_view(), name="kpi-group-new"),
    path(f"{LINE}categories/<uuid:pk>/", lines.EditCategory.as_view(), name="kpi-category-edit"),
    path(
        f"{LINE}categories/<uuid:pk>/indicators/new/", lines.NewIndicator.as_view(), name="kpi-indicator-new"
    ),
    path(f"{LINE}indicators/<uuid:pk>/", lines.EditIndicator.as_view(), name="kpi-indicator-edit"),
    path(f"{LINE}bands/<uuid:pk>/", lines.EditBand.as_view(), name="kpi-band-edit"),
    path(f"{LINE}groups/<uuid:pk>/", lines.EditGroup.as_view(), name="kpi-group-edit"),
    path(f"{LINE}<slug:kind>/<uuid:pk>/remove/", lines.RemoveLine.as_view(), name="kpi-line-remove"),
]
