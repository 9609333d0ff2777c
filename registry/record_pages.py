"""Forms about one record: only its keeper comes in, it is sent with the version that was read, nothing typed is lost."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.mixins import AccessMixin
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.web import display
from lsg_portal.web.forms import VersionedForm
from lsg_portal.web.views import FormPage, PageMixin
from registry.errors import DomainError, Stale

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_KEPT = 200_000
"""Characters of a form kept for somebody whose session has ended; no form of these is longer."""


@dataclass(frozen=True)
class Problem:
    """A line of the error summary: ``target`` is the id of what it is about, empty where there is none."""

    target: str
    label: StrOrPromise
    message: StrOrPromise


@dataclass(frozen=True)
class Difference:
    """A field that somebody else has filled differently meanwhile."""

    label: StrOrPromise
    theirs: str
    mine: str


class KeeperPage(AccessMixin, PageMixin):
    """A page of whoever keeps some records: a visitor signs in first, anybody else is refused.

    What the reader may not even see is looked for first and is 404; a refusal would say that it is there.
    """

    citable = False
    request: Any
    lost_files = False
    """Whether files were sent with the entries that were kept: they are not."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let the keeper in."""
        if not request.user.is_authenticated:
            return self.turned_away()
        self.admit()
        return super().dispatch(request, *args, **kwargs)

    def admit(self) -> None:
        """Raise Http404 for what the reader may not see, PermissionDenied for what they may not keep."""
        raise NotImplementedError

    def turned_away(self) -> HttpResponseBase:
        """Keep what somebody sent whose session had ended, and ask them to sign in."""
        request = self.request
        response: HttpResponseBase = self.handle_no_permission()
        if request.method == "POST":
            data = request.POST.copy()
            data.pop("csrfmiddlewaretoken", None)
            if len(sent := data.urlencode()) <= MOST_KEPT:
                request.session[self.kept_key] = sent
                request.session[self.lost_key] = bool(request.FILES)
        return response

    @property
    def kept_key(self) -> str:
        """Where the session keeps the entries of this page over a sign-in."""
        return f"kept:{self.request.path}"

    @property
    def lost_key(self) -> str:
        """Where the session keeps whether files were sent with the entries."""
        return f"kept-without-files:{self.request.path}"

    def take_kept(self) -> QueryDict | None:
        """Return the entries that were kept, once."""
        self.lost_files = bool(self.request.session.pop(self.lost_key, False))
        sent = self.request.session.pop(self.kept_key, None)
        return QueryDict(sent, mutable=True) if sent is not None else None

    def found(self, thing: Any) -> Any:
        """Return what was found; raise Http404 for nothing."""
        if thing is None:
            raise Http404
        return thing


