"""What the executive bodies of the demonstration reported: their staff, and the local budgets in million som.

The staff of the whole country before and after the reform is published, and so are some budgets of Issyk-Kul oblast; how the
totals divide, and every other budget, is constructed (``data/executive.txt``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
import uuid
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from ayil_okmotu.models import (
    BodyKind,
    BudgetItem,
    BudgetLine,
    ExecutiveBody,
    LocalBudget,
    StaffingNorm,
    StaffingReport,
)
from ayil_okmotu.services import read_figure
from lsg_portal.demo.council_election import CONSTRUCTED, Batch
from lsg_portal.demo.council_form import Entry
from lsg_portal.demo.country import Country, chance, identifier, split
from lsg_portal.demo.executive_form import SOURCE, Place, days, lines, places, written
from registry.models import ChangePart, LegalAct, PartScope, Provenance, Unit

MOST_BEFORE = 40
"""An okmotu had up to 30–40 staff before the reform."""
WEEKS = dt.timedelta(days=21)
YEARS = range(2021, 2026)
GROWTH = (Decimal(0), Decimal("0.11"), Decimal("0.24"), Decimal("0.38"), Decimal("0.52"))
CITY_INCOME = Decimal("1.8")
"""How much more a city earns for each resident than an ayil aimak."""
# line: som for each resident in 2021, about; the share of the plan that comes in varies from line to line
REVENUE = {
    "income_tax": 640,
    "property_tax": 180,
    "land_tax": 260,
    "other_taxes": 150,
    "non_tax": 310,
    "equalisation_transfer": 480,
    "targeted_transfer": 290,
}
EXPENDITURE = {
    "general_services": 34,
    "economic_affairs": 11,
    "housing_utilities": 21,
    "culture": 9,
    "education": 19,
    "social_protection": 6,
}
PLACES = Decimal("0.001")


def load_norm(land: Country, acts: Mapping[str, LegalAct]) -> None:
    """Write the norm of the pilot, which held in one oblast, and the act behind the country's."""
    entry = written("naryn")["norm"]
    given = entry.options
    StaffingNorm.objects.create(
        body_kind=BodyKind.AYIL_OKMOTU,
        within=land.oblasts["Нарын"],
        staff=int(given["staff"]),
        contract=int(given["contract"]),
        men_percent=int(given["men"]),
        act=acts[given["act"]],
        valid=(days(entry)[0], dt.date.fromisoformat(given["until"])),
        source=entry.source,
    )
    StaffingNorm.objects.filter(within=None, staff__isnull=False).update(act=acts["law-128-2024"])


def load_staff_before() -> None:
    """Write what every body reported before the reform: the published total, more where more people live."""
    entry, day = _published("before")
    among = places(day)
    filled: dict[uuid.UUID, int] = {}
    for total, group in _groups(entry, among):
        filled |= split(total, {place.unit_id: place.weight for place in group})
    batch = Batch()
    for place, body in _bodies(among, day):
        number = filled[place.unit_id]
        if not place.is_city and number > MOST_BEFORE:
            raise ValueError(f"{place.name}: {number}")
        batch.add(_report(body, day, number, number + _few("free", body, 2), _few("contract", body, 2)))
    batch.write()


def load_staff_after() -> None:
    """Write what every body reported after the reform: the norm less what is vacant, to the published total."""
    entry, day = _published("after")
    norm = written("naryn")["norm"].options
    posts, contract = int(norm["staff"]), int(norm["contract"])
    among = places(day)
    cities, aimaks = _groups(entry, among)
    filled = split(cities[0], {place.unit_id: place.weight for place in cities[1]})
    vacant = _share_out(posts * len(aimaks[1]) - aimaks[0], aimaks[1])
    filled |= {place.unit_id: posts - vacant[place.unit_id] for place in aimaks[1]}
    changed = dict(
        ChangePart.objects.live()
        .filter(target__in=filled, scope=PartScope.WHOLE, change__effective_on__lt=day - WEEKS)
        .order_by("change__effective_on")
        .values_list("target_id", "change__effective_on")
    )
    batch = Batch()
    for place, body in _bodies(among, day):
        number = filled[place.unit_id]
        approved = number + _few("free", body, 3) if place.is_city else posts
        hired = min(contract, len(place.villages) + _few("contract", body, 4))
        reported = [day]
        if place.unit_id in changed and not place.is_city:
            reported.insert(0, changed[place.unit_id] + WEEKS)
        for on in reported:
            batch.add(_report(body, on, number, approved, hired))
    batch.write()


def _published(name: str) -> tuple[Entry, dt.date]:
    """The written total and its day."""
    entry = written("staff")[name]
    return entry, dt.date.fromisoformat(entry.options["on"])


def _groups(entry: Entry, among: Sequence[Place]) -> list[tuple[int, list[Place]]]:
    """Cities and ayil aimaks, each with what the total gives them."""
    cities = int(entry.options["cities"])
    return [
        (cities, [place for place in among if place.is_city]),
        (entry.number - cities, [place for place in among if not place.is_city]),
    ]


def _share_out(total: int, among: Sequence[Place]) -> dict[uuid.UUID, int]:
    """Share out vacancies: as even as it goes, one more where chance has it."""
    by_chance = sorted(among, key=lambda place: chance("vacancy", str(place.unit_id)))
    return {
        place.unit_id: total // len(among) + (index < total % len(among))
        for index, place in enumerate(by_chance)
    }


