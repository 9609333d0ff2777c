"""What the public pages of KPI share: their place in the site, the quarter shown, columns, links."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kpi import rules, scoring, wording
from kpi.models import Subject
from kpi.page_queries import published
from kpi.visibility import Sight
from lsg_portal.web import addresses, display
from lsg_portal.web.sections import SectionedPage
from lsg_portal.web.tables import NUMBER, Column, Filter, Filters
from lsg_portal.web.views import RegisterPage
from registry import cells, queries, titles
from registry.place_filters import place_filters
from registry.queries import Row, data_versions

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SECTIONS: tuple[tuple[str, StrOrPromise], ...] = (
    ("kpi", pgettext_lazy("of KPI", "Overview")),
    ("kpi-ranking", gettext_lazy("Ranking")),
    ("kpi-compare", gettext_lazy("Comparison of municipalities")),
    ("kpi-completeness", gettext_lazy("Completeness")),
    ("kpi-employees", gettext_lazy("Employees")),
    ("kpi-methodologies", gettext_lazy("Methodologies")),
)
APPS = ("registry", "kpi")
BAND_TONES = ("good", "accent", "warning", "error")
"""The marks of bands from the highest down; a methodology with more has plain ones below."""


class KpiPage(SectionedPage, RegisterPage):
    """A public page about KPI, with their own menu."""

    sections = SECTIONS
    section = "kpi"
    sections_home = gettext_lazy("KPI")
    sections_label = gettext_lazy("Pages of KPI")

    def get_versions(self) -> Mapping[str, int]:
        """Name the data the page is made from."""
        return data_versions(*APPS)

    @cached_property
    def sight(self) -> Sight:
        """How far the reader sees beyond what is public."""
        return rules.sight(self.request.user)

    @cached_property
    def methodology(self) -> Row | None:
        """The methodology that the page rests on, of which it says whether an act stands behind it."""
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the methodology."""
        return super().get_context_data(**{"methodology": self.methodology, **kwargs})


class QuarterPage(KpiPage):
    """A page about one quarter: the one asked for, else the latest published by the reader's day."""

    subject: str = Subject.HEAD

    @cached_property
    def runs(self) -> list[Row]:
        """The quarters with a ranking published by the reader's day, the latest first."""
        return published.runs(self.request.day, self.subject)

    def period_filter(self) -> Filter:
        """Return the filter by quarter."""
        choices = [(row["code"], wording.quarter(row["number"])) for row in self.runs]
        latest = _("the latest: %(period)s") % {"period": choices[0][1]} if choices else ""
        return Filter.choice("period", _("Reporting period"), choices, latest)

    @cached_property
    def run(self) -> Row | None:
        """The quarter shown: the one asked for, else the latest; None where nothing has been published by the day."""
        code = Filters(self.request.GET, [self.period_filter()])["period"]
        return next((row for row in self.runs if code in (None, row["code"])), None)

    @cached_property
    def methodology(self) -> Row | None:
        """The methodology of the quarter shown."""
        return self.run and methodology_of(self.run)

    @cached_property
    def upper(self) -> list[Row]:
        """The oblasts and districts of the last day of the quarter shown."""
        return queries.upper_units(self.run["last_day"]) if self.run else []

    def place_filters(self) -> list[Filter]:
        """Return the filters by oblast and district."""
        return place_filters(self.upper)

    def made(self, _row: Any = None) -> bool:
        """Whether the quarter is constructed, and with it every row that adds its reports up."""
        return bool(self.run and cells.is_constructed(self.run))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the quarter."""
        run = self.run
        words = {"run": run, "period_name": wording.quarter(run["number"]) if run else ""}
        return super().get_context_data(**{**words, **kwargs})


def methodology_of(row: Mapping[str, Any]) -> Row:
    """Return what a page says of the methodology of a run, a score or a report."""
    return {
        "id": row["methodology_id"],
        "number": str(row["methodology_number"]),
        "act_id": row["act_id"],
        "provenance": row["methodology_provenance"],
    }


def named(row: Mapping[str, Any], prefix: str) -> Row:
    """Return the names of something that a row carries in columns: ``band_name_ky`` and so on."""
    return {f"name_{code}": row[f"{prefix}_name_{code}"] for code in ("ky", "ru", "en")}


@dataclass(frozen=True)
class FigureColumn(Column):
    """A column of assessed figures: two decimals at most; files hold the exact figure."""

    def text(self, value: Any) -> str:
        """Write a figure without decimals that would be zeros."""
        if value is None or value is display.NOT_APPLICABLE:
            return super().text(value)
        return wording.figure(value)


def figure_column(
    key: str, label: StrOrPromise, value: str | Callable[[Any], Any] | None = None, **more: Any
) -> FigureColumn:
    """Return a column of figures, each in the unit of measure of its row."""
    return FigureColumn(key, label, NUMBER, value=value, **more)


def told(number: Decimal | None) -> Decimal | None:
    """Return a figure as people are told it, without decimals that would be zeros."""
    found = scoring.said(number)
    return None if found is None else Decimal(format(found.normalize(), "f"))


def points_column(
    key: str, label: StrOrPromise, value: str | Callable[[Any], Any] | None = None, **more: Any
) -> Column:
    """Return a column of points, which people are told with two decimals."""
    return Column(key, label, NUMBER, value=value, places=2, **more)


def indicator_column(request: Any, **parameters: Any) -> Column:
    """Return the column that names an indicator with its unit of measure and links to its page."""
    return Column(
        "indicator",
        _("Indicator"),
        value=wording.indicator,
        link=lambda row: addresses.page(request, "kpi-indicator", row["code"], **parameters),
    )


def period_column() -> Column:
    """Return the column that names the quarter of a row."""
    return Column(
        "period",
        _("Reporting period"),
        value=lambda row: wording.quarter(row["number"]),
        sort=lambda row: row["number"],
    )


def category_column(**more: Any) -> Column:
    """Return the column with the category of an indicator."""
    return Column(
        "category",
        _("Category"),
        value=lambda row: titles.capital(display.name(row["category"])),
        **more,
    )


def value_of(row: Mapping[str, Any], status: str = "x") -> Any:
    """Return the published figure of a row: what cannot apply is neither zero nor missing."""
    return display.NOT_APPLICABLE if row["status"] == status else row["value"]


def tones(bands: list[Row]) -> dict[str, str]:
    """Return the mark of each band by its code; ``bands`` stand from the highest down."""
    return {band["code"]: tone for band, tone in zip(bands, BAND_TONES, strict=False)}


def band_badge(band: Mapping[str, Any] | None, marks: Mapping[str, str]) -> SafeString | str:
    """Return a band as a mark, empty where a score lies in none."""
    return cells.badge(display.name(band), marks.get(band["code"], "")) if band else ""


def decimal(text: str | None) -> Decimal | None:
    """Return a figure that came as text inside of JSON."""
    return None if text is None else Decimal(text)
