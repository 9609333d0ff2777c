"""The forms of the reform: each section and each row of the drafting form, and the decisions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.web.forms import DayField, NumberField
from reform import wording
from registry.models import ChangeKind, PartScope, UnitKind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Option = tuple[str, "StrOrPromise"]
Group = tuple["StrOrPromise", Sequence[Option]]
Options = Sequence[Option | Group]

CODE = RegexValidator(
    r"^[0-9A-Za-z._-]{1,30}$", gettext_lazy("Write figures, letters, dots and hyphens only.")
)
SHOW_SETTLEMENTS = {
    "hx-post": "",
    "hx-vals": '{"action": "refresh"}',
    "hx-target": "#draft",
    "hx-select": "#draft",
    "hx-swap": "outerHTML show:none",
}
"""Where scripts run, choosing the unit that gives shows its settlements; elsewhere a button does."""
SYSTEM = RegexValidator(
    r"^[a-z0-9_-]{1,20}$", gettext_lazy("Write the short name of the system, such as soate.")
)


NOT_OFFERED = {"invalid_choice": gettext_lazy("Choose one of those offered.")}
"""In place of Django's message, which repeats what was sent: an identifier nobody can read."""


class PlainText(forms.CharField):
    """A line of text; what cannot be stored is refused by its field."""

    def __init__(
        self, *, label: StrOrPromise, max_length: int, help_text: StrOrPromise = "", lines: int = 1
    ) -> None:
        widget = forms.Textarea(attrs={"rows": lines}) if lines > 1 else forms.TextInput()
        super().__init__(
            label=label, max_length=max_length, required=False, help_text=help_text, widget=widget
        )


class UnitField(forms.TypedChoiceField):
    """A unit or settlement out of those offered; empty is None."""

    def __init__(self, *, label: StrOrPromise, help_text: StrOrPromise = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            coerce=uuid.UUID,
            empty_value=None,
            choices=[("", "—")],
            error_messages=NOT_OFFERED,
        )

    def offer(self, options: Options) -> None:
        """Set what can be chosen."""
        self.choices = [("", "—"), *options]


class ManyField(forms.TypedMultipleChoiceField):
    """Any number of things out of those offered, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, label: StrOrPromise, help_text: StrOrPromise = "") -> None:
        super().__init__(
            label=label, help_text=help_text, required=False, coerce=uuid.UUID, error_messages=NOT_OFFERED
        )


class StartForm(forms.Form):
    """Where a draft starts: the programme, the kind of change, the day, and the districts it concerns."""

    programme = forms.TypedChoiceField(
        label=gettext_lazy("Programme"), coerce=uuid.UUID, error_messages=NOT_OFFERED
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of change"), choices=ChangeKind.choices, error_messages=NOT_OFFERED
    )
    effective_on = DayField(
        label=gettext_lazy("Takes effect on"),
        help_text=gettext_lazy("The first day on which the change holds."),
    )
    area = forms.MultipleChoiceField(
        label=gettext_lazy("Districts concerned"),
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_OFFERED,
    )

    def __init__(self, *args: Any, programmes: Iterable[Option], areas: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = [("", "—"), *programmes]  # type: ignore[attr-defined]
        self.fields["area"].choices = areas  # type: ignore[attr-defined]


class HeadingForm(forms.Form):
    """Titles, notes and acts of an event."""

    title_ky = PlainText(label=gettext_lazy("Title in Kyrgyz"), max_length=300)
    title_ru = PlainText(label=gettext_lazy("Title in Russian"), max_length=300)
    title_en = PlainText(label=gettext_lazy("Title in English"), max_length=300)
    note_ky = PlainText(label=gettext_lazy("Note in Kyrgyz"), max_length=4000, lines=2)
    note_ru = PlainText(label=gettext_lazy("Note in Russian"), max_length=4000, lines=2)
    note_en = PlainText(label=gettext_lazy("Note in English"), max_length=4000, lines=2)
    acts = ManyField(label=gettext_lazy("Legal acts"))

    def __init__(self, *args: Any, acts: Sequence[Option], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["acts"].choices = acts  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for a title in one of the two official languages."""
        data = super().clean() or {}
        refused = self.errors.keys() & {"title_ky", "title_ru"}
        if not (data.get("title_ky") or data.get("title_ru") or refused):
            self.add_error("title_ky", _("Give a title in Kyrgyz or Russian."))
        return data


