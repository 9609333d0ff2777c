"""The country before the reform: units, settlements, and residents that add up to the census."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass, field
from decimal import Decimal

from lsg_portal.demo import form
from registry.models import (
    Population,
    Provenance,
    Settlement,
    SettlementAssignment,
    SettlementKind,
    Unit,
    UnitVersion,
)

FIRST_DAY = dt.date(2021, 1, 1)  # the register knows no day before
NAMESPACE = uuid.UUID("5c1f7a52-7b1c-4a7e-9c57-6d1f5b6b3a10")
RUSSIAN_WORD = {
    "oblast": " область",
    "district": " район",
    "ayil_aimak": " айылный аймак",
    "city_district": " район",
}
CENSUS = "census_2022_split"


def identifier(*words: str) -> uuid.UUID:
    """The same permanent identifier for the same words on every machine."""
    return uuid.uuid5(NAMESPACE, "/".join(words))


def chance(*words: str) -> Decimal:
    """A number in [0, 1) that depends on the words alone: constructed figures are the same everywhere."""
    digest = hashlib.sha256("/".join(words).encode()).digest()
    return Decimal(int.from_bytes(digest[:6])) / Decimal(2**48)


@dataclass
class Country:
    """Where to find what was loaded, by its Kyrgyz name."""

    oblasts: dict[str, Unit] = field(default_factory=dict)
    districts: dict[str, Unit] = field(default_factory=dict)
    cities: dict[str, Unit] = field(default_factory=dict)
    aimaks: dict[tuple[str, str], Unit] = field(default_factory=dict)


def russian(kind: str, name: str) -> str:
    """The Russian name as official texts write it: an adjective takes its noun."""
    if kind == "ayil_aimak" and not name.endswith(("ий", "ый", "ой")):
        return f"{name} (айылный аймак)" if name.startswith("им.") else f"{name} айылный аймак"
    return name + RUSSIAN_WORD.get(kind, "")


def load_country() -> Country:
    """Write every unit and settlement of the country as it stood on the first day."""
    country = Country()
    units, versions, settlements, assignments = [], [], [], []
    for node in form.units():
        unit = Unit(id=identifier(node.kind, node.oblast, node.district, node.name_ky))
        units.append(unit)
        home, parent = unit, None
        if node.kind == "oblast":
            country.oblasts[node.name_ky] = unit
        elif node.kind == "district":
            country.districts[node.name_ky] = unit
            parent = country.oblasts[node.oblast]
        elif node.kind == "city_district":
            home = parent = country.cities[
                node.oblast
            ]  # its settlements belong to the city, the municipality
        elif node.kind == "ayil_aimak":
            country.aimaks[node.district, node.name_ky] = unit
            parent = country.districts[node.district]
        else:
            country.cities[node.name_ky] = unit
            if node.kind == "city_oblast":
                parent = country.oblasts[node.oblast]
            elif node.kind == "city_district_level":
                parent = country.districts[node.district]
        centre = None
        for index, place in enumerate(node.places):
            settlement = Settlement(
                id=identifier(
                    "settlement", node.district or node.oblast, node.name_ky, place.name_ky, place.name_ru
                ),
                kind=place.kind,
                name_ky=place.name_ky,
                name_ru=place.name_ru,
            )
            settlements.append(settlement)
            if place.centre or (index == 0 and node.kind == "ayil_aimak"):
                centre = settlement
            assignments.append(
                SettlementAssignment(settlement=settlement, unit=home, valid=(FIRST_DAY, None))
            )
        versions.append(
            UnitVersion(
                id=identifier("version", str(unit.pk)),
                unit=unit,
                kind=node.kind,
                name_ky=node.name_ky,
                name_ru=russian(node.kind, node.name_ru),
                name_en=node.name_en or None,
                parent=parent,
                centre=centre,
                valid=(FIRST_DAY, None),
                source="classifier_2021_04",
            )
        )
    Unit.objects.bulk_create(units)
    Settlement.objects.bulk_create(settlements)
    UnitVersion.objects.bulk_create(versions)
    SettlementAssignment.objects.bulk_create(assignments)
    _load_population(country)
    return country


def split(total: int, weights: dict[uuid.UUID, Decimal]) -> dict[uuid.UUID, int]:
    """Split a total by weight into whole numbers that add up to it (largest remainders)."""
    if not weights:
        return {}
    whole = sum(weights.values())
    exact = {key: total * weight / whole for key, weight in weights.items()}
    parts = {key: int(value) for key, value in exact.items()}
    by_rest = sorted(exact, key=lambda key: (parts[key] - exact[key], str(key)))
    for key in by_rest[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def _load_population(country: Country) -> None:
    """Write constructed residents of every municipality and settlement that add up to the census groups."""
    places: dict[uuid.UUID, list[Settlement]] = {}
    for assignment in SettlementAssignment.objects.select_related("settlement"):
        places.setdefault(assignment.unit_id, []).append(assignment.settlement)
    rows = []
    cities_of = {
        version.unit_id: version.parent_id
        for version in UnitVersion.objects.filter(kind="city_district_level")
    }
    city_ids = {unit.pk for unit in country.cities.values()}
    for group in form.populations():
        members: dict[str, Unit] = {f"city {name}": country.cities[name] for name in group.cities}
        for district in group.districts:
            members |= {name: unit for (home, name), unit in country.aimaks.items() if home == district}
            inside = country.districts[district].pk
            members |= {
                f"city {name}": unit
                for name, unit in country.cities.items()
                if cities_of.get(unit.pk) == inside
            }
        figures = {members[name].pk: value for name, value in group.known.items()}
        if len(members) == 1:
            figures = {unit.pk: group.total for unit in members.values()}
        for total, names in group.sums:
            figures |= split(total, {members[name].pk: _weight(members[name], places) for name in names})
        rest = {unit.pk: _weight(unit, places) for unit in members.values() if unit.pk not in figures}
        figures |= split(group.total - sum(figures.values()), rest)
        for unit, value in figures.items():
            rows.append(_figure(value, unit_id=unit))
            rows += _settlement_figures(value, places.get(unit, []), city=unit in city_ids)
    Population.objects.bulk_create(rows)


def _weight(unit: Unit, places: dict[uuid.UUID, list[Settlement]]) -> Decimal:
    """A municipality with more villages tends to have more residents."""
    villages = sum(place.kind == SettlementKind.VILLAGE for place in places.get(unit.pk, []))
    return (villages + 1) * (Decimal("0.6") + chance("weight", str(unit.pk)))


def _settlement_figures(value: int, places: list[Settlement], *, city: bool) -> list[Population]:
    """Residents of a unit's settlements; in a city most live in the city proper, on a parcel nobody."""
    inhabited = {
        place.pk: Decimal("0.3") + chance("village", str(place.pk))
        for place in places
        if place.kind != SettlementKind.LAND_PARCEL
    }
    share = value * min(len(inhabited) * 2, 30) // 100 if city else value
    figures = split(share, inhabited) | {
        place.pk: 0 for place in places if place.kind == SettlementKind.LAND_PARCEL
    }
    return [_figure(number, settlement_id=place) for place, number in figures.items()]


