from django.contrib import admin
from django.db import models
from modeltranslation.admin import TranslationAdmin

from registry.models import (
    Change,
    ChangePart,
    ChangeUnit,
    LegalAct,
    Population,
    PublishedFigure,
    Settlement,
    SettlementAssignment,
    Unit,
    UnitCode,
    UnitVersion,
)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Records that only a territorial change writes: to be looked at here, never edited."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class NoDeleteAdmin(TranslationAdmin):
    """Records that may be added and corrected, never deleted."""

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class VersionInline(ReadOnlyInline):
    model = UnitVersion
    fk_name = "unit"
    fields = ("kind", "name_ky", "name_ru", "parent", "valid", "provenance", "voided_by")


class CodeInline(ReadOnlyInline):
    model = UnitCode
    fields = ("system", "code", "valid", "voided_by")


@admin.register(Unit)
class UnitAdmin(ReadOnlyAdmin):
    list_display = ("id", "recorded_at")
    search_fields = ("id", "versions__name_ky", "versions__name_ru", "codes__code")
    inlines = (VersionInline, CodeInline)


class AssignmentInline(ReadOnlyInline):
    model = SettlementAssignment
    fields = ("unit", "valid", "distance_to_centre_km", "provenance", "voided_by")


@admin.register(Settlement)
class SettlementAdmin(ReadOnlyAdmin):
    list_display = ("name_ky", "name_ru", "kind")
    list_filter = ("kind",)
    search_fields = ("name_ky", "name_ru", "codes__code")
    inlines = (AssignmentInline,)


class ChangeUnitInline(ReadOnlyInline):
    model = ChangeUnit
    fields = ("unit", "role", "voided_by")


class ChangePartInline(ReadOnlyInline):
    model = ChangePart
    fields = ("source", "target", "scope", "voided_by")


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ("effective_on", "kind", "provenance", "id")
    list_filter = ("kind", "provenance")
    date_hierarchy = "effective_on"
    inlines = (ChangeUnitInline, ChangePartInline)


@admin.register(LegalAct)
class LegalActAdmin(NoDeleteAdmin):
    list_display = ("adopted_on", "kind", "number", "title", "status")
    list_filter = ("kind", "status")
    search_fields = ("number", "title_ky", "title_ru")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


@admin.register(PublishedFigure)
class PublishedFigureAdmin(admin.ModelAdmin):
    list_display = ("measure", "day", "as_printed", "source")
    list_filter = ("measure",)
    raw_id_fields = ("unit",)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Population)
class PopulationAdmin(admin.ModelAdmin):
    list_display = ("on", "value", "unit", "settlement", "provenance", "source")
    list_filter = ("on", "provenance")
    raw_id_fields = ("unit", "settlement")
    readonly_fields = ("change", "voided_by")

    def has_delete_permission(self, request, obj=None):
        return False
