"""One address for every unit; the page is that of its kind on the reader's day."""

from __future__ import annotations

import uuid
from typing import Any

from django.http.response import HttpResponseBase

from lsg_portal.pages.queries import units
from lsg_portal.pages.views.absent import AbsentPage
from lsg_portal.pages.views.district import DistrictPage
from lsg_portal.pages.views.municipality import MunicipalityPage
from lsg_portal.pages.views.oblast import OblastPage
from lsg_portal.pages.views.urban_district import UrbanDistrictPage

PAGES = {"oblast": OblastPage, "district": DistrictPage, "city_district": UrbanDistrictPage}


def unit_page(request: Any, pk: uuid.UUID) -> HttpResponseBase:
    """Show a unit as it stood on the reader's day, or say when it existed; a unit never on record is a 404."""
    unit = units.unit(pk, request.day)
    page = AbsentPage if unit is None else PAGES.get(unit["kind"], MunicipalityPage)
    return page.as_view(unit=unit)(request, pk=pk)
