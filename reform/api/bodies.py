"""The bodies of requests that draft, change and annul events."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from lsg_portal.rest.problems import Fault, RuleBroken
from lsg_portal.rest.serializers import BodySerializer
from reform.models import Event, Programme
from reform.services import EventDraft, change_spec
from registry.models import ChangeKind, LegalAct, PartScope, Provenance, Settlement, Unit, UnitKind, UnitRole
from registry.services import PartSpec, ShareSpec, UnitSpec

FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
REFERENCE = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"


class NamesBody(BodySerializer):
    """A text in the languages it has."""

    ky = serializers.CharField(max_length=300, required=False, allow_blank=True)
    ru = serializers.CharField(max_length=300, required=False, allow_blank=True)
    en = serializers.CharField(max_length=300, required=False, allow_blank=True)


class NotesBody(BodySerializer):
    """A longer text in the languages it has."""

    ky = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    ru = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    en = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class CodeBody(BodySerializer):
    """A code in a system of codes."""

    system = serializers.RegexField(r"^[a-z0-9_-]{1,20}$")
    code = serializers.RegexField(r"^[0-9A-Za-z._-]{1,30}$")


class UnitLineBody(BodySerializer):
    """A unit the event ends, begins or alters; one that begins is named by a ``ref`` of the client's choice."""

    role = serializers.ChoiceField(choices=UnitRole.choices)
    unit = serializers.UUIDField(required=False)
    ref = serializers.RegexField(REFERENCE, required=False)
    kind = serializers.ChoiceField(choices=UnitKind.choices, required=False)
    name = NamesBody(required=False)
    parent = serializers.CharField(  # type: ignore[assignment]
        max_length=40, required=False, help_text=_("An identifier or a ref of this event.")
    )
    centre = serializers.UUIDField(required=False)
    code = CodeBody(required=False)


class ShareBody(BodySerializer):
    """The share of a measure that goes with a part."""

    measure = serializers.RegexField(r"^[a-z0-9_]{1,30}$")
    share = serializers.DecimalField(max_digits=11, decimal_places=10, min_value=0, max_value=1)
    basis = serializers.CharField(max_length=300)


class PartBody(BodySerializer):
    """Territory that goes from one unit to another."""

    source = serializers.UUIDField()  # type: ignore[assignment]
    target = serializers.CharField(max_length=40, help_text=_("An identifier or a ref of this event."))
    scope = serializers.ChoiceField(choices=PartScope.choices)
    settlements = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=500)
    shares = serializers.ListField(child=ShareBody(), required=False, max_length=20)


class EventBody(BodySerializer):
    """A draft."""

    programme = serializers.CharField(max_length=40, help_text=_("An identifier or a short key."))
    title = NamesBody()
    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    effective_on = serializers.DateField()
    acts = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=50)
    note = NotesBody(required=False)
    provenance = serializers.ChoiceField(choices=Provenance.choices, required=False)
    source = serializers.CharField(max_length=500, required=False, allow_blank=True)  # type: ignore[assignment]
    units = serializers.ListField(child=UnitLineBody(), required=False, max_length=200)
    parts = serializers.ListField(child=PartBody(), required=False, max_length=500)

    def validate_effective_on(self, value: dt.date) -> dt.date:
        """Keep the day within what the register can ask for."""
        if not FIRST_DAY <= value <= LAST_DAY:
            raise serializers.ValidationError(
                _("The day must lie between 1900-01-01 and 2199-12-31."), code="out_of_range"
            )
        return value

    def validate_title(self, value: dict[str, str]) -> dict[str, str]:
        """A title needs words in Kyrgyz or Russian."""
        if not (value.get("ky") or value.get("ru")):
            raise serializers.ValidationError(_("Give a title in Kyrgyz or Russian."), code="required")
        return value


class AnnulBody(BodySerializer):
    """Why an event is annulled."""

    reason = serializers.CharField(max_length=2000)


