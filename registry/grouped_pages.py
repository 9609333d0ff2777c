"""Pages of figures by oblast, district or kind of municipality, on one day or between two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.web import addresses, display
from lsg_portal.web.tables import Column, Filter, Filters
from lsg_portal.web.views import RegisterPage
from registry import titles
from registry.grouping import GROUPINGS
from registry.models import UnitKind

GROUPS = {
    "oblast": gettext_lazy("oblast"),
    "district": gettext_lazy("district"),
    "kind": gettext_lazy("kind of municipality"),
}
LONGEST_OPEN_CHART = 16


class GroupedPage(RegisterPage):
    """A page over ``registry.grouping``: its grouping and the names of its groups.

    ``route`` is the address of the same figures over REST, ``list_route`` that of the list a group leads to.
    """

    route = ""
    list_route = ""

    @cached_property
    def grouping(self) -> str:
        """How the rows are grouped."""
        asked = self.request.GET.get("group_by", "") or "oblast"
        if asked not in GROUPINGS:
            raise BadRequest(_("The figures cannot be grouped like this."))
        return str(asked)

    @property
    def ways(self) -> list[tuple[str, str, bool]]:
        """The groupings with their labels, and which is shown."""
        return [(key, titles.capital(str(label)), key == self.grouping) for key, label in GROUPS.items()]

    def group_name(self, row: Mapping[str, Any]) -> str:
        """Return the name of a row, with the word for its kind where Kyrgyz needs it."""
        group = row["group"]
        if self.grouping == "kind":
            return titles.capital(str(dict(UnitKind.choices).get(group["kind"], group["kind"])))
        if group["id"]:
            return titles.full_name(group["name"], kind=group["kind"])
        above = group["oblast"]
        if not above:
            return display.name(group["name"])
        name = titles.full_name(above["name"], kind=above["kind"])
        alone = above["kind"] == UnitKind.CITY_REPUBLICAN
        return name if alone else _("%(oblast)s: cities outside districts") % {"oblast": name}

    def group_link(self, row: Mapping[str, Any]) -> str | None:
        """Return the list of what a row counts."""
        group = row["group"]
        if not group["id"] or self.grouping == "kind":
            return None
        return addresses.page(self.request, self.list_route, **{self.grouping: group["id"]})

    def group_column(self) -> Column:
        """Return the first column."""
        label = titles.capital(str(GROUPS[self.grouping]))
        return Column("group", label, value=self.group_name, link=self.group_link)

    def rest_links(self, **values: Any) -> list[tuple[str, str]]:
        """Return the addresses of the same figures over REST."""
        address = addresses.optional(self.route)
        if not address:
            return []
        formats = ("json", "csv", "xlsx")
        return [
            (name.upper(), addresses.with_query(address, **values, format=None if name == "json" else name))
            for name in formats
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the choice of grouping."""
        return super().get_context_data(ways=self.ways, grouping=self.grouping, **kwargs)


class TwoDaysPage(GroupedPage):
    """A page that compares two days, ``?before=`` and ``?after=``."""

    def days_offered(self) -> tuple[dt.date, dt.date]:
        """Return the days compared where none are asked for."""
        raise NotImplementedError

    @cached_property
    def question(self) -> Filters:
        """The two days; 400 where they are in the wrong order."""
        parameters: QueryDict = self.request.GET.copy()
        for key, day in zip(("before", "after"), self.days_offered(), strict=True):
            if not parameters.get(key):
                parameters[key] = min(day, self.request.day).isoformat()
        found = Filters(
            parameters, [Filter.day("before", _("Before: as of")), Filter.day("after", _("After: as of"))]
        )
        if found["before"] > found["after"]:
            raise BadRequest(_("The first day cannot lie after the second."))
        return found

    def on_the_day(self, side: str, words: str) -> str:
        """Return the label of a column of one of the days: «Councils (01.06.2021)»."""
        return _("%(what)s (%(day)s)") % {"what": words, "day": display.short_day(self.question[side])}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form with the two days and what it carries on."""
        return super().get_context_data(
            question=self.question,
            before_day=self.question["before"],
            after_day=self.question["after"],
            kept=addresses.kept(
                self.request.GET, {*self.question.names, "group_by", "sort", "page", "format", "table"}
            ),
            rest=self.rest_links(
                before=self.question["before"].isoformat(),
                after=self.question["after"].isoformat(),
                group_by=self.grouping,
            ),
            **kwargs,
        )
