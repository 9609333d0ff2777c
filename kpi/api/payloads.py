"""The bodies of requests by which methodologies, periods and reports are kept."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ayil_okmotu.models import PostKind
from kpi.models import (
    Aggregation,
    AuditFinding,
    DataSource,
    Direction,
    Formula,
    MissingPolicy,
    Prefill,
    Subject,
    ValueStatus,
)
from kpi.models.methodology import LARGEST
from lsg_portal.rest.serializers import BodySerializer
from lsg_portal.rest.uploads import DayField
from registry.api.bodies import SourcedBody
from registry.models import MUNICIPALITY_KINDS

PLAIN = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,6})?")


class InLanguagesBody(BodySerializer):
    """A text in the languages it has."""

    ky = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    ru = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    en = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class PeriodPatch(BodySerializer):
    """The days of a period that is not published; what is left out stays."""

    opens = DayField(required=False)
    due = DayField(required=False)
    locks = DayField(required=False)


class PeriodBody(PeriodPatch, SourcedBody):
    """A quarter to be reported on; by default it opens when the quarter has ended."""

    year = serializers.IntegerField(min_value=1991, max_value=2100)
    quarter = serializers.IntegerField(min_value=1, max_value=4)
    within = serializers.UUIDField(
        required=False,
        help_text=_("The district or oblast that alone reports, where reporting is tried out."),
    )


class ExtensionBody(SourcedBody):
    """Until when one municipality may report, and why."""

    period = serializers.CharField(max_length=6, help_text=_("Code of a period, as 2026Q3."))
    unit = serializers.UUIDField()
    until = DayField()
    reason = serializers.CharField(max_length=500)
    act = serializers.UUIDField(required=False)


class AmountField(serializers.DecimalField):
    """A figure as a text of digits: no exponent, no grouping, no sign but a minus."""

    def __init__(self, **kwargs: Any) -> None:
        bounds = {"min_value": Decimal(-LARGEST), "max_value": Decimal(LARGEST)}
        super().__init__(**{"max_digits": 19, "decimal_places": 6, **bounds, **kwargs})

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Refuse an empty text: nothing is null."""
        if isinstance(data, str) and not data.strip():
            self.fail("invalid")
        return super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> Decimal:
        """Return the figure."""
        if not PLAIN.fullmatch(str(data)):
            self.fail("invalid")
        return super().to_internal_value(data)


def amount() -> AmountField:
    """Return a figure that may be left out; null empties it."""
    return AmountField(required=False, allow_null=True)


class ValuePatch(BodySerializer):
    """A value as it is entered: figures as texts, null empties one; what is left out stays.

    Without a status a complete figure is ``normal``; ``missing`` and ``not_applicable`` empty the figure and need a note.
    """

    status = serializers.ChoiceField(choices=ValueStatus.values, required=False, allow_blank=True)
    number = amount()
    numerator = amount()
    denominator = amount()
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class ReportBody(BodySerializer):
    """Whose report is opened: that of a municipality's office, or that of an employee by the appointment."""

    period = serializers.CharField(max_length=6, help_text=_("Code of a period, as 2026Q3."))
    unit = serializers.UUIDField(required=False)
    appointment = serializers.UUIDField(required=False)


class _Words(serializers.CharField):
    """A text that is sent as one."""

    def to_internal_value(self, data: Any) -> str:
        """Refuse what is no text."""
        if not isinstance(data, str):
            raise serializers.ValidationError(_("The value is of the wrong type."), code="wrong_type")
        return str(super().to_internal_value(data))


class ReturnBody(BodySerializer):
    """Why values are returned: a reason by the code of each indicator."""

    reasons = serializers.DictField(child=_Words(max_length=1000), allow_empty=False)


class AmendBody(BodySerializer):
    """Why an approved report is changed, and by which act."""

    reason = serializers.CharField(max_length=1000)
    act = serializers.UUIDField(required=False)


class FindingBody(SourcedBody):
    """What an independent audit found of a value: it confirms it, or corrects it by the right figure."""

    value = serializers.UUIDField()
    verdict = serializers.ChoiceField(choices=AuditFinding.Verdict.values)
    found_on = DayField()
    note = serializers.CharField(max_length=1000)
    number = amount()
    numerator = amount()
    denominator = amount()


class RunBody(BodySerializer):
    """Whose scores are computed for which period, by the methodology in force on its last day."""

    period = serializers.CharField(max_length=6, help_text=_("Code of a period, as 2026Q3."))
    subject = serializers.ChoiceField(choices=Subject.values, default=Subject.HEAD)


class MeasureBody(BodySerializer):
    """What no version has measured yet."""

    subject = serializers.ChoiceField(choices=Subject.values)
    code = serializers.SlugField(max_length=40)


