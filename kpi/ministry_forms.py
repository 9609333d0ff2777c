"""The forms of the ministry's desks; fields are named as the services take them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kpi.models import LARGEST, AuditFinding, Subject, Value
from lsg_portal.web import display
from lsg_portal.web.forms import (
    NOT_OFFERED,
    Chosen,
    DayField,
    Line,
    NumberField,
    Options,
    VersionedForm,
    Whole,
)
from registry import titles

LONGEST_REASON = 1000
LANGUAGES = ("ky", "ru", "en")


class ReturnForm(VersionedForm):
    """The reason of each value that is to be corrected; a value without one is not returned."""

    def __init__(self, *args: Any, values: Iterable[Value] = (), **kwargs: Any) -> None:
        """Ask for a reason with each value."""
        super().__init__(*args, **kwargs)
        for value in values:
            self.fields[self.field_of(value.indicator.code)] = Line(
                label=gettext_lazy("What is to be corrected"), max_length=LONGEST_REASON, lines=3
            )

    @staticmethod
    def field_of(code: str) -> str:
        """Return the field of an indicator."""
        return f"reason_{code}"

    @property
    def reasons(self) -> dict[str, str]:
        """The reasons given, by the code of the indicator."""
        found = {name.removeprefix("reason_"): value for name, value in self.values.items()}
        return {code: reason for code, reason in found.items() if reason}

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the fields, valid or not, by the code of the indicator; blanks are nothing."""
        found = {bound.name: str(bound.value() or "").strip() for bound in self.visible_fields()}
        return {name.removeprefix("reason_"): said for name, said in found.items() if said}

    def clean(self) -> dict[str, Any]:
        """Refuse a return that names nothing."""
        data = super().clean() or {}
        if not self.errors and not any(value for name, value in data.items() if name != "version"):
            raise forms.ValidationError(
                _("Say what is to be corrected in at least one value."), code="no_reason"
            )
        return data


class Figure(NumberField):
    """A figure of an indicator, as exact as it is stored."""

    def __init__(self, *, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=Decimal(-LARGEST),
            max_value=Decimal(LARGEST),
            max_digits=22,
            decimal_places=6,
        )


class FindingForm(VersionedForm):
    """What an audit found of a value."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("What the audit found"),
        choices=AuditFinding.Verdict.choices,
        error_messages=NOT_OFFERED,
        widget=forms.RadioSelect,
    )
    number = Figure(label=gettext_lazy("Correct figure"))
    numerator = Figure(label=gettext_lazy("Numerator"))
    denominator = Figure(label=gettext_lazy("Denominator"))
    found_on = DayField(label=gettext_lazy("Found on"))
    note = Line(label=gettext_lazy("What the finding rests on"), max_length=1000, required=True, lines=3)

    def __init__(self, *args: Any, value: Value | None = None, **kwargs: Any) -> None:
        """Ask for the figure as the indicator is entered: a number or two parts."""
        super().__init__(*args, **kwargs)
        if value is None:
            return
        indicator = value.indicator
        names = ("number",) if indicator.has_parts else ("numerator", "denominator")
        for name in names:
            self.fields.pop(name)
        for name in ("numerator", "denominator"):
            if name in self.fields and (said := display.name(indicator, f"{name}_name")):
                self.fields[name].label = titles.capital(said)


class OfferingForm(VersionedForm):
    """A form whose lists to choose from come from the page."""

    def __init__(self, *args: Any, offers: Mapping[str, Options] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, options in (offers or {}).items():
            self.fields[name].offer(options)  # type: ignore[attr-defined]


class PeriodForm(OfferingForm):
    """A quarter and its days; days left out follow the usual terms."""

    year = Whole(label=gettext_lazy("Year"), least=1991, most=2100)
    quarter = Whole(label=gettext_lazy("Quarter"), least=1, most=4)
    within = Chosen(
        label=gettext_lazy("Tried out within"),
        none=gettext_lazy("nowhere: the whole country reports"),
        help_text=gettext_lazy("The oblast or district that alone reports on this quarter."),
    )
    opens = DayField(label=gettext_lazy("Entry opens"), required=False)
    due = DayField(label=gettext_lazy("Due until, inclusive"), required=False)
    locks = DayField(label=gettext_lazy("Locked from"), required=False)


class DaysForm(VersionedForm):
    """The days of a period."""

    opens = DayField(label=gettext_lazy("Entry opens"))
    due = DayField(label=gettext_lazy("Due until, inclusive"))
    locks = DayField(label=gettext_lazy("Locked from"))


class ExtensionForm(OfferingForm):
    """A longer term for one municipality."""

    unit = Chosen(label=gettext_lazy("Municipality"), required=True)
    until = DayField(label=gettext_lazy("May report until, inclusive"))
    reason = Line(label=gettext_lazy("Reason"), max_length=500, required=True, lines=3)
    act = Chosen(label=pgettext_lazy("of the extension", "Legal act"))


class RunForm(OfferingForm):
    """Which scores are to be computed."""

    period = Chosen(label=gettext_lazy("Quarter"), required=True, none=gettext_lazy("choose a quarter"))
    subject = forms.ChoiceField(
        label=gettext_lazy("Who is assessed"), choices=Subject.choices, error_messages=NOT_OFFERED
    )


class NoForm(VersionedForm):
    """A step that asks for nothing but the version that was read."""
