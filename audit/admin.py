from django.contrib import admin

from audit.models import Checkpoint, Entry
from audit.visibility import Reader, sealed_tables


class LookedAtOnly(admin.ModelAdmin):
    """What only the database writes; the rules say who looks at it (``audit.view_…``)."""

    actions = None
    show_full_result_count = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Entry)
class EntryAdmin(LookedAtOnly):
    """Entries of the journal; those of private tables are for whom they are open."""

    list_display = ("at", "name", "actor", "operation", "table_name", "key")
    list_filter = ("operation",)
    search_fields = ("=key", "=actor", "=request")
    ordering = ("-id",)

    def get_queryset(self, request):
        entries = super().get_queryset(request)
        if Reader.of(request.user).private:
            return entries
        return entries.exclude(table_name__in=sealed_tables())


@admin.register(Checkpoint)
class CheckpointAdmin(LookedAtOnly):
    list_display = ("seq", "at", "key_id")
