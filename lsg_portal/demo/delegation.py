"""State powers handed over in the demonstration: who performs which, since when, and what came of it in the reform.

Sources name four powers, and that of collecting taxes for Bishkek alone. Which other municipality performs what, the
agreements, bodies not named and all amounts are constructed and say so.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from delegation import services
from delegation.models import (
    Basis,
    Means,
    Overlap,
    Practice,
    Principle,
    PrincipleAnswer,
    StateBody,
    StatePower,
    Succession,
    Transfer,
    TransferStatus,
)
from lsg_portal.demo.council_election import CONSTRUCTED, Batch
from lsg_portal.demo.country import Country, chance, identifier
from lsg_portal.demo.executive_form import SOURCE, Place, places
from registry.models import ChangePart, PartScope, Unit

ONE_DAY = dt.timedelta(days=1)
BEGINS = dt.date(2022, 1, 1)
ROWS = (StateBody, Transfer, PrincipleAnswer, Means, Practice, Overlap, Succession)
LAND, SCHOOLS, NEEDS, TAXES = (
    "agricultural-land-fund",
    "education-premises",
    "special-needs",
    "local-tax-collection",
)
BODIES = {
    SCHOOLS: ("education", "Билим берүү жана илим министрлиги", "Министерство образования и науки"),
    NEEDS: (
        "labour",
        "Эмгек, социалдык камсыздоо жана миграция министрлиги",
        "Министерство труда, социального обеспечения и миграции",
    ),
    TAXES: ("taxes", "Мамлекеттик салык кызматы", "Государственная налоговая служба"),
}
"""Partners of agreements where the source names no responsible body: constructed."""
MEANS = {
    LAND: ("жер тилкелеринин электрондук картасы", "электронная карта земельных участков"),
    SCHOOLS: ("имараттар жана эмеректер", "здания и мебель"),
    NEEDS: ("кызмат көрсөтүүчү бөлмө", "помещение для приёма"),
    TAXES: ("салык посттору үчүн бөлмөлөр", "помещения для налоговых постов"),
}
MONEY = ("айлык акы жана иштетүү чыгымдары", "оплата труда и текущие расходы")
REPORTING = ("квартал сайын, кийинки айдын 15ине чейин", "ежеквартально, до 15 числа следующего месяца")
NOT_KEPT = "Каражат нормативдик муктаждыктан аз / Средств меньше нормативной потребности"
SOM_A_HEAD = {
    LAND: Decimal("0.012"),
    SCHOOLS: Decimal("0.045"),
    NEEDS: Decimal("0.02"),
    TAXES: Decimal("0.03"),
}
"""Thousand som a year for each resident."""
UNDECIDED = Decimal("0.08")
"""Share of the transfers of abolished municipalities about which nobody has decided."""


@dataclass
class Partners:
    """Powers and the state bodies that hand them over, by the power's code."""

    powers: dict[str, StatePower]
    bodies: dict[str, StateBody]


def partners() -> Partners:
    """Write the constructed state bodies and return all of them."""
    powers = {power.code: power for power in StatePower.objects.select_related("responsible")}
    bodies = {code: power.responsible for code, power in powers.items() if power.responsible}
    for code, (key, ky, ru) in BODIES.items():
        bodies[code] = StateBody.objects.create(
            id=identifier("state body", key),
            code=key,
            name_ky=ky,
            name_ru=ru,
            provenance=CONSTRUCTED,
            source=SOURCE,
        )
    return Partners(powers, bodies)


