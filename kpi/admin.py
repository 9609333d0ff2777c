"""KPI in the administration pages: to look at. Everything is changed on the portal's pages and over REST.

Reports and their values are not here: who reads which of them, employees' ones above all, is a matter of each report.
"""

from __future__ import annotations

from django.contrib import admin

from kpi.models import (
    Band,
    Category,
    Extension,
    Indicator,
    Measure,
    Methodology,
    PeerGroup,
    Period,
    ScoreRun,
)
from registry.admin import ReadOnlyAdmin, ReadOnlyInline


class LineInline(ReadOnlyInline):
    """Lines of a methodology, those taken out of its draft marked."""

    readonly_fields = ("removed_at",)


class CategoryInline(LineInline):
    model = Category
    fields = ("order", "code", "name_ky", "name_ru", "removed_at")


class BandInline(LineInline):
    model = Band
    fields = ("code", "least", "name_ky", "name_ru", "removed_at")


class PeerGroupInline(LineInline):
    model = PeerGroup
    fields = (
        "order",
        "code",
        "unit_kinds",
        "post_kinds",
        "from_population",
        "below_population",
        "name_ky",
        "name_ru",
        "removed_at",
    )


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin):
    list_display = ("id", "code", "subject")
    list_filter = ("subject",)


@admin.register(Methodology)
class MethodologyAdmin(ReadOnlyAdmin):
    list_display = ("subject", "number", "name", "status", "valid", "act", "provenance")
    list_filter = ("subject", "status")
    list_select_related = ("act",)
    inlines = (CategoryInline, BandInline, PeerGroupInline)


@admin.register(Indicator)
class IndicatorAdmin(ReadOnlyAdmin):
    list_display = (
        "measure",
        "name",
        "methodology",
        "direction",
        "least",
        "most",
        "weight",
        "aggregation",
        "removed_at",
    )
    list_filter = ("category__methodology", "data_source", "aggregation")
    list_select_related = ("measure", "category__methodology")
    search_fields = ("name_ky", "name_ru", "measure__code")

    @admin.display(description=Methodology._meta.verbose_name, ordering="category__methodology")
    def methodology(self, obj: Indicator) -> str:
        return f"{obj.category.methodology}, {obj.category.methodology.number}"


class ExtensionInline(ReadOnlyInline):
    model = Extension
    fields = ("unit", "until", "reason", "act", "given_by")


@admin.register(Period)
class PeriodAdmin(ReadOnlyAdmin):
    list_display = ("code", "begins", "ends", "opens", "due", "locks", "published_on")
    inlines = (ExtensionInline,)


@admin.register(ScoreRun)
class ScoreRunAdmin(ReadOnlyAdmin):
    list_display = (
        "period",
        "methodology",
        "number",
        "status",
        "total",
        "finished_at",
        "published_at",
        "current",
    )
    list_filter = ("status", "current")
    list_select_related = ("period", "methodology")
