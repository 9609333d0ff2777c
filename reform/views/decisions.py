"""Preview, adopt, apply, annul: what the reform team does with an event once it is drafted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import NUMBER, Column, Table
from reform import services, wording
from reform.forms import AnnulForm, DecisionForm
from reform.models import Event
from reform.views import effects
from reform.views.base import Problem, ReformTeamOnly, problems_of
from reform.views.event import EventPage
from registry.errors import DomainError

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from ayil_okmotu.services import BodyEffects
    from councils.services import SeatEffect


class Decision(ReformTeamOnly, EventPage):
    """A step that changes an event: taken by POST with the version read, refused on the event's own page."""

    citable = False
    form_class: type[DecisionForm] = DecisionForm
    done: StrOrPromise = ""

    @cached_property
    def form(self) -> DecisionForm:
        """What was sent, or the version the reader came with."""
        if self.request.method == "POST":
            return self.form_class(self.request.POST)
        version = self.request.GET.get("version", "")
        return self.form_class(initial={"version": version if version.isdigit() else self.event.version})

    def must_be_seen(self) -> None:
        """Find the event, or raise Http404."""
        _found = self.event

    def decide(self, version: int) -> Event:
        """Take the step; a DomainError says why not."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the step and show the event, or the event with what stands against it."""
        if not self.form.is_valid():
            return self.incomplete()
        try:
            self.decide(self.form.cleaned_data["version"])
        except DomainError as error:
            self.__dict__.pop("event", None)
            return self.refused(problems_of(error.violations), error.problem_status)
        messages.success(request, self.done)
        return redirect(addresses.page(self.request, "reform-event", self.event.pk))

    def incomplete(self) -> HttpResponse:
        """Refuse a form without what it must say."""
        return self.refused([Problem("", "", _("The form came without the version it speaks of."))], 422)


class PreviewPage(Decision):
    """What applying the event would do, and every rule it would break; nothing is written."""

    template_name = "reform/preview.html"
    http_method_names = ["get", "head", "options"]

    def get_title(self) -> str:
        """Say what is previewed."""
        return _("Preview: %(event)s") % {"event": super().get_title()}

    def get_crumbs(self) -> list[Crumb]:
        """Lead back to the event."""
        event = Crumb(display.name(self.event, "title"), self.address())
        return [*super().get_crumbs(), event]

    @cached_property
    def result(self) -> dict[str, Any]:
        """The answer of the trial."""
        return services.preview(self.event)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the units before and after."""

        def side(name: str, key: str) -> Any:
            def value(row: Mapping[str, Any]) -> Any:
                return row[name][key] if row[name] else display.NOT_APPLICABLE

            return value

        def called(row: Mapping[str, Any]) -> str:
            unit: uuid.UUID = row["unit"]
            return self.picture.name(unit)

        known = self.result["totals"]["after"] is not None
        totals = {
            f"{key}_{name}": self.result["totals"][name][key]
            for name in ("before", "after")
            for key in ("population", "settlements")
            if known
        }
        columns = [
            Column("unit", _("Unit"), value=called, link=lambda row: self.picture.link(row["unit"])),
            Column("role", _("What happens"), value=lambda row: self.picture.role(row["unit"])),
            Column("particulars", _("From then on"), value=lambda row: self.picture.particulars(row["unit"])),
            Column("population_before", _("Population before"), NUMBER, value=side("before", "population")),
            Column("population_after", _("Population after"), NUMBER, value=side("after", "population")),
            Column(
                "settlements_before", _("Settlements before"), NUMBER, value=side("before", "settlements")
            ),
            Column("settlements_after", _("Settlements after"), NUMBER, value=side("after", "settlements")),
        ]
        tables = {
            "units": Table(
                self.request,
                caption=_("Units before and after"),
                rows=self.result["units"],
                columns=[column for column in columns if known or not column.key.endswith("_after")],
                totals=totals if self.result["units"] else None,
            )
        }
        if self.result["councils"]:
            tables["seats"] = self.seats()
        if self.executives:
            tables["bodies"] = effects.bodies_table(self.request, self.picture, self.executives)
        if self.result["transfers"]:
            tables["transfers"] = effects.transfers_table(
                self.request, self.picture, self.result["transfers"]
            )
        if self.result["reports"]:
            tables["reports"] = effects.reports_table(self.request, self.picture, self.result["reports"])
        return tables

    @cached_property
    def executives(self) -> BodyEffects | None:
        """What becomes of executive bodies; None where the event touches none, or is in force."""
        found: BodyEffects | None = self.result["executives"]
        return found if found and found.bodies else None

    def seats(self) -> Table:
        """Return what becomes of the seats in councils: who sits where from then on, against the law."""

        def unit(row: SeatEffect) -> str:
            return self.picture.name(row.unit_id) if row.unit_id else _("no successor")

        def origins(row: SeatEffect) -> str:
            return wording.listed(
                f"{self.picture.name(origin.unit_id)}: {display.number(origin.carried_over)}"
                for origin in row.origins
            )

        return Table(
            self.request,
            key="seats",
            caption=_("Seats in councils"),
            rows=self.result["councils"],
            columns=[
                Column("council", _("Council"), value=unit),
                Column("own", _("Own deputies"), NUMBER, value=lambda row: row.own),
                Column("origins", _("Carried over from"), value=origins),
                Column("sitting", _("Deputies from then on"), NUMBER, value=lambda row: row.sitting),
                Column("by_law", _("Seats by law"), NUMBER, value=lambda row: row.by_law),
                Column("vacant", _("Vacant"), NUMBER, value=lambda row: row.vacant),
            ],
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the trial said."""
        context = super(EventPage, self).get_context_data(**kwargs)
        totals = self.result["totals"]
        return context | {
            "event": self.event,
            "picture": self.picture,
            "form": self.form,
            "problems": problems_of(self.result["violations"], linked=False),
            "warnings": self.result["warnings"],
            "before": totals["before"],
            "after": totals["after"],
            "over": [row for row in self.result["councils"] if row.sitting > (row.by_law or 0)],
            "budgets": effects.joined_budgets(self.picture, self.executives) if self.executives else [],
            "staff": effects.staff_in_all(self.executives) if self.executives else None,
            "decided_by": effects.decided_by(self.event.effective_on),
            "can_apply": not self.result["violations"] and self.event.status != Event.Status.IN_FORCE,
            "in_force": self.event.status == Event.Status.IN_FORCE,
            "event_url": self.address(),
        }