def _figure(value: int, **of: uuid.UUID) -> Population:
    """A constructed population figure of the first day."""
    return Population(on=FIRST_DAY, value=value, provenance=Provenance.CONSTRUCTED, source=CENSUS, **of)


def set_distances() -> None:
    """Give settlements a constructed distance to their centre; the one documented is 45 km, to Cholok-Kaiyn.

    Where the belonging itself is documented the distance stays unreported: it would look documented too.
    """
    changed = []
    centres: dict[uuid.UUID, list] = {}
    for version in UnitVersion.objects.live():
        centres.setdefault(version.unit_id, []).append((version.valid, version.centre_id))
    for row in (
        SettlementAssignment.objects.live().filter(distance_to_centre_km=None).select_related("settlement")
    ):
        centre = [
            settlement
            for valid, settlement in centres[row.unit_id]
            if valid.lower <= row.valid.lower and (valid.upper is None or row.valid.lower < valid.upper)
        ]
        if row.settlement_id in centre:
            row.distance_to_centre_km = Decimal(0)
        elif row.provenance == Provenance.DOCUMENTED:
            continue
        else:
            reach = Decimal(30) if row.change_id else Decimal(18)
            away = Decimal(2) + reach * chance("distance", str(row.settlement_id), str(row.unit_id)) ** 2
            row.distance_to_centre_km = away.quantize(Decimal("0.1"))
        changed.append(row)
    SettlementAssignment.objects.bulk_update(changed, ["distance_to_centre_km"], batch_size=500)
    SettlementAssignment.objects.live().filter(
        settlement__name_ky="Кош-Дөбө", change__isnull=False, unit__versions__name_ky="Ала-Буга"
    ).update(distance_to_centre_km=45)
