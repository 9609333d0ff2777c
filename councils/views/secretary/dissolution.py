"""Dissolution by decree: the reform team chooses, sees what would end, and confirms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from councils import secretary_queries, services, wording
from councils.forms import DissolutionForm
from lsg_portal.data import actor
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import NUMBER, Column, Table, export_response
from lsg_portal.web.views import FormPage
from registry import titles
from registry.errors import DomainError, StateConflict, Violation
from registry.models import LegalAct
from registry.record_pages import problems_of

ACTS = (LegalAct.Kind.DECREE, LegalAct.Kind.LAW)
"""Acts by which councils are dissolved."""


class Dissolution(PermissionRequiredMixin, FormPage):
    """Two steps on one address: a preview asked for by GET, and the word to do exactly that by POST.

    What was previewed is sent along as counts; where they no longer hold nothing is done, and the preview is shown anew.
    """

    http_method_names = ["get", "head", "post", "options"]
    template_name = "councils/secretary/dissolution.html"
    title = gettext_lazy("Dissolve councils by decree")
    permission_required = "councils.dissolve"
    form_class = DissolutionForm

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the councils."""
        address = addresses.optional("councils")
        return [Crumb(_("Councils"), addresses.at_day(self.request, address))] if address else []

    def get_form_kwargs(self) -> dict[str, Any]:
        """Take what was asked from the address or the confirmation; offer acts and oblasts."""
        sent = self.request.POST if self.request.method == "POST" else self.request.GET
        return {
            "data": sent if "on" in sent else None,
            "acts": secretary_queries.acts(kinds=ACTS),
            "oblasts": secretary_queries.oblasts(self.request.day),
        }

    @cached_property
    def form(self) -> DissolutionForm:
        """The question."""
        return DissolutionForm(**self.get_form_kwargs())

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The convocations that would be dissolved."""
        return secretary_queries.sitting(self.form.cleaned_data["on"], self.form.oblast)

    @property
    def act(self) -> LegalAct:
        """The act of the dissolution."""
        return LegalAct.objects.get(pk=self.form.cleaned_data["act"])

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Ask, or show what would end."""
        if not self.form.is_bound:
            return self.render_to_response(self.get_context_data(form=self.form))
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data(form=self.form), status=422)
        wanted = request.GET.get("format", "")
        if wanted and wanted != "html":
            return export_response(self.get_tables()["councils"], wanted, self.citation)
        return self.previewed(200)

    def previewed(self, status: int, error: DomainError | None = None) -> HttpResponse:
        """Show what would end, and why it was not done."""
        found = services.preview_dissolution(
            on=self.form.cleaned_data["on"], convocation_ids=[row["convocation_id"] for row in self.rows]
        )
        act = self.act
        context = self.get_context_data(
            form=self.form,
            preview=found,
            act=f"{titles.act_name(act)}. {display.name(act, 'title')}",
            problems=problems_of(error) if error else [],
            heading=_("Nothing was dissolved"),
            groups=self.groups(),
            **self.get_tables(),
        )
        return self.render_to_response(context, status=status)

    def groups(self) -> list[tuple[str, int, int]]:
        """Return oblasts with the number of councils and mandates that would end."""
        found: dict[str, list[int]] = {}
        for row in self.rows:
            names = {f"name_{code}": row[f"oblast_{code}"] for code in ("ky", "ru", "en")}
            name = titles.full_name(names, row["oblast_kind"]) if row["oblast_id"] else "—"
            counted = found.setdefault(name, [0, 0])
            counted[0] += 1
            counted[1] += row["mandates"]
        return [(name, councils, mandates) for name, (councils, mandates) in found.items()]

    def get_tables(self) -> Mapping[str, Table]:
        """Return the councils that would be dissolved."""
        columns = [
            Column(
                "name",
                _("Council"),
                value=lambda row: wording.council_name(row, row["council_kind"]),
                link=lambda row: addresses.optional("council", row["council_id"]),
            ),
            Column("number", _("Convocation"), NUMBER),
            Column("mandates", _("Mandates"), NUMBER),
            Column("women", _("of them women"), NUMBER),
        ]
        return {
            "councils": Table(
                self.request,
                caption=_("Councils that would be dissolved"),
                rows=self.rows,
                columns=columns,
                totals={
                    "mandates": sum(row["mandates"] for row in self.rows),
                    "women": sum(row["women"] for row in self.rows),
                },
            )
        }

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Dissolve exactly what was shown."""
        if not self.form.is_bound or not self.form.is_valid():
            return self.render_to_response(self.get_context_data(form=self.form), status=422)
        data = self.form.cleaned_data
        try:
            self.must_be_as_shown()
            with actor.because(data["reason"]):
                number = services.dissolve(
                    act=self.act,
                    on=data["on"],
                    reason=data["reason"],
                    convocation_ids=[row["convocation_id"] for row in self.rows],
                )
        except DomainError as error:
            return self.previewed(error.problem_status, error)
        words = ngettext("%(number)s council is dissolved.", "%(number)s councils are dissolved.", number)
        messages.success(request, words % {"number": display.number(number)})
        return redirect(addresses.page(request, "councils-dissolution"))

    def must_be_as_shown(self) -> None:
        """Raise StateConflict where other councils would be dissolved than those shown."""
        shown = self.request.POST.get("shown", "")
        if not self.rows:
            raise StateConflict(Violation("none_sitting", _("No council sits on that day there.")))
        if shown != self.fingerprint:
            raise StateConflict(
                Violation(
                    "not_as_shown",
                    _("Councils or mandates have changed since the preview. Look at it again."),
                )
            )

    @property
    def fingerprint(self) -> str:
        """What the preview showed, in a word: how many convocations, how many mandates, women among them."""
        totals = [sum(row[key] for row in self.rows) for key in ("mandates", "women")]
        return "-".join(str(number) for number in (len(self.rows), *totals))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the confirmation repeats."""
        if "preview" in kwargs:
            kwargs["shown"] = self.fingerprint
        return super().get_context_data(**kwargs)