def _bodies(among: Sequence[Place], day: dt.date) -> Iterator[tuple[Place, ExecutiveBody]]:
    """The places of a day, each with its executive body."""
    bodies = {body.unit_id: body for body in ExecutiveBody.objects.on(day)}
    for place in among:
        yield place, bodies[place.unit_id]


def _few(what: str, body: ExecutiveBody, most: int) -> int:
    """A small number by chance."""
    return int(chance(what, str(body.unit_id)) * (most + 1))


def _report(body: ExecutiveBody, on: dt.date, filled: int, approved: int, contract: int) -> StaffingReport:
    """A constructed report; between a quarter and six in ten of the staff are women."""
    share = Decimal("0.25") + chance("women", str(body.unit_id), str(on)) * Decimal("0.35")
    return StaffingReport(
        id=identifier("staffing report", str(body.unit_id), str(on)),
        body=body,
        on=on,
        approved=approved,
        filled=filled,
        contract=contract,
        women=int(filled * share),
        provenance=CONSTRUCTED,
        source=SOURCE,
    )


def load_budgets(land: Country) -> None:
    """Write the budget of every municipality for the years in which it stood on the last day, and the printed ones."""
    items = {item.code: item for item in BudgetItem.objects.all()}
    batch = Batch(order=(LocalBudget, BudgetLine))
    for year, growth in zip(YEARS, GROWTH, strict=True):
        for place in places(dt.date(year, 12, 31)):
            budget = batch.add(_budget(place.unit_id, year))
            for code, plan, actual in _constructed(place, year, 1 + growth):
                batch.add(_line(budget, items[code], plan=plan, actual=actual))
    _printed(batch, land, items)
    batch.write()


def _budget(unit: uuid.UUID, year: int, **more: str) -> LocalBudget:
    """A budget, constructed where nothing else is said."""
    return LocalBudget(
        id=identifier("budget", str(unit), str(year)),
        unit_id=unit,
        year=year,
        **{"provenance": CONSTRUCTED, "source": SOURCE, **more},
    )


def _line(budget: LocalBudget, item: BudgetItem, **amounts: Decimal | str | None) -> BudgetLine:
    """A line of a budget that comes from where the budget comes from."""
    return BudgetLine(
        id=identifier("budget line", str(budget.pk), item.code),
        budget=budget,
        item=item,
        provenance=budget.provenance,
        source=budget.source,
        **amounts,
    )


def _constructed(place: Place, year: int, growth: Decimal) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Lines, plan and actual, that add up to their totals: what is taken in is spent, but for a little."""
    steady = _draws(str(place.unit_id))
    drawn = _draws(str(place.unit_id), str(year))
    people = Decimal(place.residents) / 1_000_000 * growth
    plan, actual = dict[str, Decimal](), dict[str, Decimal]()
    for index, (code, som) in enumerate(REVENUE.items()):
        own = CITY_INCOME if place.is_city and not code.endswith("transfer") else Decimal(1)
        level = people * som * own * (Decimal("0.6") + steady[index] * Decimal("0.8"))
        plan[code] = level.quantize(PLACES)
        actual[code] = (level * (Decimal("0.88") + drawn[index] * Decimal("0.2"))).quantize(PLACES)
    for column, taken in (plan, sum(plan.values())), (actual, sum(actual.values())):
        spent = taken * (Decimal("0.93") + drawn[7] * Decimal("0.06"))
        weights = {code: som * (Decimal("0.7") + steady[index + 7] * Decimal("0.6"))
                   for index, (code, som) in enumerate(EXPENDITURE.items())}  # fmt: skip
        whole = sum(weights.values())
        column |= {code: (spent * weight / whole).quantize(PLACES) for code, weight in weights.items()}
        column["total_revenue"] = sum((column[code] for code in REVENUE), Decimal(0))
        column["total_expenditure"] = sum((column[code] for code in EXPENDITURE), Decimal(0))
        column["surplus"] = column["total_revenue"] - column["total_expenditure"]
    for code in plan:
        yield code, plan[code], actual[code]


def _draws(*words: str) -> list[Decimal]:
    """Fourteen numbers in [0, 1) that depend on the words alone."""
    digest = hashlib.sha256("/".join(("budget", *words)).encode()).digest()
    return [Decimal(draw) / 65536 for draw in struct.unpack(">14H", digest[:28])]


def _printed(batch: Batch, land: Country, items: Mapping[str, BudgetItem]) -> None:
    """The budgets that a source printed, figure by figure as it stands there."""
    budgets: dict[tuple[uuid.UUID, int], LocalBudget] = {}
    for line in lines("budgets Ысык-Көл"):
        unit, code, *figures = (part.strip() for part in line.split("|"))
        for year, label, figure in zip((2022, 2023), ("before 2023", "2023"), figures, strict=True):
            home = _unit(land, unit)
            if (home.pk, year) not in budgets:
                budgets[home.pk, year] = batch.add(
                    _budget(
                        home.pk,
                        year,
                        label=label,
                        provenance=Provenance.DOCUMENTED,
                        source="dissertation_2025",
                    )
                )
            actual, as_printed = read_figure(figure)
            batch.add(_line(budgets[home.pk, year], items[code], actual=actual, actual_as_printed=as_printed))


def _unit(land: Country, text: str) -> Unit:
    """Read ``oblast Name`` and ``district Name``."""
    kind, _space, name = text.partition(" ")
    return (land.oblasts if kind == "oblast" else land.districts)[name]
