"""The bodies of requests by which posts, appointments, staff and budgets are recorded."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ayil_okmotu.models import AppointedBy, BudgetItem, Employment, EndGround, PostKind
from ayil_okmotu.models.budgets import LARGEST
from ayil_okmotu.services import Amounts
from lsg_portal.rest.problems import Fault, RuleBroken
from lsg_portal.rest.serializers import BodySerializer
from lsg_portal.rest.uploads import DayField
from registry.api.bodies import SourcedBody
from registry.models import LegalAct, Settlement

M = TypeVar("M", bound=Model)
MOST_PEOPLE = 5000
MOST_LINES = 200


class PostNameBody(BodySerializer):
    """A name in the languages it has."""

    ky = serializers.CharField(max_length=200, required=False, allow_blank=True)
    ru = serializers.CharField(max_length=200, required=False, allow_blank=True)
    en = serializers.CharField(max_length=200, required=False, allow_blank=True)


class PostBody(SourcedBody):
    """A post; that of a village head names its village."""

    body = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=PostKind.values)
    employment = serializers.ChoiceField(choices=Employment.values, required=False)
    name = PostNameBody(required=False)
    settlement = serializers.UUIDField(required=False)
    on = DayField()


class PostPatch(BodySerializer):
    """Another name, or another employment from a day on, with the act or order it rests on."""

    name = PostNameBody(required=False)
    employment = serializers.ChoiceField(choices=Employment.values, required=False)
    on = DayField(required=False)
    act = serializers.UUIDField(required=False)
    order_number = serializers.CharField(max_length=40, required=False, allow_blank=True)


class CloseBody(BodySerializer):
    """The first day on which it is no more."""

    on = DayField()


class AppointmentBody(SourcedBody):
    """An appointment; it rests on a legal act or the number of an order.

    Of a head who is not acting the term is 5 years unless said otherwise; without ``until`` the end is open.
    """

    post = serializers.UUIDField()
    person = serializers.UUIDField()
    on = DayField()
    acting = serializers.BooleanField(required=False)
    term_years = serializers.IntegerField(min_value=1, max_value=10, required=False)
    appointed_by = serializers.ChoiceField(choices=AppointedBy.values, required=False)
    act = serializers.UUIDField(required=False)
    order_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    order_on = DayField(required=False)
    concurrent_reason = serializers.CharField(max_length=500, required=False, allow_blank=True)
    until = DayField(required=False)


class AppointmentEndBody(BodySerializer):
    """The first day on which the appointment no longer holds, and the ground with what it rests on."""

    on = DayField()
    ground = serializers.SlugField(max_length=40, help_text=_("Code of a ground in end-grounds/."))
    act = serializers.UUIDField(required=False)
    order_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    resolution = serializers.UUIDField(required=False)


def _people(**more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=MOST_PEOPLE, **more)


class StaffingBody(SourcedBody):
    """The people of a body on a day: staff posts approved and filled, women among the filled, contracts apart."""

    body = serializers.UUIDField()
    on = DayField()
    approved = _people()
    filled = _people()
    contract = _people()
    women = _people(required=False, allow_null=True)


class StaffingPatch(BodySerializer):
    """What a report says otherwise."""

    approved = _people(required=False)
    filled = _people(required=False)
    contract = _people(required=False)
    women = _people(required=False, allow_null=True)


def _amount() -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=14,
        decimal_places=4,
        min_value=Decimal(-LARGEST),
        max_value=Decimal(LARGEST),
        required=False,
        allow_null=True,
    )


class LineBody(BodySerializer):
    """Plan and actual of one line in million som, as texts; what the source prints and nobody can read keeps its text."""

    item = serializers.SlugField(max_length=40, help_text=_("Code of a line in budget-items/."))
    plan = _amount()
    actual = _amount()
    plan_as_printed = serializers.CharField(max_length=60, required=False, allow_blank=True)
    actual_as_printed = serializers.CharField(max_length=60, required=False, allow_blank=True)


class BudgetPatch(BodySerializer):
    """Lines of a budget, each written as a whole, and what the source calls the period where it names no year."""

    label = serializers.CharField(max_length=60, required=False, allow_blank=True)  # type: ignore[assignment]
    lines = serializers.ListField(child=LineBody(), required=False, max_length=MOST_LINES)
    source = serializers.CharField(max_length=500, required=False, allow_blank=True)  # type: ignore[assignment]


class BudgetBody(SourcedBody):
    """The budget of a unit for a year."""

    unit = serializers.UUIDField()
    year = serializers.IntegerField(min_value=1991, max_value=2100)
    label = serializers.CharField(max_length=60, required=False, allow_blank=True)  # type: ignore[assignment]
    lines = serializers.ListField(child=LineBody(), max_length=MOST_LINES)


_UNKNOWN = _("There is no such record.")


def known(things: QuerySet[M], key: uuid.UUID, pointer: str) -> M:
    """Return the thing of this identifier; raise RuleBroken where there is none."""
    found = things.filter(pk=key).first()
    if found is None:
        raise RuleBroken(errors=[Fault(pointer, "unknown", _UNKNOWN)])
    return found


def known_settlement(key: uuid.UUID | None) -> Settlement | None:
    """Return the village, where one is named."""
    return known(Settlement.objects.all(), key, "/settlement") if key else None


def known_act(key: uuid.UUID | None) -> LegalAct | None:
    """Return the legal act, where one is named."""
    return known(LegalAct.objects.all(), key, "/act") if key else None


def known_ground(code: str) -> EndGround:
    """Return the ground of this code; raise RuleBroken where there is none."""
    found = EndGround.objects.filter(code=code).first()
    if found is None:
        raise RuleBroken(errors=[Fault("/ground", "unknown", _UNKNOWN)])
    return found


def known_lines(lines: list[dict[str, Any]]) -> dict[str, Amounts]:
    """Return amounts by the code of their line; raise RuleBroken where there is no such line, or one comes twice."""
    codes = set(BudgetItem.objects.values_list("code", flat=True))
    found: dict[str, Amounts] = {}
    faults = []
    for place, line in enumerate(lines):
        code = line["item"]
        if code not in codes:
            faults.append(Fault(f"/lines/{place}/item", "unknown", _UNKNOWN))
        elif code in found:
            faults.append(Fault(f"/lines/{place}/item", "repeated", _("The same is named twice.")))
        found[code] = Amounts(**{name: value for name, value in line.items() if name != "item"})
    if faults:
        raise RuleBroken(errors=faults[:100])
    return found
