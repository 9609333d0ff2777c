"""What the drafting form lets one choose: the municipalities and settlements of some districts on one day."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from lsg_portal.web import display
from reform import page_queries
from reform.forms import Group, Option
from reform.models import Programme
from registry import titles
from registry.models import SettlementKind, UnitKind

HIGHER = (UnitKind.OBLAST, UnitKind.DISTRICT)
NAMES_A_UNIT = ("ends", "-unit", "-source", "-target", "-parent")


@dataclass(frozen=True)
class Offer:
    """The choices of the drafting form, read once."""

    programmes: list[Option]
    areas: list[Group]
    units: list[Group]
    parents: list[Group]
    centres: list[Group]
    settlements: dict[str, list[Option]]
    acts: list[Option]


def identifiers(texts: Iterable[str]) -> list[uuid.UUID]:
    """Return the texts that are identifiers, as such."""
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def home(row: dict[str, Any]) -> uuid.UUID:
    """Return the area a unit is offered under: its district, else its oblast or its city."""
    found: uuid.UUID = row["district_id"] or row["oblast_id"] or row["unit_id"]
    return found


def home_areas(units: Iterable[uuid.UUID], eve: dt.date) -> list[str]:
    """Return the areas that these units lay in on ``eve``, districts and oblasts among the units being their own."""
    wanted = set(units)
    rows = [row for row in page_queries.units_of_day(eve) if row["unit_id"] in wanted]
    return list(dict.fromkeys(str(row["unit_id"] if row["kind"] in HIGHER else home(row)) for row in rows))


def programme_options() -> list[Option]:
    """Return the programmes."""
    return [(str(item.pk), display.name(item)) for item in Programme.objects.all()]


def area_options(rows: list[dict[str, Any]]) -> list[Group]:
    """Return districts, and cities outside districts, under their oblasts; cities of republican significance last."""
    cities = {row["oblast_id"] for row in rows if row["kind"] == UnitKind.CITY_OBLAST}
    districts: dict[uuid.UUID, list[Option]] = {}
    for row in rows:
        if row["kind"] == UnitKind.DISTRICT:
            districts.setdefault(row["oblast_id"], []).append((str(row["unit_id"]), titles.full_name(row)))
    groups: list[Group] = []
    for row in rows:
        if row["kind"] == UnitKind.OBLAST:
            options = districts.get(row["unit_id"], [])
            if row["unit_id"] in cities:
                options = [*options, (str(row["unit_id"]), _("cities of oblast significance"))]
            groups.append((titles.full_name(row), options))
    republican = [
        (str(row["unit_id"]), titles.full_name(row))
        for row in rows
        if row["kind"] == UnitKind.CITY_REPUBLICAN
    ]
    return [*groups, (_("Cities of republican significance"), republican)] if republican else groups


def named_units(data: QueryDict) -> set[uuid.UUID]:
    """Return the existing units that what was sent names anywhere; those it begins do not exist yet."""

    def of(endings: str | tuple[str, ...]) -> set[uuid.UUID]:
        return {unit for name in data if name.endswith(endings) for unit in identifiers(data.getlist(name))}

    return of(NAMES_A_UNIT) - of("-ref")


def offer(data: QueryDict, day: dt.date) -> Offer:
    """Return what the form offers for an event on ``day`` in the areas sent.

    Whatever was chosen before stays on offer, so that another day or district loses nothing; five queries, six
    where a unit was named that did not exist on the eve.
    """
    eve = day - page_queries.ONE_DAY
    rows = page_queries.units_of_day(eve)
    by_id = {row["unit_id"]: row for row in rows}
    areas, named = set(identifiers(data.getlist("area"))), named_units(data)
    chosen = [
        row for row in rows if row["unit_id"] in named or (row["kind"] not in HIGHER and home(row) in areas)
    ]
    groups: dict[uuid.UUID, list[Option]] = {}
    for row in chosen:
        if row["kind"] not in HIGHER:
            groups.setdefault(home(row), []).append((str(row["unit_id"]), titles.full_name(row)))
    units: list[Group] = [(titles.full_name(by_id[area]), options) for area, options in groups.items()]
    higher = [row for row in rows if row["kind"] in HIGHER and row["unit_id"] in areas | named]
    if higher:
        units.append(
            (_("Districts and oblasts"), [(str(row["unit_id"]), titles.full_name(row)) for row in higher])
        )
    if strangers := _strangers(named - set(by_id), day):
        units.append((_("Not in force on the eve"), strangers))
    settlements, centres = _settlements(chosen, eve)
    parents = [
        row for row in rows if row["kind"] in (*HIGHER, UnitKind.CITY_REPUBLICAN, UnitKind.CITY_OBLAST)
    ]
    return Offer(
        programmes=programme_options(),
        areas=area_options(rows),
        units=units,
        parents=[
            (
                label,
                [(str(row["unit_id"]), titles.full_name(row)) for row in parents if row["kind"] in kinds],
            )
            for label, kinds in (
                (_("Districts"), (UnitKind.DISTRICT,)),
                (_("Oblasts"), (UnitKind.OBLAST,)),
                (_("Cities"), (UnitKind.CITY_REPUBLICAN, UnitKind.CITY_OBLAST)),
            )
        ],
        centres=centres,
        settlements=settlements,
        acts=[
            (str(act.pk), f"{titles.act_name(act)}. {display.name(act, 'title')}")
            for act in page_queries.acts_offered(
                data.get("act_words", "").replace("\x00", "").strip()[:100], identifiers(data.getlist("acts"))
            )
        ],
    )


def _strangers(units: set[uuid.UUID], day: dt.date) -> list[Option]:
    """Return units that were chosen before and do not exist on the eve."""
    if not units:
        return []
    return [(str(key), titles.full_name(row)) for key, row in page_queries.unit_states(units, day).items()]


def _settlements(units: list[dict[str, Any]], eve: dt.date) -> tuple[dict[str, list[Option]], list[Group]]:
    """Return the settlements by unit, and all of them as groups under the names of their units."""
    names = {row["unit_id"]: titles.full_name(row) for row in units}
    by_unit: dict[str, list[Option]] = {}
    for row in page_queries.settlements_of(names, eve):
        label = display.name(row)
        if row["kind"] != SettlementKind.VILLAGE:
            label = f"{label} ({SettlementKind(row['kind']).label})"
        by_unit.setdefault(str(row["unit_id"]), []).append((str(row["id"]), label))
    return by_unit, [(name, by_unit[str(unit)]) for unit, name in names.items() if str(unit) in by_unit]
