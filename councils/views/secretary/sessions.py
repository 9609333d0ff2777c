"""Sessions as the secretary keeps them: planned, held, cancelled; their agenda."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateResponseMixin

from councils import secretary_queries, services, wording
from councils.forms import AgendaItemForm, CancelSessionForm, SessionForm
from councils.models import AgendaItem, Convocation, Council, Session, SessionStatus
from councils.views.secretary.base import RecordPage, SecretaryPage
from lsg_portal.data import actor
from lsg_portal.web import addresses, display
from lsg_portal.web.collation import kyrgyz_key
from lsg_portal.web.shell import Crumb
from registry.errors import DomainError, StateConflict, Violation
from registry.record_pages import Problem, Step, problems_of


class OfSession(SecretaryPage):
    """A page about one session."""

    record_name = "session"

    @cached_property
    def session(self) -> Session:
        """The session; Http404 where there is none."""
        found: Session = self.found(secretary_queries.session(self.kwargs["pk"]))
        return found

    @cached_property
    def council(self) -> Council:
        """The council of the session."""
        return self.session.convocation.council

    @property
    def record(self) -> Any:
        """The session."""
        return self.session

    @property
    def session_name(self) -> str:
        """Number and day of the session."""
        return wording.session_name({"number": self.session.number, "held_on": self.session.held_on})

    @property
    def back(self) -> str:
        """The page of the session."""
        return addresses.page(self.request, "my-session", self.session.pk)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the session."""
        return [*super().get_crumbs(), Crumb(wording.capital(self.session_name), self.back)]


class SessionPage(OfSession, TemplateResponseMixin):
    """A session with its agenda, attendance and resolutions, and what can be done next."""

    template_name = "councils/secretary/session.html"

    def get_title(self) -> str:
        """Name the session."""
        return wording.capital(self.session_name)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the desk."""
        return list(super().get_crumbs())[:-1]

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the session."""
        return self.shown()

    def shown(
        self, problems: Sequence[Problem] = (), status: int = 200, heading: str = ""
    ) -> HttpResponseBase:
        """Show the session, with what stood against a step."""
        context = self.get_context_data(problems=problems, heading=heading)
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather agenda, attendance and resolutions."""
        totals = services.attendance_totals(self.session)
        rule = secretary_queries.quorum()
        marked = totals["present"] + totals["excused"] + totals["unexcused"]
        return super().get_context_data(
            session=self.session,
            marked=marked,
            came=totals["present"],
            in_office=totals["of_all"],
            quorum=quorum_sentence(totals, rule) if marked else "",
            agenda=secretary_queries.agenda(self.session),
            resolutions=secretary_queries.resolutions_of(self.session),
            public_url=addresses.optional("council-session", self.session.pk),
            **kwargs,
        )


def quorum_sentence(totals: Any, rule: Any) -> str:
    """Say whether there is a quorum, by which article."""
    article = f" ({rule.article})" if rule and rule.article else ""
    found = _("There is a quorum") if totals["quorum"] else _("There is no quorum")
    return f"{found}{article}."


class SessionStep(Step, SessionPage):
    """A step taken on the page of a session; a refusal is shown there."""

    refusal: Any = ""
    done: Any = ""

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the step."""
        try:
            self.act()
        except DomainError as error:
            self.__dict__.pop("session", None)
            return self.shown(problems_of(error), error.problem_status, str(self.refusal))
        messages.success(request, self.done)
        return redirect(self.back)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead back to the page with the button."""
        return redirect(self.back)

    def act(self) -> None:
        """Call one service."""
        raise NotImplementedError


class Hold(SessionStep):
    """The session has taken place."""

    refusal = gettext_lazy("The session was not marked as held")
    done = gettext_lazy("The session is marked as held.")

    def act(self) -> None:
        """Mark it as held."""
        services.hold_session(
            session=self.session, today=self.request.today, expected_version=self.expected_version
        )


class PlanSession(RecordPage):
    """A new session of the convocation that sits."""

    title = gettext_lazy("Plan a session")
    form_class = SessionForm
    submit = gettext_lazy("Plan the session")
    done = gettext_lazy("The session is planned.")

    @cached_property
    def convocation(self) -> Convocation | None:
        """The convocation that sits today, or sat last."""
        return secretary_queries.convocation(self.council, self.request.today)

    def act(self, form: SessionForm) -> str:
        """Plan it."""
        if self.convocation is None:
            raise StateConflict(Violation("no_convocation", _("The council has no convocation.")))
        session = services.plan_session(convocation=self.convocation, **form.values)
        return addresses.page(self.request, "my-session", session.pk)


class WhilePlanned(OfSession):
    """A form that makes sense before the session only; afterwards the reader is led back."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the form, or say that the time for it has passed."""
        if self.session.status != SessionStatus.PLANNED:
            messages.warning(request, _("Only a planned session can be changed."))
            return redirect(self.back)
        found: HttpResponseBase = super().get(request, *args, **kwargs)
        return found


