"""The page of one event."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.web import addresses, display
from lsg_portal.web.days import BISHKEK
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, NUMBER, Column, Table
from lsg_portal.web.views import RegisterPage
from reform import page_queries
from reform.models import Event, EventApplication, HandOver, RoadmapStep
from reform.views.base import Problem, ReformPage, may_change, may_see_names, seen_by
from reform.views.events import Status
from reform.views.picture import Picture
from reform.visibility import PUBLISHED
from registry import titles
from registry.models import LegalAct

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Moment:
    """A line of an event's history. ``who`` is empty where the reader is not shown names."""

    when: str
    iso: str
    what: StrOrPromise
    who: str = ""
    why: str = ""


@dataclass(frozen=True)
class Step:
    """A step of the road map as a page shows it."""

    title: str
    responsible: str
    starts_on: dt.date | None
    due_on: dt.date
    done_on: dt.date | None
    late: bool


class EventPage(ReformPage, RegisterPage):
    """What an event does, on which acts it rests, what follows it, and what was done with it."""

    section = "reform-events"
    template_name = "reform/event.html"
    problems: Sequence[Problem] = ()
    refusal: StrOrPromise = gettext_lazy("This could not be done")

    @cached_property
    def event(self) -> Event:
        """The event; 404 where the reader may not see it."""
        found = page_queries.event(self.kwargs["pk"], seen_by(self.request))
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        """Return the event's title."""
        return display.name(self.event, "title")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list of events."""
        events = Crumb(_("Events of the reform"), addresses.page(self.request, "reform-events"))
        return [*super().get_crumbs(), events]

    @cached_property
    def steps(self) -> list[RoadmapStep]:
        """The road map."""
        return list(self.event.steps.all())

    @cached_property
    def hand_overs(self) -> list[HandOver]:
        """What is handed over."""
        return list(self.event.hand_overs.select_related("act"))

    @cached_property
    def applications(self) -> list[EventApplication]:
        """Each time the event was applied, with the annulment that followed."""
        return list(self.event.applications.select_related("change__annulment"))

    @cached_property
    def picture(self) -> Picture:
        """What the event does."""
        named = [unit for item in self.hand_overs for unit in (item.from_unit_id, item.to_unit_id)]
        return Picture(self.request, self.event, named)

    def get_tables(self) -> Mapping[str, Table]:
        """Return units, parts, road map and hand-overs."""
        return {
            "units": self.picture.units_table(),
            "parts": self.picture.parts_table(),
            "roadmap": self.roadmap_table(),
            "hand_overs_table": self.hand_overs_table(),
        }

    def roadmap_table(self) -> Table:
        """Return the steps; the page shows them as a timeline, the files as a table."""
        return Table(
            self.request,
            key="roadmap",
            caption=_("Road map"),
            rows=self.steps,
            columns=[
                Column("title", _("Step"), value=lambda step: display.name(step, "title")),
                Column("responsible", _("Responsible"), value=lambda step: display.name(step, "responsible")),
                Column("starts_on", _("Starts on"), DATE),
                Column("due_on", _("Due on"), DATE),
                Column("done_on", _("Done on"), DATE),
            ],
        )

    def hand_overs_table(self) -> Table:
        """Return the hand-overs."""
        name, link = self.picture.name, self.picture.link

        def act(item: HandOver) -> str:
            return titles.act_name(item.act) if item.act else ""

        def act_link(item: HandOver) -> str | None:
            return addresses.page(self.request, "legal-act", item.act_id) if item.act_id else None

        return Table(
            self.request,
            key="hand-overs",
            caption=_("Hand-overs"),
            rows=self.hand_overs,
            columns=[
                Column("title", _("What"), value=lambda item: display.name(item, "title")),
                Column("kind", _("Kind"), value=lambda item: item.get_kind_display()),
                Column(
                    "from",
                    _("From"),
                    value=lambda item: name(item.from_unit_id),
                    link=lambda item: link(item.from_unit_id),
                ),
                Column(
                    "to",
                    _("To"),
                    value=lambda item: name(item.to_unit_id),
                    link=lambda item: link(item.to_unit_id),
                ),
                Column("value_som", _("Value, som"), NUMBER),
                Column("status", _("Status"), value=lambda item: item.get_status_display()),
                Column("signed_on", _("Signed on"), DATE),
                Column("act", _("Legal act"), value=act, link=act_link),
            ],
            constructed=lambda item: item.provenance == "constructed",
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add words, diagram, acts, history and the team's buttons."""
        event = self.event
        if event.status not in PUBLISHED:
            kwargs["citation"] = None  # nobody can look up a draft
        return super().get_context_data(
            event=event,
            status=Status.of(event),
            picture=self.picture,
            acts=self.acts(),
            steps=self.road_map(),
            has_hand_overs=bool(self.hand_overs),
            history=self.history(),
            may_change=may_change(self.request),
            editable=event.status in (Event.Status.DRAFT, Event.Status.ADOPTED),
            problems=self.problems,
            refusal=self.refusal,
            **kwargs,
        )

    def acts(self) -> list[tuple[LegalAct, str, str]]:
        """Return the acts with their names and, for a repealed one, the name of what repealed it."""
        return [
            (act, titles.act_name(act), titles.act_name(act.repealed_by) if act.repealed_by else "")
            for act in page_queries.acts(self.event)
        ]

    def road_map(self) -> list[Step]:
        """Return the steps as they stand on the day of the page: what was done later is not done yet."""
        day = self.request.day
        found = []
        for step in self.steps:
            done = step.done_on if step.done_on and step.done_on <= day else None
            found.append(
                Step(
                    display.name(step, "title"),
                    display.name(step, "responsible"),
                    step.starts_on,
                    step.due_on,
                    done,
                    late=(done or day) > step.due_on,
                )
            )
        return found

    def history(self) -> list[Moment]:
        """Return what was done with the event, in order; names only for those who may see them."""
        named = may_see_names(self.request)
        author = self.event.created_by
        drafted = str(author) if author and named else ""
        found = [(self.event.recorded_at, _("Drafted"), drafted, "")]
        for item in self.applications:
            found.append((item.at, _("Applied"), item.by if named else "", ""))
            annulment = getattr(item.change, "annulment", None)
            if annulment is not None:
                found.append((annulment.at, _("Annulled"), annulment.by if named else "", annulment.reason))
        return [
            Moment(display.moment(local), local.isoformat(timespec="minutes"), what, who, why)
            for when, what, who, why in found
            for local in [timezone.localtime(when, BISHKEK)]
        ]

    def refused(self, problems: Sequence[Problem], status: int) -> HttpResponse:
        """Show the event again with what stands against what was asked."""
        self.problems = problems
        context = self.get_context_data(**self.get_tables())
        return self.response_class(
            request=self.request,
            template=[EventPage.template_name],
            context=context,
            using=self.template_engine,
            status=status,
        )

    def address(self, pk: uuid.UUID | None = None) -> str:
        """Return the address of the event's page."""
        return addresses.page(self.request, "reform-event", pk or self.event.pk)
