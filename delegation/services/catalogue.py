"""Writes of the catalogue: what powers there are, of what they consist, who performs the same functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from councils.services.locking import locked, write_texts
from delegation.errors import conflict, refuse, told
from delegation.models import Field, Overlap, PowerItem, PowerStatus, StateBody, StatePower, StatuteItem
from registry.models import LegalAct, Provenance
from registry.names import clean


@transaction.atomic
def enter_power(
    *,
    code: str,
    name: Mapping[str, str],
    group: str,
    field: Field,
    legal_basis: LegalAct | None = None,
    article: str = "",
    responsible: StateBody | None = None,
    status: str = PowerStatus.IN_USE,
    note: Mapping[str, str] | None = None,
    statute_item: StatuteItem | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> StatePower:
    """Enter a power into the catalogue, as an item of the statute's list where it is one.

    A power of a field that is not transferable may stand in the catalogue; a transfer of it is refused.
    """
    row = StatePower(
        code=clean(code),
        group=group,
        field=field,
        legal_basis=legal_basis,
        article=clean(article),
        responsible=responsible,
        status=status,
        provenance=provenance,
        source=source,
    )
    if not row.code:
        refuse("required", _("Give a code."), "/code")
    if StatePower.objects.filter(code=row.code).exists():
        refuse("code_taken", _("Another power has this code."), "/code")
    write_texts(row, "name", name, longest=500)
    _note(row, note)
    with told():
        row.save()
    if statute_item is not None:
        link_statute_item(item=statute_item, power=row)
    return row


def _note(row: StatePower, note: Mapping[str, str] | None) -> None:
    for language in ("ky", "ru", "en") if note is not None else ():
        text = clean((note or {}).get(language))
        if len(text) > 1000:
            refuse("too_long", _("At most %(most)s characters.") % {"most": 1000}, f"/note_{language}")
        setattr(row, f"note_{language}", text or None)


@transaction.atomic
def change_power(
    *,
    power: StatePower,
    name: Mapping[str, str] | None = None,
    group: str | None = None,
    field: Field | None = None,
    legal_basis: LegalAct | None = None,
    article: str | None = None,
    responsible: StateBody | None = None,
    status: str | None = None,
    note: Mapping[str, str] | None = None,
    expected_version: int | None = None,
) -> StatePower:
    """Change a power; what is not given stays. A power that is handed over keeps to transferable fields."""
    row = locked(power, expected_version)
    if name is not None:
        write_texts(row, "name", name, longest=500)
    given = {
        "group": group,
        "field": field,
        "legal_basis": legal_basis,
        "article": None if article is None else clean(article),
        "responsible": responsible,
        "status": status,
    }
    for key, value in given.items():
        if value is not None:
            setattr(row, key, value)
    _note(row, note)
    row.version += 1
    with told():
        row.save()
    return row


@transaction.atomic
def add_item(*, power: StatePower, name: Mapping[str, str], number: int | None = None) -> PowerItem:
    """Add one of the things that a power consists of, at the end where no number is given."""
    last = PowerItem.objects.present().filter(power=power).order_by("-number").first()
    row = PowerItem(power=power, number=number or (last.number + 1 if last else 1))
    write_texts(row, "name", name, longest=500)
    with told():
        row.save()
    return row


@transaction.atomic
def remove_item(*, item: PowerItem, at: dt.datetime | None = None) -> PowerItem:
    """Take an item out; the record stays."""
    row = PowerItem.objects.select_for_update().get(pk=item.pk)
    row.removed_at = row.removed_at or at or timezone.now()
    row.save(update_fields=["removed_at"])
    return row


@transaction.atomic
def link_statute_item(
    *, item: StatuteItem, power: StatePower | None, expected_version: int | None = None
) -> StatuteItem:
    """Say which power an item of the statute's list is, once somebody has read it there."""
    row = locked(item, expected_version)
    row.power = power
    row.version += 1
    row.save(update_fields=["power", "version"])
    return row


@transaction.atomic
def record_overlap(
    *,
    power: StatePower,
    state_body: StateBody,
    what: Mapping[str, str],
    on: dt.date,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Overlap:
    """Record that a state body goes on performing, from ``on``, what municipalities perform too."""
    row = Overlap(
        power=power,
        state_body=state_body,
        valid=DateRange(on, None),
        provenance=provenance,
        source=source,
    )
    write_texts(row, "what", what, longest=1000)
    with told():
        row.save()
    row.refresh_from_db()
    return row


@transaction.atomic
def end_overlap(*, overlap: Overlap, on: dt.date, expected_version: int | None = None) -> Overlap:
    """End an overlap on ``on``, the first day on which only one of them performs the function."""
    row = locked(overlap, expected_version)
    if row.valid.upper is not None:
        conflict("already_ended", _("It has already ended."))
    row.valid = DateRange(row.valid.lower, on)
    row.version += 1
    with told():
        row.save(update_fields=["valid", "version"])
    return row
