"""The drafting form as a whole: its rows, what it offers, and the draft it amounts to.

The form works without scripts: "add a row" is a button that sends the form and gets it back with one more
row. A group of rows keeps the numbers of its rows in a hidden field, so that taking one out moves no other.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext as _

from lsg_portal.web import display
from reform.forms import AltersForm, BeginsForm, EndsForm, HeadingForm, PartForm, ShareForm, StartForm
from reform.models import Event, EventUnit
from reform.offers import Offer
from reform.services import EventDraft
from registry.models import ChangeKind, PartScope, Provenance, UnitRole
from registry.services import PartSpec, ShareSpec, UnitSpec

MOST_ROWS = 60
GROUPS = ("begins", "alters", "parts")
FIRST_ROWS: dict[str, dict[str, int]] = {
    ChangeKind.CREATE: {"begins": 1},
    ChangeKind.MERGE: {"begins": 1},
    ChangeKind.ABSORB: {"parts": 1},
    ChangeKind.SPLIT: {"begins": 2, "parts": 2},
    ChangeKind.TRANSFER: {"parts": 1},
    ChangeKind.REORGANISE: {"begins": 1, "parts": 2},
    ChangeKind.RENAME: {"alters": 1},
    ChangeKind.RECODE: {"alters": 1},
    ChangeKind.TYPE_CHANGE: {"alters": 1},
    ChangeKind.REPARENT: {"alters": 1},
}


def row_keys(data: QueryDict, group: str) -> list[str]:
    """Return the numbers of a group's rows; what is no number is left out."""
    keys = data.get(f"{group}-rows", "").split(",")
    found = dict.fromkeys(key for key in keys if key.isascii() and key.isdigit() and len(key) <= 4)
    return list(found)[:MOST_ROWS]


def add_row(data: QueryDict, group: str) -> str:
    """Add a row to a group and return its number; a full group stays as it is."""
    keys = row_keys(data, group)
    key = str(max(map(int, keys), default=-1) + 1)
    if len(keys) < MOST_ROWS:
        data[f"{group}-rows"] = ",".join([*keys, key])
    if group == "begins":
        data[f"begins-{key}-ref"] = str(uuid.uuid4())
        data[f"begins-{key}-parent"] = _only(data.getlist("area"))
    if group in ("begins", "alters"):
        data[f"{group}-{key}-code_system"] = "soate"
    if group == "parts":
        data[f"parts-{key}-scope"] = PartScope.WHOLE.value
    return key


def _only(values: Sequence[str]) -> str:
    """Return the value where there is exactly one: most new units lie in the one district that was ticked."""
    return values[0] if len(values) == 1 else ""


def remove_row(data: QueryDict, group: str, key: str) -> None:
    """Take a row out of a group."""
    data[f"{group}-rows"] = ",".join(known for known in row_keys(data, group) if known != key)


def fill_parts(data: QueryDict) -> None:
    """Give every unit that ends a part with all its territory, to the only new or altered unit if there is one."""
    given = {data.get(f"parts-{key}-source") for key in row_keys(data, "parts")}
    targets = [data.get(f"begins-{key}-ref", "") for key in row_keys(data, "begins")]
    targets += [data.get(f"alters-{key}-unit", "") for key in row_keys(data, "alters")]
    targets += [data.get(f"parts-{key}-target", "") for key in row_keys(data, "parts")]
    named = list(dict.fromkeys(filter(None, targets)))
    free = [key for key in row_keys(data, "parts") if not data.get(f"parts-{key}-source")]
    for unit in data.getlist("ends"):
        if unit in given:
            continue
        key = free.pop(0) if free else add_row(data, "parts")
        data[f"parts-{key}-source"] = unit
        if target := _only(named):
            data[f"parts-{key}-target"] = target


def act(data: QueryDict, action: str) -> None:
    """Do what a button of the form asks short of saving; an unknown action leaves everything as it is."""
    verb, _dash, rest = action.partition("-")
    if action == "fill-parts":
        fill_parts(data)
    elif verb == "add" and rest in GROUPS:
        add_row(data, rest)
    elif verb == "add" and rest.startswith("shares-"):
        add_row(data, f"parts-{rest.removeprefix('shares-')}-shares")
    elif verb == "remove":
        group, _dash, key = rest.rpartition("-")
        if group.startswith("shares-"):
            remove_row(data, f"parts-{group.removeprefix('shares-')}-shares", key)
        elif group in GROUPS:
            remove_row(data, group, key)


def first_data(start: QueryDict) -> QueryDict:
    """Return the content of a new form: what the first page asked, and the rows its kind of change needs."""
    data = QueryDict(mutable=True)
    data["draft_key"] = str(uuid.uuid4())
    for name in ("programme", "kind", "effective_on"):
        data[name] = start.get(name, "")
    data.setlist("area", start.getlist("area"))
    for group, count in FIRST_ROWS.get(start.get("kind", ""), {}).items():
        for _number in range(count):
            add_row(data, group)
    return data


