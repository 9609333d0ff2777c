"""Form fields that accept what people here type: ``1 234,5`` and ``21.11.2026``."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lsg_portal.data import figures

from . import days, display

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_WRITTEN_DAY = re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})", re.ASCII)
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

Option = tuple[str, "StrOrPromise"]
Options = Sequence[Option]

NOT_OFFERED = {"invalid_choice": _("Choose one of those offered.")}
"""In place of Django's message, which repeats what was sent: an identifier nobody can read."""


class NumberField(forms.DecimalField):
    """A decimal typed with comma or dot, spaces between thousands or none: ``1 234,5`` is ``1234.5``.

    What ``lsg_portal.data.figures`` refuses is refused here in its words. With ``percent``, for a figure whose unit is
    the per cent, ``12 %`` is 12.
    """

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Enter a number, for example 1 234,5.")}

    def __init__(self, *, percent: bool = False, **more: Any) -> None:
        self.percent = percent
        super().__init__(**more)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask phones for their number pad."""
        return {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Read the number."""
        if isinstance(value, str) and value.strip():
            try:
                value = figures.read(value, percent=self.percent)
            except figures.BadNumber as bad:
                said = self.error_messages["invalid"] if bad.code == "not_a_number" else bad.sentence
                raise ValidationError(said, code=bad.code) from None
        return super().to_python(value.strip() if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number as it is typed; leave what was typed as it was typed."""
        return display.typed(value) if isinstance(value, int | float | Decimal) else value


class DayField(forms.DateField):
    """A day typed as ``21.11.2026`` or ``2026-11-21``, within the days the register knows."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Enter a day as DD.MM.YYYY, for example 21.11.2026.")}

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Show how a day is written."""
        return {"inputmode": "numeric", "autocomplete": "off", "class": "day", "maxlength": "10"}

    def to_python(self, value: Any) -> dt.date | None:
        """Read the day."""
        if value in self.empty_values:
            return None
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        text = str(value).strip()
        if written := _WRITTEN_DAY.fullmatch(text):
            text = f"{written[3]}-{written[2]:0>2}-{written[1]:0>2}"
        if not _ISO_DAY.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            return days.parse_day(text)
        except days.InvalidDay as error:
            raise ValidationError(str(error), code="no_such_day") from None

    def prepare_value(self, value: Any) -> Any:
        """Show a stored day as it is typed."""
        return display.short_day(value) if isinstance(value, dt.date) else value


class Line(forms.CharField):
    """A line of text, or several."""

    def __init__(
        self,
        *,
        label: StrOrPromise,
        max_length: int,
        required: bool = False,
        help_text: StrOrPromise = "",
        lines: int = 1,
    ) -> None:
        widget = forms.Textarea(attrs={"rows": lines}) if lines > 1 else forms.TextInput()
        super().__init__(
            label=label, max_length=max_length, required=required, help_text=help_text, widget=widget
        )


class Whole(forms.IntegerField):
    """A whole number as people type it."""

    widget = forms.TextInput

    def __init__(self, *, label: StrOrPromise, most: int, least: int = 0, **more: Any) -> None:
        super().__init__(label=label, min_value=least, max_value=most, **more)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask phones for their number pad."""
        return {"inputmode": "numeric", "autocomplete": "off", "size": "6"}


class Chosen(forms.TypedChoiceField):
    """A record out of those offered; empty is None."""

    def __init__(
        self,
        *,
        label: StrOrPromise,
        required: bool = False,
        help_text: StrOrPromise = "",
        none: StrOrPromise = "—",
    ) -> None:
        self.none = none
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            coerce=uuid.UUID,
            empty_value=None,
            choices=[("", none)],
            error_messages=NOT_OFFERED,
        )

    def offer(self, options: Iterable[Any]) -> None:
        """Set what can be chosen."""
        self.choices = [("", self.none), *options]

    def prepare_value(self, value: Any) -> Any:
        """Show a record that is stored as the one chosen."""
        return str(getattr(value, "pk", value) or "")


class VersionedForm(forms.Form):
    """A form that says which version of the record was read; a new record has none."""

    version = forms.IntegerField(
        required=False, min_value=0, max_value=2_147_483_647, widget=forms.HiddenInput
    )

    @property
    def expected_version(self) -> int:
        """The version that was read; one that was not sent is no version at all."""
        return self.cleaned_data.get("version") or 0

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}
