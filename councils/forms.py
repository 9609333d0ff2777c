"""The forms of a council's secretary, and of whoever dissolves councils."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.models import CouncilPostKind, SessionKind
from lsg_portal.web.forms import NOT_OFFERED, Chosen, DayField, Line, Options, VersionedForm, Whole

MOST_SEATS = 300
LONGEST_TEXT = 100_000


class SessionForm(VersionedForm):
    """When and where a session is."""

    number = Whole(
        label=gettext_lazy("Number of the session"),
        least=1,
        most=9999,
        required=False,
        help_text=gettext_lazy("Left empty, it is the next one."),
    )
    held_on = DayField(label=gettext_lazy("Day"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=SessionKind.choices, error_messages=NOT_OFFERED
    )
    place = Line(label=gettext_lazy("Place"), max_length=300)
    initiators = Whole(
        label=gettext_lazy("Deputies who asked for it"),
        least=1,
        most=MOST_SEATS,
        required=False,
        help_text=gettext_lazy("For an extraordinary session that deputies demanded."),
    )


class CancelSessionForm(VersionedForm):
    """Why a session does not take place."""

    reason = Line(label=gettext_lazy("Reason"), max_length=500, required=True, lines=3)


class AgendaItemForm(VersionedForm):
    """A point of the agenda."""

    number = Whole(label=gettext_lazy("Number"), least=1, most=999)
    title_ky = Line(label=gettext_lazy("Title in Kyrgyz"), max_length=500)
    title_ru = Line(label=gettext_lazy("Title in Russian"), max_length=500)
    speaker = Chosen(label=gettext_lazy("Speaker"))

    def __init__(self, *args: Any, speakers: Options = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["speaker"].offer(speakers)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for a title in one of the two official languages."""
        return _titled(self, super().clean() or {})


class ResolutionForm(VersionedForm):
    """What a draft resolution says, and by which majority it is decided."""

    title_ky = Line(label=gettext_lazy("Title in Kyrgyz"), max_length=500, lines=2)
    title_ru = Line(label=gettext_lazy("Title in Russian"), max_length=500, lines=2)
    session = Chosen(
        label=gettext_lazy("Session"), help_text=gettext_lazy("The session that is to decide on it.")
    )
    agenda_item = Chosen(label=gettext_lazy("Agenda item"))
    rule = Chosen(label=gettext_lazy("Majority needed"), required=True)
    normative = forms.BooleanField(label=gettext_lazy("Normative legal act"), required=False)
    text_ky = Line(label=gettext_lazy("Text in Kyrgyz"), max_length=LONGEST_TEXT, lines=8)
    text_ru = Line(label=gettext_lazy("Text in Russian"), max_length=LONGEST_TEXT, lines=8)

    def __init__(
        self,
        *args: Any,
        sessions: Options = (),
        agenda: Options = (),
        majorities: Options = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].offer(sessions)  # type: ignore[attr-defined]
        self.fields["agenda_item"].offer(agenda)  # type: ignore[attr-defined]
        self.fields["rule"].offer(majorities)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for a title in one of the two official languages."""
        return _titled(self, super().clean() or {})


def _titled(form: forms.Form, data: dict[str, Any]) -> dict[str, Any]:
    """Refuse what has a title in neither official language."""
    refused = form.errors.keys() & {"title_ky", "title_ru"}
    if not (data.get("title_ky") or data.get("title_ru") or refused):
        form.add_error("title_ky", _("Give a title in Kyrgyz or Russian."))
    return data


class AdoptForm(VersionedForm):
    """The number a resolution gets when it is adopted."""

    number = Line(label=gettext_lazy("Number"), max_length=30, required=True)


class RegisterForm(VersionedForm):
    """The entry in the register of acts."""

    registration_number = Line(label=gettext_lazy("Registration number"), max_length=50, required=True)
    registered_on = DayField(label=gettext_lazy("Registered on"))


class PublishForm(VersionedForm):
    """Where and when a resolution is published."""

    published_on = DayField(label=gettext_lazy("Published on"))
    published_in = Line(
        label=gettext_lazy("Published in"),
        max_length=300,
        help_text=gettext_lazy("The newspaper or site, with the number of the issue."),
    )


class CancelForm(VersionedForm):
    """By which later resolution this one is cancelled."""

    by_resolution = Chosen(
        label=gettext_lazy("Cancelled by"),
        required=True,
        help_text=gettext_lazy("A later published resolution of the same council."),
    )
    reason = Line(label=gettext_lazy("Reason"), max_length=500, required=True, lines=3)

    def __init__(self, *args: Any, later: Options = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["by_resolution"].offer(later)  # type: ignore[attr-defined]


class FileForm(VersionedForm):
    """A file of a resolution."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF or Word document (.docx) without macros, up to 10 MB."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "missing": gettext_lazy("Choose a file."),
            "invalid": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.docx"}),
    )


