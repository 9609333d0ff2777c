"""What the ministry records about heads: who heads which body, and whether a candidate meets the law."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ayil_okmotu import office_queries, qualification, wording
from ayil_okmotu.forms import CandidateForm
from ayil_okmotu.models import ServiceRecord
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, Column, Filter, Filters, Table
from lsg_portal.web.views import FormPage, RegisterPage
from registry import cells, titles

STATES = [
    ("vacant", gettext_lazy("nobody")),
    ("acting", gettext_lazy("somebody acting")),
    ("over", gettext_lazy("a head whose term is over")),
]


class OfHeads(PermissionRequiredMixin):
    """Let in who records heads."""

    permission_required = "ayil_okmotu.appoint_head"


class Heads(OfHeads, RegisterPage):
    """The heads of all bodies, with what the ministry has to see to first."""

    template_name = "ayil_okmotu/office/heads.html"
    title = gettext_lazy("Heads of executive bodies")
    citable = False

    def get_tables(self) -> Mapping[str, Table]:
        """Return the heads, those filtered for."""
        filters = Filters(
            self.request.GET,
            [
                Filter.text("q", _("Municipality or head")),
                Filter.choice("state", _("Headed by"), STATES),
            ],
        )
        today = self.request.today
        rows = [
            {**row, "state": _state(row, today)} for row in office_queries.heads(today, filters["q"] or "")
        ]
        if filters["state"]:
            rows = [row for row in rows if row["state"] == filters["state"]]
        columns = [
            Column(
                "body",
                _("Executive body"),
                value=wording.body_of,
                link=lambda row: (
                    addresses.page(self.request, "my-post", row["post_id"]) if row["post_id"] else None
                ),
            ),
            Column("oblast", _("Oblast"), value=lambda row: titles.full_name(row["oblast"]) or None),
            cells.Shown("head", _("Head"), value=_head, show=_marked),
            Column("since", _("Since"), DATE),
            Column("term_end", _("End of the term"), DATE),
        ]
        return {
            "heads": Table(
                self.request,
                caption=_("Heads of executive bodies"),
                filters=filters,
                rows=rows,
                columns=columns,
                constructed=cells.is_constructed,
                empty=_("There is nobody of this kind."),
            )
        }


def _state(row: Mapping[str, Any], today: Any) -> str:
    """Return what the ministry has to see to; empty where a head is in office within the term."""
    if row["appointment_id"] is None:
        return "vacant"
    if row["acting"]:
        return "acting"
    return "over" if row["term_end"] and row["term_end"] <= today else ""


def _head(row: Mapping[str, Any]) -> str | None:
    """Return who heads a body."""
    return display.name(row["head"]) if row["head"] else None


def _marked(row: Mapping[str, Any]) -> str:
    """Return the head with a mark where nobody is there, somebody is acting or the term is over."""
    marks = {"vacant": _("nobody"), "acting": wording.acting(), "over": _("term is over")}
    mark = marks.get(row["state"])
    return cells.badged(_head(row) or "", mark, "warning") if mark else ""


class CandidateCheck(OfHeads, FormPage):
    """A candidate's years against what the law demands of a head, explained; nothing is stored."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "ayil_okmotu/office/check.html"
    title = gettext_lazy("Check a candidate")
    form_class = CandidateForm

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the heads."""
        return [Crumb(_("Heads of executive bodies"), addresses.page(self.request, "executive-heads"))]

    def get_initial(self) -> dict[str, Any]:
        """Ask about today."""
        return {"on": self.request.today}

    def form_valid(self, form: CandidateForm) -> HttpResponseBase:  # type: ignore[override]
        """Show what was found."""
        data = form.values
        kind = data.pop("unit_kind")
        verdict = qualification.check(record=ServiceRecord(**data), unit_kind=kind, day=data["on"])
        return self.render_to_response(self.get_context_data(form=form, verdict=verdict))

    def form_invalid(self, form: CandidateForm) -> HttpResponseBase:  # type: ignore[override]
        """Show the form again, saying in the status that nothing was checked."""
        return self.render_to_response(self.get_context_data(form=form), status=422)