class RecordPage(KeeperPage, FormPage):
    """A form about one record: sent with the version that was read, shown again whole whenever it is refused."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "records/form.html"
    form_class: type[VersionedForm]
    submit: StrOrPromise = gettext_lazy("Save")
    explanation: StrOrPromise = ""
    danger = False
    done: StrOrPromise = gettext_lazy("Saved.")
    record_name = "record"
    """Attribute that holds the record, to be read again after a conflict."""

    pointers: Mapping[str, str] = {}
    """Fields of the form by the first step of a refusal's pointer, where the two differ."""

    @property
    def record(self) -> Any:
        """The record the form changes; None where it makes a new one."""
        return None

    @property
    def back(self) -> str:
        """The page to return to."""
        raise NotImplementedError

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Show the form, with what was sent before a sign-in where something was."""
        kept = self.take_kept()
        if kept is not None:
            return self.render_to_response(self.get_context_data(form=self.over(kept), kept=True))
        return super().get(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> Any:
        """Return the form, fitted to the record."""
        form = super().get_form(form_class)
        self.fit(form)
        return form

    def fit(self, form: Any) -> None:
        """Take out what this page does not ask."""

    def over(self, data: QueryDict) -> Any:
        """Return the form over entries that did not just arrive."""
        form = self.form_class(**{**self.get_form_kwargs(), "data": data})
        self.fit(form)
        form.full_clean()
        return form

    def get_initial(self) -> dict[str, Any]:
        """Begin with what is stored."""
        initial = dict(super().get_initial())
        if self.record is not None:
            initial |= self.stored(self.record)
            initial["version"] = self.record.version
        return initial

    def stored(self, record: Any) -> dict[str, Any]:
        """Return the values of the form's fields as the record has them."""
        names = [name for name in self.form_class.base_fields if name != "version"]
        return {name: getattr(record, name) for name in names if hasattr(record, name)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the words of the page."""
        words = {
            "submit": self.submit,
            "explanation": self.explanation,
            "danger": self.danger,
            "back": self.back,
        }
        return super().get_context_data(**{**words, **kwargs})

    def form_valid(self, form: Any) -> HttpResponse:
        """Call the service; show its refusal beside what was entered."""
        try:
            answer = self.act(form)
        except Stale as error:
            return self.conflict(form, error)
        except DomainError as error:
            return self.refuse(form, error)
        if self.done:
            messages.success(self.request, self.done)
        return redirect(answer or self.back)

    def act(self, form: Any) -> str | None:
        """Call one service; return where to go, None for the page this one belongs to."""
        raise NotImplementedError

    def form_invalid(self, form: Any, status: int = 422, **more: Any) -> HttpResponse:
        """Show the form again, saying in the status that nothing was taken."""
        context = self.get_context_data(form=form, **more)
        return self.render_to_response(context, status=status)

    def refuse(self, form: Any, error: DomainError) -> HttpResponse:
        """Show a refusal at the fields it concerns, else above the form."""
        for violation in error.violations:
            step = violation.pointer.strip("/").split("/")[0]
            name = self.pointers.get(step, step)
            form.add_error(name if name in form.fields else None, str(violation.message))
        return self.form_invalid(form, error.problem_status)

    def conflict(self, form: Any, error: Stale) -> HttpResponse:
        """Show what somebody else saved beside what was entered; sending again replaces theirs."""
        self.__dict__.pop(self.record_name, None)
        data = form.data.copy()
        data["version"] = str(self.record.version)
        again = self.over(data)
        differences = self.differences(again)
        return self.form_invalid(again, error.problem_status, conflict=True, differences=differences)

    def differences(self, form: Any) -> list[Difference]:
        """Return the fields in which the stored record differs from what was entered."""
        stored, found = self.stored(self.record), []
        for bound in form.visible_fields():
            if bound.name not in stored:
                continue
            theirs, mine = stored[bound.name], form.cleaned_data.get(bound.name)
            if plain(theirs) != plain(mine):
                found.append(Difference(bound.label, worded(bound, theirs), worded(bound, mine)))
        return found


def plain(value: Any) -> str:
    """Return a value as two versions of it are compared."""
    value = getattr(value, "pk", value)
    if value is None:
        return ""
    return " ".join(str(value).split())


def worded(bound: Any, value: Any) -> str:
    """Return a field's value as a reader knows it."""
    if value in (None, ""):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = getattr(bound.field, "choices", None)
    if choices is not None:
        for key, label in choices:
            if str(getattr(key, "value", key)) == str(getattr(value, "pk", value)):
                return str(label)
    if hasattr(value, "isoformat"):
        return display.short_day(value)
    return str(value)


class Step:
    """A step taken by a button on another page, with the version the reader saw."""

    request: Any

    @property
    def expected_version(self) -> int:
        """The version the reader saw; 0, which no record has, where none was sent."""
        sent = self.request.POST.get("version", "")
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def problems_of(error: DomainError) -> list[Problem]:
    """Return a refusal as lines of an error summary, each once."""
    messages_ = dict.fromkeys(str(item.message) for item in error.violations)
    return [Problem("", "", message) for message in messages_]


def identifier(text: str) -> uuid.UUID | None:
    """Return the text as an identifier, None where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
