"""Administration of what law says of councils: grounds, shares, conflicts over seats, parties."""

from django.contrib import admin

from councils.models import DecisionRule, EndReason, Party, SeatConflict
from registry.admin import NoDeleteAdmin


@admin.register(EndReason)
class EndReasonAdmin(NoDeleteAdmin):
    """The statute's grounds: what waits to be entered is named, given its article and marked as entered here."""

    list_display = ("order", "code", "name", "article", "entered")
    list_filter = ("entered",)


@admin.register(DecisionRule)
class DecisionRuleAdmin(NoDeleteAdmin):
    list_display = ("code", "name", "purpose", "numerator", "denominator", "base", "strict", "article")
    list_filter = ("purpose",)


@admin.register(SeatConflict)
class SeatConflictAdmin(NoDeleteAdmin):
    list_display = ("council", "order", "article", "act")
    raw_id_fields = ("council", "act")
    list_select_related = ("council", "act")


@admin.register(Party)
class PartyAdmin(NoDeleteAdmin):
    list_display = ("name", "provenance")
    search_fields = ("name_ky", "name_ru")
