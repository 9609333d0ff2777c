"""A resolution in the secretary's hands: drafted, voted on, adopted, registered, published, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateResponseMixin

from councils import secretary_queries, services, wording
from councils.forms import ResolutionForm
from councils.models import AgendaItem, Council, Resolution, ResolutionFile, ResolutionStatus, Session
from councils.views.secretary.base import RecordPage, SecretaryPage, may_write
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from registry.record_pages import Problem, identifier

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

S = ResolutionStatus
ORDER = (S.DRAFT, S.ADOPTED, S.REGISTERED, S.PUBLISHED)
FILES_OPEN = (S.DRAFT, S.ADOPTED, S.REGISTERED)


@dataclass(frozen=True)
class Stage:
    """A step of a resolution's life as the page shows it."""

    label: StrOrPromise
    done: bool
    current: bool


class OfResolution(SecretaryPage):
    """A page about one resolution: 404 to whoever may not read it."""

    record_name = "resolution"

    @cached_property
    def resolution(self) -> Resolution:
        """The resolution; Http404 where there is none the reader may see."""
        found: Resolution = self.found(secretary_queries.resolution(self.kwargs["pk"]))
        user = self.request.user
        if not (user.has_perm("councils.read_resolution", found) or may_write(user, found.council)):
            raise Http404
        return found

    @cached_property
    def council(self) -> Council:
        """The council whose resolution it is."""
        return self.resolution.council

    @property
    def record(self) -> Any:
        """The resolution."""
        return self.resolution

    @property
    def back(self) -> str:
        """The page of the resolution."""
        return addresses.page(self.request, "my-resolution", self.resolution.pk)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the resolution."""
        return [*super().get_crumbs(), Crumb(display.name(self.resolution, "title"), self.back)]


class InState(OfResolution):
    """A form that makes sense in one state of the resolution only; elsewhere the reader is led back."""

    status = ResolutionStatus.DRAFT

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form, or say that the time for it has passed or has not come."""
        if self.resolution.status != self.status:
            words = _("The resolution is not in the state for this step: %(status)s.")
            messages.warning(request, words % {"status": self.resolution.get_status_display()})
            return redirect(self.back)
        return super().get(request, *args, **kwargs)


def session_line(session: Session) -> str:
    """Return a session as a choice."""
    words = wording.session_name({"number": session.number, "held_on": session.held_on})
    return f"{wording.capital(words)} ({session.get_status_display()})"


def rule_line(rule: Any) -> str:
    """Return a rule with its article."""
    name = display.name(rule)
    return f"{name} ({rule.article})" if rule.article else name


