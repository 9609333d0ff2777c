"""The bodies of requests by which powers, transfers, reports and disputes are recorded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegation.models import (
    Basis,
    CancellationRequest,
    Dispute,
    DisputeParty,
    Means,
    Performance,
    PowerGroup,
    PowerStatus,
    Principle,
)
from delegation.models.funding import LARGEST
from lsg_portal.rest.serializers import BodySerializer
from lsg_portal.rest.uploads import DayField
from registry.api.bodies import SourcedBody


class WordsBody(BodySerializer):
    """A text in the languages it has."""

    ky = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    ru = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    en = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class PowerPatch(BodySerializer):
    """What is said otherwise of a power."""

    name = WordsBody(required=False)
    group = serializers.ChoiceField(choices=PowerGroup.values, required=False)
    field = serializers.SlugField(max_length=40, required=False)
    legal_basis = serializers.UUIDField(required=False)
    article = serializers.CharField(max_length=200, required=False, allow_blank=True)
    responsible = serializers.SlugField(max_length=40, required=False)
    status = serializers.ChoiceField(choices=PowerStatus.values, required=False)
    note = WordsBody(required=False)


class PowerBody(SourcedBody):
    """A power of the catalogue, as an item of the statute's list where it is one."""

    code = serializers.SlugField(max_length=60)
    name = WordsBody()
    group = serializers.ChoiceField(choices=PowerGroup.values)
    field = serializers.SlugField(max_length=40, help_text=_("Code of a field in delegation/fields/."))
    legal_basis = serializers.UUIDField(required=False)
    article = serializers.CharField(max_length=200, required=False, allow_blank=True)
    responsible = serializers.SlugField(max_length=40, required=False)
    status = serializers.ChoiceField(choices=PowerStatus.values, required=False)
    note = WordsBody(required=False)
    statute_item = serializers.IntegerField(min_value=1, max_value=1000, required=False)


class ItemBody(BodySerializer):
    """One of the things that a power consists of."""

    name = WordsBody()
    number = serializers.IntegerField(min_value=1, max_value=1000, required=False)


class TransferPatch(BodySerializer):
    """What is changed of a draft."""

    state_body = serializers.SlugField(max_length=40, required=False)
    basis = serializers.ChoiceField(choices=Basis.values, required=False)
    begins = DayField(required=False)
    ends = DayField(required=False)
    act = serializers.UUIDField(required=False)
    agreement_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    signed_on = DayField(required=False)
    reporting = WordsBody(required=False)


class TransferBody(SourcedBody):
    """A draft: which power goes to which municipality, on what basis and for what term ``[begins, ends)``."""

    power = serializers.UUIDField()
    unit = serializers.UUIDField()
    state_body = serializers.SlugField(max_length=40, help_text=_("Code of a body in state-bodies/."))
    basis = serializers.ChoiceField(choices=Basis.values)
    begins = DayField()
    ends = DayField(required=False)
    act = serializers.UUIDField(required=False)
    agreement_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    signed_on = DayField(required=False)
    reporting = WordsBody(required=False)
    former = serializers.UUIDField(required=False)


class AnswerBody(BodySerializer):
    """The answer to one of the nine principles; a "no" says why."""

    principle = serializers.IntegerField(min_value=1, max_value=len(Principle))
    kept = serializers.BooleanField()
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class MeansBody(BodySerializer):
    """Means: money in thousand som a year, as a text, or things."""

    kind = serializers.ChoiceField(choices=Means.Kind.values)
    what = WordsBody()
    yearly = serializers.DecimalField(
        max_digits=16, decimal_places=2, min_value=Decimal(0), max_value=Decimal(LARGEST), required=False
    )


class ConsentBody(BodySerializer):
    """The consent of the association of municipalities: its day and basis."""

    on = DayField()
    basis = serializers.CharField(max_length=500)


class AgreeBody(BodySerializer):
    """Number and day of the agreement, where they are not in the draft yet."""

    agreement_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    signed_on = DayField(required=False)


class OnBody(BodySerializer):
    """The day it begins."""

    on = DayField()


class TransferEndBody(BodySerializer):
    """The first day without it, and why."""

    on = DayField()
    reason = serializers.CharField(max_length=500)
    act = serializers.UUIDField(required=False)


class TransferReasonBody(BodySerializer):
    """Why it is given up."""

    reason = serializers.CharField(max_length=500)


