"""The forms of the methodology editor; fields are named as the services take them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ayil_okmotu.models import PostKind
from kpi.models import (
    LARGEST,
    Aggregation,
    DataSource,
    Direction,
    Formula,
    Indicator,
    MissingPolicy,
    Prefill,
)
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
from registry.models import MUNICIPALITY_KINDS, UnitKind

LANGUAGES = ("ky", "ru", "en")
GRID = ("least", "most", "weight")
"""The figures of an indicator that decide scores."""


class TextsForm(VersionedForm):
    """A form with translated texts: their fields end in a language each."""

    texts: ClassVar[tuple[str, ...]] = ("name",)

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, translated texts as one value each."""
        data = super().values
        for name in self.texts:
            data[name] = {language: data.pop(f"{name}_{language}", "") for language in LANGUAGES}
        return data


def amount(
    label: Any, *, least: int = -LARGEST, most: int = LARGEST, places: int = 6, **more: Any
) -> NumberField:
    """Return a field for a figure within bounds."""
    return NumberField(
        label=label,
        min_value=Decimal(least),
        max_value=Decimal(most),
        decimal_places=places,
        max_digits=14 + places,
        **more,
    )


def weight() -> NumberField:
    """Return a field for a weight."""
    return NumberField(
        label=gettext_lazy("Weight"),
        min_value=Decimal("0.001"),
        max_value=Decimal(100),
        decimal_places=3,
        max_digits=6,
    )


def one_of(label: Any, choices: Any, **more: Any) -> forms.ChoiceField:
    """Return a field in which one of a few values is chosen."""
    return forms.ChoiceField(label=label, choices=choices, error_messages=NOT_OFFERED, **more)


def some_of(label: Any, choices: Iterable[Any], **more: Any) -> forms.MultipleChoiceField:
    """Return a field in which any number of values is ticked."""
    return forms.MultipleChoiceField(
        label=label,
        choices=list(choices),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_OFFERED,
        **more,
    )


class NameForm(TextsForm):
    """What a methodology is called, and from what coverage on a score has a place."""

    texts = ("name", "note")

    name_ky = Line(label=gettext_lazy("Name in Kyrgyz"), max_length=500, lines=2)
    name_ru = Line(label=gettext_lazy("Name in Russian"), max_length=500, lines=2)
    name_en = Line(label=gettext_lazy("Name in English"), max_length=500, lines=2)
    gate = amount(gettext_lazy("Least coverage for a place, %"), least=0, most=100, places=2)
    note_ky = Line(label=gettext_lazy("Note in Kyrgyz"), max_length=2000, lines=3)
    note_ru = Line(label=gettext_lazy("Note in Russian"), max_length=2000, lines=3)
    note_en = Line(label=gettext_lazy("Note in English"), max_length=2000, lines=3)


class CategoryForm(TextsForm):
    """A group of indicators."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Latin letters, figures, hyphens and underscores."),
    )
    order = Whole(label=gettext_lazy("Order"), most=1000)
    name_ky = Line(label=gettext_lazy("Name in Kyrgyz"), max_length=500, lines=2)
    name_ru = Line(label=gettext_lazy("Name in Russian"), max_length=500, lines=2)
    name_en = Line(label=gettext_lazy("Name in English"), max_length=500, lines=2)


class IndicatorForm(TextsForm):
    """An indicator of a draft: how it is entered, counted and carried over mergers."""

    texts = ("name", "definition", "unit_of_measure", "numerator_name", "denominator_name", "flag")

    measure = forms.ChoiceField(
        label=pgettext_lazy("KPI", "Measure"), required=False, error_messages=NOT_OFFERED
    )
    new_measure = forms.SlugField(
        label=gettext_lazy("Code of a new measure"),
        required=False,
        max_length=40,
        help_text=gettext_lazy(
            "Where no version has measured it yet; the code stays for good and ties series together."
        ),
    )
    order = Whole(label=gettext_lazy("Order"), most=1000)
    name_ky = Line(label=gettext_lazy("Name in Kyrgyz"), max_length=500, lines=2)
    name_ru = Line(label=gettext_lazy("Name in Russian"), max_length=500, lines=2)
    name_en = Line(label=gettext_lazy("Name in English"), max_length=500, lines=2)
    definition_ky = Line(label=gettext_lazy("Definition in Kyrgyz"), max_length=2000, lines=3)
    definition_ru = Line(label=gettext_lazy("Definition in Russian"), max_length=2000, lines=3)
    definition_en = Line(label=gettext_lazy("Definition in English"), max_length=2000, lines=3)
    unit_of_measure_ky = Line(label=gettext_lazy("Unit of measure in Kyrgyz"), max_length=60)
    unit_of_measure_ru = Line(label=gettext_lazy("Unit of measure in Russian"), max_length=60)
    unit_of_measure_en = Line(label=gettext_lazy("Unit of measure in English"), max_length=60)
    formula = one_of(gettext_lazy("How the figure comes about"), Formula.choices)
    numerator_name_ky = Line(label=gettext_lazy("Numerator in Kyrgyz"), max_length=200)
    numerator_name_ru = Line(label=gettext_lazy("Numerator in Russian"), max_length=200)
    numerator_name_en = Line(label=gettext_lazy("Numerator in English"), max_length=200)
    denominator_name_ky = Line(label=gettext_lazy("Denominator in Kyrgyz"), max_length=200)
    denominator_name_ru = Line(label=gettext_lazy("Denominator in Russian"), max_length=200)
    denominator_name_en = Line(label=gettext_lazy("Denominator in English"), max_length=200)
    direction = one_of(gettext_lazy("Direction"), Direction.choices)
    least = amount(gettext_lazy("Minimum"))
    most = amount(gettext_lazy("Maximum"))
    weight = weight()
    whole = forms.BooleanField(label=gettext_lazy("Whole numbers only"), required=False)
    lowest = amount(gettext_lazy("Lowest possible figure"))
    highest = amount(gettext_lazy("Highest possible figure"))
    warn_percent = Whole(
        label=gettext_lazy("Change that needs a note, %"), least=1, most=10_000, required=False
    )
    aggregation = one_of(gettext_lazy("Over mergers"), Aggregation.choices)
    data_source = one_of(gettext_lazy("Source of the data"), DataSource.choices)
    evidence_required = forms.BooleanField(label=gettext_lazy("Needs evidence"), required=False)
    missing_policy = one_of(gettext_lazy("A missing figure"), MissingPolicy.choices)
    prefill = one_of(
        gettext_lazy("Known to the register"),
        [("", gettext_lazy("nothing")), *Prefill.choices],
        required=False,
    )
    flag_ky = Line(label=gettext_lazy("What the source leaves open, in Kyrgyz"), max_length=500)
    flag_ru = Line(label=gettext_lazy("What the source leaves open, in Russian"), max_length=500)
    flag_en = Line(label=gettext_lazy("What the source leaves open, in English"), max_length=500)

    def __init__(self, *args: Any, measures: Options = (), **kwargs: Any) -> None:
        """Offer the measures."""
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = [("", gettext_lazy("a new one")), *measures]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A new indicator names one measure: one on file, or a new one."""
        data = super().clean() or {}
        if "measure" in self.fields and bool(data.get("measure")) == bool(data.get("new_measure")):
            self.add_error("measure", _("Choose a measure, or give the code of a new one."))
        return data