def load_before(land: Country) -> None:
    """Write what every municipality performed before the reform: by agreement, or in fact without one."""
    known, batch = partners(), Batch(order=ROWS)
    for place in places(BEGINS):
        for code, share, in_fact in ((LAND, "0.9", "0"), (SCHOOLS, "0.75", "0.1"), (NEEDS, "0.3", "0.35")):
            if code == LAND and place.is_city:
                continue
            drawn = chance("power", code, str(place.unit_id))
            if drawn < Decimal(share):
                transfer(batch, known, code, place, BEGINS)
            elif drawn < Decimal(share) + Decimal(in_fact):
                _in_fact(batch, known, code, place)
    (capital,) = [place for place in places(BEGINS) if place.unit_id == land.cities["Бишкек"].pk]
    transfer(batch, known, TAXES, capital, BEGINS)
    batch.add(
        Overlap(
            id=identifier("overlap", LAND),
            power=known.powers[LAND],
            state_body=known.bodies[LAND],
            what_ky="жер тилкелерин каттоо жана бөлүштүрүүнү макулдашуу",
            what_ru="учёт земельных участков и согласование их распределения",
            valid=(BEGINS, None),
            provenance=CONSTRUCTED,
            source=SOURCE,
        )
    )
    batch.write()


def transfer(
    batch: Batch, known: Partners, code: str, place: Place, since: dt.date, former: Transfer | None = None
) -> Transfer:
    """Add an agreement in force since a day, with its answers and means."""
    key = (code, str(place.unit_id), str(since))
    row = batch.add(
        Transfer(
            id=identifier("transfer", *key),
            power=known.powers[code],
            unit_id=place.unit_id,
            state_body=known.bodies[code],
            basis=Basis.AGREEMENT,
            agreement_number=str(1 + int(chance("agreement", *key) * 900)),
            signed_on=since - 12 * ONE_DAY,
            term=(since, since.replace(year=since.year + 5)),
            reporting_ky=REPORTING[0],
            reporting_ru=REPORTING[1],
            status=TransferStatus.IN_FORCE,
            valid=(since, None),
            former=former,
            provenance=CONSTRUCTED,
            source=SOURCE,
        )
    )
    short = chance("short", *key) < Decimal("0.2")
    for principle in Principle:
        kept = not (short and principle == Principle.PROVISION)
        batch.add(
            PrincipleAnswer(
                id=identifier("answer", str(row.pk), str(principle.value)),
                transfer=row,
                principle=principle,
                kept=kept,
                note="" if kept else NOT_KEPT,
                provenance=CONSTRUCTED,
                source=SOURCE,
            )
        )
    yearly = max(Decimal(10), (SOM_A_HEAD[code] * place.residents).quantize(Decimal("0.1")))
    for kind, words, amount in (("financial", MONEY, yearly), ("material", MEANS[code], None)):
        batch.add(
            Means(
                id=identifier("means", str(row.pk), kind),
                transfer=row,
                kind=kind,
                what_ky=words[0],
                what_ru=words[1],
                yearly=amount,
                provenance=CONSTRUCTED,
                source=SOURCE,
            )
        )
    return row


def _in_fact(batch: Batch, known: Partners, code: str, place: Place) -> None:
    batch.add(
        Practice(
            id=identifier("practice", code, str(place.unit_id)),
            power=known.powers[code],
            unit_id=place.unit_id,
            valid=(BEGINS, None),
            provenance=CONSTRUCTED,
            source=SOURCE,
        )
    )


def load_after() -> None:
    """Decide about the transfers of municipalities that the reform ended, and write what has been agreed since."""
    known, batch = (
        Partners(
            {power.code: power for power in StatePower.objects.all()},
            {row.power.code: row.state_body for row in _first_of_each_power()},
        ),
        Batch(order=ROWS),
    )
    today = {place.unit_id: place for place in places(dt.date(2024, 12, 1))}
    taken = set(Transfer.objects.filter(status=TransferStatus.IN_FORCE).values_list("power_id", "unit_id"))
    decided = list(_decisions(batch, known, today, taken))
    batch.write()
    Succession.objects.bulk_update(
        decided,
        ["outcome", "decided_on", "order_number", "reason", "new_transfer", "version"],
        batch_size=500,
    )


def _first_of_each_power() -> Iterable[Transfer]:
    return (
        Transfer.objects.order_by("power_id", "id").distinct("power_id").select_related("power", "state_body")
    )