class MethodologyPatch(BodySerializer):
    """What a draft says of itself; what is left out stays."""

    name = InLanguagesBody(required=False)
    note = InLanguagesBody(required=False)
    gate = AmountField(
        max_digits=5, decimal_places=2, min_value=Decimal(0), max_value=Decimal(100), required=False
    )


class MethodologyBody(MethodologyPatch, SourcedBody):
    """The draft of the next version for a subject, empty or with the lines of another version."""

    subject = serializers.ChoiceField(choices=Subject.values)
    name = InLanguagesBody()
    act = serializers.UUIDField(required=False)
    copy_of = serializers.UUIDField(required=False)


class ActivateBody(BodySerializer):
    """The first day in force."""

    on = DayField()


class ActBody(BodySerializer):
    """The act that approves it."""

    act = serializers.UUIDField()


class CategoryPatch(BodySerializer):
    """What is said otherwise of a category."""

    name = InLanguagesBody(required=False)
    order = serializers.IntegerField(min_value=0, max_value=32_000, required=False)


class CategoryBody(CategoryPatch):
    """A category of a draft."""

    code = serializers.SlugField(max_length=40)
    name = InLanguagesBody()


class IndicatorPatch(BodySerializer):
    """What is said otherwise of an indicator; ``min`` and ``max`` are its thresholds."""

    category = serializers.UUIDField(required=False)
    name = InLanguagesBody(required=False)
    definition = InLanguagesBody(required=False)
    unit_of_measure = InLanguagesBody(required=False)
    numerator_name = InLanguagesBody(required=False)
    denominator_name = InLanguagesBody(required=False)
    flag = InLanguagesBody(required=False)
    direction = serializers.ChoiceField(choices=Direction.values, required=False)
    formula = serializers.ChoiceField(choices=Formula.values, required=False)
    min = AmountField(required=False)
    max = AmountField(required=False)
    weight = AmountField(
        max_digits=6, decimal_places=3, min_value=Decimal("0.001"), max_value=Decimal(100), required=False
    )
    whole = serializers.BooleanField(required=False)
    lowest = AmountField(required=False)
    highest = AmountField(required=False)
    warn_percent = serializers.IntegerField(min_value=1, max_value=10_000, required=False, allow_null=True)
    aggregation = serializers.ChoiceField(choices=Aggregation.values, required=False)
    data_source = serializers.ChoiceField(choices=DataSource.values, required=False)
    evidence_required = serializers.BooleanField(required=False)
    missing_policy = serializers.ChoiceField(choices=MissingPolicy.values, required=False)
    prefill = serializers.ChoiceField(choices=Prefill.values, required=False, allow_blank=True)
    order = serializers.IntegerField(min_value=0, max_value=32_000, required=False)


class IndicatorBody(IndicatorPatch):
    """An indicator of a draft: which measure, in which category, with what thresholds and weight."""

    measure = serializers.SlugField(max_length=40, help_text=_("Code of a measure."))
    category = serializers.UUIDField()
    name = InLanguagesBody()
    unit_of_measure = InLanguagesBody()
    min = AmountField()
    max = AmountField()
    weight = AmountField(max_digits=6, decimal_places=3, min_value=Decimal("0.001"), max_value=Decimal(100))
    highest = AmountField()
    aggregation = serializers.ChoiceField(choices=Aggregation.values)


class BandPatch(BodySerializer):
    """What is said otherwise of a band."""

    code = serializers.SlugField(max_length=20, required=False)
    least = AmountField(
        max_digits=5, decimal_places=2, min_value=Decimal(0), max_value=Decimal(100), required=False
    )
    name = InLanguagesBody(required=False)


class BandBody(BandPatch):
    """A band of totals, from ``least`` points up to the next band."""

    code = serializers.SlugField(max_length=20)
    least = AmountField(max_digits=5, decimal_places=2, min_value=Decimal(0), max_value=Decimal(100))
    name = InLanguagesBody()


class PeerGroupPatch(BodySerializer):
    """What is said otherwise of a peer group; empty lists take every kind."""

    code = serializers.SlugField(max_length=40, required=False)
    name = InLanguagesBody(required=False)
    unit_kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=[str(kind) for kind in MUNICIPALITY_KINDS]), required=False
    )
    post_kinds = serializers.ListField(child=serializers.ChoiceField(choices=PostKind.values), required=False)
    from_population = serializers.IntegerField(min_value=0, max_value=100_000_000, required=False)
    below_population = serializers.IntegerField(
        min_value=1, max_value=1_000_000_000, required=False, allow_null=True
    )
    order = serializers.IntegerField(min_value=0, max_value=32_000, required=False)


class PeerGroupBody(PeerGroupPatch):
    """A peer group of a draft."""

    code = serializers.SlugField(max_length=40)
    name = InLanguagesBody()
