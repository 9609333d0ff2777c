"""Local budgets, stored as reported: what could not be read keeps its text, what does not add up is not corrected."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from ayil_okmotu.errors import Stale, Violation, refuse, told
from ayil_okmotu.models import BudgetItem, BudgetLine, LocalBudget
from ayil_okmotu.models.budgets import LARGEST
from ayil_okmotu.services.employees import YEARS
from lsg_portal.data.uploads import UploadColumn
from lsg_portal.data.uploads.columns import BadCell
from registry.models import Provenance, Unit
from registry.names import clean

PLACES = 4
"""Decimal places of a million som that are kept: a hundred som."""
LONGEST_PRINTED = 60
LONGEST_LABEL = 60
AMOUNTS = ("plan", "actual", "plan_as_printed", "actual_as_printed")
_FIGURE = UploadColumn("figure", kind="number")

CHANGE = """
    UPDATE ayil_okmotu_localbudget b
       SET label = x.label, provenance = x.provenance, source = x.source, version = b.version + 1
      FROM json_to_recordset(%(rows)s::json) x(id uuid, label text, provenance text, source text)
     WHERE b.id = x.id"""
WRITE = """
    INSERT INTO ayil_okmotu_budgetline
           (id, budget_id, item_id, plan, actual, plan_as_printed, actual_as_printed, provenance, source, recorded_at)
    SELECT gen_random_uuid(), x.*, now()
      FROM json_to_recordset(%(rows)s::json)
           x(budget uuid, item uuid, plan numeric, actual numeric, plan_as_printed text, actual_as_printed text,
             provenance text, source text)
        ON CONFLICT (budget_id, item_id) DO UPDATE
       SET plan = EXCLUDED.plan, actual = EXCLUDED.actual, plan_as_printed = EXCLUDED.plan_as_printed,
           actual_as_printed = EXCLUDED.actual_as_printed, provenance = EXCLUDED.provenance,
           source = EXCLUDED.source"""


@dataclass(frozen=True)
class Amounts:
    """Plan and actual of a line in million som; a text only where what was reported is no number."""

    plan: Decimal | None = None
    actual: Decimal | None = None
    plan_as_printed: str = ""
    actual_as_printed: str = ""


@dataclass(frozen=True)
class BudgetEntry:
    """The budget of a unit for a year, as it is to be recorded; lines not named stay as they are."""

    unit_id: uuid.UUID
    year: int
    lines: Mapping[str, Amounts]
    label: str | None = None
    """What the source called the period; None leaves what stands."""
    provenance: str = Provenance.DOCUMENTED
    source: str = ""
    partial: bool = False
    """Whether amounts that are not given leave what stands, too."""

    @property
    def key(self) -> tuple[uuid.UUID, int]:
        """What names the budget."""
        return self.unit_id, self.year


def read_figure(text: str) -> tuple[Decimal | None, str]:
    """Return a figure as people type it: the number, or the text where it is none (``254,40.0``).

    A comma or a point separates decimals, spaces may separate thousands.
    """
    try:
        value = _FIGURE.take(text)
    except BadCell:
        return None, clean(text)
    return (value, "") if isinstance(value, Decimal) else (None, "")


@transaction.atomic
def write_budget(
    *,
    unit: Unit,
    year: int,
    lines: Mapping[str, Amounts],
    label: str | None = None,
    expected_version: int | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> LocalBudget:
    """Record the budget of a unit for a year, or correct what was recorded; lines not named stay as they are.

    ``lines`` are by the codes of the classification. Where nothing differs nothing is written.
    """
    known = LocalBudget.objects.select_for_update().filter(unit=unit, year=year).first()
    if expected_version is not None and (known is None or known.version != expected_version):
        raise Stale(Violation("stale", _("The record has been changed by someone else since you opened it.")))
    entry = BudgetEntry(unit.pk, year, lines, label, provenance, source)
    write_budgets(entries=[entry])
    return LocalBudget.objects.get(unit=unit, year=year)


@dataclass(frozen=True)
class Written:
    """What a writing of budgets did: which are new, which differ now, which stayed, and how many lines differ."""

    keys: Mapping[tuple[uuid.UUID, int], uuid.UUID]
    """Every budget by unit and year."""
    new: tuple[uuid.UUID, ...]
    changed: tuple[uuid.UUID, ...]
    same: tuple[uuid.UUID, ...]
    lines: int


@transaction.atomic
def write_budgets(*, entries: Sequence[BudgetEntry]) -> Written:
    """Record or correct many budgets at once, each named once; lines not named stay as they are."""
    items = {item.code: item for item in BudgetItem.objects.all()}
    for entry in entries:
        _check(entry, items)
    known = {
        (budget.unit_id, budget.year): budget
        for budget in LocalBudget.objects.select_for_update()
        .filter(unit__in={entry.unit_id for entry in entries}, year__in={entry.year for entry in entries})
        .order_by("pk")
    }
    new = {
        entry.key: LocalBudget(
            unit_id=entry.unit_id,
            year=entry.year,
            label=clean(entry.label),
            provenance=entry.provenance,
            source=entry.source,
        )
        for entry in entries
        if entry.key not in known
    }
    touched = [known[entry.key].pk for entry in entries if entry.key in known]
    lines = {(line.budget_id, line.item_id): line for line in BudgetLine.objects.filter(budget__in=touched)}
    differing: list[dict[str, Any]] = []
    changed: dict[uuid.UUID, LocalBudget] = {}
    for entry in entries:
        budget = known.get(entry.key) or new[entry.key]
        differs = _relabel(budget, entry) if entry.key in known else False
        for code, amounts in entry.lines.items():
            said = _differing(lines.get((budget.pk, items[code].pk)), amounts, entry)
            if said is not None:
                differing.append({"budget": budget.pk, "item": items[code].pk, **said})
                differs = True
        if differs and entry.key in known:
            changed[budget.pk] = budget
    with told():
        LocalBudget.objects.bulk_create(new.values(), batch_size=1000)
        with connection.cursor() as cursor:
            cursor.execute(
                CHANGE, {"rows": _json({"id": key, **_named(row)} for key, row in changed.items())}
            )
            cursor.execute(WRITE, {"rows": _json(differing)})
    return Written(
        keys={entry.key: (known.get(entry.key) or new[entry.key]).pk for entry in entries},
        new=tuple(budget.pk for budget in new.values()),
        changed=tuple(changed),
        same=tuple(key for key in touched if key not in changed),
        lines=len(differing),
    )


def _check(entry: BudgetEntry, items: Mapping[str, BudgetItem]) -> None:
    """Refuse a year, a line or an amount that cannot be."""
    if entry.year not in YEARS:
        refuse("ayil_okmotu_localbudget_year", pointer="/year")
    if len(clean(entry.label)) > LONGEST_LABEL:
        refuse("too_long", _("At most %(most)s characters.") % {"most": LONGEST_LABEL}, "/label")
    for code, amounts in entry.lines.items():
        if code not in items:
            refuse(
                "not_a_line",
                _("«%(value)s» is no line of the budget classification.") % {"value": code[:40]},
                "/lines",
            )
        for name in ("plan", "actual"):
            pointer = f"/lines/{code}/{name}"
            check_amount(getattr(amounts, name), getattr(amounts, f"{name}_as_printed"), pointer)


def check_amount(value: Decimal | None, printed: str, pointer: str = "") -> None:
    """Refuse an amount out of bounds, of more than four decimal places, or given both as a number and as a text."""
    if printed:
        if value is not None:
            refuse("ayil_okmotu_budgetline_printed_or_read", pointer=pointer)
        if len(printed) > LONGEST_PRINTED:
            refuse("too_long", _("At most %(most)s characters.") % {"most": LONGEST_PRINTED}, pointer)
        if read_figure(printed)[0] is not None:
            refuse("is_a_number", _("«%(text)s» is a number: give it as one.") % {"text": printed}, pointer)
    if value is None:
        return
    if not value.is_finite() or abs(value) > LARGEST:
        refuse("ayil_okmotu_budgetline_bounds", pointer=pointer)
    if value != round(value, PLACES):
        refuse("too_precise", _("Amounts are in million som with at most four decimal places."), pointer)


def _relabel(budget: LocalBudget, entry: BudgetEntry) -> bool:
    """Write what an entry says of the budget itself; return whether it differs, its source aside."""
    label = budget.label if entry.label is None else clean(entry.label)
    differs = (budget.label, budget.provenance) != (label, entry.provenance)
    budget.label, budget.provenance, budget.source = label, entry.provenance, entry.source
    return differs


def _named(budget: LocalBudget) -> dict[str, str]:
    return {name: getattr(budget, name) for name in ("label", "provenance", "source")}


def _differing(line: BudgetLine | None, amounts: Amounts, entry: BudgetEntry) -> dict[str, Any] | None:
    """Return a line as it is to be written; None where it stands so already."""
    said: dict[str, Any] = {name: getattr(amounts, name) for name in AMOUNTS}
    if line is not None:
        for name in ("plan", "actual"):
            if entry.partial and said[name] is None and not said[f"{name}_as_printed"]:
                said |= {one: getattr(line, one) for one in (name, f"{name}_as_printed")}
        if all(getattr(line, name) == value for name, value in said.items()):
            return None
    return {**said, "provenance": entry.provenance, "source": entry.source}


def _json(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as one parameter: of many thousands the database reads it fastest."""
    return json.dumps(list(rows), default=str)
