"""The councils of the demonstration: who sat before the reform, and who was elected after it.

In between the events of the reform carry the seats over (``reform.services.apply``). What is documented and what is
constructed is written in ``data/councils.txt``; no figure stands here.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max

from councils import services
from councils.models import (
    Convocation,
    Council,
    CouncilKind,
    CouncilPost,
    EndReason,
    Mandate,
    MandateBasis,
    Party,
    SeatConflict,
)
from lsg_portal.demo.council_election import CONSTRUCTED, Batch, Seats, elect, least_women, party_key
from lsg_portal.demo.council_form import Entry, councils, entries, steps, values
from lsg_portal.demo.council_people import person
from lsg_portal.demo.country import FIRST_DAY, Country, chance, identifier, split
from reform import queries
from registry.models import MUNICIPALITY_KINDS, LegalAct, Provenance, UnitVersion

CITY = "city "
LISTS = [(f"Тизме № {number}", f"Список № {number}") for number in range(1, 5)]
WEIGHTS = [Decimal(4), Decimal(3), Decimal(2), Decimal(1)]
STEP = 10
"""By so many the sizes of councils differ: 11, 21, 31 …"""


@dataclass(frozen=True)
class Municipality:
    """A municipality of a day: its unit, what it is called in the written data, its residents."""

    unit_id: uuid.UUID
    kind: CouncilKind
    name: str
    residents: int


def municipalities(day: dt.date) -> list[Municipality]:
    """The municipalities of a day, each with its written name, the largest first."""
    versions = UnitVersion.objects.on(day).filter(kind__in=MUNICIPALITY_KINDS).select_related("unit")
    rows = {version.unit_id: version for version in versions}
    districts = dict(UnitVersion.objects.on(day).filter(kind="district").values_list("unit_id", "name_ky"))
    figures = queries.unit_figures(list(rows), day)
    found = []
    for unit_id, version in rows.items():
        city = version.kind != "ayil_aimak"
        name = f"{CITY}{version.name_ky}" if city else f"{districts[version.parent_id]} / {version.name_ky}"
        kind = CouncilKind.CITY if city else CouncilKind.AYIL
        found.append(Municipality(unit_id, kind, name, figures[unit_id]["population"] or 0))
    return sorted(found, key=lambda item: (-item.residents, item.name))


def load_before(land: Country, acts: dict[str, LegalAct]) -> None:
    """Write the council of every municipality as elected before the reform, and the district councils of the law."""
    batch = Batch()
    written = values("first election")
    elected_on, begins = (dt.date.fromisoformat(written[key].value) for key in ("elected", "from"))
    _parties(batch)
    known = values("documented") | values("annexed to Bishkek")
    for place in municipalities(begins):
        council = batch.add(
            Council(
                id=identifier("council", str(place.unit_id)),
                unit_id=place.unit_id,
                kind=place.kind,
                valid=(FIRST_DAY, None),
                provenance=CONSTRUCTED,
                source="demo",
            )
        )
        elect(
            batch,
            council,
            _seats_before(place, known.get(place.name)),
            number=1,
            elected_on=elected_on,
            begins=begins,
        )
    _district_councils(batch, land)
    batch.write()
    _conflict(acts)


def _seats_before(place: Municipality, known: Entry | None) -> Seats:
    """The seats of a council before the reform: as documented, else by its residents."""
    sizes = values("sizes")
    fixed = known or sizes.get(place.name)
    number = (
        fixed.number
        if fixed
        else next(s for least, s in steps(sizes[place.kind]) if place.residents >= least)
    )
    source = fixed.source if fixed else ""
    if place.kind == CouncilKind.CITY:
        return Seats(number, lists=_constructed_lists(number), source=source)
    vacant = int(known.options.get("vacant", 0)) if known else 0
    return Seats(number, women=least_women(number), vacant=vacant, source=source)


def _constructed_lists(seats: int) -> dict[tuple[str, str], int]:
    """Divide the seats of a city council among four constructed lists."""
    keys = {uuid.UUID(int=index): names for index, names in enumerate(LISTS)}
    weights = dict(zip(keys, WEIGHTS, strict=True))
    return {keys[key]: size for key, size in split(seats, weights).items()}


def _lists(place: str) -> dict[tuple[str, str], int]:
    """The documented lists of a city with their seats, none where nothing is written."""
    heading = f"lists {place}"
    return _written(heading) if heading in councils() else {}


def _written(heading: str) -> dict[tuple[str, str], int]:
    """Seats by list under a heading, lists by their Kyrgyz and Russian names."""
    found = {}
    for entry in entries(heading):
        name_ky, _slash, name_ru = (part.strip() for part in entry.name.partition(" / "))
        found[name_ky, name_ru] = entry.number
    return found


def _parties(batch: Batch) -> None:
    """The parties whose results are documented, and constructed lists for every other city."""
    documented = [
        names for heading in councils() if heading.startswith("lists ") for names in _written(heading)
    ]
    for names in dict.fromkeys([*LISTS, *documented]):
        batch.add(
            Party(
                id=party_key(names),
                name_ky=names[0],
                name_ru=names[1],
                provenance=CONSTRUCTED if names in LISTS else Provenance.DOCUMENTED,
                source="demo" if names in LISTS else "election_reports_2024",
            )
        )


def _district_councils(batch: Batch, land: Country) -> None:
    """District councils stood in the law for some years and never worked: councils with validity, without members."""
    written = values("district councils")
    for unit in land.districts.values():
        batch.add(
            Council(
                id=identifier("district council", str(unit.pk)),
                unit=unit,
                kind=CouncilKind.DISTRICT,
                in_law_only=True,
                valid=tuple(dt.date.fromisoformat(written[key].value) for key in ("from", "until")),
                provenance=Provenance.DOCUMENTED,
                source=", ".join(written[key].source for key in ("from", "until")),
            )
        )


def _conflict(acts: dict[str, LegalAct]) -> None:
    """Write each source of a conflict over seats with what it says."""
    for heading, lines in councils().items():
        if not heading.startswith("conflict "):
            continue
        place = next(m for m in municipalities(FIRST_DAY) if m.name == heading.removeprefix("conflict "))
        for order, line in enumerate(lines, 1):
            act, article, ky, ru, en = (part.strip() for part in line.split("|"))
            SeatConflict.objects.create(
                council_id=identifier("council", str(place.unit_id)),
                act=acts.get(act),
                article=article,
                statement_ky=ky,
                statement_ru=ru,
                statement_en=en,
                order=order,
                source="dissertation_2025",
            )


def dissolve(acts: dict[str, LegalAct]) -> None:
    """End all councils' convocations by the decree."""
    written = values("dissolution")
    services.dissolve(
        act=acts[written["act"].value],
        on=dt.date.fromisoformat(written["on"].value),
        reason=written["reason"].value,
    )