class ResolutionPage(OfResolution, TemplateResponseMixin):
    """How far a resolution is, what is on record about it, and what comes next."""

    template_name = "councils/secretary/resolution.html"

    def get_title(self) -> str:
        """Return the title of the resolution."""
        return display.name(self.resolution, "title")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the desk."""
        return list(super().get_crumbs())[:-1]

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the resolution."""
        return self.shown()

    def shown(
        self, problems: Sequence[Problem] = (), status: int = 200, heading: str = ""
    ) -> HttpResponseBase:
        """Show the resolution, with what stood against a step."""
        return self.render_to_response(
            self.get_context_data(problems=problems, heading=heading), status=status
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather what is on record."""
        item = self.resolution
        vote = secretary_queries.vote(item)
        return super().get_context_data(
            resolution=item,
            vote=vote,
            steps=self.stages(),
            facts=self.facts(vote),
            files=[self.file_line(record) for record in secretary_queries.files(item)],
            can_attach=item.status in FILES_OPEN,
            can_remove_files=item.status in FILES_OPEN,
            texts=[(code, text) for code in ("ky", "ru") if (text := getattr(item, f"text_{code}", ""))],
            public_url=addresses.optional("resolution", item.pk) if item.status != S.DRAFT else "",
            **kwargs,
        )

    def file_line(self, record: ResolutionFile) -> dict[str, Any]:
        """Return a file with its address and size."""
        size = f"{display.number(max(record.size // 1024, 1))} KB"
        return {
            "record": record,
            "size": size,
            "url": addresses.optional("resolution-file", self.resolution.pk, record.pk),
        }

    def stages(self) -> list[Stage]:
        """Return the steps of its life; a cancelled one has been through all."""
        status = self.resolution.status
        reached = ORDER.index(S(status)) if status in ORDER else len(ORDER)
        found = [
            Stage(S(step).label, number < reached or number == 3 == reached, number == reached)
            for number, step in enumerate(ORDER)
        ]
        if status == S.CANCELLED:
            found.append(Stage(S.CANCELLED.label, False, True))
        return found

    def facts(self, vote: Any) -> list[tuple[StrOrPromise, str]]:
        """Return what is on record, with names."""
        item = self.resolution
        found: list[tuple[StrOrPromise, str]] = [
            (_("Session"), session_line(item.session) if item.session else "—"),
            (_("Agenda item"), display.name(item.agenda_item, "title") if item.agenda_item else "—"),
            (_("Majority needed"), rule_line(item.rule)),
            (_("Normative legal act"), _("yes") if item.normative else _("no")),
            (_("Vote"), vote_line(vote) if vote else _("not entered yet")),
        ]
        if item.registration_number:
            words = f"{item.registration_number}, {display.short_day(item.registered_on)}"
            found.append((_("Registered"), words))
        if item.published_on:
            words = display.short_day(item.published_on)
            found.append((_("Published"), f"{words}. {item.published_in}" if item.published_in else words))
        if item.cancelled_by:
            by = {"number": item.cancelled_by.number, "adopted_on": item.cancelled_by.adopted_on}
            found.append((_("Cancelled by"), wording.resolution_name(by)))
        return found


def vote_line(vote: Any) -> str:
    """Return the totals of a vote as one line."""
    return _(
        "in favour %(in_favour)s, against %(against)s, abstained %(abstained)s; "
        "present %(present)s of %(of_all)s deputies in office"
    ) % {name: getattr(vote, name) for name in ("in_favour", "against", "abstained", "present", "of_all")}


class DraftingPage(RecordPage):
    """What the two forms of a draft share."""

    form_class = ResolutionForm
    pointers = {"title": "title_ky", "text": "text_ky"}

    @cached_property
    def sessions(self) -> list[Session]:
        """The sessions a draft may be for, the latest first."""
        convocation = secretary_queries.convocation(self.council, self.request.today)
        if convocation is None:
            return []
        return list(secretary_queries.sessions(convocation).exclude(status="cancelled")[:50])

    @cached_property
    def agenda(self) -> list[AgendaItem]:
        """The points on the agendas of those sessions."""
        found = AgendaItem.objects.filter(session__in=[item.pk for item in self.sessions], removed_at=None)
        return list(found.select_related("session").order_by("-session__held_on", "number"))

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer sessions, points of their agendas, majorities."""
        return {
            **super().get_form_kwargs(),
            "sessions": [(str(item.pk), session_line(item)) for item in self.sessions],
            "agenda": [
                (str(item.pk), f"№ {item.session.number}, {item.number}. {display.name(item, 'title')}"[:150])
                for item in self.agenda
            ],
            "majorities": [(str(rule.pk), rule_line(rule)) for rule in secretary_queries.majorities()],
        }

    def content(self, form: ResolutionForm) -> dict[str, Any]:
        """Return what was entered as the services take it; a point of the agenda brings its session."""
        data = form.cleaned_data
        item = next((each for each in self.agenda if each.pk == data["agenda_item"]), None)
        session = next((each for each in self.sessions if each.pk == data["session"]), None)
        return {
            "title": {"ky": data["title_ky"], "ru": data["title_ru"]},
            "text": {"ky": data["text_ky"], "ru": data["text_ru"]},
            "rule": next(rule for rule in secretary_queries.majorities() if rule.pk == data["rule"]),
            "normative": data["normative"],
            "session": session or (item.session if item else None),
            "agenda_item": item,
        }


class NewResolution(DraftingPage):
    """A new draft, with the words of a point of the agenda where it starts there."""

    title = gettext_lazy("Draft a resolution")
    submit = gettext_lazy("Save the draft")
    done = gettext_lazy("The draft is saved.")

    def get_initial(self) -> dict[str, Any]:
        """Begin with a point of the agenda and the simple majority."""
        initial = dict(super().get_initial())
        wanted = identifier(self.request.GET.get("item", ""))
        item = next((each for each in self.agenda if each.pk == wanted), None)
        if item is not None:
            initial |= {
                "title_ky": item.title_ky,
                "title_ru": item.title_ru,
                "session": item.session_id,
                "agenda_item": item.pk,
            }
        simple = next((rule for rule in secretary_queries.majorities() if rule.code == "simple"), None)
        return initial | ({"rule": simple.pk} if simple else {})

    def act(self, form: ResolutionForm) -> str:
        """Save it."""
        made = services.draft_resolution(council=self.council, **self.content(form))
        return addresses.page(self.request, "my-resolution", made.pk)


class EditResolution(InState, DraftingPage):
    """A draft, changed."""

    title = gettext_lazy("Edit the draft")
    submit = gettext_lazy("Save the draft")
    done = gettext_lazy("The draft is saved.")

    def act(self, form: ResolutionForm) -> None:
        """Change it."""
        services.redraft(
            resolution=self.resolution, **self.content(form), expected_version=form.expected_version
        )
