"""Addresses of the public pages of delegated powers."""

from django.urls import path, register_converter

from delegation.views import analysis, catalogue, disputes, funding, transfer


class Language:
    """A language that agreements are made in."""

    regex = "ky|ru"

    def to_python(self, value: str) -> str:
        """Return the code."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code."""
        return value


class FileKind(Language):
    """A kind of file that agreements are made as."""

    regex = "docx|pdf"


register_converter(Language, "agreement_language")
register_converter(FileKind, "agreement_kind")

urlpatterns = [
    path("", catalogue.CataloguePage.as_view(), name="state-powers"),
    path("powers/<uuid:pk>/", catalogue.PowerPage.as_view(), name="state-power"),
    path("matrix/", funding.MatrixPage.as_view(), name="funding-matrix"),
    path("gap/", funding.GapPage.as_view(), name="funding-gap"),
    path("without/", analysis.WithoutPage.as_view(), name="powers-without"),
    path("unused/", analysis.UnusedPage.as_view(), name="powers-unused"),
    path("share/", analysis.SharePage.as_view(), name="budget-share"),
    path("successions/", analysis.SuccessionsPage.as_view(), name="successions"),
    path("disputes/", disputes.DisputesPage.as_view(), name="disputes"),
    path("disputes/<uuid:pk>/", disputes.DisputePage.as_view(), name="dispute"),
    path("transfers/", funding.TransfersPage.as_view(), name="transfers"),
    path("transfers/<uuid:pk>/", transfer.TransferPage.as_view(), name="transfer"),
    path(
        "transfers/<uuid:pk>/agreement.<agreement_language:language>.<agreement_kind:kind>",
        transfer.agreement_file,
        name="agreement-file",
    ),
    path("of/<uuid:pk>/", transfer.MunicipalityPowersPage.as_view(), name="municipality-powers"),
]