def load_after() -> None:
    """Write what was elected after the reform: sizes and women so that the published totals come out."""
    written = values("election")
    elected_on, begins = (dt.date.fromisoformat(written[key].value) for key in ("elected", "from"))
    left_out = set(councils()["not elected"])
    places = [place for place in municipalities(begins) if place.name not in left_out]
    missing = left_out - {place.name for place in municipalities(begins)}
    if missing:
        raise LookupError(", ".join(sorted(missing)))
    chosen = _seats_after(places)
    sitting = {row.unit_id: row for row in Council.objects.on(begins).filter(in_law_only=False)}
    numbers = dict(
        Convocation.objects.live()
        .values("council_id")
        .annotate(last=Max("number"))
        .values_list("council_id", "last")
    )
    chairs = _woman_chairs(places)
    batch = Batch()
    for place in places:
        council = sitting[place.unit_id]
        elect(
            batch,
            council,
            chosen[place.name],
            number=numbers.get(council.pk, 0) + 1,
            elected_on=elected_on,
            begins=begins,
            woman_chairs=place.name in chairs,
        )
    batch.write()
    _end_early(begins)


def _seats_after(places: list[Municipality]) -> dict[str, Seats]:
    """Share out the published totals: the smallest size for all, ten more for the largest as far as the total goes."""
    written = values("election")
    chosen: dict[str, Seats] = {}
    for kind in (CouncilKind.AYIL, CouncilKind.CITY):
        total, among = written[kind], [place for place in places if place.kind == kind]
        seats = {place.name: written[place.name].number for place in among if place.name in written}
        free = [place for place in among if place.name not in seats]
        smallest = int(total.options["smallest"])
        left = total.number - sum(seats.values()) - smallest * len(free)
        tens, rest = divmod(left, STEP)
        if rest or left < 0:
            raise ValueError(f"{total.number} seats do not divide among {len(among)} councils of kind {kind}")
        for index, place in enumerate(free):
            seats[place.name] = smallest + STEP * (tens // len(free) + (index < tens % len(free)))
        women = _women(seats, int(total.options.get("women", 0)))
        for name, number in seats.items():
            lists = (_lists(name) or _constructed_lists(number)) if kind == CouncilKind.CITY else {}
            source = written[name].source if name in written else ""
            chosen[name] = Seats(number, women=women.get(name, 0), lists=lists, source=source)
    return chosen


def _women(seats: dict[str, int], total: int) -> dict[str, int]:
    """Share out the seats reserved for women beyond the least that law demands."""
    least = {name: least_women(number) for name, number in seats.items()}
    if not total:
        return least
    by_chance = sorted(seats, key=lambda name: chance("women", name))
    more = total - sum(least.values())
    return {
        name: least[name] + more // len(by_chance) + (index < more % len(by_chance))
        for index, name in enumerate(by_chance)
    }


def _woman_chairs(places: list[Municipality]) -> set[str]:
    """The councils that elected a woman: the documented one, and as many more as were published."""
    written = values("women chairs")
    named = {name for name in written if name != "count"}
    others = sorted(
        (place.name for place in places if place.kind == CouncilKind.AYIL),
        key=lambda name: chance("chair", name),
    )
    return named | set(others[: written["count"].number - len(named)])


def _end_early(begins: dt.date) -> None:
    """End the mandates whose end was published; the deputies are constructed."""
    reasons = {reason.code: reason for reason in EndReason.objects.all()}
    units = {place.name: place.unit_id for place in municipalities(begins)}
    for number, entry in enumerate(entries("ended")):
        day = dt.date.fromisoformat(entry.value)
        sitting = Mandate.objects.on(begins).filter(
            convocation__council__unit_id=units[entry.name], person__sex="m"
        )
        if party := entry.options.get("list"):
            sitting = sitting.filter(party__name_ky=party)
        held = CouncilPost.objects.on(begins).values("person_id")
        mandate = sitting.exclude(person_id__in=held).filter(valid__upper_inf=True).order_by("id").first()
        if mandate is None:
            raise LookupError(entry.name)
        mandate = services.end_mandate(mandate=mandate, on=day, reason=reasons[entry.options["reason"]])
        Mandate.objects.filter(pk=mandate.pk).update(source=entry.source)
        if entry.options.get("replaced"):
            successor = person("m", day.year, "replacement", str(number))
            successor.save(force_insert=True)
            services.seat_deputy(
                convocation=mandate.convocation,
                person=successor,
                on=day,
                basis=MandateBasis.REPLACEMENT,
                party=mandate.party,
                faction=mandate.faction,
                provenance=CONSTRUCTED,
                source=entry.source,
            )