def _amount() -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=16,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=Decimal(LARGEST),
        required=False,
        allow_null=True,
    )


class FundingPatch(BodySerializer):
    """Amounts of a quarter in thousand som, as texts; null is not reported, what is left out stays."""

    need = _amount()
    planned = _amount()
    received = _amount()
    spent = _amount()
    material = serializers.CharField(max_length=500, required=False, allow_blank=True)


class FundingBody(FundingPatch, SourcedBody):
    """The money of a quarter that has no row yet."""

    transfer = serializers.UUIDField()
    year = serializers.IntegerField(min_value=1991, max_value=2100)
    quarter = serializers.IntegerField(min_value=1, max_value=4)


class PerformanceBody(SourcedBody):
    """How the power was performed in a quarter; less than fully names the obstacle. A second one replaces the first."""

    transfer = serializers.UUIDField()
    year = serializers.IntegerField(min_value=1991, max_value=2100)
    quarter = serializers.IntegerField(min_value=1, max_value=4)
    result = serializers.ChoiceField(choices=Performance.Result.values)
    volume = serializers.DecimalField(
        max_digits=14,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=Decimal(1_000_000_000),
        required=False,
    )
    volume_unit = serializers.CharField(max_length=60, required=False, allow_blank=True)
    obstacle = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class PracticeBody(SourcedBody):
    """A power that a municipality performs in fact from a day on."""

    power = serializers.UUIDField()
    unit = serializers.UUIDField()
    on = DayField()
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class DisputeBody(SourcedBody):
    """A dispute before the conciliation commission."""

    number = serializers.CharField(max_length=40)
    power = serializers.UUIDField()
    unit = serializers.UUIDField()
    transfer = serializers.UUIDField(required=False)
    subject = serializers.CharField(max_length=1000)
    opened_on = DayField()
    due_on = DayField()


class PartyBody(BodySerializer):
    """Who takes part: a municipality, a state body or an association."""

    role = serializers.ChoiceField(choices=DisputeParty.Role.values)
    unit = serializers.UUIDField(required=False)
    state_body = serializers.SlugField(max_length=40, required=False)
    association = serializers.CharField(max_length=300, required=False, allow_blank=True)


class HearingBody(BodySerializer):
    """A sitting of the commission."""

    held_on = DayField()
    minutes = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class DisputeCloseBody(BodySerializer):
    """How a dispute ended."""

    status = serializers.ChoiceField(
        choices=[Dispute.Status.SETTLED, Dispute.Status.NOT_SETTLED, Dispute.Status.WITHDRAWN]
    )
    on = DayField()
    outcome = serializers.CharField(max_length=1000)


class RequestBody(SourcedBody):
    """A request that the Cabinet cancel a decision; for lack of means, with the thousand som that are lacking."""

    unit = serializers.UUIDField()
    transfer = serializers.UUIDField(required=False)
    act = serializers.UUIDField(required=False)
    ground = serializers.ChoiceField(choices=CancellationRequest.Ground.values)
    justification = serializers.CharField(max_length=4000)
    missing = serializers.DecimalField(
        max_digits=16, decimal_places=2, min_value=Decimal("0.01"), max_value=Decimal(LARGEST), required=False
    )
    filed_on = DayField()
    due_on = DayField()


class DecisionBody(BodySerializer):
    """What became of a request."""

    status = serializers.ChoiceField(
        choices=[
            CancellationRequest.Status.GRANTED,
            CancellationRequest.Status.REFUSED,
            CancellationRequest.Status.WITHDRAWN,
        ]
    )
    on = DayField()
    decision = serializers.CharField(max_length=1000)


class _ActBody(BodySerializer):
    """A decision rests on a legal act or the number of a decision."""

    on = DayField()
    act = serializers.UUIDField(required=False)
    order_number = serializers.CharField(max_length=40, required=False, allow_blank=True)


class PassOnBody(_ActBody):
    """Who takes the transfer over."""

    unit = serializers.UUIDField()


class RenewBody(_ActBody):
    """The new transfer that continues it."""

    new_transfer = serializers.UUIDField()


class EndForGoodBody(_ActBody):
    """Why nobody takes it over."""

    reason = serializers.CharField(max_length=500)


def given(data: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return what of these a body says."""
    return {name: data[name] for name in names if name in data}