def data_of(
    event: Event, lines: Sequence[EventUnit], parts: Sequence[Any], acts: Iterable[uuid.UUID]
) -> QueryDict:
    """Return the content of a form that shows a stored draft; its districts are for the caller to add."""
    data = QueryDict(mutable=True)
    data["programme"], data["kind"] = str(event.programme_id), event.kind
    data["effective_on"] = display.short_day(event.effective_on)
    data["version"] = str(event.version)
    for language in ("ky", "ru", "en"):
        data[f"title_{language}"] = getattr(event, f"title_{language}") or ""
        data[f"note_{language}"] = getattr(event, f"note_{language}") or ""
    data.setlist("acts", [str(identifier) for identifier in acts])
    data.setlist("ends", [str(line.unit_id) for line in lines if line.role == UnitRole.ENDS])
    for line in lines:
        if line.role == UnitRole.ENDS:
            continue
        group = "begins" if line.role == UnitRole.BEGINS else "alters"
        prefix = f"{group}-{add_row(data, group)}"
        data[f"{prefix}-{'ref' if group == 'begins' else 'unit'}"] = str(line.unit_id)
        for name in ("name_ky", "name_ru", "name_en", "kind", "code_system", "code"):
            data[f"{prefix}-{name}"] = getattr(line, name) or data.get(f"{prefix}-{name}", "")
        data[f"{prefix}-parent"] = str(line.parent_id or "")
        data[f"{prefix}-centre"] = str(line.centre_id or "")
    for part in parts:
        prefix = f"parts-{add_row(data, 'parts')}"
        data[f"{prefix}-source"], data[f"{prefix}-target"] = str(part.source_id), str(part.target_id)
        data[f"{prefix}-scope"] = part.scope
        data.setlist(f"{prefix}-settlements", [place["id"] for place in part.places])
        for share in part.known_shares:
            row = f"{prefix}-shares-{add_row(data, f'{prefix}-shares')}"
            data[f"{row}-measure"], data[f"{row}-basis"] = share["measure"], share["basis"]
            data[f"{row}-percent"] = display.number((Decimal(str(share["share"])) * 100).normalize())
    return data


@dataclass(frozen=True)
class Row:
    """A row of the form: its number, what it is called, its fields, and for a part its shares."""

    key: str
    label: str
    form: forms.Form
    shares: list[Row] = field(default_factory=list)
    share_keys: str = ""
    settlements: frozenset[str] = frozenset()


