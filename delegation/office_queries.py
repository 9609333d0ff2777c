"""Reads for the pages of those who keep delegated powers; each function is one query unless it says otherwise."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.db.models import F

from delegation import wording
from delegation.models import (
    CancellationRequest,
    Dispute,
    DisputeParty,
    Field,
    Means,
    Overlap,
    PowerItem,
    Practice,
    StateBody,
    StatePower,
    StatuteItem,
    Succession,
    Transfer,
    TransferStatus,
)
from delegation.page_queries import transfers as pages
from lsg_portal.web import display
from lsg_portal.web.collation import kyrgyz_key
from registry import titles
from registry.models import Unit
from registry.queries import Row, rows, unit_json

Options = list[tuple[str, str]]

# Single records, None where there is none


def unit(pk: uuid.UUID) -> Unit:
    """Return a municipality that is known to be one."""
    return Unit.objects.get(pk=pk)


def transfer(pk: uuid.UUID) -> Transfer | None:
    """Return a transfer with its power, bodies and act."""
    related = ("power__field", "unit", "state_body", "act")
    return Transfer.objects.live().select_related(*related).filter(pk=pk).first()


def power(pk: uuid.UUID) -> StatePower | None:
    """Return a power with its field."""
    return StatePower.objects.select_related("field", "legal_basis", "responsible").filter(pk=pk).first()


def statute_item(pk: uuid.UUID) -> StatuteItem | None:
    """Return an item of the statute's list."""
    return StatuteItem.objects.select_related("power").filter(pk=pk).first()


def item(pk: uuid.UUID) -> PowerItem | None:
    """Return one of the things a power consists of."""
    return PowerItem.objects.present().select_related("power").filter(pk=pk).first()


def overlap(pk: uuid.UUID) -> Overlap | None:
    """Return a function that both perform."""
    return Overlap.objects.live().select_related("power", "state_body").filter(pk=pk).first()


def means(pk: uuid.UUID) -> Means | None:
    """Return means that are assigned."""
    return Means.objects.present().select_related("transfer__power").filter(pk=pk).first()


def practice(pk: uuid.UUID) -> Practice | None:
    """Return a power performed in fact."""
    return Practice.objects.live().select_related("power").filter(pk=pk).first()


def dispute(pk: uuid.UUID) -> Dispute | None:
    """Return a dispute with its power."""
    return Dispute.objects.select_related("power").filter(pk=pk).first()


def party(pk: uuid.UUID) -> DisputeParty | None:
    """Return a party to a dispute."""
    related = ("dispute__power", "state_body")
    return DisputeParty.objects.present().select_related(*related).filter(pk=pk).first()


def request(pk: uuid.UUID) -> CancellationRequest | None:
    """Return a request for cancellation."""
    return CancellationRequest.objects.select_related("transfer__power", "act").filter(pk=pk).first()


def succession(pk: uuid.UUID) -> Succession | None:
    """Return a succession with its transfer and change."""
    found = Succession.objects.filter(voided_by__isnull=True)
    return found.select_related("transfer__power", "change").filter(pk=pk).first()


# What things are called


def unit_name(pk: uuid.UUID, day: dt.date) -> str | None:
    """Return what a municipality is called on the day, or on the day of its life nearest to it; None for no municipality."""
    found = pages.unit(pk, day)
    return titles.full_name(found["unit"]) if found else None


def power_name(found: StatePower) -> str:
    """Return what a power is called; no query."""
    return titles.capital(display.name(found))


def transfer_line(found: Transfer) -> str:
    """Return a transfer as somebody who chooses tells them apart; no query."""
    number = f"№ {found.agreement_number}" if found.agreement_number else ""
    since = found.valid.lower if found.valid else found.term.lower
    parts = (power_name(found.power), number, display.short_day(since), wording.status(found.status))
    return ", ".join(part for part in parts if part)


# Lists to choose from


def _named(found: Any) -> Options:
    options = [(str(one.pk), titles.capital(display.name(one))) for one in found]
    return sorted(options, key=lambda option: kyrgyz_key(option[1]))


def powers() -> Options:
    """Return the powers of the catalogue; one that cannot be handed over is refused with its article, not hidden."""
    return _named(StatePower.objects.all())


def fields() -> Options:
    """Return the fields of state activity."""
    return _named(Field.objects.all())


def state_bodies() -> Options:
    """Return the state bodies."""
    return _named(StateBody.objects.all())


def statute_items() -> Options:
    """Return the items of the statute's list that nobody has entered."""
    waiting = StatuteItem.objects.filter(power__isnull=True).order_by("article", "number")
    return [(str(one.pk), str(one)) for one in waiting]


def municipalities(day: dt.date) -> Options:
    """Return the municipalities of a day."""
    found = rows(
        """SELECT u.unit_id AS id, u.kind, u.name_ky, u.name_ru, u.name_en FROM registry_units_on(%(day)s::date) u
            WHERE u.kind IN ('city_republican', 'city_oblast', 'city_district_level', 'ayil_aimak') ORDER BY u.sort_ky""",
        {"day": day},
    )
    return [(str(row["id"]), titles.full_name(row)) for row in found]


