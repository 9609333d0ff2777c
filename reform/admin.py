from django.contrib import admin

from reform.models import Event, HandOver, Programme, RoadmapStep
from reform.rules import sight
from registry.admin import NoDeleteAdmin, ReadOnlyAdmin


@admin.register(Programme)
class ProgrammeAdmin(NoDeleteAdmin):
    list_display = ("key", "name", "act", "starts_on")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """Events are drafted, applied and annulled on the portal's pages and over REST only."""

    list_display = ("effective_on", "title", "kind", "status", "programme")
    list_filter = ("status", "kind", "programme")
    search_fields = ("title_ky", "title_ru")

    def get_queryset(self, request):
        readable = Event.objects.visible_to(sight(request.user))
        return super().get_queryset(request).filter(pk__in=readable)


class OfEventsAdmin(NoDeleteAdmin):
    """What belongs to the events that the reader may read."""

    def get_queryset(self, request):
        readable = Event.objects.visible_to(sight(request.user))
        return super().get_queryset(request).filter(event__in=readable)


@admin.register(RoadmapStep)
class RoadmapStepAdmin(OfEventsAdmin):
    list_display = ("due_on", "title", "event", "done_on")
    raw_id_fields = ("event",)


@admin.register(HandOver)
class HandOverAdmin(OfEventsAdmin):
    list_display = ("event", "kind", "from_unit", "to_unit", "status")
    list_filter = ("kind", "status")
    raw_id_fields = ("event", "from_unit", "to_unit", "act")
