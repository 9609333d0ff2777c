"""The register of resolutions with its full-text search."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import wording
from councils.models import CouncilKind, ResolutionStatus
from councils.page_queries import bodies, resolutions
from councils.views.base import CouncilsPage, status_badge
from lsg_portal.web import addresses, display
from lsg_portal.web.tables import DATE, FLAG, Column, Filter, Filters, Table
from registry import cells, queries
from registry.place_filters import place_filters

PUBLIC = [choice for choice in ResolutionStatus.choices if choice[0] != ResolutionStatus.DRAFT]


class RegisterOfResolutions(CouncilsPage):
    """The resolutions of all councils adopted by the reader's day, with the status they had on it."""

    template_name = "councils/resolutions.html"
    title = gettext_lazy("Register of resolutions")
    section = "resolutions"

    @cached_property
    def council(self) -> Any:
        """The one council the register is narrowed to; None for all, 400 for what is none."""
        text = self.request.GET.get("council", "")
        if not text:
            return None
        try:
            found = bodies.council(uuid.UUID(text), self.request.day)
        except ValueError:
            found = None
        if found is None:
            raise BadRequest(_("There is no such council."))
        return found

    @cached_property
    def filters(self) -> Filters:
        """What the register is narrowed by."""
        places = place_filters(queries.upper_units(self.request.day))
        filters = [
            Filter.text("q", _("Words of the title or the text, or a number")),
            *places,
            Filter.choice("kind", _("Kind of council"), CouncilKind.choices),
            Filter.choice("status", _("Status"), PUBLIC),
            Filter.choice("normative", _("Normative"), [("yes", _("yes")), ("no", _("no"))]),
            Filter.day("first", _("Adopted since")),
            Filter.day("last", _("Adopted until")),
        ]
        if self.council:
            one = [(self.council["id"], wording.council_of(self.council))]
            filters.insert(1, Filter.unit("council", _("Council"), one))
        return Filters(self.request.GET, filters)

    @cached_property
    def found(self) -> Any:
        """The resolutions, and whether they are only alike."""
        return resolutions.register(self.request.day, self.filters.values)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the register."""
        request = self.request
        rows, _alike = self.found
        columns = [
            cells.Shown(
                "title",
                _("Resolution"),
                value=lambda row: display.name(row, "title"),
                show=lambda row: self._title(row),
                sortable=False,
            ),
            Column("number", _("Number"), order=("number",)),
            Column("adopted_on", _("Adopted"), DATE, order=("adopted_on", "number")),
            Column(
                "council",
                _("Council"),
                value=lambda row: wording.council_name(row.unit, row.council.kind),
                link=lambda row: addresses.page(request, "council", row.council_id),
                sortable=False,
            ),
            Column("vote", _("For : against : abstained"), value=_votes, sortable=False),
            cells.Shown(
                "status",
                _("Status"),
                value=lambda row: wording.resolution_status(row.day_status),
                show=lambda row: status_badge(row.day_status),
                order=("day_status",),
            ),
            Column("normative", _("Normative"), FLAG, order=("normative",), shown=False),
            Column(
                "registration_number", _("Registration number"), order=("registration_number",), shown=False
            ),
            Column(
                "registered_on",
                _("Registered"),
                shown=False,
                value=lambda row: display.short_day(row.registered_on),
            ),
            Column(
                "published_on",
                _("Published"),
                shown=False,
                value=lambda row: display.short_day(row.published_on),
            ),
        ]
        table = Table(
            request,
            caption=self.title,
            columns=columns,
            rows=rows,
            filters=self.filters,
            sort="-adopted_on",
            constructed=lambda row: row.provenance == cells.CONSTRUCTED,
            empty=_("No resolution adopted by this day matches the filters."),
        )
        return {"register": table}

    def _title(self, row: Any) -> SafeString:
        address = addresses.page(self.request, "resolution", row.pk)
        return format_html('<a href="{}">{}</a>', address, display.name(row, "title"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether the words were found or only something like them."""
        return super().get_context_data(
            alike=self.found[1],
            words=self.filters["q"] or "",
            rest_url=addresses.optional("api-resolutions"),
            **kwargs,
        )


def _votes(row: Any) -> str | None:
    vote = getattr(row, "vote", None)
    return f"{vote.in_favour} : {vote.against} : {vote.abstained}" if vote else None
