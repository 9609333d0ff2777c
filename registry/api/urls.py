"""Addresses of the register over REST."""

from django.urls import path

from registry.api import changes, classifier, lineage, places, titles, units

__all__ = ["titles", "urlpatterns"]  # titles are declared by being imported

unit = "units/<uuid:pk>/"
urlpatterns = [
    path("units/", units.Units.as_view(), name="api-units"),
    path(unit, units.UnitDetail.as_view(), name="api-unit"),
    path(f"{unit}versions/", units.Versions.as_view(), name="api-unit-versions"),
    path(f"{unit}settlements/", places.UnitSettlements.as_view(), name="api-unit-settlements"),
    path(f"{unit}predecessors/", lineage.Predecessors.as_view(), name="api-unit-predecessors"),
    path(f"{unit}successors/", lineage.Successors.as_view(), name="api-unit-successors"),
    path(f"{unit}lineage/", lineage.Lineage.as_view(), name="api-unit-lineage"),
    path(f"{unit}projection/", lineage.Projection.as_view(), name="api-unit-projection"),
    path("codes/<slug:system>/<str:code>/", units.CodeBearers.as_view(), name="api-code"),
    path("settlements/", places.Settlements.as_view(), name="api-settlements"),
    path("settlements/<uuid:pk>/", places.SettlementDetail.as_view(), name="api-settlement"),
    path("legal-acts/", places.LegalActs.as_view(), name="api-legal-acts"),
    path("legal-acts/<uuid:pk>/", places.LegalActDetail.as_view(), name="api-legal-act"),
    path("changes/", changes.Changes.as_view(), name="api-changes"),
    path("changes/<uuid:pk>/", changes.ChangeDetail.as_view(), name="api-change"),
    path("correspondence/", lineage.Correspondence.as_view(), name="api-correspondence"),
    path("published-figures/", places.PublishedFigures.as_view(), name="api-published-figures"),
    path("classifier-imports/", classifier.ClassifierImports.as_view(), name="api-classifier-imports"),
]
