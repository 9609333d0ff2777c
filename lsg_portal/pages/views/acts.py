"""A legal act and what rests on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from lsg_portal.pages.queries import acts
from lsg_portal.pages.views import history
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, NUMBER, Column, Table
from lsg_portal.web.views import RegisterPage
from registry import cells, titles
from registry.queries import Row, data_versions
from registry.views import status_badge


class LegalActPage(RegisterPage):
    """Number, days, status, what repealed it, and the changes and events that rest on it."""

    template_name = "pages/legal_act.html"

    @cached_property
    def act(self) -> Row:
        """The act with its status of the reader's day; raises Http404 where none is on file."""
        found = acts.act(self.kwargs["pk"], self.request.day)
        if found is None:
            raise Http404
        return found

    @cached_property
    def changes(self) -> list[Row]:
        """What rests on it."""
        return acts.changes(self.act["id"])

    def get_title(self) -> str:
        """Return the act as it is quoted."""
        return titles.act_name(self.act)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the list of acts."""
        return [Crumb(_("Legal acts"), addresses.page(self.request, "legal-acts"))]

    def get_versions(self) -> dict[str, int]:
        """Return the data versions of the register and of the reform."""
        return data_versions("registry", "reform")

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of the changes."""
        table = Table(
            self.request,
            caption=_("Territorial changes that rest on this act"),
            columns=[
                Column("effective_on", _("In force since"), DATE),
                Column(
                    "event",
                    _("Event"),
                    value=lambda row: display.name(row, "title") or history.change_name(row["kind"]),
                    link=lambda row: history.event_url(self.request, row["event_id"]),
                ),
                Column("kind", _("Change"), value=lambda row: history.change_name(row["kind"])),
                Column("ends", _("Units ended"), NUMBER),
                Column("begins", _("Units begun"), NUMBER),
                Column("parts", _("Parts transferred"), NUMBER),
                cells.Shown("annulled", _("Status"), value=_status, show=_status_badge),
                cells.provenance_column(),
            ],
            rows=self.changes,
            constructed=cells.is_constructed,
            empty=_("No territorial change on record rests on this act."),
        )
        return {"changes": table}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the act and its repealer."""
        act = self.act
        repealer = {key: act[f"repealer_{key}"] for key in ("id", "kind", "number", "adopted_on")}
        return super().get_context_data(
            **kwargs,
            act=act,
            act_title=display.name(act, "title"),
            badge=status_badge(act["status"]),
            source=cells.source_text(act["source"]),
            repealer=titles.act_name(repealer) if act["repealer_id"] else "",
            repeals=[{**row, "quoted": titles.act_name(row)} for row in acts.repeals(act["id"])],
            standing=sum(not row["annulled"] for row in self.changes),
            rest_url=addresses.optional("api-legal-act", act["id"]),
        )


def _status(row: Row) -> str:
    return _("annulled") if row["annulled"] else _("in force")


def _status_badge(row: Row) -> str:
    return cells.badge(_status(row), "error" if row["annulled"] else "good")
