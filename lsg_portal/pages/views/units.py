"""What the pages of all kinds of unit share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.views import RegisterPage
from registry import titles
from registry.crumbs import down_to
from registry.queries import Row, data_versions


class UnitPage(RegisterPage):
    """A page about one unit on the reader's day; ``unit`` is its row, handed over by the address."""

    unit: Any = None

    def get_title(self) -> str:
        """Return the unit's name in full."""
        return titles.full_name(self.unit)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the oblast and the district, or the city, that the unit lies in."""
        return down_to(self.request, self.unit["oblast"], self.unit["district"] or self.unit["parent"])

    def get_versions(self) -> dict[str, int]:
        """Return the data versions of the register, of the reform and of KPI."""
        return data_versions("registry", "reform", "kpi")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the unit, its kind in words and its address over REST."""
        context = super().get_context_data(
            **kwargs,
            unit=self.unit,
            kind=titles.unit_kind(self.unit["kind"]),
            rest_url=rest_url(self.request, self.unit["id"]),
        )
        return context


def rest_url(request: Any, pk: Any) -> str:
    """Return the address of a unit over REST as of the reader's day, empty where there is none."""
    address = addresses.optional("api-unit", pk)
    return addresses.with_query(address, at=request.day.isoformat()) if address else ""


def centre_name(row: Mapping[str, Any]) -> str:
    """Return the name of a unit's administrative centre, empty where none is on file."""
    return display.name(row, "centre_name")


def farthest(row: Row) -> str:
    """Return the settlement farthest from the centre with its distance: «Кош-Добо, 45 км»."""
    if row["farthest_km"] is None:
        return ""
    return _("%(village)s, %(distance)s km") % {
        "village": display.name(row, "farthest_name"),
        "distance": display.number(row["farthest_km"].normalize()),
    }
