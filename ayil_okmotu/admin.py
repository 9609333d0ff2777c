"""Administration of what law and sources say: grounds, service, norms, the budget classification, programmes."""

from django.contrib import admin

from ayil_okmotu.models import BudgetItem, EndGround, QualificationRule, StaffingNorm, TrainingProgramme
from registry.admin import NoDeleteAdmin


@admin.register(EndGround)
class EndGroundAdmin(NoDeleteAdmin):
    list_display = ("order", "code", "name", "kind", "article", "needs_resolution")
    list_filter = ("kind",)


class NeverDeletedAdmin(admin.ModelAdmin):
    """Records without translated fields that may be added and corrected, never deleted."""

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(QualificationRule)
class QualificationRuleAdmin(NeverDeletedAdmin):
    list_display = (
        "unit_kind",
        "total_years",
        "leading_years",
        "elsewhere_years",
        "elsewhere",
        "higher_education",
        "valid",
    )
    list_filter = ("unit_kind",)


@admin.register(StaffingNorm)
class StaffingNormAdmin(NeverDeletedAdmin):
    list_display = ("body_kind", "within", "staff", "contract", "men_percent", "act", "valid")
    list_filter = ("body_kind",)
    raw_id_fields = ("within", "act")
    list_select_related = ("within", "act")


@admin.register(BudgetItem)
class BudgetItemAdmin(NoDeleteAdmin):
    list_display = ("order", "code", "name", "side")
    list_filter = ("side",)


@admin.register(TrainingProgramme)
class TrainingProgrammeAdmin(NoDeleteAdmin):
    list_display = ("code", "name", "days", "provider", "year")
    list_filter = ("year",)
    search_fields = ("name_ky", "name_ru")