def _decisions(
    batch: Batch, known: Partners, today: dict[uuid.UUID, Place], taken: set[tuple[uuid.UUID, uuid.UUID]]
) -> Iterator[Succession]:
    """Yield the successions with their outcomes: the first transfer of a power goes to the successor, others end in it."""
    successor = dict(
        ChangePart.objects.live()
        .filter(scope=PartScope.WHOLE, target__in=today)
        .values_list("source_id", "target_id")
    )
    for row in services.undecided().order_by("due_on", "id"):
        old = row.transfer
        target = successor.get(old.unit_id)
        if target is None or chance("undecided", str(row.transfer_id)) < UNDECIDED:
            continue
        row.decided_on = row.change.effective_on + ONE_DAY * (20 + int(chance("decided", str(old.pk)) * 60))
        row.order_number = str(1 + int(chance("order", str(old.pk)) * 300))
        row.version += 1
        if (old.power_id, target) in taken:
            row.outcome = Succession.Outcome.ENDED
            row.reason = "Укуктук мураскерде бул ыйгарым укук бар / У правопреемника это полномочие уже есть"
        elif old.power.code == LAND and today[target].is_city:
            row.outcome = Succession.Outcome.ENDED
            row.reason = "Шаарда мындай жер фонду жок / В городе такого фонда земель нет"
        else:
            taken.add((old.power_id, target))
            row.outcome = Succession.Outcome.PASSED_ON
            row.new_transfer = transfer(
                batch, known, old.power.code, today[target], row.change.effective_on, former=old
            )
        yield row


def load_drafts(unit: Unit) -> None:
    """Leave the municipality of the login ``staff`` a draft whose principles are half answered."""
    power = StatePower.objects.get(code=NEEDS)
    if Transfer.objects.live().filter(power=power, unit=unit, status=TransferStatus.IN_FORCE).exists():
        power = StatePower.objects.get(code=SCHOOLS)
    row = services.draft_transfer(
        power=power,
        unit=unit,
        state_body=StateBody.objects.get(code=BODIES[power.code][0]),
        basis=Basis.AGREEMENT,
        begins=dt.date(2027, 1, 1),
        ends=dt.date(2030, 1, 1),
        reporting={"ky": REPORTING[0], "ru": REPORTING[1]},
        provenance=CONSTRUCTED,
        source=SOURCE,
    )
    for principle in list(Principle)[:5]:
        services.answer_principle(transfer=row, principle=principle, kept=True)
    services.assign_means(
        transfer=row,
        kind=Means.Kind.FINANCIAL,
        what={"ky": MONEY[0], "ru": MONEY[1]},
        yearly=Decimal(240),
    )


def amounts(row: Transfer, residents: int, year: int, quarter: int) -> dict[str, Any]:
    """A constructed quarter in thousand som: planned below the need, received below the plan, now and then unreported."""
    key = (str(row.pk), str(year), str(quarter))
    need = max(
        Decimal(3),
        (SOM_A_HEAD[row.power.code] * residents / 4 * (1 + Decimal(year - 2022) / 12)).quantize(
            Decimal("0.1")
        ),
    )
    if chance("unreported", *key) < Decimal("0.03"):
        return {"need": need}
    level = Decimal("0.55") + chance("level", str(row.pk)) * Decimal("0.45")
    planned = (need * level).quantize(Decimal("0.1"))
    if chance("no money", str(row.pk)) < Decimal("0.06"):
        return {"need": need, "planned": planned, "received": Decimal(0), "spent": Decimal(0)}
    received = (planned * (Decimal("0.8") + chance("received", *key) * Decimal("0.2"))).quantize(
        Decimal("0.1")
    )
    spent = (received * (Decimal("0.9") + chance("spent", *key) * Decimal("0.1"))).quantize(Decimal("0.1"))
    return {"need": need, "planned": planned, "received": received, "spent": spent}
