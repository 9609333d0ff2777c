"""The municipalities of a day as the loaders of the executive bodies need them, and what is written of these bodies."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from ayil_okmotu.models import AppointedBy, BodyKind
from lsg_portal.demo.council_form import Entry, sections, values
from lsg_portal.demo.councils import CITY
from reform import queries
from registry.models import (
    MUNICIPALITY_KINDS,
    Settlement,
    SettlementAssignment,
    SettlementKind,
    UnitKind,
    UnitVersion,
)

FILE = "executive.txt"
SOURCE = "demo"
PRESIDENT_APPOINTS = (UnitKind.CITY_REPUBLICAN, UnitKind.CITY_OBLAST)


@dataclass(frozen=True)
class Place:
    """A municipality of a day: what it is called in the written data, its residents, centre and villages."""

    unit_id: uuid.UUID
    kind: str
    name: str
    names: dict[str, str]
    centre: dict[str, str] | None
    residents: int
    villages: list[uuid.UUID] = field(default_factory=list)

    @property
    def is_city(self) -> bool:
        """Whether a mayor's office works here."""
        return self.kind != UnitKind.AYIL_AIMAK

    @property
    def body_kind(self) -> BodyKind:
        """The kind of its executive body."""
        return BodyKind.MAYORS_OFFICE if self.is_city else BodyKind.AYIL_OKMOTU

    @property
    def appointed_by(self) -> AppointedBy:
        """Who appoints its head."""
        return AppointedBy.PRESIDENT if self.kind in PRESIDENT_APPOINTS else AppointedBy.AKIM

    @property
    def weight(self) -> Decimal:
        """How many work here compared with elsewhere: more in larger places, but not in proportion."""
        return Decimal(self.residents + 1500).sqrt()

    @property
    def address(self) -> dict[str, str]:
        """Where the body sits, as far as the settlement."""
        if self.is_city or self.centre is None:
            return {"address_ky": f"{self.names['ky']} шаары", "address_ru": f"г. {self.names['ru']}"}
        return {"address_ky": f"{self.centre['ky']} айылы", "address_ru": f"с. {self.centre['ru']}"}


def written(heading: str) -> dict[str, Entry]:
    """What is written of executive bodies under a heading."""
    return values(heading, FILE)


def lines(heading: str) -> list[str]:
    """The plain lines under a heading."""
    return sections(FILE)[heading]


def days(entry: Entry) -> list[dt.date]:
    """Read ``first .. last``."""
    return [dt.date.fromisoformat(day) for day in entry.value.split(" .. ")]


def places(day: dt.date) -> list[Place]:
    """The municipalities of a day in the order of their names."""
    versions = list(
        UnitVersion.objects.on(day).filter(kind__in=MUNICIPALITY_KINDS).select_related("unit", "centre")
    )
    districts = dict(UnitVersion.objects.on(day).filter(kind="district").values_list("unit_id", "name_ky"))
    figures = queries.unit_figures([version.unit_id for version in versions], day)
    villages: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    inside = SettlementAssignment.objects.on(day).filter(settlement__kind=SettlementKind.VILLAGE)
    for unit, settlement in inside.order_by("settlement_id").values_list("unit_id", "settlement_id"):
        villages[unit].append(settlement)
    found = []
    for version in versions:
        city = version.kind != UnitKind.AYIL_AIMAK
        name = f"{CITY}{version.name_ky}" if city else f"{districts[version.parent_id]} / {version.name_ky}"
        found.append(
            Place(
                version.unit_id,
                version.kind,
                name,
                _names(version),
                _names(version.centre) if version.centre else None,
                figures[version.unit_id]["population"] or 0,
                villages[version.unit_id],
            )
        )
    return sorted(found, key=lambda place: place.name)


def _names(row: UnitVersion | Settlement) -> dict[str, str]:
    return {"ky": row.name_ky or "", "ru": row.name_ru or ""}


def named(heading: str, among: list[Place]) -> set[uuid.UUID]:
    """The units written under a heading; LookupError for a name that no place of the day has."""
    by_name = {place.name: place.unit_id for place in among}
    return {_known(name, by_name) for name in lines(heading)}


def _known(name: str, by_name: dict[str, uuid.UUID]) -> uuid.UUID:
    if name not in by_name:
        raise LookupError(name)
    return by_name[name]
