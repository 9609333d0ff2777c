"""The list of events."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.web import addresses, display
from lsg_portal.web.tables import DATE, Column, Filter, Filters, Table
from lsg_portal.web.views import RegisterPage
from reform import page_queries
from reform.models import Event, Programme
from reform.views.base import ReformPage, may_change, seen_by
from reform.visibility import PUBLISHED, Sight
from registry import titles
from registry.models import ChangeKind, Provenance

STATUS_BADGES = {
    Event.Status.DRAFT: "badge-warning",
    Event.Status.ADOPTED: "badge-accent",
    Event.Status.IN_FORCE: "badge-good",
    Event.Status.ANNULLED: "badge-error",
}


class Status(str):
    """The status of an event in words; on a page a badge."""

    __slots__ = ("css",)

    css: str

    @classmethod
    def of(cls, event: Event) -> Status:
        """Return the status of an event."""
        status = cls(event.get_status_display())
        status.css = STATUS_BADGES[Event.Status(event.status)]
        return status

    def __html__(self) -> SafeString:
        """Write it for a page."""
        return format_html('<span class="badge {}">{}</span>', self.css, str(self))


class EventsPage(ReformPage, RegisterPage):
    """All events a reader may see: those in force and annulled by the day of the page, drafts for who reads drafts."""

    section = "reform-events"
    template_name = "reform/events.html"
    title = gettext_lazy("Events of the reform")

    @cached_property
    def seen(self) -> Sight:
        """Which drafts the reader sees."""
        return seen_by(self.request)

    @cached_property
    def filters(self) -> Filters:
        """What the list is narrowed to."""
        statuses = [item for item in Event.Status if self.seen or item in PUBLISHED]
        oblasts = [
            (row["unit_id"], titles.full_name(row))
            for row in page_queries.areas(self.request.day)
            if row["kind"] != "district"
        ]
        programmes = [(item.pk, display.name(item)) for item in Programme.objects.all()]
        return Filters(
            self.request.GET,
            [
                Filter.unit("programme", _("Programme"), programmes),
                Filter.choice("kind", _("Kind of change"), ChangeKind.choices),
                Filter.choice("status", _("Status"), [(item.value, item.label) for item in statuses]),
                Filter.unit("oblast", _("Oblast"), oblasts),
                Filter.day("from", _("In force from")),
                Filter.day("to", _("In force up to")),
            ],
        )

    def get_tables(self) -> Mapping[str, Table]:
        """Return the events."""
        chosen = self.filters
        rows = page_queries.events(
            day=self.request.day,
            seen=self.seen,
            programme=chosen["programme"],
            kind=chosen["kind"],
            status=chosen["status"],
            oblast=chosen["oblast"],
            since=chosen["from"],
            until=chosen["to"],
        )
        language = display.language()
        return {
            "events": Table(
                self.request,
                caption=_("Events of the reform"),
                filters=chosen,
                rows=rows,
                columns=[
                    Column(
                        "title",
                        _("Event"),
                        value=lambda event: display.name(event, "title"),
                        link=lambda event: addresses.page(self.request, "reform-event", event.pk),
                        order=(f"title_{language}",),
                    ),
                    Column("effective_on", _("Takes effect on"), DATE),
                    Column("kind", _("Kind of change"), value=lambda event: event.get_kind_display()),
                    Column(
                        "programme",
                        _("Programme"),
                        value=lambda event: display.name(event.programme),
                        order=("programme__starts_on", "programme__key"),
                    ),
                    Column("status", _("Status"), value=Status.of),
                    Column(
                        "provenance",
                        _("Provenance"),
                        value=lambda event: event.get_provenance_display(),
                        shown=False,
                    ),
                ],
                sort="-effective_on",
                constructed=lambda event: event.provenance == Provenance.CONSTRUCTED,
            )
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether the reader may draft."""
        return super().get_context_data(may_change=may_change(self.request), **kwargs)
