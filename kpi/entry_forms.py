"""What is typed of a value, and why an approved report is amended."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kpi import reading
from kpi.checking import LONGEST_NOTE
from kpi.errors import DomainError
from kpi.models import Indicator, Value, ValueStatus
from lsg_portal.web import display
from lsg_portal.web.forms import Chosen, Line, VersionedForm
from registry import titles

PARTS = {"numerator": _("numerator"), "denominator": _("denominator")}
KINDS = (
    (ValueStatus.NORMAL, _("as counted")),
    (ValueStatus.ESTIMATED, _("estimated")),
    (ValueStatus.MISSING, _("there is no figure")),
    (ValueStatus.NOT_APPLICABLE, _("does not apply here")),
)
"""The states of a value as whoever enters it chooses them."""


def amounts(indicator: Indicator) -> tuple[str, ...]:
    """Return the names of the figures that an indicator is entered by."""
    return tuple(PARTS) if indicator.has_parts else ("number",)


def texts(value: Value) -> dict[str, str]:
    """Return what stands in the fields of a value that is stored."""
    found = {}
    for name in amounts(value.indicator):
        amount = getattr(value, name)
        found[name] = "" if amount is None else display.typed(reading.plain(amount))
    return {**found, "status": value.status or ValueStatus.NORMAL, "note": value.note}


def mark(sent: Mapping[str, str]) -> str:
    """Return what tells whether fields still hold what they were shown with, spaces and line ends aside."""
    plain = sorted((name, "".join(str(text).split())) for name, text in sent.items())
    return hashlib.sha256(repr(plain).encode()).hexdigest()[:16]


class Figure(forms.CharField):
    """A figure as it is typed; what it says is read with the indicator."""

    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask phones for their number pad."""
        return {"inputmode": "decimal", "autocomplete": "off"}


class ValueForm(forms.Form):
    """The fields of one value, prefixed by the code of its indicator.

    ``version`` is the one that was read and ``shown`` tells whether anything was typed at all: a page is sent whole, and
    what somebody else has saved meanwhile in a field that was left alone is no conflict.
    """

    number = Figure(label=_("Figure"), required=False, max_length=200)
    numerator = Figure(required=False, max_length=200)
    denominator = Figure(required=False, max_length=200)
    status = forms.ChoiceField(label=_("The figure is"), required=False, choices=KINDS)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(
        required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput
    )
    shown = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, value: Value, data: Any = None) -> None:
        """Ask for what the indicator is entered by."""
        self.value, indicator = value, value.indicator
        stored = texts(value)
        initial = {**stored, "version": value.version, "shown": mark(stored)}
        super().__init__(data, prefix=value.indicator.code, initial=initial, auto_id="%s")
        for name in {"number", *PARTS} - set(amounts(indicator)):
            del self.fields[name]
        for name in set(PARTS) & set(self.fields):
            label = display.name(indicator, f"{name}_name") or str(PARTS[name])
            self.fields[name].label = titles.capital(label)
        for name in (*amounts(indicator), "note"):
            self.fields[name].widget.attrs["aria-describedby"] = f"said-{indicator.code}"

    @property
    def amounts(self) -> list[forms.BoundField]:
        """The figures."""
        return [self[name] for name in amounts(self.value.indicator)]

    @property
    def sent(self) -> dict[str, str]:
        """What arrived in the fields, as it was typed."""
        names = (*amounts(self.value.indicator), "status", "note")
        return {name: str(self.data.get(self.add_prefix(name), "")) for name in names}

    @property
    def touched(self) -> bool:
        """Whether anything was typed since the page was shown."""
        return mark(self.sent) != self.data.get(self.add_prefix("shown"), "")

    @property
    def expected_version(self) -> int:
        """The version that was read; one that was not sent is no version at all."""
        return self.cleaned_data.get("version") or 0

    def clean(self) -> dict[str, Any]:
        """Read the figures."""
        data: dict[str, Any] = super().clean() or {}
        data["status"] = data.get("status") or ValueStatus.NORMAL
        for name in amounts(self.value.indicator):
            try:
                data[name] = reading.amount(self.value.indicator, name, data.get(name) or "")
            except DomainError as error:
                self.add_error(name, error.message)
        return data

    @property
    def given(self) -> dict[str, Any]:
        """What ``services.enter_value`` is told."""
        data = self.cleaned_data
        return {name: data[name] for name in (*amounts(self.value.indicator), "status", "note")}


class AmendForm(VersionedForm):
    """Why an approved report is opened again, and by which act."""

    reason = Line(
        label=_("Reason"),
        max_length=1000,
        required=True,
        lines=3,
        help_text=_("It is published with the amendment."),
    )
    act = Chosen(label=_("Legal act"))

    def __init__(self, *args: Any, acts: Any = (), **kwargs: Any) -> None:
        """Offer the acts."""
        super().__init__(*args, **kwargs)
        self.fields["act"].offer(acts)  # type: ignore[attr-defined]
