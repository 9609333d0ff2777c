"""Addresses of the REST resources of KPI."""

from django.urls import include, path

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

of_methodology = [
    path("", methodologies.MethodologyDetail.as_view(), name="api-kpi-methodology"),
    path(
        "activate/",
        methodologies.Activate.as_view(),
        name="api-kpi-methodology-activate",
    ),
    path("act/", methodologies.EnterAct.as_view(), name="api-kpi-methodology-act"),
    path(
        "categories/",
        lines.Categories.as_view(),
        name="api-kpi-methodology-categories",
    ),
    path(
        "categories/<uuid:line>/",
        lines.CategoryDetail.as_view(),
        name="api-kpi-methodology-category",
    ),
    path(
        "indicators/",
        lines.Indicators.as_view(),
        name="api-kpi-methodology-indicators",
    ),
    path(
        "indicators/<uuid:line>/",
        lines.IndicatorDetail.as_view(),
        name="api-kpi-methodology-indicator",
    ),
    path("bands/", lines.Bands.as_view(), name="api-kpi-methodology-bands"),
    path(
        "bands/<uuid:line>/",
        lines.BandDetail.as_view(),
        name="api-kpi-methodology-band",
    ),
    path(
        "peer-groups/",
        lines.PeerGroups.as_view(),
        name="api-kpi-methodology-peer-groups",
    ),
    path(
        "peer-groups/<uuid:line>/",
        lines.PeerGroupDetail.as_view(),
        name="api-kpi-methodology-peer-group",
    ),
    path(
        "lines/<uuid:line>/remove/",
        lines.LineRemove.as_view(),
        name="api-kpi-methodology-line-remove",
    ),
]
of_report = [
    path("", reports.ReportDetail.as_view(), name="api-kpi-report"),
    path("values/", values.ReportValues.as_view(), name="api-kpi-report-values"),
    path("submit/", steps.Submit.as_view(), name="api-kpi-report-submit"),
    path("recall/", steps.Recall.as_view(), name="api-kpi-report-recall"),
    path("start-review/", steps.StartReview.as_view(), name="api-kpi-report-start-review"),
    path("return/", steps.Return.as_view(), name="api-kpi-report-return"),
    path("approve/", steps.Approve.as_view(), name="api-kpi-report-approve"),
    path("publish/", steps.Publish.as_view(), name="api-kpi-report-publish"),
    path("amend/", steps.Amend.as_view(), name="api-kpi-report-amend"),
    path("sheet/", uploads.ReportSheet.as_view(), name="api-kpi-report-sheet"),
    path("upload/", uploads.ReportUpload.as_view(), name="api-kpi-report-upload"),
]
# Addresses are tried one after another: what is asked for most stands first.
urlpatterns = [
    path("values/", values.Values.as_view(), name="api-kpi-values"),
    path("rankings/", scores.Rankings.as_view(), name="api-kpi-rankings"),
    path("series/", analysis.Series.as_view(), name="api-kpi-series"),
    path("methodologies/", methodologies.Methodologies.as_view(), name="api-kpi-methodologies"),
    path("measures/", methodologies.Measures.as_view(), name="api-kpi-measures"),
    path("periods/", periods.Periods.as_view(), name="api-kpi-periods"),
    path("periods/<uuid:pk>/", periods.PeriodDetail.as_view(), name="api-kpi-period"),
    path("extensions/", periods.Extensions.as_view(), name="api-kpi-extensions"),
    path("reports/", reports.Reports.as_view(), name="api-kpi-reports"),
    path("values/<uuid:pk>/", values.ValueDetail.as_view(), name="api-kpi-value"),
    path("values/<uuid:pk>/evidence/", evidence.ValueEvidence.as_view(), name="api-kpi-value-evidence"),
    path("evidence/<uuid:pk>/", evidence.EvidenceDetail.as_view(), name="api-kpi-evidence"),
    path("evidence/<uuid:pk>/file/", evidence.EvidenceFile.as_view(), name="api-kpi-evidence-file"),
    path("findings/", findings.Findings.as_view(), name="api-kpi-findings"),
    path("runs/", runs.Runs.as_view(), name="api-kpi-runs"),
    path("runs/<uuid:pk>/", runs.RunDetail.as_view(), name="api-kpi-run"),
    path("runs/<uuid:pk>/publish/", runs.PublishRun.as_view(), name="api-kpi-run-publish"),
    path("scores/", scores.Scores.as_view(), name="api-kpi-scores"),
    path("scores/<uuid:pk>/", scores.ScoreDetail.as_view(), name="api-kpi-score"),
    path("rankings/sensitivity/", scores.Sensitivity.as_view(), name="api-kpi-sensitivity"),
    path("completeness/", analysis.Completeness.as_view(), name="api-kpi-completeness"),
    path("employee-results/", analysis.EmployeeResults.as_view(), name="api-kpi-employee-results"),
    path("methodologies/<uuid:pk>/", include(of_methodology)),
    path("reports/<uuid:pk>/", include(of_report)),
]