class EndMandateForm(VersionedForm):
    """On which day, on which ground and by which decision a mandate ends."""

    on = DayField(
        label=gettext_lazy("First day without the mandate"),
        help_text=gettext_lazy("The day of the election commission's decision, unless it names another."),
    )
    reason = Chosen(label=gettext_lazy("Ground"), required=True)
    act = Chosen(label=gettext_lazy("Legal act"))
    note = Line(
        label=gettext_lazy("Decision of the election commission"),
        max_length=500,
        required=True,
        help_text=gettext_lazy("Number and day. The council proposes, the territorial commission decides."),
    )

    def __init__(self, *args: Any, reasons: Options = (), acts: Options = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].offer(reasons)  # type: ignore[attr-defined]
        self.fields["act"].offer(acts)  # type: ignore[attr-defined]


class AppointForm(VersionedForm):
    """Who holds a post of the council from a day on."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Post"), choices=CouncilPostKind.choices, error_messages=NOT_OFFERED
    )
    deputy = Chosen(label=gettext_lazy("Deputy"))
    name = Line(
        label=gettext_lazy("Somebody who is no deputy"),
        max_length=200,
        help_text=gettext_lazy("Surname and given name; only the responsible secretary need be no deputy."),
    )
    on = DayField(
        label=gettext_lazy("First day in the post"),
        help_text=gettext_lazy("Whoever holds the post until then leaves it that day."),
    )

    def __init__(self, *args: Any, deputies: Options = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].offer(deputies)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for one person, a deputy or not."""
        data = super().clean() or {}
        given = [name for name in ("deputy", "name") if data.get(name)]
        if len(given) != 1 and not self.errors.keys() & {"deputy", "name"}:
            self.add_error("deputy", _("Choose a deputy, or name somebody who is none."))
        elif given == ["name"] and data.get("kind") not in (None, CouncilPostKind.RESPONSIBLE_SECRETARY):
            self.add_error("name", _("The chair and the deputy chair are deputies of the council."))
        return data


class DissolutionForm(forms.Form):
    """Which councils a decree dissolves, on which day, and why."""

    act = Chosen(label=gettext_lazy("Act of the dissolution"), required=True)
    on = DayField(
        label=gettext_lazy("First day without a council"),
        help_text=gettext_lazy("On this day the convocations and their mandates have ended."),
    )
    scope = forms.ChoiceField(label=gettext_lazy("Where"), error_messages=NOT_OFFERED, required=False)
    reason = Line(label=gettext_lazy("Reason"), max_length=500, required=True, lines=3)

    def __init__(self, *args: Any, acts: Options = (), oblasts: Options = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["act"].offer(acts)  # type: ignore[attr-defined]
        self.fields["scope"].choices = [("", gettext_lazy("the whole country")), *oblasts]  # type: ignore[attr-defined]

    @property
    def oblast(self) -> uuid.UUID | None:
        """The oblast, None for the whole country."""
        scope = self.cleaned_data.get("scope")
        return uuid.UUID(scope) if scope else None
