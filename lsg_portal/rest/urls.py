"""Addresses of the interface about itself: the OpenAPI document, its page, the kinds of problems."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import path
from drf_spectacular.views import SpectacularSwaggerSplitView

from lsg_portal.rest.about import IndexView, ProblemsView, SchemaView
from lsg_portal.rest.datapackage import DataPackageView

docs = csp_update({"style-src": [SELF, UNSAFE_INLINE]})(
    SpectacularSwaggerSplitView.as_view(
        url_name="api-schema",
        authentication_classes=[],
        permission_classes=[],
        http_method_names=["get", "head"],
    )
)

urlpatterns = [
    path("", IndexView.as_view(), name="api-index"),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path("datapackage.json", DataPackageView.as_view(), name="api-datapackage"),
    path("problems/", ProblemsView.as_view(), name="api-problems"),
]