class ApplyPage(Decision):
    """Put the event into force."""

    refusal = gettext_lazy("The event was not applied")
    done = gettext_lazy("The event is in force. The register shows it from its day on.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead to the preview, from which an event is applied."""
        return redirect(addresses.page(request, "reform-event-preview", self.kwargs["pk"]))

    def decide(self, version: int) -> Event:
        """Apply."""
        by = self.request.user.get_username()
        return services.apply(event=self.event, by=by, at=timezone.now(), expected_version=version)


class AnnulPage(Decision):
    """Ask for the reason and annul an event in force."""

    template_name = "reform/annul.html"
    form_class = AnnulForm
    refusal = gettext_lazy("The event was not annulled")
    done = gettext_lazy("The event is annulled. The map of every day is as it was before it.")

    def get_title(self) -> str:
        """Say what is annulled."""
        return _("Annul: %(event)s") % {"event": display.name(self.event, "title")}

    def get_crumbs(self) -> list[Crumb]:
        """Lead back to the event."""
        return [*super().get_crumbs(), Crumb(display.name(self.event, "title"), self.address())]

    def get_tables(self) -> Mapping[str, Table]:
        """Show no table where only the reason is asked."""
        return {} if self.request.method in ("GET", "HEAD") else super().get_tables()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the reason; an event not in force has nothing to annul."""
        if self.event.status != Event.Status.IN_FORCE:
            messages.warning(request, _("Only an event in force can be annulled."))
            return redirect(self.address())
        return self.asked(200)

    def asked(self, status: int) -> HttpResponse:
        """Show the question."""
        context = super(EventPage, self).get_context_data(
            event=self.event, picture=self.picture, form=self.form, event_url=self.address()
        )
        return self.render_to_response(context, status=status)

    def incomplete(self) -> HttpResponse:
        """Ask again for what is missing."""
        return self.asked(422)

    def decide(self, version: int) -> Event:
        """Annul."""
        by, reason = self.request.user.get_username(), self.form.cleaned_data["reason"]
        return services.annul(
            event=self.event, reason=reason, by=by, at=timezone.now(), expected_version=version
        )


class AdoptPage(Decision):
    """Mark a draft as adopted: its act is signed, its day may still lie ahead."""

    refusal = gettext_lazy("The draft was not marked as adopted")
    done = gettext_lazy("The draft is marked as adopted.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse: there is nothing to read here."""
        return HttpResponseNotAllowed(["POST"])

    def decide(self, version: int) -> Event:
        """Adopt."""
        return services.adopt(event=self.event, expected_version=version)