class EditSession(WhilePlanned, RecordPage):
    """A planned session, changed."""

    title = gettext_lazy("Edit the session")
    form_class = SessionForm
    done = gettext_lazy("The session is saved.")

    def fit(self, form: Any) -> None:
        """Leave out the number, which stays."""
        form.fields.pop("number", None)

    def act(self, form: SessionForm) -> None:
        """Change it."""
        services.change_session(session=self.session, **form.values, expected_version=form.expected_version)


class CancelSession(WhilePlanned, RecordPage):
    """A planned session that does not take place."""

    title = gettext_lazy("Cancel the session")
    form_class = CancelSessionForm
    submit = gettext_lazy("Cancel the session")
    danger = True
    done = gettext_lazy("The session is cancelled.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which one."""
        return super().get_context_data(subject=wording.capital(self.session_name), **kwargs)

    def act(self, form: CancelSessionForm) -> None:
        """Cancel it; the journal keeps the reason."""
        with actor.because(form.cleaned_data["reason"]):
            services.cancel_session(session=self.session, expected_version=form.expected_version)


class NewAgendaItem(OfSession, RecordPage):
    """Another point of the agenda."""

    title = gettext_lazy("Add an agenda item")
    form_class = AgendaItemForm
    submit = gettext_lazy("Add")
    done = gettext_lazy("The item is on the agenda.")
    pointers = {"title": "title_ky"}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the deputies as speakers."""
        deputies = services.sheet(session=self.session)
        speakers = [(str(item.person_id), display.name(item.person)) for item in deputies]
        return {
            **super().get_form_kwargs(),
            "speakers": sorted(speakers, key=lambda item: kyrgyz_key(item[1])),
        }

    def stored(self, record: Any) -> dict[str, Any]:
        """Propose the next number."""
        return {}

    def get_initial(self) -> dict[str, Any]:
        """Propose the next number."""
        numbers = [item.number for item in secretary_queries.agenda(self.session)]
        return {**super().get_initial(), "number": max(numbers, default=0) + 1}

    def act(self, form: AgendaItemForm) -> None:
        """Add it."""
        data = form.cleaned_data
        speaker = None
        if data["speaker"]:
            people = {item.person_id: item.person for item in services.sheet(session=self.session)}
            speaker = people[data["speaker"]]
        services.add_agenda_item(
            session=self.session,
            title={"ky": data["title_ky"], "ru": data["title_ru"]},
            speaker=speaker,
            number=data["number"],
        )


class RemoveAgendaItem(SessionStep):
    """A point taken off the agenda."""

    refusal = gettext_lazy("The item was not removed")
    done = gettext_lazy("The item is off the agenda.")

    @cached_property
    def item(self) -> AgendaItem:
        """The point; Http404 where there is none."""
        found: AgendaItem = self.found(secretary_queries.agenda_item(self.kwargs["item"]))
        return found

    @cached_property
    def session(self) -> Session:
        """The session of the point."""
        return self.item.session

    def act(self) -> None:
        """Remove it."""
        services.remove_agenda_item(item=self.item, at=timezone.now())
