"""The overview of the reform and the statistics between two days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import orjson
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.web import addresses, charts, display
from lsg_portal.web.tables import NUMBER, PERCENT, Column, Filter, Filters, Table
from lsg_portal.web.tables.filters import Active, Control
from lsg_portal.web.views import RegisterPage
from reform import page_queries, queries, wording
from reform.views.base import ReformPage
from registry import titles
from registry.models import UnitKind

GROUPS = {
    "oblast": gettext_lazy("oblast"),
    "district": gettext_lazy("district"),
    "kind": gettext_lazy("kind of municipality"),
    "programme": gettext_lazy("programme"),
}
MEASURES = {
    "municipalities": gettext_lazy("municipalities"),
    "councils": gettext_lazy("local councils"),
    "mandates": gettext_lazy("mandates of deputies"),
    "staff": gettext_lazy("municipal staff"),
    "population": gettext_lazy("population"),
    "settlements": gettext_lazy("villages and urban-type settlements"),
    "own_revenue": gettext_lazy("own revenue of the last full year, million som"),
    "largest_distance_km": gettext_lazy("largest distance to the centre, km"),
}
MOVES = ("moved_in", "moved_out")
"""Shown only where there were any: most groupings have none, and the table is wide."""
LONGEST_OPEN_CHART = 16
"""A chart of more rows than this is folded away: nobody wants to scroll past forty districts to the table."""


class ExactPercent(str):
    """A percentage as text, exact; a page shows it in whole percents with the exact one in its title."""

    __slots__ = ()

    def __html__(self) -> SafeString:
        """Write it for a page."""
        return format_html(
            '<data value="{}" title="{}">{}</data>',
            str(self),
            display.percent(str(self)),
            display.percent(str(self), 0),
        )


class Question(Filters):
    """What is asked of the statistics: two days, grouping, measure, and four filters that may be empty.

    The page shows it in a form of its own, since days, grouping and measure always have a value; for the table
    it only says what the files are stamped with, so it counts as empty there.
    """

    always = ("before", "after", "group_by", "measure")

    def __bool__(self) -> bool:
        return False

    @property
    def controls(self) -> list[Control]:
        """The fields of the form, each with the value in use."""
        return [Control(item, self.name(item), self.parameters.get(item.key, "")) for item in self.filters]

    @property
    def removable(self) -> list[Active]:
        """The filters that are set and can be taken off."""
        return [item for item in self.active if item.name not in self.always]

    def chosen(self) -> dict[str, Any]:
        """The filters in the form the query takes."""
        return {
            key: value for key, value in self.values.items() if key not in self.always and value is not None
        }


class OverviewPage(ReformPage, RegisterPage):
    """What the reform was, its programmes, and the table analysts paste into their reports."""

    template_name = "reform/overview.html"
    title = gettext_lazy("Administrative-territorial reform")

    @cached_property
    def programmes(self) -> list[Any]:
        """The programmes with the events in force by the day of the page."""
        return list(page_queries.programmes(self.request.day))

    @cached_property
    def areas(self) -> list[dict[str, Any]]:
        """Oblasts, cities of republican significance and districts of the day."""
        return page_queries.areas(self.request.day)

    @cached_property
    def whole_reform(self) -> tuple[dt.date, dt.date]:
        """From the eve of the first event in force to the day of the page."""
        firsts = [item.first for item in self.programmes if item.first]
        eve = min(firsts) - page_queries.ONE_DAY if firsts else self.request.day
        return min(eve, self.request.day), self.request.day

    @cached_property
    def question(self) -> Question:
        """What the address asks, the whole reform where it asks nothing; 400 for days in the wrong order."""
        parameters: QueryDict = self.request.GET.copy()
        before, after = self.whole_reform
        for key, value in (
            ("before", before.isoformat()),
            ("after", after.isoformat()),
            ("group_by", "oblast"),
            ("measure", "municipalities"),
        ):
            if not parameters.get(key):
                parameters[key] = value
        oblasts = [(row["unit_id"], titles.full_name(row)) for row in self.areas if row["kind"] != "district"]
        districts = [
            (row["unit_id"], titles.full_name(row)) for row in self.areas if row["kind"] == "district"
        ]
        kinds = [(kind, UnitKind(kind).label) for kind in queries.MUNICIPALITIES]
        question = Question(
            parameters,
            [
                Filter.day("before", _("Before: as of")),
                Filter.day("after", _("After: as of")),
                Filter.choice("group_by", _("Rows by"), GROUPS.items()),
                Filter.choice("measure", _("What is counted"), MEASURES.items()),
                Filter.unit("oblast", _("Oblast"), oblasts),
                Filter.unit("district", _("District"), districts),
                Filter.choice("kind", _("Kind of municipality"), kinds),
                Filter.unit("programme", _("Programme"), [(p.pk, display.name(p)) for p in self.programmes]),
            ],
        )
        if question["before"] > question["after"]:
            raise BadRequest(_("The first day cannot lie after the second."))
        return question

    @cached_property
    def answer(self) -> dict[str, Any]:
        """Rows and total of the statistics."""
        asked = self.question
        text = queries.statistics(
            before=asked["before"],
            after=asked["after"],
            group_by=asked["group_by"],
            measure=asked["measure"],
            filters=asked.chosen(),
        )
        return dict(orjson.loads(text))

    @cached_property
    def country(self) -> dict[str, Any]:
        """The totals of the whole country over the whole reform."""
        before, after = self.whole_reform
        return dict(orjson.loads(queries.statistics(before=before, after=after, group_by="kind"))["total"])

    def get_tables(self) -> Mapping[str, Table]:
        """Return the statistics."""
        for row in [*self.answer["rows"], self.answer["total"]]:
            percent = row["reduction_percent"]
            row["reduction_percent"] = ExactPercent(percent) if percent is not None else None
        table = Table(
            self.request,
            caption=_("What the reform changed"),
            columns=self.columns(),
            rows=self.answer["rows"],
            totals={key: value for key, value in self.answer["total"].items() if key != "group"},
            source=_("computed from the records of this register"),
            page_sizes=(100,),
        )
        # files and links of the table name the days even where the address leaves them out
        table.filters = self.question
        table.parameters = self.question.parameters  # type: ignore[assignment]
        return {"statistics": table}

    def columns(self) -> Sequence[Column]:
        """Return the columns that fit the grouping and the measure."""
        asked = self.question
        grouped, counted = asked["group_by"], asked["measure"] == "municipalities"
        before, after = display.short_day(asked["before"]), display.short_day(asked["after"])
        found = [
            Column(
                "group", wording.capital(str(GROUPS[grouped])), value=self.group_name, link=self.group_link
            )
        ]
        if grouped == "district":
            oblast = Column(
                "oblast",
                _("Oblast"),
                value=lambda row: self.oblast_name(row["group"]),
                shown=asked["oblast"] is None,
            )
            found.append(oblast)
        found += [
            Column("before", _("Before (%(day)s)") % {"day": before}, NUMBER),
            Column("after", _("After (%(day)s)") % {"day": after}, NUMBER),
            Column("reduced", _("Fewer by"), NUMBER),
            Column(
                "reduction_percent",
                _("Reduction"),
                PERCENT,
                note=_(
                    "of the number before, in whole percents; the exact figure is in the files and under the pointer"
                ),
            ),
        ]
        if counted:
            total = self.answer["total"]
            found += [
                Column(key, label, NUMBER, shown=key not in MOVES or bool(total[key]))
                for key, label, _meaning in wording.CLASSES
            ]
        return found

    def group_name(self, row: Mapping[str, Any]) -> str:
        """Return the name of a row, with the word for its kind where Kyrgyz needs it."""
        group = row["group"]
        if self.question["group_by"] in ("oblast", "district") and group["id"]:
            names = {f"name_{language}": text for language, text in group["name"].items()}
            return titles.full_name({"kind": group["kind"], **names})
        if group["oblast"] and group["oblast"]["id"]:
            name = self.oblast_name(group)
            alone = group["oblast"]["kind"] == UnitKind.CITY_REPUBLICAN
            return name if alone else _("%(oblast)s: cities outside districts") % {"oblast": name}
        return wording.capital(display.name(group["name"]))

    @staticmethod
    def oblast_name(group: Mapping[str, Any]) -> str:
        """Return the name of the oblast of a row, with the word for its kind where Kyrgyz needs it."""
        return titles.full_name(group["oblast"]["name"], kind=group["oblast"]["kind"])

    def group_link(self, row: Mapping[str, Any]) -> str | None:
        """Return where the name of a row leads: the unit, or the events of the programme."""
        identifier, grouped = row["group"]["id"], self.question["group_by"]
        if not identifier or grouped == "kind":
            return None
        if grouped == "programme":
            address = reverse("reform-events")
            return addresses.with_query(address, at=self.question["after"].isoformat(), programme=identifier)
        return addresses.with_query(reverse("unit", args=[identifier]), at=self.question["after"].isoformat())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the sentences, the chart and the addresses of the same figures over REST."""
        before, after = self.whole_reform
        firsts = [(item.first, item.last) for item in self.programmes if item.first]
        sentence = ""
        if firsts:
            sentence = wording.period_of_reform(
                sum(item.in_force for item in self.programmes),
                len(firsts),
                min(first for first, _last in firsts),
                max(last for _first, last in firsts),
            )
        rows = self.answer["rows"]
        return super().get_context_data(
            programmes=[(item, titles.act_name(item.act) if item.act else "") for item in self.programmes],
            sentence=sentence,
            country=self.country,
            reform_before=before,
            reform_after=after,
            question=self.question,
            kept=addresses.kept(self.request.GET, {*self.question.names, "sort", "page", "format", "table"}),
            classes=wording.CLASSES if self.question["measure"] == "municipalities" else (),
            chart=self.chart(rows) if rows else "",
            chart_is_long=len(rows) > LONGEST_OPEN_CHART,
            rest=self.rest_links(),
            **kwargs,
        )

    def chart(self, rows: Sequence[Mapping[str, Any]]) -> SafeString:
        """Draw each row's figure before and after."""
        asked = self.question
        return charts.bar_chart(
            [
                charts.Bar(self.group_name(row), (row["before"], row["after"]), self.group_link(row) or "")
                for row in rows
            ],
            series=(display.short_day(asked["before"]), display.short_day(asked["after"])),
            title=_("%(measure)s before and after")
            % {"measure": wording.capital(str(MEASURES[asked["measure"]]))},
            places=None,
        )

    def rest_links(self) -> list[tuple[str, str]]:
        """Return the addresses of the same figures for programs."""
        address = addresses.optional("api-reform-statistics")
        if not address:
            return []
        asked = self.question
        values = {key: asked.parameters.get(key) or None for key in asked.values}
        return [
            (name.upper(), addresses.with_query(address, **values, format=None if name == "json" else name))
            for name in ("json", "csv", "xlsx")
        ]
