"""The bodies of requests by which a secretary records sessions and resolutions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from councils.models import (
    AdvisoryCapacity,
    AttendanceState,
    DecisionRule,
    Mandate,
    Session,
    SessionKind,
    VoteChoice,
)
from lsg_portal.rest.problems import Fault, RuleBroken
from lsg_portal.rest.serializers import BodySerializer
from lsg_portal.rest.uploads import DayField
from registry.models import Person

Named = tuple[uuid.UUID, str]
MOST_DEPUTIES = 500


class NameBody(BodySerializer):
    """A title in the languages it has; Kyrgyz or Russian is needed."""

    ky = serializers.CharField(max_length=500, required=False, allow_blank=True)
    ru = serializers.CharField(max_length=500, required=False, allow_blank=True)
    en = serializers.CharField(max_length=500, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        """Refuse a title without words in Kyrgyz or Russian."""
        if not (attrs.get("ky") or attrs.get("ru")):
            raise serializers.ValidationError(_("Give a title in Kyrgyz or Russian."), code="required")
        return attrs


class TextBody(BodySerializer):
    """A long text in the languages it has."""

    ky = serializers.CharField(max_length=100_000, required=False, allow_blank=True)
    ru = serializers.CharField(max_length=100_000, required=False, allow_blank=True)
    en = serializers.CharField(max_length=100_000, required=False, allow_blank=True)


def _count(**more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=MOST_DEPUTIES, **more)


class SessionPatch(BodySerializer):
    """What can be changed of a planned session."""

    held_on = DayField(required=False)
    kind = serializers.ChoiceField(choices=SessionKind.values, required=False)
    location = serializers.CharField(max_length=300, required=False, allow_blank=True)
    initiators = _count(required=False, allow_null=True)


class SessionBody(BodySerializer):
    """A session to be held; without a number it gets the next one of its convocation."""

    convocation = serializers.UUIDField()
    held_on = DayField()
    kind = serializers.ChoiceField(choices=SessionKind.values, required=False)
    number = serializers.IntegerField(min_value=1, max_value=32_767, required=False)
    location = serializers.CharField(max_length=300, required=False, allow_blank=True)
    initiators = _count(required=False, allow_null=True)


class AttendanceLine(BodySerializer):
    """How one deputy came."""

    mandate = serializers.UUIDField()
    state = serializers.ChoiceField(choices=AttendanceState.choices)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class AdvisoryLine(BodySerializer):
    """Somebody who attended without a vote."""

    person = serializers.UUIDField()
    capacity = serializers.ChoiceField(choices=AdvisoryCapacity.choices)


class AttendanceBody(BodySerializer):
    """The attendance of a session; deputies who are not named keep what was recorded of them."""

    attendance = serializers.ListField(child=AttendanceLine(), max_length=MOST_DEPUTIES)
    advisory = serializers.ListField(child=AdvisoryLine(), required=False, max_length=100)


class AgendaBody(BodySerializer):
    """An item of an agenda; without a number it comes last."""

    name = NameBody()
    number = serializers.IntegerField(min_value=1, max_value=32_767, required=False)
    speaker = serializers.UUIDField(required=False)


class ResolutionPatch(BodySerializer):
    """What can be changed of a draft."""

    name = NameBody(required=False)
    text = TextBody(required=False)
    normative = serializers.BooleanField(required=False)
    rule = serializers.SlugField(
        max_length=30,
        required=False,
        help_text=_("Code of the majority it needs: simple, two_thirds_of_all …"),
    )
    session = serializers.UUIDField(required=False)
    agenda_item = serializers.UUIDField(required=False)


class ResolutionBody(ResolutionPatch):
    """A draft of a council."""

    council = serializers.UUIDField()
    name = NameBody()
    rule = serializers.SlugField(
        max_length=30, help_text=_("Code of the majority it needs: simple, two_thirds_of_all …")
    )


class NamedVoteLine(BodySerializer):
    """How one deputy voted."""

    mandate = serializers.UUIDField()
    choice = serializers.ChoiceField(choices=VoteChoice.choices)


class VoteBody(BodySerializer):
    """A vote: totals, or how each deputy voted, or both."""

    in_favour = _count(required=False)
    against = _count(required=False)
    abstained = _count(required=False)
    present = _count(required=False)
    named = serializers.ListField(child=NamedVoteLine(), required=False, max_length=MOST_DEPUTIES)


class AdoptBody(BodySerializer):
    """The number a resolution is adopted under."""

    reference = serializers.CharField(max_length=30)


class RegisterBody(BodySerializer):
    """Under which number, and when, a resolution was registered."""

    registration_number = serializers.CharField(max_length=50)
    on = DayField()


class PublishBody(BodySerializer):
    """When and where a resolution was published."""

    on = DayField()
    published_in = serializers.CharField(max_length=300, required=False, allow_blank=True)


class CancelBody(BodySerializer):
    """The later resolution of the same council that cancels this one."""

    by_resolution = serializers.UUIDField()


def known_mandates(session: Session, named: Iterable[Named]) -> None:
    """Raise RuleBroken where a mandate named is none of the session's convocation, or named twice."""
    lines = list(named)
    keys = [key for key, _pointer in lines]
    known = set(
        Mandate.objects.live()
        .filter(pk__in=keys, convocation_id=session.convocation_id)
        .values_list("pk", flat=True)
    )
    _refuse(lines, known, _("There is no such mandate in the convocation."))


def known_persons(named: Iterable[Named]) -> dict[uuid.UUID, Person]:
    """Return the persons named; raise RuleBroken where there is no such person, or one is named twice."""
    lines = list(named)
    found = Person.objects.in_bulk([key for key, _pointer in lines])
    _refuse(lines, set(found), _("There is no such person."))
    return found


def known_rule(code: str) -> DecisionRule:
    """Return the majority of this code; raise RuleBroken where there is none."""
    found = DecisionRule.objects.filter(code=code, purpose=DecisionRule.Purpose.MAJORITY).first()
    if found is None:
        raise RuleBroken(errors=[Fault("/rule", "unknown", _("There is no such majority."))])
    return found


def _refuse(lines: list[Named], known: set[uuid.UUID], detail: Any) -> None:
    faults, seen = [], set()
    for key, pointer in lines:
        if key not in known:
            faults.append(Fault(pointer, "unknown", detail))
        elif key in seen:
            faults.append(Fault(pointer, "repeated", _("The same is named twice.")))
        seen.add(key)
    if faults:
        raise RuleBroken(errors=faults[:100])