class EndsForm(forms.Form):
    """The units that end."""

    ends = ManyField(label=gettext_lazy("Units that end"))

    def __init__(self, *args: Any, units: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends"].choices = units  # type: ignore[attr-defined]


class _Particulars(forms.Form):
    """Name, kind, parent, centre and code that a unit has from the event on."""

    name_ky = PlainText(label=gettext_lazy("Name in Kyrgyz"), max_length=200)
    name_ru = PlainText(label=gettext_lazy("Name in Russian"), max_length=200)
    name_en = PlainText(label=gettext_lazy("Name in English"), max_length=200)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of unit"),
        required=False,
        choices=[("", "—"), *UnitKind.choices],
        error_messages=NOT_OFFERED,
    )
    parent = UnitField(label=gettext_lazy("Lies in"))
    centre = UnitField(label=gettext_lazy("Administrative centre"))
    code_system = forms.CharField(
        label=gettext_lazy("System of the code"),
        max_length=20,
        required=False,
        initial="soate",
        validators=[SYSTEM],
    )
    code = forms.CharField(label=gettext_lazy("Code"), max_length=30, required=False, validators=[CODE])

    def __init__(self, *args: Any, parents: Options, centres: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].offer(parents)  # type: ignore[attr-defined]
        self.fields["centre"].offer(centres)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the system of a code."""
        data = super().clean() or {}
        if data.get("code") and not data.get("code_system"):
            self.add_error("code_system", _("Say which system the code belongs to."))
        return data


class BeginsForm(_Particulars):
    """A unit that begins; ``ref`` is its permanent identifier from the draft on."""

    ref = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Ask for a name and a kind."""
        data = super().clean()
        refused = self.errors.keys() & {"name_ky", "name_ru"}
        if not (data.get("name_ky") or data.get("name_ru") or refused):
            self.add_error("name_ky", _("A unit needs a name in Kyrgyz or Russian."))
        if not data.get("kind") and "kind" not in self.errors:
            self.add_error("kind", _("Say what kind of unit begins."))
        return data


class AltersForm(_Particulars):
    """A unit that goes on under other particulars; what is left empty stays as it was."""

    unit = UnitField(label=gettext_lazy("Unit"))

    def __init__(self, *args: Any, units: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer(units)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the unit."""
        data = super().clean()
        if not data.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("Choose the unit that is altered, or remove the row."))
        return data


class PartForm(forms.Form):
    """Territory that goes from one unit to another."""

    source = UnitField(label=gettext_lazy("From"))
    target = UnitField(label=gettext_lazy("To"))
    scope = forms.ChoiceField(
        label=gettext_lazy("How much"),
        choices=[
            (PartScope.WHOLE.value, gettext_lazy("all its territory")),
            (PartScope.PART.value, gettext_lazy("a part of it")),
        ],
        initial=PartScope.WHOLE.value,
        error_messages=NOT_OFFERED,
    )
    settlements = ManyField(label=gettext_lazy("Settlements and parcels that go"))

    def __init__(
        self, *args: Any, sources: Options, targets: Options, settlements: Sequence[Option], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].offer(sources)  # type: ignore[attr-defined]
        self.fields["source"].widget.attrs.update(SHOW_SETTLEMENTS)
        self.fields["target"].offer(targets)  # type: ignore[attr-defined]
        self.fields["settlements"].choices = settlements  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for both ends, and that they are two."""
        data = super().clean() or {}
        for name, message in (
            ("source", _("Choose the unit that gives, or remove the row.")),
            ("target", _("Choose the unit that receives.")),
        ):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, message)
        if data.get("source") and data.get("source") == data.get("target"):
            self.add_error("target", _("A unit cannot give a part to itself."))
        return data


class ShareForm(forms.Form):
    """The share of a measure that goes with a part, in percent, and how it is known."""

    measure = forms.ChoiceField(label=gettext_lazy("Share of"), required=False, error_messages=NOT_OFFERED)
    percent = NumberField(
        label=gettext_lazy("Share, %"),
        required=False,
        max_value=Decimal(100),
        max_digits=11,
        decimal_places=8,
    )
    basis = PlainText(label=gettext_lazy("How it is known"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: list[Option] = list(wording.MEASURES.items())
        sent = self.data.get(self.add_prefix("measure"), "") if self.is_bound else ""
        if sent and sent not in wording.MEASURES and len(sent) <= 30 and sent.isidentifier():
            known.append((sent, sent))
        self.fields["measure"].choices = [("", "—"), *known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for all three, and for more than nothing."""
        data = super().clean() or {}
        for name, message in (
            ("measure", _("Say what the share is a share of, or remove the row.")),
            ("percent", _("Give the share.")),
            ("basis", _("Say how the share is known.")),
        ):
            if data.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, message)
        if data.get("percent") is not None and data["percent"] <= 0:
            self.add_error("percent", _("A share must be above 0 and at most 100 %."))
        return data


class DecisionForm(forms.Form):
    """A decision on the version of an event that was read."""

    version = forms.IntegerField(min_value=1, max_value=2_147_483_647, widget=forms.HiddenInput)


class AnnulForm(DecisionForm):
    """Why an event is annulled."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("It stays on record and is shown with the event."),
    )

    def clean_reason(self) -> str:
        """Refuse a reason of spaces."""
        reason: str = self.cleaned_data["reason"].strip()
        if not reason:
            raise ValidationError(_("Give the reason for the annulment."), code="required")
        return reason
