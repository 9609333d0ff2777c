"""The lineage of a unit: a larger diagram, one to five changes deep, and its table."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404
from django.utils.translation import gettext as _

from lsg_portal.pages.queries import lineage, units
from lsg_portal.pages.views import history
from lsg_portal.web import addresses
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import Table
from lsg_portal.web.views import RegisterPage
from registry import titles
from registry.crumbs import down_to
from registry.queries import Row, data_versions

DEPTHS = ("1", "2", "3", "4", "5")
DEFAULT_DEPTH = "3"


class LineagePage(RegisterPage):
    """Where the territory of a unit came from and where it went, over several changes."""

    template_name = "pages/lineage.html"

    @cached_property
    def pk(self) -> uuid.UUID:
        """The unit."""
        return uuid.UUID(str(self.kwargs["pk"]))

    @cached_property
    def depth(self) -> str:
        """How many changes away the reader wants to see."""
        depth = self.request.GET.get("depth") or DEFAULT_DEPTH
        if depth not in DEPTHS:
            raise BadRequest(_("The lineage can be shown one to five changes deep."))
        return str(depth)

    @cached_property
    def found(self) -> list[Row]:
        """The parts of changes, one more than is shown where there are too many."""
        return lineage.edges(self.pk, int(self.depth))

    @property
    def edges(self) -> list[Row]:
        """The parts of changes shown."""
        return self.found[: lineage.MOST_EDGES]

    @cached_property
    def named(self) -> dict[uuid.UUID, Row]:
        """The units of these parts and this one; raises Http404 where the register knows no such unit."""
        ends = {edge[side] for edge in self.edges for side in ("source_id", "target_id")}
        found = units.named([*(ends | {self.pk})], self.request.day)
        if self.pk not in found:
            raise Http404
        return found

    def get_title(self) -> str:
        """Return what the page shows of which unit."""
        return _("Lineage: %(name)s") % {"name": titles.full_name(self.named[self.pk])}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the unit and where it lies, or last lay."""
        versions = units.versions(self.pk)
        shown = next((row for row in versions if row["valid"].lower <= self.request.day), versions[-1])
        above = down_to(self.request, shown["grandparent"], shown["parent"])
        unit = self.named[self.pk]
        return [*above, Crumb(titles.full_name(unit), addresses.page(self.request, "unit", self.pk))]

    def get_versions(self) -> dict[str, int]:
        """Return the data versions of the register and of the reform."""
        return data_versions("registry", "reform")

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of the parts."""
        return {
            "parts": history.lineage_table(
                self.request,
                self.edges,
                self.named,
                key="",
                caption=_("Territory that passed from unit to unit"),
                empty=_("No change on record has moved territory to or from this unit."),
            )
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the diagram and the choice of depth."""
        title = self.get_title()
        drawing = history.diagram(self.request, self.edges, self.named, self.pk, title) if self.edges else ""
        return super().get_context_data(
            **kwargs,
            unit_id=self.pk,
            unit=self.named[self.pk],
            diagram=drawing,
            depths=DEPTHS,
            depth=self.depth,
            cut=len(self.found) > lineage.MOST_EDGES,
            rest_url=addresses.optional("api-unit-lineage", self.pk),
        )
