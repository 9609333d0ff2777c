"""What a municipality reports each quarter of a power handed to it: money and performance."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from councils.services.locking import locked
from delegation.errors import conflict, refuse, told
from delegation.models import Funding, Performance, Practice, StatePower, Transfer
from delegation.models.funding import LARGEST
from registry.models import Provenance, Unit
from registry.names import clean


class _Unset:
    """What is not given at all, as "not reported" is an answer."""


UNSET: Final = _Unset()
AMOUNTS = ("need", "planned", "received", "spent")


@transaction.atomic
def report_funding(
    *,
    transfer: Transfer,
    year: int,
    quarter: int,
    need: Decimal | _Unset | None = UNSET,
    planned: Decimal | _Unset | None = UNSET,
    received: Decimal | _Unset | None = UNSET,
    spent: Decimal | _Unset | None = UNSET,
    material: str | None = None,
    expected_version: int | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Funding:
    """Write or correct a quarter's money in thousand som (0 to 100,000,000; None is not reported).

    Raises RuleBroken where the transfer was not in force on any day of the quarter.
    """
    row = _quarter(Funding, transfer, year, quarter, expected_version, provenance, source)
    given = {"need": need, "planned": planned, "received": received, "spent": spent}
    for name, value in given.items():
        if isinstance(value, _Unset):
            continue
        if value is not None and not 0 <= value <= LARGEST:
            refuse("delegation_funding_bounds", pointer=f"/{name}")
        setattr(row, name, value)
    if material is not None:
        row.material = clean(material)[:500]
    with told():
        row.save()
    return row


@transaction.atomic
def report_performance(
    *,
    transfer: Transfer,
    year: int,
    quarter: int,
    result: str,
    volume: Decimal | None = None,
    volume_unit: str = "",
    obstacle: str = "",
    expected_version: int | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Performance:
    """Write or correct how the power was performed in a quarter; what is less than full names its obstacle."""
    row = _quarter(Performance, transfer, year, quarter, expected_version, provenance, source)
    row.result = result
    row.volume, row.volume_unit = volume, clean(volume_unit)[:60]
    row.obstacle = clean(obstacle)[:1000]
    if result not in Performance.Result.values:
        refuse("delegation_performance_result", pointer="/result")
    if result != Performance.Result.FULLY and not row.obstacle:
        refuse("delegation_performance_obstacle", pointer="/obstacle")
    if volume is not None and not (0 <= volume <= 1_000_000_000 and row.volume_unit):
        refuse("delegation_performance_volume", pointer="/volume")
    with told():
        row.save()
    return row


def _quarter(
    model: Any,
    transfer: Transfer,
    year: int,
    quarter: int,
    expected_version: int | None,
    provenance: str,
    source: str,
) -> Any:
    """Return the row of the quarter, locked, or a new one; a new one has version 0 for who names a version."""
    if not (1991 <= year <= 2100 and 1 <= quarter <= 4):
        refuse(f"{model._meta.db_table}_quarter", pointer="/quarter")
    locked(transfer)  # two first reports of one quarter wait for each other
    found = model.objects.filter(transfer=transfer, year=year, quarter=quarter).first()
    if found is not None:
        row = locked(found, expected_version)
        row.version += 1
        return row
    if expected_version:
        conflict("no_such_report", _("Nothing has been reported for this quarter yet."))
    return model(transfer=transfer, year=year, quarter=quarter, provenance=provenance, source=source)


@transaction.atomic
def record_practice(
    *,
    power: StatePower,
    unit: Unit,
    on: dt.date,
    note: str = "",
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Practice:
    """Record that a municipality performs a power in fact from ``on``, handed over or not."""
    with told():
        row = Practice.objects.create(
            power=power,
            unit=unit,
            valid=DateRange(on, None),
            note=clean(note)[:1000],
            provenance=provenance,
            source=source,
        )
    return row


@transaction.atomic
def end_practice(*, practice: Practice, on: dt.date, expected_version: int | None = None) -> Practice:
    """End it on ``on``, the first day on which the municipality performs the power no longer."""
    row = locked(practice, expected_version)
    if row.valid.upper is not None:
        conflict("already_ended", _("It has already ended."))
    if on <= row.valid.lower:
        refuse("delegation_practice_valid_not_empty", pointer="/on")
    row.valid = DateRange(row.valid.lower, on)
    row.version += 1
    with told():
        row.save(update_fields=["valid", "version"])
    return row
