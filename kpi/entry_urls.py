"""Addresses of my work and of entering reports."""

from django.urls import path

from kpi.views import work
from kpi.views.entry import evidence, page, steps, value

urlpatterns = [
    path("work/", work.WorkPage.as_view(), name="kpi-work"),
    path("work/open/", work.OpenReport.as_view(), name="kpi-open"),
    path("work/seen/", work.NoticesSeen.as_view(), name="kpi-notices-seen"),
    path("reports/<uuid:pk>/entry/", page.EntryPage.as_view(), name="kpi-entry"),
    path("reports/<uuid:pk>/submit/", steps.SubmitPage.as_view(), name="kpi-submit"),
    path("reports/<uuid:pk>/recall/", steps.RecallReport.as_view(), name="kpi-recall"),
    path("reports/<uuid:pk>/amend/", steps.AmendPage.as_view(), name="kpi-amend"),
    path("values/<uuid:pk>/", value.OneValue.as_view(), name="kpi-value"),
    path("values/<uuid:pk>/evidence/", evidence.AddEvidence.as_view(), name="kpi-evidence"),
    path("evidence/<uuid:pk>/", evidence.EvidenceFile.as_view(), name="kpi-evidence-file"),
    path("evidence/<uuid:pk>/remove/", evidence.RemoveEvidence.as_view(), name="kpi-evidence-remove"),
]
