"""Elect the demonstration's councils: convocations with their districts, lists, deputies and posts, in bulk."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models

from councils.models import (
    Convocation,
    Council,
    CouncilPost,
    ElectionSystem,
    ElectoralDistrict,
    Faction,
    Mandate,
    MandateBasis,
    Party,
)
from lsg_portal.demo import bulk
from lsg_portal.demo.council_people import person
from lsg_portal.demo.country import identifier
from registry.models import Person, Provenance

Row = TypeVar("Row", bound=models.Model)
CONSTRUCTED = Provenance.CONSTRUCTED
SEATS_OF_A_DISTRICT = 5
LEAST_SHARE = (3, 10)
"""At least 30 % of the seats of each district of an ayil council are reserved for women."""
CHAIRS = ("chair", "deputy_chair", "responsible_secretary")


@dataclass
class Batch:
    """Rows to be written together, in the order in which one needs the other."""

    rows: dict[type[models.Model], list[models.Model]] = field(default_factory=dict)
    order: Sequence[type[models.Model]] = (
        Person, Council, Convocation, Party, Faction, ElectoralDistrict, Mandate, CouncilPost,
    )  # fmt: skip

    def add(self, row: Row) -> Row:
        """Keep a row until the batch is written."""
        self.rows.setdefault(type(row), []).append(row)
        return row

    def write(self) -> None:
        """Write all rows, each table in one statement: the rules look at a statement's rows together, once."""
        for model in [*self.order, *(m for m in self.rows if m not in self.order)]:
            bulk.write(model, self.rows.pop(model, []))


@dataclass(frozen=True)
class Seats:
    """What an election fills: how many seats, of them for women in districts, by list in cities, how many stay vacant."""

    number: int
    women: int = 0
    lists: Mapping[tuple[str, str], int] = field(default_factory=dict)
    vacant: int = 0
    source: str = ""


def districts(seats: int) -> list[int]:
    """Divide the seats of an ayil council among its districts, as evenly as five to a district go."""
    number = max(seats // SEATS_OF_A_DISTRICT, 1)
    return [seats // number + (index < seats % number) for index in range(number)]


def least_women(seats: int) -> int:
    """The seats reserved for women where each district reserves no more than it must."""
    part, whole = LEAST_SHARE
    return sum(-(-size * part // whole) for size in districts(seats))


def elect(
    batch: Batch,
    council: Council,
    seats: Seats,
    *,
    number: int,
    elected_on: dt.date,
    begins: dt.date,
    woman_chairs: bool | None = None,
) -> list[Mandate]:
    """Add a convocation with its deputies and posts; ``woman_chairs`` None leaves the chair to chance."""
    term = (begins, None)
    convocation = batch.add(
        Convocation(
            id=identifier("convocation", str(council.pk), str(number)),
            council=council,
            number=number,
            elected_on=elected_on,
            seats_by_law=seats.number,
            system=ElectionSystem.PROPORTIONAL if council.kind == "city" else ElectionSystem.MAJORITARIAN,
            valid=term,
            provenance=Provenance.DOCUMENTED if seats.source else CONSTRUCTED,
            source=seats.source or "demo",
        )
    )
    fill = _by_list if seats.lists else _by_district
    deputies = []
    for index, (sex, particulars) in enumerate(fill(batch, convocation, seats)):
        deputy = batch.add(person(sex, elected_on.year, "deputy", str(convocation.pk), str(index)))
        deputies.append(
            batch.add(
                Mandate(
                    id=identifier("mandate", str(convocation.pk), str(index)),
                    convocation=convocation,
                    person=deputy,
                    valid=term,
                    provenance=CONSTRUCTED,
                    source="demo",
                    **particulars,
                )
            )
        )
    _posts(batch, convocation, deputies, woman_chairs)
    return deputies


def party_key(names: tuple[str, str]) -> uuid.UUID:
    """The identifier of a party or list by its Kyrgyz and Russian names."""
    return identifier("party", *names)


def _by_list(batch: Batch, convocation: Convocation, seats: Seats) -> Iterator[tuple[str, dict[str, Any]]]:
    """Seats of a city council by party list: every third of a list a woman."""
    for names, size in seats.lists.items():
        party = party_key(names)
        faction = batch.add(
            Faction(
                id=identifier("faction", str(convocation.pk), str(party)),
                convocation=convocation,
                party_id=party,
                name_ky=names[0],
                name_ru=names[1],
                provenance=Provenance.DOCUMENTED if seats.source else CONSTRUCTED,
                source=seats.source or "demo",
            )
        )
        for place in range(size):
            yield (
                "f" if place % 3 == 2 else "m",
                {"basis": MandateBasis.ELECTED, "party_id": party, "faction": faction},
            )


def _by_district(
    batch: Batch, convocation: Convocation, seats: Seats
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Seats of an ayil council by district: the reserved ones are women's, the others men's; the last stay vacant."""
    part, whole = LEAST_SHARE
    sizes = districts(seats.number)
    reserved = [-(-size * part // whole) for size in sizes]
    for index in range(max(seats.women, least_women(seats.number)) - sum(reserved)):
        reserved[index % len(sizes)] += 1
    vacant = seats.vacant
    for number, (size, women) in enumerate(zip(sizes, reserved, strict=True), 1):
        district = batch.add(
            ElectoralDistrict(
                id=identifier("electoral district", str(convocation.pk), str(number)),
                convocation=convocation,
                number=number,
                seats=size,
                reserved_for_women=women,
                name_ky=f"№ {number} шайлоо округу",
                name_ru=f"Избирательный округ № {number}",
                name_en=f"Electoral district № {number}",
                provenance=CONSTRUCTED,
                source="demo",
            )
        )
        last = size - (1 if number <= vacant else 0)
        for place in range(last):
            woman = place < women
            basis = MandateBasis.RESERVED_FOR_WOMEN if woman else MandateBasis.ELECTED
            yield "f" if woman else "m", {"basis": basis, "district": district}


def _posts(
    batch: Batch, convocation: Convocation, deputies: list[Mandate], woman_chairs: bool | None
) -> None:
    """A chair and a deputy chair of the deputies; a responsible secretary who is none."""
    women = [mandate.person for mandate in deputies if mandate.person.sex == "f"]
    men = [mandate.person for mandate in deputies if mandate.person.sex == "m"]
    first = (women or men) if woman_chairs else (men or women)
    second = [person for person in (women or men) if person is not first[0]]
    secretary = batch.add(person("f", 2015, "secretary", str(convocation.pk)))
    for kind, holder in zip(CHAIRS, (first[0], second[0], secretary), strict=True):
        batch.add(
            CouncilPost(
                id=identifier("post", str(convocation.pk), kind),
                convocation=convocation,
                kind=kind,
                person=holder,
                valid=convocation.valid,
                provenance=CONSTRUCTED,
                source="demo",
            )
        )
