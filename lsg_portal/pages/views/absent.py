"""A unit that does not exist on the reader's day: when it did, what it came from, what succeeded it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from lsg_portal.pages.queries import lineage, units
from lsg_portal.pages.views import history
from lsg_portal.pages.views.units import rest_url
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import Table
from lsg_portal.web.views import RegisterPage
from registry import lineage as projection
from registry import titles
from registry.crumbs import down_to
from registry.models import Unit
from registry.queries import Row, data_versions

ONE_DAY = dt.timedelta(days=1)


class AbsentPage(RegisterPage):
    """Says when a unit existed; raises Http404 for one that no live version speaks of."""

    template_name = "pages/absent.html"
    unit: Any = None

    @cached_property
    def pk(self) -> uuid.UUID:
        """The identifier asked for."""
        return uuid.UUID(str(self.kwargs["pk"]))

    @cached_property
    def versions(self) -> list[Row]:
        """All its versions, the latest first."""
        found = units.versions(self.pk)
        if not found:
            raise Http404
        return found

    @cached_property
    def nearest(self) -> Row:
        """The version nearest to the reader's day: the last one before it, else the first one after."""
        past = [row for row in self.versions if row["valid"].lower <= self.request.day]
        return past[0] if past else self.versions[-1]

    @property
    def ended(self) -> bool:
        """Whether the unit existed before the reader's day, and not only will."""
        return bool(self.nearest["valid"].lower <= self.request.day)

    @property
    def shown_day(self) -> dt.date:
        """The day of its life nearest to the reader's: its last or its first."""
        first: dt.date = self.nearest["valid"].lower
        return self.nearest["valid"].upper - ONE_DAY if self.ended else first

    @cached_property
    def edges(self) -> list[Row]:
        """The parts of changes that touch it."""
        return lineage.edges(self.pk, depth=1)

    @cached_property
    def projected(self) -> list[projection.Holding]:
        """Where its territory lies on the reader's day; empty for a unit that is still to come."""
        return projection.project(Unit(pk=self.pk), self.shown_day, self.request.day) if self.ended else []

    @cached_property
    def named(self) -> dict[uuid.UUID, Row]:
        """All units that the page speaks of."""
        ends = {edge[side] for edge in self.edges for side in ("source_id", "target_id")}
        return units.named([*(ends | {self.pk} | {item.unit for item in self.projected})], self.request.day)

    def get_title(self) -> str:
        """Return the name it bore."""
        return titles.full_name(self.nearest)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the units it lay in."""
        return down_to(self.request, self.nearest["grandparent"], self.nearest["parent"])

    def get_versions(self) -> dict[str, int]:
        """Return the data versions of the register and of the reform."""
        return data_versions("registry", "reform")

    def get_tables(self) -> Mapping[str, Table]:
        """Return the tables of its lineage and versions."""
        back = [edge for edge in self.edges if edge["target_id"] == self.pk]
        forward = [edge for edge in self.edges if edge["source_id"] == self.pk]
        versions = history.versions_table(self.request, self.versions)
        return {
            "successors": history.lineage_table(
                self.request,
                forward,
                self.named,
                key="successors",
                caption=_("What became of its territory"),
                hidden="source",
            ),
            "predecessors": history.lineage_table(
                self.request,
                back,
                self.named,
                key="predecessors",
                caption=_("Where its territory came from"),
                hidden="target",
            ),
            "versions": versions,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add its life and what succeeded it."""
        targets = [
            {
                "name": titles.full_name(self.named[item.unit]),
                "url": history.unit_url(self.request, self.named[item.unit], self.request.day),
                "whole": item.scope == projection.WHOLE,
                "on": item.effective_on,
            }
            for item in self.projected
            if item.unit in self.named and item.unit != self.pk
        ]
        title = _("%(name)s: origin and successors") % {"name": self.get_title()}
        drawing = history.diagram(self.request, self.edges, self.named, self.pk, title) if self.edges else ""
        return super().get_context_data(
            **kwargs,
            unit=self.nearest,
            unit_id=self.pk,
            kind=titles.unit_kind(self.nearest["kind"]),
            ended=self.ended,
            shown_day=self.shown_day,
            shown_url=addresses.with_query(
                addresses.optional("unit", self.pk), at=self.shown_day.isoformat()
            ),
            periods=_periods(self.versions),
            targets=targets,
            diagram=drawing,
            diagram_title=title,
            rest_url=rest_url(self.request, self.pk),
        )


def _periods(versions: Sequence[Row]) -> list[str]:
    """Return the periods in which a unit existed, versions that follow on each other as one."""
    spans: list[list[dt.date | None]] = []
    for row in reversed(versions):
        if spans and spans[-1][1] == row["valid"].lower:
            spans[-1][1] = row["valid"].upper
        else:
            spans.append([row["valid"].lower, row["valid"].upper])
    return [display.period(first, end) for first, end in spans]
