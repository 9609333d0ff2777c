"""Employees' results as the public sees them: numbers by band, for groups of five people or more."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi import results
from kpi.models import Period, Subject
from kpi.page_queries import methodologies
from kpi.views.public.base import QuarterPage
from lsg_portal.web import addresses, display
from lsg_portal.web.tables import NUMBER, Column, Filters, Table
from registry import cells, titles
from registry.queries import Row

GROUPS = {
    "oblast": gettext_lazy("oblast"),
    "district": gettext_lazy("district"),
    "unit": gettext_lazy("municipality"),
}


class EmployeesPage(QuarterPage):
    """How many employees lie in each band, by place; nobody's own result."""

    template_name = "kpi/employees.html"
    title = gettext_lazy("Assessment of municipal employees")
    section = "kpi-employees"
    subject = Subject.EMPLOYEE

    @cached_property
    def grouping(self) -> str:
        """How the rows are grouped."""
        asked = self.request.GET.get("group_by", "") or "oblast"
        if asked not in GROUPS:
            raise BadRequest(_("The figures cannot be grouped like this."))
        return str(asked)

    @cached_property
    def bands(self) -> list[Row]:
        """The bands of the methodology, from the highest down."""
        return methodologies.bands(self.run["methodology_id"]) if self.run else []

    @cached_property
    def found(self) -> list[Row]:
        """The groups, the country first."""
        if self.run is None:
            return []
        period = Period.objects.get(pk=self.run["period_id"])
        return results.bands(period, self.grouping, self.request.day)

    @property
    def country(self) -> Row | None:
        """The country as a whole."""
        return next((row for row in self.found if row["group"] is None), None)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the groups."""
        columns = [
            Column(
                "group",
                titles.capital(str(GROUPS[self.grouping])),
                value=_group_name,
                link=self._link,
            ),
            _count("people", _("People"), lambda row: row["people"]),
            *(
                _count(
                    band["code"],
                    titles.capital(display.name(band)),
                    lambda row, code=band["code"]: row["bands"] and row["bands"].get(code, 0),
                )
                for band in self.bands
            ),
        ]
        table = Table(
            self.request,
            caption=_("Employees by band"),
            columns=columns,
            rows=[row for row in self.found if row["group"] is not None],
            filters=Filters(self.request.GET, [self.period_filter()]),
            totals=self._total(),
            constructed=self.made,
            source=_("published scores of employees"),
            empty=_("No results of employees have been published by this day."),
        )
        return {"employees": table}

    def _total(self) -> dict[str, Any] | None:
        whole = self.country
        if whole is None or whole["bands"] is None:
            return None
        return {
            "people": whole["people"],
            **{band["code"]: whole["bands"].get(band["code"], 0) for band in self.bands},
        }

    def _link(self, row: Row) -> str | None:
        group = row["group"]
        return addresses.page(self.request, "unit", group["id"]) if group["id"] else None

    def _rest(self) -> str:
        """Return the address of the same figures over REST, empty before any are published."""
        address = addresses.optional("api-kpi-employee-results")
        if self.run is None or not address:
            return ""
        return addresses.with_query(address, period=self.run["code"], group_by=self.grouping)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the choice of grouping and how much is withheld."""
        return super().get_context_data(
            ways=[(key, titles.capital(str(label)), key == self.grouping) for key, label in GROUPS.items()],
            withheld=sum(row["people"] is None for row in self.found if row["group"]),
            country=self.country,
            least=results.LEAST,
            rest_url=self._rest(),
            **kwargs,
        )


def _count(key: str, label: str, value: Any) -> Column:
    """Return a column of people; groups of fewer than five are withheld, which is not 0."""
    return cells.Shown(
        key,
        label,
        NUMBER,
        value=value,
        show=lambda row: cells.badge(_("withheld")) if row["people"] is None else "",
    )


def _group_name(row: Row) -> str:
    """Return the name of a group; what lies outside districts as that."""
    group = row["group"]
    if group["id"]:
        return titles.full_name(group["name"], kind=group["kind"])
    return _("%(oblast)s: cities outside districts") % {"oblast": display.name(group["name"])}
