"""Addresses of delegated powers over REST."""

from django.urls import path

from delegation.api import analysis, disputes, powers, reporting, successions, titles, transfers

__all__ = ["titles", "urlpatterns"]  # titles are declared by being imported

urlpatterns = [
    path("state-powers/", powers.Powers.as_view(), name="api-state-powers"),
    path("state-powers/<uuid:pk>/", powers.PowerDetail.as_view(), name="api-state-power"),
    path("state-powers/<uuid:pk>/items/", powers.PowerItems.as_view(), name="api-state-power-items"),
    path("state-bodies/", powers.StateBodies.as_view(), name="api-state-bodies"),
    path("delegation/fields/", powers.Fields.as_view(), name="api-delegation-fields"),
    path("delegation/statute-items/", powers.StatuteItems.as_view(), name="api-statute-items"),
    path("transfers/", transfers.Transfers.as_view(), name="api-transfers"),
    path("transfers/<uuid:pk>/", transfers.TransferDetail.as_view(), name="api-transfer"),
    path(
        "transfers/<uuid:pk>/principles/", transfers.TransferAnswer.as_view(), name="api-transfer-principles"
    ),
    path("transfers/<uuid:pk>/means/", transfers.TransferMeans.as_view(), name="api-transfer-means"),
    path(
        "transfers/<uuid:pk>/means/<uuid:means>/remove/",
        transfers.MeansRemove.as_view(),
        name="api-transfer-means-remove",
    ),
    path("transfers/<uuid:pk>/consent/", transfers.TransferConsent.as_view(), name="api-transfer-consent"),
    path("transfers/<uuid:pk>/agree/", transfers.Agree.as_view(), name="api-transfer-agree"),
    path(
        "transfers/<uuid:pk>/enter-into-force/",
        transfers.EnterIntoForce.as_view(),
        name="api-transfer-enter-into-force",
    ),
    path("transfers/<uuid:pk>/end/", transfers.End.as_view(), name="api-transfer-end"),
    path("transfers/<uuid:pk>/cancel/", transfers.Cancel.as_view(), name="api-transfer-cancel"),
    path("funding/", reporting.FundingList.as_view(), name="api-funding"),
    path("funding/<uuid:pk>/", reporting.FundingDetail.as_view(), name="api-funding-row"),
    path("performance/", reporting.PerformanceList.as_view(), name="api-performance"),
    path("practices/", reporting.Practices.as_view(), name="api-practices"),
    path("disputes/", disputes.Disputes.as_view(), name="api-disputes"),
    path("disputes/<uuid:pk>/", disputes.DisputeDetail.as_view(), name="api-dispute"),
    path("disputes/<uuid:pk>/parties/", disputes.DisputeParties.as_view(), name="api-dispute-parties"),
    path("disputes/<uuid:pk>/hearings/", disputes.DisputeHearings.as_view(), name="api-dispute-hearings"),
    path("disputes/<uuid:pk>/close/", disputes.DisputeClose.as_view(), name="api-dispute-close"),
    path("cancellation-requests/", disputes.Requests.as_view(), name="api-cancellation-requests"),
    path(
        "cancellation-requests/<uuid:pk>/", disputes.RequestDetail.as_view(), name="api-cancellation-request"
    ),
    path(
        "cancellation-requests/<uuid:pk>/decide/",
        disputes.RequestDecide.as_view(),
        name="api-cancellation-request-decide",
    ),
    path("successions/", successions.Successions.as_view(), name="api-successions"),
    path("successions/<uuid:pk>/", successions.SuccessionDetail.as_view(), name="api-succession"),
    path("successions/<uuid:pk>/pass-on/", successions.PassOn.as_view(), name="api-succession-pass-on"),
    path("successions/<uuid:pk>/renew/", successions.Renew.as_view(), name="api-succession-renew"),
    path("successions/<uuid:pk>/end/", successions.EndForGood.as_view(), name="api-succession-end"),
    path("delegation/funding-gap/", analysis.FundingGap.as_view(), name="api-funding-gap"),
    path("delegation/without/", analysis.Without.as_view(), name="api-delegation-without"),
    path("delegation/unused/", analysis.Unused.as_view(), name="api-delegation-unused"),
    path("delegation/overlaps/", analysis.Overlaps.as_view(), name="api-delegation-overlaps"),
    path("delegation/share-of-budget/", analysis.ShareOfBudget.as_view(), name="api-delegation-share"),
]