class _Reader:
    """Turns a body into a draft; collects what it names that does not exist."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.refs: dict[str, uuid.UUID] = {}

    def fault(self, pointer: str, code: str, detail: Any) -> None:
        """Note something wrong."""
        self.faults.append(Fault(pointer, code, detail))

    def programme(self, text: str) -> uuid.UUID:
        """The programme named by identifier or short key."""
        try:
            found = Programme.objects.filter(pk=uuid.UUID(text)).first()
        except ValueError:
            found = Programme.objects.filter(key=text).first()
        if found is None:
            self.fault("/programme", "unknown", _("There is no such programme."))
            return uuid.UUID(int=0)
        return found.pk

    def reference(self, text: str, pointer: str) -> uuid.UUID:
        """The unit named by identifier or by a ref of this body."""
        if text in self.refs:
            return self.refs[text]
        try:
            return uuid.UUID(text)
        except ValueError:
            self.fault(pointer, "unknown", _("There is no unit of this name in the draft."))
            return uuid.UUID(int=0)

    def units(self, lines: list[dict[str, Any]]) -> tuple[UnitSpec, ...]:
        """The units of the draft."""
        found = []
        for index, line in enumerate(lines):
            begins = line["role"] == UnitRole.BEGINS
            if line.get("unit") is None and not begins:
                self.fault(f"/units/{index}/unit", "required", _("Name the unit."))
            identifier = line.get("unit") or uuid.uuid4()
            if ref := line.get("ref"):
                if ref in self.refs:
                    self.fault(f"/units/{index}/ref", "repeated", _("The ref is used twice."))
                self.refs[ref] = identifier
            name = line.get("name", {})
            if begins and not (name.get("ky") or name.get("ru")):
                self.fault(f"/units/{index}/name", "required", _("A unit needs a name in Kyrgyz or Russian."))
            if begins and not line.get("kind"):
                self.fault(f"/units/{index}/kind", "required", _("Say what kind of unit begins."))
            for language, text in name.items():
                if len(text) > 200:
                    self.fault(
                        f"/units/{index}/name/{language}",
                        "too_long",
                        _("A name is longer than 200 characters."),
                    )
            found.append((index, line, identifier, name))
        seen: set[uuid.UUID] = set()
        for index, _line, identifier, _name in found:
            if identifier in seen:
                self.fault(f"/units/{index}/unit", "repeated", _("A unit can be named once in a change."))
            seen.add(identifier)
        return tuple(
            UnitSpec(
                unit_id=identifier,
                role=line["role"],
                kind=line.get("kind", ""),
                name_ky=name.get("ky") or None,
                name_ru=name.get("ru") or None,
                name_en=name.get("en") or None,
                parent_id=self.reference(line["parent"], f"/units/{index}/parent")
                if line.get("parent")
                else None,
                centre_id=line.get("centre"),
                code_system=line.get("code", {}).get("system", ""),
                code=line.get("code", {}).get("code", ""),
            )
            for index, line, identifier, name in found
        )

    def parts(self, lines: list[dict[str, Any]]) -> tuple[PartSpec, ...]:
        """The parts of the draft."""
        found = tuple(
            PartSpec(
                source_id=line["source"],
                target_id=self.reference(line["target"], f"/parts/{index}/target"),
                scope=line["scope"],
                settlement_ids=tuple(dict.fromkeys(line.get("settlements", ()))),
                shares=tuple(ShareSpec(s["measure"], s["share"], s["basis"]) for s in line.get("shares", ())),
            )
            for index, line in enumerate(lines)
        )
        pairs: set[tuple[uuid.UUID, uuid.UUID]] = set()
        for index, part in enumerate(found):
            if part.source_id == part.target_id:
                self.fault(f"/parts/{index}/target", "to_itself", _("A unit cannot give a part to itself."))
            if (part.source_id, part.target_id) in pairs:
                self.fault(
                    f"/parts/{index}",
                    "repeated",
                    _("A part from one unit to another can be named once in a change."),
                )
            pairs.add((part.source_id, part.target_id))
            for other, share in enumerate(part.shares):
                if not 0 < share.share <= 1:
                    self.fault(
                        f"/parts/{index}/shares/{other}",
                        "out_of_range",
                        _("A share must be above 0 and at most 1."),
                    )
            if len({share.measure for share in part.shares}) < len(part.shares):
                self.fault(f"/parts/{index}/shares", "repeated", _("A measure can be named once in a part."))
        return found

    def exist(self, content: EventDraft) -> None:
        """Check that units, settlements and acts named by identifier exist."""
        begun = {line.unit_id for line in content.units if line.role == UnitRole.BEGINS}
        units: list[tuple[uuid.UUID | None, str]] = []
        settlements: list[tuple[uuid.UUID | None, str]] = []
        for index, line in enumerate(content.units):
            units += [(line.unit_id, f"/units/{index}/unit"), (line.parent_id, f"/units/{index}/parent")]
            settlements.append((line.centre_id, f"/units/{index}/centre"))
        for index, part in enumerate(content.parts):
            units += [(part.source_id, f"/parts/{index}/source"), (part.target_id, f"/parts/{index}/target")]
            settlements += [
                (place, f"/parts/{index}/settlements/{other}")
                for other, place in enumerate(part.settlement_ids)
            ]
        acts = [(act, f"/acts/{index}") for index, act in enumerate(content.act_ids)]
        self._known(Unit, units, _("There is no such unit in the register."), but=begun)
        self._known(Settlement, settlements, _("There is no such settlement in the register."))
        self._known(LegalAct, acts, _("There is no such legal act in the register."))

    def _known(
        self,
        model: type[Unit | Settlement | LegalAct],
        named: Sequence[tuple[uuid.UUID | None, str]],
        detail: Any,
        but: Collection[uuid.UUID] = (),
    ) -> None:
        """Note a fault for each identifier that no record of the model has; what cannot be read is noted already."""
        wanted = {identifier for identifier, _pointer in named if identifier} - set(but)
        missing = wanted - set(model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True))
        noted = {fault.pointer for fault in self.faults}
        for identifier, pointer in named:
            if identifier in missing and pointer not in noted:
                self.fault(pointer, "unknown", detail)


def read_draft(data: dict[str, Any], base: EventDraft | None = None) -> EventDraft:
    """Return the draft a body describes, upon ``base`` where the body is partial; raise RuleBroken with all faults."""
    reader = _Reader()
    base = base or EventDraft(programme_id=uuid.UUID(int=0), kind="", effective_on=FIRST_DAY, titles={})
    units = reader.units(data["units"]) if "units" in data else base.units
    content = EventDraft(
        programme_id=reader.programme(data["programme"]) if "programme" in data else base.programme_id,
        kind=data.get("kind", base.kind),
        effective_on=data.get("effective_on", base.effective_on),
        titles={**base.titles, **data.get("title", {})},
        units=units,
        parts=reader.parts(data["parts"]) if "parts" in data else base.parts,
        act_ids=tuple(dict.fromkeys(data.get("acts", base.act_ids))),
        notes={**base.notes, **data.get("note", {})},
        provenance=data.get("provenance", base.provenance),
        source=data.get("source", base.source),
    )
    reader.exist(content)
    if reader.faults:
        raise RuleBroken(errors=reader.faults)
    return content


def draft_of(event: Event) -> EventDraft:
    """Return what a stored draft says."""
    spec = change_spec(event)
    return EventDraft(
        programme_id=event.programme_id,
        kind=event.kind,
        effective_on=event.effective_on,
        titles={lang: getattr(event, f"title_{lang}") or "" for lang in ("ky", "ru", "en")},
        units=spec.units,
        parts=spec.parts,
        act_ids=spec.act_ids,
        notes=spec.notes,
        provenance=event.provenance,
        source=event.source,
    )
