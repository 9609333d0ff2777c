"""What municipalities of the demonstration report of the powers handed to them, and what they dispute: constructed."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

from delegation.models import (
    CancellationRequest,
    Dispute,
    DisputeParty,
    Funding,
    Hearing,
    Performance,
    Transfer,
)
from lsg_portal.demo.council_election import CONSTRUCTED, Batch
from lsg_portal.demo.country import chance, identifier
from lsg_portal.demo.delegation import amounts
from lsg_portal.demo.executive_form import SOURCE
from reform import queries

FIRST, LAST = (2023, 1), (2026, 3)
ROWS = (Funding, Performance, Dispute, DisputeParty, Hearing, CancellationRequest)
ASSOCIATION = (
    "Жергиликтүү өз алдынча башкаруу органдарынын союзу (ассоциациясы) / "
    "Союз (ассоциация) органов местного самоуправления"
)
OBSTACLE = "каражат жетишсиз / недостаточно средств"
DISPUTES = 4


def quarters() -> list[tuple[int, int]]:
    """The quarters reported on: the years of the reform, and since then up to the last that has closed."""
    return [
        (year, quarter)
        for year in range(FIRST[0], LAST[0] + 1)
        for quarter in range(1, 5)
        if FIRST <= (year, quarter) <= LAST
    ]


def days(year: int, quarter: int) -> tuple[dt.date, dt.date]:
    """The first day of a quarter and the first after it."""
    after = (year + 1, 1) if quarter == 4 else (year, quarter * 3 + 1)
    return dt.date(year, quarter * 3 - 2, 1), dt.date(*after, 1)


def load_work() -> None:
    """Write the quarters of every transfer, and the disputes and requests of a few."""
    batch = Batch(order=ROWS)
    transfers = list(Transfer.objects.live().exclude(valid=None).select_related("power").order_by("id"))
    residents = {
        unit: figures["population"] or 0
        for day in (dt.date(2023, 1, 1), dt.date(2024, 12, 1))
        for unit, figures in queries.unit_figures([row.unit_id for row in transfers], day).items()
        if figures["population"]
    }
    for row in transfers:
        for year, quarter in quarters():
            first, after = days(year, quarter)
            if row.valid.lower < after and (row.valid.upper is None or row.valid.upper > first):
                _quarter(batch, row, residents.get(row.unit_id, 3000), year, quarter)
    _disputes(batch, transfers, residents)
    batch.write()


def _quarter(batch: Batch, row: Transfer, residents: int, year: int, quarter: int) -> None:
    key = (str(row.pk), str(year), str(quarter))
    shared = {
        "transfer": row,
        "year": year,
        "quarter": quarter,
        "provenance": CONSTRUCTED,
        "source": SOURCE,
    }
    money = amounts(row, residents, year, quarter)
    batch.add(Funding(id=identifier("funding", *key), **shared, **money))
    if year < LAST[0]:
        return
    received = money.get("received")
    result = "not" if received == 0 else "partly" if received and received < money["need"] / 2 else "fully"
    batch.add(
        Performance(
            id=identifier("performance", *key),
            result=result,
            obstacle="" if result == "fully" else OBSTACLE,
            **shared,
        )
    )


def _disputes(batch: Batch, transfers: list[Transfer], residents: dict[uuid.UUID, int]) -> None:
    """Disputes and requests of municipalities that got no money."""
    poor = sorted(
        (
            row
            for row in transfers
            if row.valid.upper is None and chance("no money", str(row.pk)) < Decimal("0.06")
        ),
        key=lambda row: chance("dispute", str(row.pk)),
    )
    for place, row in enumerate(poor[:DISPUTES], start=1):
        opened = dt.date(2026, 2, 2) + dt.timedelta(days=40 * place)
        closed = opened + dt.timedelta(days=25) if place % 2 else None
        key = str(row.pk)
        dispute = batch.add(
            Dispute(
                id=identifier("dispute", key),
                number=f"{place}/2026",
                power=row.power,
                transfer=row,
                unit_id=row.unit_id,
                subject="Каражаттын бөлүнбөгөндүгү / Невыделение средств",
                opened_on=opened,
                due_on=opened + dt.timedelta(days=30),
                status=Dispute.Status.SETTLED if closed else Dispute.Status.HEARD,
                closed_on=closed,
                outcome="Каражат кийинки кварталда бөлүнөт / Средства выделят в следующем квартале"
                if closed
                else "",
                provenance=CONSTRUCTED,
                source=SOURCE,
            )
        )
        for role, more in (
            ("claimant", {"unit_id": row.unit_id}),
            ("respondent", {"state_body_id": row.state_body_id}),
            ("commission", {"association": ASSOCIATION}),
        ):
            batch.add(
                DisputeParty(
                    id=identifier("dispute party", key, role),
                    dispute=dispute,
                    role=role,
                    provenance=CONSTRUCTED,
                    source=SOURCE,
                    **more,
                )
            )
        batch.add(
            Hearing(
                id=identifier("hearing", key),
                dispute=dispute,
                held_on=opened + dt.timedelta(days=14),
                provenance=CONSTRUCTED,
                source=SOURCE,
            )
        )
    for row in poor[DISPUTES : 2 * DISPUTES]:
        filed = dt.date(2026, 9, 15)
        batch.add(
            CancellationRequest(
                id=identifier("request", str(row.pk)),
                unit_id=row.unit_id,
                transfer=row,
                ground=CancellationRequest.Ground.NO_MEANS,
                justification="Каражат берилген жок / Средства не предоставлены",
                missing=4 * amounts(row, residents.get(row.unit_id, 3000), *LAST)["need"],
                filed_on=filed,
                due_on=filed + dt.timedelta(days=30),
                provenance=CONSTRUCTED,
                source=SOURCE,
            )
        )
