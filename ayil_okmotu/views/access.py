"""Villages that lie far from the centre of their municipality."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ayil_okmotu import wording
from ayil_okmotu.page_queries import access
from ayil_okmotu.views.base import ExecutivePage, body_link
from lsg_portal.web import display
from lsg_portal.web.tables import DATE, NUMBER, Column, Filter, Filters, Table
from registry import cells
from registry.queries import Row

FAR, FARTHEST = 30, 1000
"""From how many kilometres on a village counts as far where nothing else is asked for; more than FARTHEST is refused."""


class AccessPage(ExecutivePage):
    """The villages that lie ``?from=`` km or more from the centre of their municipality on the day."""

    template_name = "ayil_okmotu/access.html"
    title = gettext_lazy("Distances to the centre")
    section = "village-access"

    @cached_property
    def filters(self) -> Filters:
        """From how far on, and where."""
        label = _("From how many km (%(far)s if left empty)") % {"far": FAR}
        return Filters(self.request.GET, [Filter.integer("from", label), *self.place_filters()])

    @cached_property
    def least(self) -> int:
        """From how many kilometres on a village is shown."""
        asked = self.filters["from"]
        least = FAR if asked is None else int(asked)
        if not 0 <= least <= FARTHEST:
            raise BadRequest(_("A distance lies between 0 and %(most)s km.") % {"most": FARTHEST})
        return least

    @property
    def place(self) -> dict[str, Any]:
        """The oblast and the district asked for."""
        return {key: self.filters[key] for key in ("oblast", "district")}

    @cached_property
    def found(self) -> list[Row]:
        """The villages that match."""
        return access.far(self.request.day, Decimal(self.least), **self.place)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of villages."""
        request = self.request
        columns = [
            Column("name", _("Village"), value=display.name),
            Column("distance_to_centre_km", _("To the centre, km"), NUMBER, places=1),
            Column("centre", _("Centre"), value=lambda row: display.name(row, "centre_name") or None),
            Column(
                "body",
                _("Executive body"),
                value=lambda row: (
                    wording.body_name(row["unit"], row["body_kind"]) if row["body_id"] else None
                ),
                sort=lambda row: display.name(row["unit"]),
                link=lambda row: body_link(request, row, "body_id"),
            ),
            cells.unit_column(request, "unit", _("Municipality"), of="unit", shown=False),
            cells.unit_column(request, "district", _("District"), of="district"),
            cells.unit_column(request, "oblast", _("Oblast"), of="oblast"),
            cells.population_column(),
            Column("since", _("Belongs here since"), DATE),
            cells.provenance_column(),
        ]
        table = Table(
            request,
            caption=self.title,
            columns=columns,
            rows=self.found,
            filters=self.filters,
            totals={"population": _sum(self.found)},
            constructed=cells.is_constructed,
            empty=_("No village on file lies that far from its centre on this day."),
        )
        return {"villages": table}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how many villages there are, and of how many the distance is on file."""
        return super().get_context_data(
            count=len(self.found),
            residents=_sum(self.found),
            least=self.least,
            coverage=access.coverage(self.request.day, **self.place),
            **kwargs,
        )


def _sum(rows: list[Row]) -> int | None:
    """Add up the residents; None where nobody reported any."""
    reported = [row["population"] for row in rows if row["population"] is not None]
    return sum(reported) if reported else None
