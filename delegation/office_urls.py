"""Addresses of those who keep delegated powers: a municipality's staff and the ministry; included in ``lsg_portal.urls``."""

from django.urls import path

from delegation.views.office import catalogue, desk, disputes, importing, reports, successions, transfers

UNIT, TRANSFER, POWER = "of/<uuid:pk>/", "transfers/<uuid:pk>/", "powers/<uuid:pk>/"
DISPUTE, QUARTER = "disputes/<uuid:pk>/", f"{TRANSFER}<int:year>-<int:quarter>/"

urlpatterns = [
    path("", desk.MinistryDesk.as_view(), name="delegation-office"),
    path("funding.xlsx", importing.funding_sheet, name="funding-sheet"),
    path("funding/", importing.FundingUploadPage.as_view(), name="funding-import"),
    path("funding/<str:token>/", importing.FundingReportPage.as_view(), name="funding-import-report"),
    path(UNIT, desk.MunicipalityDesk.as_view(), name="powers-office"),
    path(f"{UNIT}funding.xlsx", importing.funding_sheet, name="funding-sheet-of"),
    path(f"{UNIT}transfers/new/", transfers.NewTransfer.as_view(), name="transfer-new"),
    path(f"{UNIT}practices/new/", reports.NewPractice.as_view(), name="practice-new"),
    path(f"{UNIT}disputes/new/", disputes.NewDispute.as_view(), name="dispute-new"),
    path(f"{UNIT}requests/new/", disputes.NewRequest.as_view(), name="request-new"),
    path(TRANSFER, transfers.TransferOffice.as_view(), name="transfer-office"),
    path(f"{TRANSFER}edit/", transfers.EditTransfer.as_view(), name="transfer-edit"),
    path(f"{TRANSFER}principles/", transfers.Principles.as_view(), name="transfer-principles"),
    path(f"{TRANSFER}means/new/", transfers.NewMeans.as_view(), name="means-new"),
    path("means/<uuid:pk>/remove/", transfers.RemoveMeans.as_view(), name="means-remove"),
    path(f"{TRANSFER}consent/", transfers.Consent.as_view(), name="transfer-consent"),
    path(f"{TRANSFER}agree/", transfers.Agree.as_view(), name="transfer-agree"),
    path(f"{TRANSFER}force/", transfers.EnterIntoForce.as_view(), name="transfer-force"),
    path(f"{TRANSFER}end/", transfers.EndTransfer.as_view(), name="transfer-end"),
    path(f"{TRANSFER}cancel/", transfers.CancelTransfer.as_view(), name="transfer-cancel"),
    path(f"{QUARTER}money/", reports.ReportFunding.as_view(), name="funding-report"),
    path(f"{QUARTER}performance/", reports.ReportPerformance.as_view(), name="performance-report"),
    path("practices/<uuid:pk>/end/", reports.EndPractice.as_view(), name="practice-end"),
    path(DISPUTE, disputes.DisputeOffice.as_view(), name="dispute-office"),
    path(f"{DISPUTE}parties/new/", disputes.NewParty.as_view(), name="party-new"),
    path("parties/<uuid:pk>/remove/", disputes.RemoveParty.as_view(), name="party-remove"),
    path(f"{DISPUTE}hearings/new/", disputes.NewHearing.as_view(), name="hearing-new"),
    path(f"{DISPUTE}close/", disputes.CloseDispute.as_view(), name="dispute-close"),
    path("requests/<uuid:pk>/decide/", disputes.DecideRequest.as_view(), name="request-decide"),
    path("powers/new/", catalogue.NewPower.as_view(), name="power-new"),
    path(POWER, catalogue.PowerOffice.as_view(), name="power-office"),
    path(f"{POWER}edit/", catalogue.EditPower.as_view(), name="power-edit"),
    path(f"{POWER}items/new/", catalogue.NewItem.as_view(), name="power-item-new"),
    path("items/<uuid:pk>/remove/", catalogue.RemoveItem.as_view(), name="power-item-remove"),
    path(f"{POWER}overlaps/new/", catalogue.NewOverlap.as_view(), name="overlap-new"),
    path("overlaps/<uuid:pk>/end/", catalogue.EndOverlap.as_view(), name="overlap-end"),
    path("statute/<uuid:pk>/", catalogue.LinkStatuteItem.as_view(), name="statute-item"),
    path("successions/<uuid:pk>/decide/", successions.DecideSuccession.as_view(), name="succession-decide"),
]
