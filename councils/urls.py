"""Addresses of the councils' public pages."""

from django.urls import path

from councils.views import comparison, convocation, council, deputy, overview, register, resolution, session

urlpatterns = [
    path("", overview.OverviewPage.as_view(), name="councils"),
    path("women/", overview.WomenPage.as_view(), name="women-in-councils"),
    path("seats/", overview.SeatsPage.as_view(), name="council-seats"),
    path("comparison/", comparison.ComparisonPage.as_view(), name="council-comparison"),
    path("resolutions/", register.RegisterOfResolutions.as_view(), name="resolutions"),
    path("resolutions/<uuid:pk>/", resolution.ResolutionPage.as_view(), name="resolution"),
    path("resolutions/<uuid:pk>/files/<uuid:file>/", resolution.resolution_file, name="resolution-file"),
    path("convocations/<uuid:pk>/", convocation.ConvocationPage.as_view(), name="convocation"),
    path(
        "convocations/<uuid:pk>/attendance/",
        convocation.AttendancePage.as_view(),
        name="council-attendance",
    ),
    path("deputies/<uuid:pk>/", deputy.DeputyPage.as_view(), name="deputy"),
    path("sessions/<uuid:pk>/", session.SessionPage.as_view(), name="council-session"),
    path("<uuid:pk>/", council.CouncilPage.as_view(), name="council"),
]
