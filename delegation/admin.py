"""Administration of the catalogue: state bodies, fields, powers with their items, the statute's list, what both perform.

Transfers, reports, disputes and successions are written on the portal's pages and over REST only.
"""

from django.contrib import admin, messages
from django.db.models import F
from django.shortcuts import redirect

from delegation.errors import RuleBroken, told
from delegation.models import Field, Overlap, PowerItem, StateBody, StatePower, StatuteItem
from registry.admin import NoDeleteAdmin


class Kept:
    """What is kept here by hand: a rule that the database holds is told in words, a correction raises the version."""

    def save_model(self, request, obj, form, change):
        if change and hasattr(obj, "version"):
            obj.version = F("version") + 1
        with told():
            super().save_model(request, obj, form, change)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except RuleBroken as error:
            for violation in error.violations:
                messages.error(request, violation.message)
            return redirect(request.get_full_path())


class CatalogueAdmin(Kept, NoDeleteAdmin):
    """Records of the catalogue."""


@admin.register(StateBody)
class StateBodyAdmin(CatalogueAdmin):
    list_display = ("code", "name", "provenance")
    search_fields = ("code", "name_ky", "name_ru")


@admin.register(Field)
class FieldAdmin(CatalogueAdmin):
    list_display = ("code", "name", "transferable", "article")
    list_filter = ("transferable",)


@admin.register(StatePower)
class StatePowerAdmin(CatalogueAdmin):
    list_display = ("code", "name", "group", "field", "responsible", "status")
    list_filter = ("group", "status", "field")
    search_fields = ("code", "name_ky", "name_ru")
    raw_id_fields = ("legal_basis",)
    list_select_related = ("field", "responsible")


@admin.register(PowerItem)
class PowerItemAdmin(CatalogueAdmin):
    list_display = ("power", "number", "name", "removed_at")
    list_filter = ("power",)
    list_select_related = ("power",)


@admin.register(StatuteItem)
class StatuteItemAdmin(Kept, admin.ModelAdmin):
    """The statute's list by number: what waits to be entered is given its power here."""

    list_display = ("article", "number", "disputed", "power")
    list_filter = ("disputed",)
    list_select_related = ("power",)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Overlap)
class OverlapAdmin(CatalogueAdmin):
    list_display = ("power", "state_body", "what", "valid", "provenance")
    list_filter = ("power",)
    readonly_fields = ("change", "closed_by", "voided_by")
    list_select_related = ("power", "state_body")