def transfers_of(unit: uuid.UUID) -> Options:
    """Return the transfers of a municipality that are in force or have ended, the latest first."""
    found = Transfer.objects.live().filter(unit=unit, valid__isnull=False).select_related("power")
    return [(str(one.pk), transfer_line(one)) for one in found.order_by("-valid")]


def inherited(unit: uuid.UUID) -> Options:
    """Return the transfers that a municipality may continue: undecided, of those whose territory it got."""
    found = Succession.objects.filter(
        voided_by__isnull=True,
        outcome=Succession.Outcome.UNDECIDED,
        change__parts__target=unit,
        change__parts__voided_by__isnull=True,
        change__parts__source=F("transfer__unit"),
    )
    return [
        (str(one.transfer_id), transfer_line(one.transfer))
        for one in found.select_related("transfer__power").order_by("due_on").distinct()
    ]


def successors(found: Succession) -> Options:
    """Return the municipalities that got territory of the one that ended."""
    names = rows(
        """SELECT DISTINCT ON (v.sort_ky, v.unit_id) v.unit_id AS id, v.kind, v.name_ky, v.name_ru, v.name_en
             FROM registry_changepart p
             JOIN registry_unitversion v ON v.unit_id = p.target_id AND v.valid @> %(day)s::date AND v.voided_by_id IS NULL
            WHERE p.change_id = %(change)s AND p.source_id = %(unit)s AND p.voided_by_id IS NULL
            ORDER BY v.sort_ky, v.unit_id""",
        {"change": found.change_id, "unit": found.transfer.unit_id, "day": found.change.effective_on},
    )
    return [(str(row["id"]), titles.full_name(row)) for row in names]


def renewals(found: Succession) -> Options:
    """Return the agreed transfers that continue the one of a succession."""
    status = (TransferStatus.AGREED, TransferStatus.IN_FORCE)
    new = Transfer.objects.live().filter(former=found.transfer_id, status__in=status).select_related("power")
    return [(str(one.pk), transfer_line(one)) for one in new]


# What waits


def units_of(units: Collection[uuid.UUID], day: dt.date) -> Options:
    """Return municipalities with their names; a query for each."""
    named = [(str(unit), unit_name(unit, day) or "") for unit in units]
    return sorted((one for one in named if one[1]), key=lambda option: kyrgyz_key(option[1]))


def waiting(day: dt.date) -> list[Row]:
    """Return the drafts, with what is lacking to agree on them, and the agreed transfers not in force yet."""
    return rows(
        f"""SELECT {pages.ROW.replace("t.id,", f"t.id, {LACKING},", 1)} AND t.status IN ('draft', 'agreed')
             ORDER BY t.status DESC, lower(t.term), u.sort_ky, t.id""",
        {"day": day},
    )


LACKING = """(SELECT 9 - count(*) FROM delegation_principleanswer a WHERE a.transfer_id = t.id) AS unanswered,
    (SELECT 2 - count(DISTINCT m.kind) FROM delegation_means m WHERE m.transfer_id = t.id AND m.removed_at IS NULL)
        AS kinds_lacking"""


def reports_due(unit: uuid.UUID, year: int, quarter: int) -> list[Row]:
    """Return the transfers of a municipality in force in a quarter, with whether money and performance are reported."""
    return rows(
        f"""SELECT t.id, {pages.NAMED.format("w")} AS power, f.id IS NOT NULL AS money, p.id IS NOT NULL AS performed
              FROM delegation_transfer t JOIN delegation_statepower w ON w.id = t.power_id
              LEFT JOIN delegation_funding f ON f.transfer_id = t.id AND f.year = %(year)s AND f.quarter = %(quarter)s
              LEFT JOIN delegation_performance p ON p.transfer_id = t.id AND p.year = %(year)s
                   AND p.quarter = %(quarter)s
             WHERE t.unit_id = %(unit)s AND t.voided_by_id IS NULL AND t.valid && delegation_quarter(%(year)s, %(quarter)s)
             ORDER BY w.code""",
        {"unit": unit, "year": year, "quarter": quarter},
    )


SHEET = f"""
SELECT t.id AS transfer, {unit_json("u")} AS unit, {pages.NAMED.format("w")} AS power, f.need, f.planned, f.received,
       f.spent, f.material, p.result, p.volume, p.volume_unit, p.obstacle
  FROM delegation_transfer t JOIN delegation_statepower w ON w.id = t.power_id
  CROSS JOIN LATERAL (SELECT least(upper(delegation_quarter(%(year)s, %(quarter)s)), upper(t.valid)) - 1 AS on_day) n
  {pages.PLACE}
  LEFT JOIN delegation_funding f ON f.transfer_id = t.id AND f.year = %(year)s AND f.quarter = %(quarter)s
  LEFT JOIN delegation_performance p ON p.transfer_id = t.id AND p.year = %(year)s AND p.quarter = %(quarter)s
 WHERE t.voided_by_id IS NULL AND t.valid && delegation_quarter(%(year)s, %(quarter)s)
   AND (%(unit)s::uuid IS NULL OR t.unit_id = %(unit)s)
 ORDER BY u.sort_ky, t.unit_id, w.code"""


def quarter_rows(year: int, quarter: int, unit: uuid.UUID | None) -> list[Row]:
    """Return what is known of a quarter for each transfer in force in it, of one municipality or of all."""
    return rows(SHEET, {"year": year, "quarter": quarter, "unit": unit})