class DraftForm:
    """All sections and rows of the drafting form over what was sent. Not ``judged``, it shows no errors."""

    def __init__(self, data: QueryDict, offer: Offer, *, judged: bool) -> None:
        self.data, self.offer = data, offer
        self.start = StartForm(data, programmes=offer.programmes, areas=offer.areas)
        self.heading = HeadingForm(data, acts=offer.acts)
        self.ends = EndsForm(data, units=offer.units)
        particulars = {"parents": self._with_new(offer.parents), "centres": offer.centres}
        self.begins = [
            Row(
                key,
                _("New unit %(number)s") % {"number": number},
                BeginsForm(data, prefix=f"begins-{key}", **particulars),
            )
            for number, key in enumerate(row_keys(data, "begins"), 1)
        ]
        self.alters = [
            Row(
                key,
                _("Altered unit %(number)s") % {"number": number},
                AltersForm(data, prefix=f"alters-{key}", units=offer.units, **particulars),
            )
            for number, key in enumerate(row_keys(data, "alters"), 1)
        ]
        targets = self._with_new(offer.units)
        self.parts = [
            self._part(key, number, targets) for number, key in enumerate(row_keys(data, "parts"), 1)
        ]
        if not judged:
            # shown as it was typed, without a word about what is missing yet
            for _label, form in self._forms():
                form._errors = ErrorDict()  # type: ignore[attr-defined]

    def _with_new(self, options: Any) -> Any:
        """Put the units that begin before those that exist."""
        new = []
        for number, key in enumerate(row_keys(self.data, "begins"), 1):
            names = {
                language: self.data.get(f"begins-{key}-name_{language}", "")
                for language in ("ky", "ru", "en")
            }
            label = display.name(names) or _("New unit %(number)s") % {"number": number}
            new.append((self.data.get(f"begins-{key}-ref", ""), label))
        return [(_("New units"), new), *options] if new else options

    def _part(self, key: str, number: int, targets: Any) -> Row:
        prefix = f"parts-{key}"
        settlements = self.offer.settlements.get(self.data.get(f"{prefix}-source", ""), [])
        form = PartForm(
            self.data, prefix=prefix, sources=self.offer.units, targets=targets, settlements=settlements
        )
        keys = row_keys(self.data, f"{prefix}-shares")
        chosen = frozenset(self.data.getlist(f"{prefix}-settlements"))
        shares = [
            Row(
                other,
                _("Share %(number)s") % {"number": place},
                ShareForm(self.data, prefix=f"{prefix}-shares-{other}"),
            )
            for place, other in enumerate(keys, 1)
        ]
        return Row(key, _("Part %(number)s") % {"number": number}, form, shares, ",".join(keys), chosen)

    def _forms(self) -> Iterator[tuple[str, forms.Form]]:
        for form in (self.start, self.heading, self.ends):
            yield "", form
        for row in (*self.begins, *self.alters, *self.parts):
            yield row.label, row.form
            for share in row.shares:
                yield f"{row.label}, {share.label}", share.form

    @property
    def row_fields(self) -> list[tuple[str, str]]:
        """The hidden fields that keep the numbers of the rows."""
        return [(f"{group}-rows", ",".join(row_keys(self.data, group))) for group in GROUPS]

    def is_valid(self) -> bool:
        """Judge every row, and that no unit and no part is named twice."""
        valid = True
        for _label, form in self._forms():
            valid = form.is_valid() and valid
        return self._is_each_named_once() and valid

    def _is_each_named_once(self) -> bool:
        seen = set(self.ends.cleaned_data.get("ends", ()))
        twice = False
        for row in self.alters:
            unit = row.form.cleaned_data.get("unit")
            if unit is not None and unit in seen:
                row.form.add_error("unit", _("A unit can be named once in a change."))
                twice = True
            seen.add(unit)
        pairs = set()
        for row in self.parts:
            pair = (row.form.cleaned_data.get("source"), row.form.cleaned_data.get("target"))
            if None not in pair and pair in pairs:
                row.form.add_error(
                    "target", _("A part from one unit to another can be named once in a change.")
                )
                twice = True
            pairs.add(pair)
            measures = [share.form.cleaned_data.get("measure") for share in row.shares]
            for share, measure in zip(row.shares, measures, strict=True):
                if measure and measures.count(measure) > 1:
                    share.form.add_error("measure", _("A measure can be named once in a part."))
                    twice = True
        return not twice

    def problems(self) -> list[tuple[str, str, str]]:
        """Return what is wrong: the id of the field, what it is called with its row, and the message."""
        found = []
        for label, form in self._forms():
            for bound in form:
                # a field of boxes has no single control; its section carries the id
                target = bound.id_for_label or (bound.name if not form.prefix else bound.auto_id)
                name = f"{label}, {bound.label}" if label else str(bound.label)
                found += [(str(target), name, str(error)) for error in bound.errors]
            found += [("", label, str(error)) for error in form.non_field_errors()]
        return found

    def content(self, *, provenance: str = Provenance.DOCUMENTED, source: str = "") -> EventDraft:
        """Return the draft; only after ``is_valid``."""
        start, heading = self.start.cleaned_data, self.heading.cleaned_data
        units = [UnitSpec(unit, UnitRole.ENDS.value) for unit in self.ends.cleaned_data["ends"]]
        units += [_unit(row.form.cleaned_data, UnitRole.BEGINS.value) for row in self.begins]
        units += [_unit(row.form.cleaned_data, UnitRole.ALTERS.value) for row in self.alters]
        effective_on: dt.date = start["effective_on"]
        return EventDraft(
            programme_id=start["programme"],
            kind=start["kind"],
            effective_on=effective_on,
            titles={language: heading[f"title_{language}"] for language in ("ky", "ru", "en")},
            notes={language: heading[f"note_{language}"] for language in ("ky", "ru", "en")},
            units=tuple(units),
            parts=tuple(_part(row) for row in self.parts),
            act_ids=tuple(heading["acts"]),
            provenance=provenance,
            source=source,
        )


def _unit(cleaned: dict[str, Any], role: str) -> UnitSpec:
    return UnitSpec(
        unit_id=cleaned["ref"] if role == UnitRole.BEGINS else cleaned["unit"],
        role=role,
        kind=cleaned["kind"],
        name_ky=cleaned["name_ky"] or None,
        name_ru=cleaned["name_ru"] or None,
        name_en=cleaned["name_en"] or None,
        parent_id=cleaned["parent"],
        centre_id=cleaned["centre"],
        code_system=cleaned["code_system"] if cleaned["code"] else "",
        code=cleaned["code"],
    )


def _part(row: Row) -> PartSpec:
    cleaned = row.form.cleaned_data
    partial = cleaned["scope"] == PartScope.PART
    return PartSpec(
        source_id=cleaned["source"],
        target_id=cleaned["target"],
        scope=cleaned["scope"],
        settlement_ids=tuple(cleaned["settlements"]) if partial else (),
        shares=tuple(
            ShareSpec(given["measure"], given["percent"] / 100, given["basis"])
            for given in (share.form.cleaned_data for share in row.shares)
        ),
    )
