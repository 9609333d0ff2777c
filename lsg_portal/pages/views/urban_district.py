"""An urban district of a city: no municipality, so its page is short."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from lsg_portal.pages.queries import units
from lsg_portal.pages.views import history
from lsg_portal.pages.views.units import UnitPage
from lsg_portal.web.tables import Table
from registry import titles


class UrbanDistrictPage(UnitPage):
    """Kind, city, codes and history."""

    template_name = "pages/urban_district.html"

    @cached_property
    def versions(self) -> list[dict[str, Any]]:
        """All its versions."""
        return units.versions(self.unit["id"])

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of its versions."""
        return {"versions": history.versions_table(self.request, self.versions)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add its codes."""
        codes = units.codes(self.unit)
        return super().get_context_data(
            **kwargs,
            codes=[row for row in codes if self.request.day in row["valid"]],
            valid=self.unit["valid"],
            parent_name=titles.full_name(self.unit["parent"]),
        )
