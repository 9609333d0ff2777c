"""Addresses of the REST resources of KPI."""

from django.urls import path

from kpi.api import (
    analysis,
    evidence,
    findings,
    lines,
    methodologies,
    periods,
    reports,
    runs,
    scores,
    steps,
    titles,
    uploads,
    values,
)

__all__ = ["titles", "urlpatterns"]  # titles are declared by being imported

urlpatterns = [
    path("kpi/methodologies/", methodologies.Methodologies.as_view(), name="api-kpi-methodologies"),
    path(
        "kpi/methodologies/<uuid:pk>/", methodologies.MethodologyDetail.as_view(), name="api-kpi-methodology"
    ),
    path(
        "kpi/methodologies/<uuid:pk>/activate/",
        methodologies.Activate.as_view(),
        name="api-kpi-methodology-activate",
    ),
    path(
        "kpi/methodologies/<uuid:pk>/act/", methodologies.EnterAct.as_view(), name="api-kpi-methodology-act"
    ),
    path(
        "kpi/methodologies/<uuid:pk>/categories/",
        lines.Categories.as_view(),
        name="api-kpi-methodology-categories",
    ),
    path(
        "kpi/methodologies/<uuid:pk>/categories/<uuid:line>/",
        lines.CategoryDetail.as_view(),
        name="api-kpi-methodology-category",
    ),
    path(
        "kpi/methodologies/<uuid:pk>/indicators/",
        lines.Indicators.as_view(),
        name="api-kpi-methodology-indicators",
    ),
    path(
        "kpi/methodologies/<uuid:pk>/indicators/<uuid:line>/",
        lines.IndicatorDetail.as_view(),
        name="api-kpi-methodology-indicator",
    ),
    path("kpi/methodologies/<uuid:pk>/bands/", lines.Bands.as_view(), name="api-kpi-methodology-bands"),
    path(
        "kpi/methodologies/<uuid:pk>/bands/<uuid:line>/",
        lines.BandDetail.as_view(),
        name="api-kpi-methodology-band",
    ),
    path(
        "kpi/methodologies/<uuid:pk>/peer-groups/",
        lines.PeerGroups.as_view(),
        name="api-kpi-methodology-peer-groups",
    ),
    path(
        "kpi/methodologies/<uuid:pk>/peer-groups/<uuid:line>/",
        lines.PeerGroupDetail.as_view(),
        name="api-kpi-methodology-peer-group",
    ),
    path(
        "kpi/methodologies/<uuid:pk>/lines/<uuid:line>/remove/",
        lines.LineRemove.as_view(),
        name="api-kpi-methodology-line-remove",
    ),
    path("kpi/measures/", methodologies.Measures.as_view(), name="api-kpi-measures"),
    path("kpi/periods/", periods.Periods.as_view(), name="api-kpi-periods"),
    path("kpi/periods/<uuid:pk>/", periods.PeriodDetail.as_view(), name="api-kpi-period"),
    path("kpi/extensions/", periods.Extensions.as_view(), name="api-kpi-extensions"),
    path("kpi/reports/", reports.Reports.as_view(), name="api-kpi-reports"),
    path("kpi/reports/<uuid:pk>/", reports.ReportDetail.as_view(), name="api-kpi-report"),
    path("kpi/reports/<uuid:pk>/values/", values.ReportValues.as_view(), name="api-kpi-report-values"),
    path("kpi/reports/<uuid:pk>/submit/", steps.Submit.as_view(), name="api-kpi-report-submit"),
    path("kpi/reports/<uuid:pk>/recall/", steps.Recall.as_view(), name="api-kpi-report-recall"),
    path(
        "kpi/reports/<uuid:pk>/start-review/", steps.StartReview.as_view(), name="api-kpi-report-start-review"
    ),
    path("kpi/reports/<uuid:pk>/return/", steps.Return.as_view(), name="api-kpi-report-return"),
    path("kpi/reports/<uuid:pk>/approve/", steps.Approve.as_view(), name="api-kpi-report-approve"),
    path("kpi/reports/<uuid:pk>/publish/", steps.Publish.as_view(), name="api-kpi-report-publish"),
    path("kpi/reports/<uuid:pk>/amend/", steps.Amend.as_view(), name="api-kpi-report-amend"),
    path("kpi/reports/<uuid:pk>/sheet/", uploads.ReportSheet.as_view(), name="api-kpi-report-sheet"),
    path("kpi/reports/<uuid:pk>/upload/", uploads.ReportUpload.as_view(), name="api-kpi-report-upload"),
    path("kpi/values/", values.Values.as_view(), name="api-kpi-values"),
    path("kpi/values/<uuid:pk>/", values.ValueDetail.as_view(), name="api-kpi-value"),
    path("kpi/values/<uuid:pk>/evidence/", evidence.ValueEvidence.as_view(), name="api-kpi-value-evidence"),
    path("kpi/evidence/<uuid:pk>/", evidence.EvidenceDetail.as_view(), name="api-kpi-evidence"),
    path("kpi/evidence/<uuid:pk>/file/", evidence.EvidenceFile.as_view(), name="api-kpi-evidence-file"),
    path("kpi/findings/", findings.Findings.as_view(), name="api-kpi-findings"),
    path("kpi/runs/", runs.Runs.as_view(), name="api-kpi-runs"),
    path("kpi/runs/<uuid:pk>/", runs.RunDetail.as_view(), name="api-kpi-run"),
    path("kpi/runs/<uuid:pk>/publish/", runs.PublishRun.as_view(), name="api-kpi-run-publish"),
    path("kpi/scores/", scores.Scores.as_view(), name="api-kpi-scores"),
    path("kpi/scores/<uuid:pk>/", scores.ScoreDetail.as_view(), name="api-kpi-score"),
    path("kpi/rankings/", scores.Rankings.as_view(), name="api-kpi-rankings"),
    path("kpi/rankings/sensitivity/", scores.Sensitivity.as_view(), name="api-kpi-sensitivity"),
    path("kpi/series/", analysis.Series.as_view(), name="api-kpi-series"),
    path("kpi/completeness/", analysis.Completeness.as_view(), name="api-kpi-completeness"),
    path("kpi/employee-results/", analysis.EmployeeResults.as_view(), name="api-kpi-employee-results"),
]
