"""Who has reported, on time or late, and who is overdue: for everybody; further states for who may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi import obligations, rules, wording
from kpi.models import Period
from kpi.views.ministry.base import state, tone
from kpi.views.public.base import SECTIONS
from kpi.visibility import Sight
from lsg_portal.web import addresses, charts, display
from lsg_portal.web.sections import SectionedPage
from lsg_portal.web.tables import DATE, NUMBER, Column, Filter, Filters, Table
from registry import cells, grouping, queries, titles
from registry.grouped_pages import GroupedPage
from registry.models import MUNICIPALITY_KINDS, UnitKind
from registry.place_filters import place_filters
from registry.queries import Row, data_versions

OFFERED = 40
STANDINGS = {
    "on_time": gettext_lazy("on time"),
    "late": gettext_lazy("late"),
    "overdue": gettext_lazy("overdue"),
    "awaited": gettext_lazy("not due yet"),
}
TONES = {"on_time": "good", "late": "warning", "overdue": "error", "awaited": ""}
PUBLIC = ("owed", "submitted", "on_time", "late", "overdue", "awaited", "published")
INNER = ("waiting", "returned", "approved")


def standing(row: Row) -> str:
    """Return how a municipality stands with its report: what everybody may know."""
    if row["first_at"] is not None:
        return "late" if row["late"] else "on_time"
    return "overdue" if row["overdue"] else "awaited"


class Completeness(SectionedPage, GroupedPage):
    """How complete and how punctual reporting on a quarter is, as of today.

    Whether a municipality has reported is public; how far it is with a report that is not published is not.
    """

    template_name = "kpi/ministry/completeness.html"
    title = gettext_lazy("KPI: completeness and punctuality of reporting")
    sections = SECTIONS
    section = "kpi-completeness"
    sections_home = gettext_lazy("KPI")
    sections_label = gettext_lazy("Pages of KPI")
    grouped: Sequence[Row] = ()

    def get_versions(self) -> Mapping[str, int]:
        """Name the data the page is made from."""
        return data_versions("registry", "kpi")

    @cached_property
    def sight(self) -> Sight:
        """How far the reader sees beyond what is public."""
        return rules.sight(self.request.user)

    @cached_property
    def periods(self) -> list[Period]:
        """The quarters that have ended and opened by today, the latest first."""
        today = self.request.today
        return list(Period.objects.closed(today).opened(today)[:OFFERED])

    @cached_property
    def filters(self) -> Filters:
        """The quarter asked for."""
        offered = [(period.code, wording.quarter(period.number)) for period in self.periods]
        latest = _("the latest: %(period)s") % {"period": offered[0][1]} if offered else ""
        return Filters(self.request.GET, [Filter.choice("period", _("Quarter"), offered, latest)])

    @cached_property
    def period(self) -> Period | None:
        """The quarter shown; None before there is any."""
        code = self.filters["period"]
        return next((period for period in self.periods if code in (None, period.code)), None)

    @property
    def period_name(self) -> str:
        """What the quarter shown is called."""
        return wording.quarter(self.period.number) if self.period else ""

    @cached_property
    def upper(self) -> list[Row]:
        """Oblasts, cities of republican significance and districts of the quarter's last day."""
        return queries.upper_units(self.period.last_day) if self.period else []

    def get_tables(self) -> Mapping[str, Table]:
        """Return the groups and the municipalities."""
        return {"groups": self._groups(), "units": self._units()}

    # Groups

    def _groups(self) -> Table:
        board = obligations.board(self.period, self.request.today, self.grouping) if self.period else {}
        rows = [{**board[key], "group": about} for key, about in self._keys() if key in board]
        for row in rows:
            row["late"] = row["submitted"] - row["on_time"]
            row["awaited"] = row["owed"] - row["submitted"] - row["overdue"]
            row["share"] = grouping.percent(row["submitted"], row["owed"])
        self.grouped = rows
        names = (*PUBLIC, *(INNER if self.sight.everything else ()))
        totals: dict[str, Any] = {name: sum(row[name] for row in rows) for name in names}
        totals["share"] = grouping.percent(totals["submitted"], totals["owed"])
        words = {
            "owed": _("Owed"),
            "submitted": _("Submitted"),
            "on_time": _("On time"),
            "late": _("Late"),
            "overdue": _("Overdue"),
            "awaited": _("Not due yet"),
            "published": _("Published"),
            "waiting": _("In review or waiting for it"),
            "returned": _("Returned"),
            "approved": _("Approved"),
        }
        columns = [self.group_column(), *(Column(name, words[name], NUMBER) for name in names)]
        columns.insert(3, cells.rounded_percent("share", _("Submitted, %")))
        return Table(
            self.request,
            caption=_("Reports on %(period)s") % {"period": self.period_name},
            rows=rows,
            columns=columns,
            totals=totals if len(rows) > 1 else None,
            empty=_("Nobody owes a report of this quarter."),
        )

    def _chart(self, title: str) -> str:
        """Draw how many of each group were on time, late and are overdue; of districts there are too many to look at."""
        if not self.grouped or self.grouping == "district":
            return ""
        bars = [
            charts.Bar(self.group_name(row), (row["on_time"], row["late"], row["overdue"]))
            for row in self.grouped
        ]
        return charts.bar_chart(bars, series=(_("On time"), _("Late"), _("Overdue")), title=title)

    def _keys(self) -> list[tuple[str, Row]]:
        """Return the groups that can be, in their order, as ``GroupedPage`` names them."""
        if self.grouping == "kind":
            return [
                (str(kind), {"id": str(kind), "kind": str(kind), "name": {}, "oblast": None})
                for kind in MUNICIPALITY_KINDS
            ]
        found = []
        for above in (row for row in self.upper if row["kind"] != UnitKind.DISTRICT):
            if self.grouping == "oblast":
                found.append((str(above["id"]), _group(above, above)))
                continue
            within = [
                row for row in self.upper if row["kind"] == "district" and row["oblast_id"] == above["id"]
            ]
            found += [(str(row["id"]), _group(row, above)) for row in within]
            found.append((f"none:{above['id']}", _group(None, above)))
        return found

    def group_link(self, row: Mapping[str, Any]) -> str | None:
        """Lead to the municipalities of a group."""
        group = row["group"]
        if self.grouping == "kind" or not group["id"]:
            return None
        changes = {f"units-{self.grouping}": group["id"], "units-page": None, "format": None}
        return addresses.query(self.request.GET, **changes) + "#table-units"

    # Municipalities

    def _units(self) -> Table:
        filters = Filters(
            self.request.GET,
            [
                *place_filters(self.upper),
                Filter.choice(
                    "standing",
                    _("Report"),
                    [(key, titles.capital(str(word))) for key, word in STANDINGS.items()],
                ),
            ],
            prefix="units-",
        )
        rows = (
            obligations.owed(
                self.period, self.request.today, oblast=filters["oblast"], district=filters["district"]
            )
            if self.period
            else []
        )
        above = {row["id"]: row for row in self.upper}
        for row in rows:
            row["id"], row["standing"] = row["unit_id"], standing(row)
            row["district"], row["oblast"] = above.get(row["district_id"]), above.get(row["oblast_id"])
        if filters["standing"]:
            rows = [row for row in rows if row["standing"] == filters["standing"]]
        columns = [
            cells.unit_column(self.request, label=_("Municipality")),
            cells.unit_column(self.request, "district", _("District"), of="district"),
            cells.unit_column(self.request, "oblast", _("Oblast"), of="oblast", shown=False),
            cells.Shown(
                "standing",
                _("Report"),
                value=lambda row: str(STANDINGS[row["standing"]]),
                show=lambda row: cells.badge(STANDINGS[row["standing"]], TONES[row["standing"]]),
            ),
            Column("due", _("Due until"), DATE),
            Column(
                "submitted_on",
                _("Submitted"),
                DATE,
                value=lambda row: row["first_at"] and timezone.localdate(row["first_at"]),
            ),
        ]
        if self.sight.everything or self.sight.units:
            columns += [
                cells.Shown("state", _("State"), value=self._state, show=self._state_mark),
                Column("filled", _("Filled in"), value=self._filled, sortable=False),
            ]
        return Table(
            self.request,
            key="units",
            caption=_("Municipalities, %(period)s") % {"period": self.period_name},
            filters=filters,
            rows=rows,
            columns=columns,
            constructed=lambda row: cells.CONSTRUCTED in (row["provenance"], row["report_provenance"]),
            empty=_("No municipality of this kind."),
        )

    def _sees(self, row: Row) -> bool:
        return self.sight.everything or row["unit_id"] in self.sight.units

    def _state(self, row: Row) -> str:
        return state(row["state"]) if self._sees(row) else ""

    def _state_mark(self, row: Row) -> SafeString | str:
        if not self._sees(row):
            return ""
        mark = cells.badge(state(row["state"]), tone(row["state"]))
        if self.sight.everything and row["report_id"]:
            link = addresses.page(self.request, "kpi-review", row["report_id"])
            return _linked(link, mark, display.name(row))
        return mark

    def _filled(self, row: Row) -> str:
        if not (self._sees(row) and row["fields"]):
            return ""
        return _("%(filled)s of %(fields)s") % {"filled": row["filled"], "fields": row["fields"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the quarter."""
        period = self.period
        words = ", ".join(str(word) for word in (_("On time"), _("Late"), _("Overdue")))
        title = f"{self.period_name}: {words}"
        context = super().get_context_data(
            chart_title=title,
            period=period,
            period_name=self.period_name,
            question=self.filters,
            day=self.request.today,
            **kwargs,
        )
        return {**context, "chart": self._chart(title)}


def _group(unit: Row | None, above: Row) -> Row:
    def named(row: Row) -> Row:
        return {language: row[f"name_{language}"] for language in ("ky", "ru", "en")}

    return {
        "id": unit and str(unit["id"]),
        "kind": unit and unit["kind"],
        "name": named(unit or above),
        "oblast": {"id": str(above["id"]), "kind": above["kind"], "name": named(above)},
    }


def _linked(address: str, content: SafeString, of: str) -> SafeString:
    return format_html('<a href="{}">{}<span class="visually-hidden">: {}</span></a>', address, content, of)
