"""The bands of KPI as the pages of the country, an oblast and a district show them."""

from __future__ import annotations

import uuid
from typing import Any

from kpi import wording
from kpi.page_queries import published
from lsg_portal.web import addresses, display
from registry import titles
from registry.queries import Row


def of_place(
    request: Any, *, oblast: uuid.UUID | None = None, district: uuid.UUID | None = None
) -> Row | None:
    """Return the bands of the latest quarter published by the reader's day, with the way to the ranking of each.

    ``scores`` has, of a district, the score of each municipality by its id. None where nothing has been published.
    """
    found = published.of_place(request.day, oblast=oblast, district=district)
    if found is None:
        return None

    def ranking(band: str | None = None) -> str:
        return addresses.page(
            request, "kpi-ranking", period=found["code"], oblast=oblast, district=district, band=band
        )

    return found | {
        "period": wording.quarter(found["number"]),
        "url": ranking(),
        "bands": [
            band | {"name": titles.capital(display.name(band)), "url": ranking(band["code"])}
            for band in found["bands"]
        ],
        "scores": found["scores"] or {},
    }
