"""Import of an official classifier: match its rows to the register, add what is missing, change nothing else."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from lsg_portal.data.uploads import CellError
from registry.classifier import Classifier, Row
from registry.errors import from_database
from registry.models import (
    ChangeUnit,
    Settlement,
    SettlementAssignment,
    SettlementCode,
    SettlementKind,
    Unit,
    UnitCode,
    UnitKind,
    UnitRole,
    UnitVersion,
)
from registry.names import fold
from registry.services import check_now
from registry.table_import import BadRow

SETTLEMENT_TYPES = {
    "village": SettlementKind.VILLAGE,
    "village_of_city": SettlementKind.VILLAGE,
    "urban_type_settlement": SettlementKind.URBAN_TYPE_SETTLEMENT,
}
CITY_KINDS = (UnitKind.CITY_REPUBLICAN, UnitKind.CITY_OBLAST, UnitKind.CITY_DISTRICT_LEVEL)
UNIT_ORDER = (
    UnitKind.OBLAST,
    UnitKind.CITY_REPUBLICAN,
    UnitKind.DISTRICT,
    UnitKind.CITY_OBLAST,
    UnitKind.CITY_DISTRICT_LEVEL,
    UnitKind.CITY_DISTRICT,
    UnitKind.AYIL_AIMAK,
)
LONGEST_NAME = 200
CODE = re.compile(r"[0-9]{14}", re.ASCII)


@dataclass
class Outcome:
    """What an import did, or would do: refused rows, differences that are left alone, and counts."""

    errors: list[CellError] = field(default_factory=list)
    """Why rows are refused, by row; of very many faulty cells the first only."""

    refused: set[int] = field(default_factory=set)
    """The numbers of all refused rows."""

    differences: list[CellError] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    created: Counter[str] = field(default_factory=Counter)
    codes: int = 0
    names: int = 0

    @property
    def changes(self) -> int:
        """How many rows the import writes."""
        return sum(self.created.values()) + self.codes + self.names


class ClassifierImport:
    """One import of a classifier as of a day: its rows against the register of that day."""

    def __init__(self, classifier: Classifier, *, valid_from: dt.date, system: str, source: str) -> None:
        """Take the rows and read the register as it stood on ``valid_from``."""
        self.classifier, self.rows = classifier, classifier.rows
        self.day, self.system, self.source = valid_from, system, source
        self.outcome = Outcome(errors=list(classifier.table.errors))
        self.unit_of: dict[str, uuid.UUID] = {}  # by code of the file
        self.kind_of: dict[str, str] = {}
        self.parent_of = {row.code: row.parent_code for row in self.rows}
        self.refused: set[str] = set()
        for row in classifier.table.rows:
            if not row.sound:
                self.outcome.refused.add(row.number)
                self.refused.add(row.text("code"))
        self._read_register()

    def _read_register(self) -> None:
        """Read units and settlements of the day and every code of the system."""
        self.by_code = dict(UnitCode.objects.live().filter(system=self.system).values_list("code", "unit_id"))
        self.coded_units = set(self.by_code.values())
        self.versions: dict[uuid.UUID, UnitVersion] = {}
        self.by_name: dict[tuple[uuid.UUID | None, str, str], list[uuid.UUID]] = defaultdict(list)
        for version in UnitVersion.objects.on(self.day):
            self.versions[version.unit_id] = version
            self.by_name[version.parent_id, version.kind, fold(version.name_ru or "")].append(version.unit_id)
        self.settlement_by_code = dict(
            SettlementCode.objects.live().filter(system=self.system).values_list("code", "settlement_id")
        )
        self.coded_settlements = set(self.settlement_by_code.values())
        self.settlement_by_name: dict[tuple[uuid.UUID, str, str], list[uuid.UUID]] = defaultdict(list)
        for assignment in SettlementAssignment.objects.on(self.day).select_related("settlement"):
            place = assignment.settlement
            self.settlement_by_name[assignment.unit_id, place.kind, fold(place.name_ru or "")].append(
                place.pk
            )

    @transaction.atomic
    def run(self, *, commit: bool, skip_refused: bool, progress: Callable[[int, int], None]) -> Outcome:
        """Match and write all rows or none; ``skip_refused`` leaves out refused rows and writes the rest.

        Without ``commit`` everything is tried and rolled back. ``progress`` is told rows done and rows in all.
        """
        self.new: dict[type, list] = defaultdict(list)
        for done, row in enumerate(self._ordered(), 1):
            try:
                if row.type in UnitKind.values:
                    self._unit(row)
                else:
                    self._settlement(row)
            except BadRow as bad:
                self._refuse(row, bad)
            progress(done, len(self.rows))
        self.outcome.errors.sort(key=lambda error: error.row)
        self.outcome.differences.sort(key=lambda error: error.row)
        if self.outcome.refused and not skip_refused:
            transaction.set_rollback(True)
            return self.outcome
        try:
            for model in (Unit, Settlement, UnitVersion, SettlementAssignment, UnitCode, SettlementCode):
                model.objects.bulk_create(self.new[model], batch_size=1000)
            for version in self.new[dict]:
                version.save()
            check_now()
        except IntegrityError as error:
            raise from_database(error) from error
        if not commit:
            transaction.set_rollback(True)
        return self.outcome

    def _ordered(self) -> Iterator[Row]:
        """Refusals of the row itself first, then units from the top down, then settlements."""
        seen: dict[str, int] = {}
        known = {
            **{kind: i for i, kind in enumerate(UNIT_ORDER)},
            **dict.fromkeys(SETTLEMENT_TYPES, len(UNIT_ORDER)),
        }
        sound = []
        for row in self.rows:
            try:
                _check(row, known, seen)
            except BadRow as bad:
                self._refuse(row, bad)
            else:
                sound.append(row)
                if row.type in UnitKind.values:
                    self.kind_of[row.code] = row.type
            seen.setdefault(row.code, row.number)
        self.refused -= {row.code for row in sound}
        self.cities = sorted(
            {code for code, kind in self.kind_of.items() if kind in CITY_KINDS}
            | {
                code
                for code, unit in self.by_code.items()
                if unit in self.versions and self.versions[unit].kind in CITY_KINDS
            }
        )
        return iter(sorted(sound, key=lambda row: (known[row.type], row.number)))

    def _refuse(self, row: Row, bad: BadRow) -> None:
        """Leave out a row, and with it all that would lie in it."""
        self.refused.add(row.code)
        self.outcome.refused.add(row.number)
        self.outcome.errors.append(self.classifier.says(row.number, bad.key, bad.code, **bad.values))

    def _differs(self, row: Row, key: str, code: str, /, **values: Any) -> None:
        """Report what the file says otherwise than the register."""
        self.outcome.differences.append(self.classifier.says(row.number, key, code, **values))

    def _home(self, code: str) -> uuid.UUID | None:
        """The unit of a code: one of this file, else one the register knows by it."""
        return self.unit_of.get(code) or self.by_code.get(code)

    def _unit(self, row: Row) -> None:
        """Find or begin the row's unit; raise BadRow."""
        parent: uuid.UUID | None = None
        if row.type not in (UnitKind.OBLAST, UnitKind.CITY_REPUBLICAN):
            parent = self._home(row.parent_code)
            if parent is None or row.parent_code in self.refused:
                raise BadRow("parent_code", "parent_missing", code=row.parent_code[:40] or "—")
        self.outcome.met[row.type] += 1
        unit = self.by_code.get(row.code)
        if unit is None:
            candidates = self.by_name[parent, row.type, fold(row.name_ru)]
            candidates = [candidate for candidate in candidates if candidate not in self.coded_units]
            if len(candidates) > 1:
                raise BadRow("name_ru", "unit_ambiguous", name=row.name_ru)
            unit = candidates[0] if candidates else self._begin(row, parent)
            self._code(row, unit)
        self.unit_of[row.code] = unit
        version = self.versions.get(unit)
        if version is not None:
            self._compare(row, version, parent)

    def _begin(self, row: Row, parent: uuid.UUID | None) -> uuid.UUID:
        """A unit that the register does not know yet."""
        unit = Unit()
        self.new[Unit].append(unit)
        self.new[UnitVersion].append(
            UnitVersion(
                unit=unit,
                kind=row.type,
                name_ru=row.name_ru,
                name_ky=row.name_ky or None,
                name_en=row.name_en or None,
                parent_id=parent,
                valid=(self.day, None),
                source=self.source,
            )
        )
        self.outcome.created[row.type] += 1
        return unit.pk

    def _code(self, row: Row, unit: uuid.UUID) -> None:
        """Give the unit its code from the day on, until the unit ends."""
        end = None
        closed_by = None
        if unit in self.versions:
            last = UnitVersion.objects.live().filter(unit=unit).order_by("-valid").first()
            end = last.valid.upper if last else None
            if end is not None:
                ending = ChangeUnit.objects.live().filter(unit=unit, role=UnitRole.ENDS).first()
                closed_by = ending.change_id if ending else None
        self.new[UnitCode].append(
            UnitCode(
                unit_id=unit,
                system=self.system,
                code=row.code,
                valid=(self.day, end),
                closed_by_id=closed_by,
                source=self.source,
            )
        )
        self.coded_units.add(unit)
        self.outcome.codes += 1

    def _compare(self, row: Row, version: UnitVersion, parent: uuid.UUID | None) -> None:
        """Fill names the register lacks; report, but never overwrite, what differs: that is a change of its own."""
        if fold(version.name_ru or "") != fold(row.name_ru) and version.name_ru:
            self._differs(row, "name_ru", "name_differs", ours=version.name_ru, theirs=row.name_ru)
        if version.parent_id != parent or version.kind != row.type:
            self._differs(row, "", "place_differs")
        missing = False
        for language in ("ky", "en"):
            if not getattr(version, f"name_{language}") and getattr(row, f"name_{language}"):
                setattr(version, f"name_{language}", getattr(row, f"name_{language}"))
                missing = True
        if missing:
            self.new[dict].append(version)
            self.outcome.names += 1

    def _settlement(self, row: Row) -> None:
        """Find or add the row's settlement in the municipality it belongs to; raise BadRow."""
        home_code = self._municipality_code(row)
        home = self._home(home_code) if home_code else None
        if home is None or home_code in self.refused:
            raise BadRow("parent_code", "parent_missing", code=row.parent_code[:40] or "—")
        self.outcome.met[row.type] += 1
        if row.code in self.settlement_by_code:
            return
        kind = SETTLEMENT_TYPES[row.type]
        candidates = self.settlement_by_name[home, kind, fold(row.name_ru)]
        candidates = [candidate for candidate in candidates if candidate not in self.coded_settlements]
        if len(candidates) > 1:
            raise BadRow("name_ru", "settlement_ambiguous", name=row.name_ru)
        if candidates:
            settlement = candidates[0]
        else:
            place = Settlement(
                kind=kind,
                name_ru=row.name_ru,
                name_ky=row.name_ky or None,
                name_en=row.name_en or None,
                source=self.source,
            )
            settlement = place.pk
            self.new[Settlement].append(place)
            self.new[SettlementAssignment].append(
                SettlementAssignment(
                    settlement=place, unit_id=home, valid=(self.day, None), source=self.source
                )
            )
            self.outcome.created[row.type] += 1
        self.new[SettlementCode].append(
            SettlementCode(
                settlement_id=settlement,
                system=self.system,
                code=row.code,
                valid=(self.day, None),
                source=self.source,
            )
        )
        self.coded_settlements.add(settlement)
        self.outcome.codes += 1

    def _municipality_code(self, row: Row) -> str | None:
        """The code of the municipality a settlement belongs to.

        A village or urban-type settlement that the classifier puts under a district belongs to that district's
        city with the longest common code (the smaller code where two are equally near); one under an urban
        district belongs to the city.
        """
        kind = self._kind(row.parent_code)
        if kind == UnitKind.CITY_DISTRICT:
            if row.parent_code in self.parent_of:
                return self.parent_of[row.parent_code]
            unit = self.by_code.get(row.parent_code)
            parent = self.versions[unit].parent_id if unit in self.versions else None
            return next((code for code, known in self.by_code.items() if known == parent), None)
        if kind != UnitKind.DISTRICT:
            return row.parent_code
        near = [code for code in self.cities if code[:8] == row.parent_code[:8]]
        return max(near, key=lambda code: (_common(code, row.code), -int(code)), default=None)

    def _kind(self, code: str) -> str | None:
        """The kind of the unit with that code."""
        if code in self.kind_of:
            return self.kind_of[code]
        unit = self.by_code.get(code)
        return self.versions[unit].kind if unit in self.versions else None


def _check(row: Row, known: Mapping[str, int], seen: Mapping[str, int]) -> None:
    """Refuse a row for what it says itself, or for saying it a second time."""
    if not CODE.fullmatch(row.code):
        raise BadRow("code", "not_a_code", code=row.code[:40])
    if row.code in seen:
        raise BadRow("code", "code_twice", row=seen[row.code])
    if row.type not in known:
        raise BadRow("type", "not_a_kind", kind=row.type[:40])
    if not row.name_ru:
        raise BadRow("name_ru", "name_missing")
    for key in ("name_ru", "name_ky", "name_en"):
        if len(getattr(row, key)) > LONGEST_NAME:
            raise BadRow(key, "name_too_long")


def _common(one: str, other: str) -> int:
    """How many leading digits two codes share."""
    return next((i for i, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(one))