class BandForm(TextsForm):
    """A band of totals."""

    code = forms.SlugField(label=gettext_lazy("Code"), max_length=20)
    least = amount(gettext_lazy("From points"), least=0, most=100, places=2)
    name_ky = Line(label=gettext_lazy("Name in Kyrgyz"), max_length=500)
    name_ru = Line(label=gettext_lazy("Name in Russian"), max_length=500)
    name_en = Line(label=gettext_lazy("Name in English"), max_length=500)


class GroupForm(TextsForm):
    """Whom somebody is compared with; nothing ticked takes every kind."""

    code = forms.SlugField(label=gettext_lazy("Code"), max_length=40)
    order = Whole(
        label=gettext_lazy("Order"), most=1000, help_text=gettext_lazy("The first group that fits is taken.")
    )
    name_ky = Line(label=gettext_lazy("Name in Kyrgyz"), max_length=500)
    name_ru = Line(label=gettext_lazy("Name in Russian"), max_length=500)
    name_en = Line(label=gettext_lazy("Name in English"), max_length=500)
    unit_kinds = some_of(
        gettext_lazy("Kinds of municipalities"),
        [(str(kind), UnitKind(kind).label) for kind in MUNICIPALITY_KINDS],
    )
    post_kinds = some_of(
        gettext_lazy("Kinds of posts"), [pair for pair in PostKind.choices if pair[0] != PostKind.HEAD]
    )
    from_population = Whole(label=gettext_lazy("From residents"), most=100_000_000)
    below_population = Whole(label=gettext_lazy("Below residents"), least=1, most=100_000_000, required=False)


class ActivateForm(VersionedForm):
    """From when a draft is in force."""

    on = DayField(
        label=gettext_lazy("In force from"),
        help_text=gettext_lazy("It assesses the quarters whose last day is this one or later."),
    )


class ActForm(VersionedForm):
    """The act that approves a methodology."""

    act = Chosen(label=gettext_lazy("Legal act"), required=True)

    def __init__(self, *args: Any, acts: Options = (), **kwargs: Any) -> None:
        """Offer the acts."""
        super().__init__(*args, **kwargs)
        self.fields["act"].offer(acts)  # type: ignore[attr-defined]


class WeightsForm(VersionedForm):
    """Thresholds and weights of all indicators at once."""

    def __init__(self, *args: Any, indicators: Iterable[Indicator] = (), **kwargs: Any) -> None:
        """Ask for three figures of each indicator."""
        super().__init__(*args, **kwargs)
        self.indicators = list(indicators)
        for indicator in self.indicators:
            labels = {"least": gettext_lazy("Minimum"), "most": gettext_lazy("Maximum")}
            for name, label in labels.items():
                self.fields[self.field_of(indicator, name)] = amount(label)
            self.fields[self.field_of(indicator, "weight")] = weight()

    @staticmethod
    def field_of(indicator: Indicator, name: str) -> str:
        """Return the field of a figure."""
        return f"{name}_{indicator.code}"

    def figures(self, indicator: Indicator) -> dict[str, Decimal]:
        """Return what was entered for an indicator."""
        return {name: self.cleaned_data[self.field_of(indicator, name)] for name in GRID}

    def clean(self) -> dict[str, Any]:
        """Refuse a minimum that is not below its maximum."""
        data = super().clean() or {}
        for indicator in self.indicators:
            least, most = (data.get(self.field_of(indicator, name)) for name in ("least", "most"))
            if least is not None and most is not None and least >= most:
                self.add_error(self.field_of(indicator, "least"), _("The minimum must be below the maximum."))
        return data

    @property
    def total(self) -> Decimal | None:
        """The sum of the weights, None while one of them cannot be read."""
        names = [self.field_of(indicator, "weight") for indicator in self.indicators]
        data = self.cleaned_data if self.is_bound else self.initial
        found = [data.get(name) for name in names]
        return None if None in found else sum((each for each in found if each is not None), Decimal(0))
