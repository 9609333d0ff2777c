"""Draft an event, and change a draft: forms that work without scripts and lose nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateResponseMixin

from lsg_portal.web import addresses, days, display
from lsg_portal.web.forms import DayField
from lsg_portal.web.shell import Crumb
from reform import drafting, offers, page_queries, services
from reform.drafting import DraftForm
from reform.forms import StartForm
from reform.models import Event
from reform.views.base import Problem, ReformPage, ReformTeamOnly, problems_of, seen_by
from reform.views.picture import Picture
from registry.errors import DomainError, Stale

SAVING = ("save", "preview")
MOST_KEPT = 500_000
"""Characters of a form kept for somebody whose session has ended; no form that is read is longer."""


class DraftPage(ReformTeamOnly, ReformPage, TemplateResponseMixin):
    """The drafting form. Every button sends the whole form; only two of them save."""

    section = "reform-events"
    template_name = "reform/draft.html"
    citable = False

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list of events."""
        return [
            *super().get_crumbs(),
            Crumb(_("Events of the reform"), addresses.page(self.request, "reform-events")),
        ]

    def handle_no_permission(self) -> HttpResponseBase:  # type: ignore[override]
        """Keep what somebody sent whose session had ended, and ask them to sign in."""
        response: HttpResponseBase = super().handle_no_permission()
        request = self.request
        if request.method != "POST":
            return response
        data = request.POST.copy()
        data.pop("csrfmiddlewaretoken", None)
        if len(sent := data.urlencode()) <= MOST_KEPT:
            request.session[self.kept_key] = sent
        if request.htmx:
            # a script would follow a redirection and put the sign-in page in place of the form
            return HttpResponse(headers={"HX-Redirect": response["Location"]})
        return response

    @property
    def kept_key(self) -> str:
        """Where the session keeps the entries of this page over a sign-in."""
        return f"kept:{self.request.path}"

    def kept(self) -> HttpResponse | None:
        """Show the entries that were kept, once; None where there are none."""
        if self.request.method != "GET" or self.kept_key not in self.request.session:
            return None
        data = QueryDict(self.request.session.pop(self.kept_key), mutable=True)
        return self.render(self.read(data, judged=False), (), 200, kept=True)

    def save(self, form: DraftForm) -> Event:
        """Write the draft; a DomainError says why not."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save the draft, or do what another button asks and show the form again."""
        data, action = request.POST.copy(), request.POST.get("action", "")
        if action not in SAVING:
            drafting.act(data, action)
            return self.shown(data)
        form = self.read(data, judged=True)
        if not form.is_valid():
            return self.render(form, [Problem(*found) for found in form.problems()], 422)
        try:
            event = self.save(form)
        except Stale as error:
            return self.conflict(data, error)
        except DomainError as error:
            return self.render(form, problems_of(error.violations), error.problem_status)
        self.say_saved()
        route = "reform-event-preview" if action == "preview" else "reform-event"
        return redirect(addresses.page(request, route, event.pk))

    def say_saved(self) -> None:
        """Tell what became of what was sent."""
        messages.success(self.request, _("The draft is saved."))

    def day(self, data: QueryDict) -> dt.date:
        """Return the day of the event; while that cannot be read, the last one that could."""
        try:
            return DayField().clean(data.get("effective_on", "")) or self.request.day
        except ValidationError:
            pass
        try:
            return days.parse_day(data.get("offered_on", ""))
        except days.InvalidDay:
            found: dt.date = self.request.day
            return found

    def read(self, data: QueryDict, *, judged: bool) -> DraftForm:
        """Return the form over what was sent."""
        day = self.day(data)
        data["offered_on"] = day.isoformat()
        return DraftForm(data, offers.offer(data, day), judged=judged)

    def shown(self, data: QueryDict) -> HttpResponse:
        """Show the form without judging it."""
        return self.render(self.read(data, judged=False), (), 200)

    def render(self, form: DraftForm, problems: Sequence[Problem], status: int, **more: Any) -> HttpResponse:
        """Show the form with what is wrong with it."""
        area_names = {value: label for _group, options in form.offer.areas for value, label in options}
        context = self.get_context_data(
            form=form,
            problems=problems,
            areas=set(form.data.getlist("area")),
            area_names=[area_names[area] for area in form.data.getlist("area") if area in area_names],
            ends=set(form.data.getlist("ends")),
            acts=set(form.data.getlist("acts")),
            act_words=form.data.get("act_words", ""),
            eve=self.day(form.data) - page_queries.ONE_DAY,
            **more,
        )
        return self.render_to_response(context, status=status)

    def conflict(self, data: QueryDict, error: Stale) -> HttpResponse:
        """Show both versions; only a draft can conflict, so a new one never comes here."""
        return self.render(self.read(data, judged=False), problems_of(error.violations), error.problem_status)


