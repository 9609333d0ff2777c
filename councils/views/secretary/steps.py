"""The steps of a resolution's life, and its files."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import documents, secretary_queries, services
from councils.forms import AdoptForm, CancelForm, FileForm, PublishForm, RegisterForm
from councils.models import Resolution, ResolutionStatus
from councils.views.secretary.base import RecordPage
from councils.views.secretary.resolutions import (
    InState,
    OfResolution,
    ResolutionPage,
    rule_line,
    session_line,
    vote_line,
)
from lsg_portal.data import actor
from lsg_portal.data.uploads import UploadRefused, receiving
from lsg_portal.web import display
from registry.errors import DomainError
from registry.record_pages import Step, problems_of


class Transition(InState, RecordPage):
    """A step of a resolution's life, with what it asks for."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which resolution."""
        return super().get_context_data(subject=display.name(self.resolution, "title"), **kwargs)

    def stored(self, record: Any) -> dict[str, Any]:
        """Leave empty what is empty."""
        return {name: value for name, value in super().stored(record).items() if value}


class Adopt(Transition):
    """The council has decided: the number, the day being the session's."""

    title = gettext_lazy("Adopt the resolution")
    form_class = AdoptForm
    submit = gettext_lazy("Adopt")
    done = gettext_lazy("The resolution is adopted.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what the law asks and what was counted."""
        item, vote = self.resolution, secretary_queries.vote(self.resolution)
        facts: list[tuple[Any, str]] = [
            (_("Session"), session_line(item.session) if item.session else "—"),
            (_("Majority needed"), rule_line(item.rule)),
            (_("Vote"), vote_line(vote) if vote else _("not entered yet")),
        ]
        if rule := secretary_queries.quorum():
            facts.insert(1, (_("Quorum"), rule_line(rule)))
        return super().get_context_data(facts=facts, **kwargs)

    def act(self, form: AdoptForm) -> None:
        """Adopt it, unless quorum or majority are wanting."""
        services.adopt(
            resolution=self.resolution,
            number=form.cleaned_data["number"],
            expected_version=form.expected_version,
        )


class Register(Transition):
    """The entry in the register of acts."""

    status = ResolutionStatus.ADOPTED
    title = gettext_lazy("Register the resolution")
    form_class = RegisterForm
    submit = gettext_lazy("Register")
    done = gettext_lazy("The resolution is registered.")
    pointers = {"on": "registered_on"}

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        return {"registered_on": self.request.today, **super().get_initial()}

    def act(self, form: RegisterForm) -> None:
        """Register it."""
        data = form.cleaned_data
        services.register(
            resolution=self.resolution,
            registration_number=data["registration_number"],
            on=data["registered_on"],
            expected_version=form.expected_version,
        )


class Publish(Transition):
    """From here on everybody reads it, and nobody changes it."""

    status = ResolutionStatus.REGISTERED
    title = gettext_lazy("Publish the resolution")
    form_class = PublishForm
    submit = gettext_lazy("Publish")
    explanation = gettext_lazy(
        "Everybody can read the resolution, its vote and its files from then on. It changes no more; a later resolution "
        "of the council may cancel it."
    )
    done = gettext_lazy("The resolution is published.")
    pointers = {"on": "published_on"}

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        return {"published_on": self.request.today, **super().get_initial()}

    def act(self, form: PublishForm) -> None:
        """Publish it."""
        data = form.cleaned_data
        services.publish(
            resolution=self.resolution,
            on=data["published_on"],
            published_in=data["published_in"],
            expected_version=form.expected_version,
        )


class Cancel(Transition):
    """Cancelled by a later resolution, which it names."""

    status = ResolutionStatus.PUBLISHED
    title = gettext_lazy("Cancel the resolution")
    form_class = CancelForm
    submit = gettext_lazy("Cancel the resolution")
    danger = True
    pointers = {"cancelled_by": "by_resolution"}
    explanation = gettext_lazy("The resolution stays readable, and says by which later one it was cancelled.")
    done = gettext_lazy("The resolution is cancelled.")

    @cached_property
    def later(self) -> list[Resolution]:
        """The resolutions that may cancel it."""
        return secretary_queries.later_published(self.resolution) if self.resolution.adopted_on else []

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the later ones."""
        options = [
            (
                str(item.pk),
                f"№ {item.number}, {display.short_day(item.adopted_on)}. {display.name(item, 'title')}"[:200],
            )
            for item in self.later
        ]
        return {**super().get_form_kwargs(), "later": options}

    def act(self, form: CancelForm) -> None:
        """Cancel it; the journal keeps the reason."""
        by = next(item for item in self.later if item.pk == form.cleaned_data["by_resolution"])
        with actor.because(form.cleaned_data["reason"]):
            services.cancel(
                resolution=self.resolution, by_resolution=by, expected_version=form.expected_version
            )


class AttachFile(OfResolution, RecordPage):
    """A file of the resolution, taken by what is in it."""

    title = gettext_lazy("Attach a file")
    form_class = FileForm
    submit = gettext_lazy("Attach")
    done = gettext_lazy("The file is attached.")
    pointers = {"content": "file", "name": "file"}

    def stored(self, record: Any) -> dict[str, Any]:
        """Return nothing: a file is chosen anew."""
        return {}

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Refuse a file that was too large to receive, else go on with the form."""
        try:
            receiving.check(request)
        except UploadRefused as error:
            form = self.get_form()
            form.errors.clear()  # of fields that did not arrive
            form.add_error("file", error.message)
            return self.form_invalid(form, error.problem_status)
        return super().post(request, *args, **kwargs)

    def act(self, form: FileForm) -> None:
        """Attach it."""
        file = form.cleaned_data["file"]
        inspected = documents.inspect(file, name=file.name)
        services.attach_file(
            resolution=self.resolution,
            name=inspected.name,
            content=file.read(),
            expected_version=form.expected_version,
        )


class ResolutionStep(Step, ResolutionPage):
    """A step taken on the page of a resolution; a refusal is shown there."""

    refusal: Any = ""
    done: Any = ""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead back to the page with the button."""
        return redirect(self.back)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the step."""
        try:
            self.act()
        except DomainError as error:
            self.__dict__.pop("resolution", None)
            return self.shown(problems_of(error), error.problem_status, str(self.refusal))
        messages.success(request, self.done)
        return redirect(self.back)

    def act(self) -> None:
        """Call one service."""
        raise NotImplementedError


class RemoveFile(ResolutionStep):
    """A file taken out again before the resolution is published."""

    refusal = gettext_lazy("The file was not removed")
    done = gettext_lazy("The file is removed.")

    def act(self) -> None:
        """Mark it as removed."""
        wanted = self.kwargs["file"]
        found = next((item for item in secretary_queries.files(self.resolution) if item.pk == wanted), None)
        services.remove_file(file=self.found(found), at=timezone.now())