class NewDraftPage(DraftPage):
    """Two steps: what, when and where; then the whole form, with the municipalities of those districts."""

    title = gettext_lazy("Draft a new event")
    sent_before = False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask where to start, or show the form that fits the answer."""
        if kept := self.kept():
            return kept
        sent = request.GET if "kind" in request.GET else None
        areas = offers.area_options(page_queries.units_of_day(request.day))  # type: ignore[attr-defined]
        start = StartForm(sent, programmes=offers.programme_options(), areas=areas)
        if sent is not None and start.is_valid():
            return self.shown(drafting.first_data(sent))
        problems = []
        if sent is not None:
            problems = [
                Problem(bound.id_for_label or bound.name, str(bound.label), str(error))
                for bound in start
                for error in bound.errors
            ]
        context = self.get_context_data(
            form=start, areas=areas, chosen=set(sent.getlist("area")) if sent else set(), problems=problems
        )
        template = ["reform/draft_start.html"]
        return self.response_class(
            request=request,
            template=template,
            context=context,
            using=self.template_engine,
            status=422 if problems else 200,
        )

    def save(self, form: DraftForm) -> Event:
        """Write a new draft; a form that was sent before leads to the draft it made then."""
        try:
            key = uuid.UUID(form.data.get("draft_key", ""))
        except ValueError:
            key = None
        self.sent_before = key is not None and services.drafted(key=key, by=self.request.user) is not None
        return services.draft(content=form.content(), by=self.request.user, key=key)

    def say_saved(self) -> None:
        """Own up to what was not saved."""
        if not self.sent_before:
            return super().say_saved()
        words = _(
            "This form was saved before, as this draft. It was not saved again: change the draft itself."
        )
        messages.warning(self.request, words)


class EditDraftPage(DraftPage):
    """Change a draft. Who saves over somebody else's version is shown that version first."""

    @cached_property
    def event(self) -> Event:
        """The draft."""
        found = page_queries.event(self.kwargs["pk"], seen_by(self.request))
        if found is None:
            raise Http404
        return found

    def must_be_seen(self) -> None:
        """Find the draft, or raise Http404."""
        _found = self.event

    def get_title(self) -> str:
        """Say which draft is changed."""
        return _("Edit: %(event)s") % {"event": display.name(self.event, "title")}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the event."""
        event = Crumb(
            display.name(self.event, "title"), addresses.page(self.request, "reform-event", self.event.pk)
        )
        return [*super().get_crumbs(), event]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the draft as it is stored; what is in force or annulled cannot be changed."""
        event = self.event
        if event.status not in services.EDITABLE:
            messages.warning(request, _("Only a draft can be changed."))
            return redirect(addresses.page(request, "reform-event", event.pk))
        if kept := self.kept():
            return kept
        lines, parts = page_queries.lines(event), page_queries.parts(event)
        data = drafting.data_of(event, lines, parts, [act.pk for act in page_queries.acts(event)])
        units = [line.unit_id for line in lines] + [line.parent_id for line in lines if line.parent_id]
        units += [unit for part in parts for unit in (part.source_id, part.target_id)]
        data.setlist("area", offers.home_areas(units, event.effective_on - page_queries.ONE_DAY))
        return self.shown(data)

    def save(self, form: DraftForm) -> Event:
        """Replace what the draft says, if nobody else has since it was opened."""
        version = form.data.get("version", "")
        return services.redraft(
            event=self.event,
            content=form.content(provenance=self.event.provenance, source=self.event.source),
            at=timezone.now(),
            expected_version=int(version)
            if version.isascii() and version.isdigit() and len(version) < 10
            else 0,
        )

    def conflict(self, data: QueryDict, error: Stale) -> HttpResponse:
        """Show what the other person saved beside what was entered; saving again then replaces theirs."""
        self.__dict__.pop("event", None)
        data["version"] = str(self.event.version)
        saved = Picture(self.request, self.event)
        problems = problems_of(error.violations, linked=False)
        return self.render(
            self.read(data, judged=False), problems, error.problem_status, saved=saved, saved_event=self.event
        )
