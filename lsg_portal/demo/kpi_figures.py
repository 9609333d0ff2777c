"""What municipalities and employees of the demonstration report of a quarter: constructed figures, the same on every machine.

A municipality keeps its level from quarter to quarter and scatters around it; quantities follow its residents, so that
they go on through a merger. Money comes from its constructed budget, as far as there is one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from kpi.models import Period, Prefill, Value, ValueStatus
from lsg_portal.demo.country import chance
from lsg_portal.demo.executive_form import Place
from registry.queries import rows

CUMULATED = (0.22, 0.46, 0.73, 1.0)
"""How much of a year's money has come by the end of each quarter, about."""
SEASON = (0.15, 0.8, 1.2, 0.5)
"""Roads are repaired in summer."""
SPREAD = 0.8
"""Quantities grow with the residents, but not quite in proportion."""
GROWTH = 1.1
ALIKE = 0.4
"""How far the level of a municipality in one thing goes with its level in another."""
ESTIMATED, MISSING, NOT_APPLICABLE, SPARSE = 0.02, 0.014, 0.03, 0.012
"""Shares: of figures estimated and missing, of municipalities without roads to repair, and of reports full of gaps."""
GAPS = ("revenue_growth", "investment", "satisfaction", "accessibility", "programmes_on_time")
"""What is missing in a report full of gaps: more than the coverage that a rank needs lets go."""
NOTES = {
    "so_far": "Жыл башынан берки эсеп; реестрде бир жылдыкы / Нарастающим итогом; в реестре сумма за год",
    "estimated": "Алдын ала маалымат / Предварительные данные",
    "missing": "Маалымат келе элек / Данные ещё не поступили",
    "not_applicable": "Бул кварталда жол оңдоо пландалган эмес / Ремонт дорог в квартале не планировался",
    "online": "Аралыктан өткөн курс реестрде жок / Дистанционного курса нет в реестре",
    "changed": "Жаңы ишкана ачылды / Открыто новое предприятие",
}
BUDGETS = """
    SELECT b.unit_id, b.year, sum(l.actual) FILTER (WHERE i.side = 'own_revenue') AS own,
           sum(l.plan) AS plan, sum(l.actual) AS actual, sum(l.plan) FILTER (WHERE i.side = 'expenditure') AS spending
      FROM ayil_okmotu_localbudget b JOIN ayil_okmotu_budgetline l ON l.budget_id = b.id
      JOIN ayil_okmotu_budgetitem i ON i.id = l.item_id
     WHERE b.provenance = 'constructed' AND i.side <> 'total' GROUP BY 1, 2"""
REBUILT = """
    SELECT DISTINCT ON (unit_id, year) unit_id, extract(year FROM c.effective_on)::integer AS year, c.effective_on AS day
      FROM registry_changepart p JOIN registry_change c ON c.id = p.change_id
     CROSS JOIN LATERAL (VALUES (p.source_id), (p.target_id)) AS x (unit_id)
     WHERE p.voided_by_id IS NULL ORDER BY unit_id, year, c.effective_on"""


@dataclass(frozen=True)
class Budget:
    """A year's money in million som: own revenue, revenue and expenditure planned and executed, expenditure planned."""

    own: Decimal
    plan: Decimal
    actual: Decimal
    spending: Decimal

    def times(self, factor: float) -> Budget:
        """Return so many times as much."""
        exact = Decimal(f"{factor:.6f}")
        return Budget(self.own * exact, self.plan * exact, self.actual * exact, self.spending * exact)


@dataclass(frozen=True)
class Entered:
    """What stands in a value."""

    number: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    status: str = ValueStatus.NORMAL
    note: str = ""
    origin: str = Value.Origin.ENTERED
    known: dict[str, Any] | None = None


EMPTY = Entered(status="")
Entries = dict[str, Entered]


@dataclass(frozen=True)
class Money:
    """The constructed budgets of municipalities by year, and on which day of a year their territory changed."""

    budgets: Mapping[uuid.UUID, Mapping[int, Budget]]
    rebuilt: Mapping[tuple[uuid.UUID, int], dt.date]

    @classmethod
    def read(cls) -> Money:
        """Read what has been loaded."""
        found: dict[uuid.UUID, dict[int, Budget]] = {}
        for row in rows(BUDGETS):
            found.setdefault(row["unit_id"], {})[row["year"]] = Budget(
                row["own"], row["plan"], row["actual"], row["spending"]
            )
        return cls(found, {(row["unit_id"], row["year"]): row["day"] for row in rows(REBUILT)})

    def of(self, place: Place, year: int) -> Budget:
        """Return the budget of a year; one that the register lacks is told from the nearest that it has."""
        years = self.budgets.get(place.unit_id, {})
        if not years:
            each = Decimal(max(place.residents, 200)) / 1000
            return Budget(3 * each, 10 * each, 10 * each, 5 * each)
        nearest = min(years, key=lambda known: abs(known - year))
        return years[nearest].times(GROWTH ** (year - nearest))

    def two_years(self, place: Place, period: Period) -> tuple[Budget, Budget]:
        """Return the budgets of a period's year and of the year before, both of the territory of the period."""
        day = self.rebuilt.get((place.unit_id, period.year))
        if day is None:
            return self.of(place, period.year), self.of(place, period.year - 1)
        if period.last_day < day:
            before = self.of(place, period.year - 1)
            return before.times(GROWTH), before
        now = self.of(place, period.year)
        return now, now.times(1 / GROWTH)


def draws(*words: str) -> list[float]:
    """Return 32 numbers in [0, 1) that depend on the words alone."""
    digest = hashlib.sha512("/".join(("kpi", *words)).encode()).digest()
    return [drawn / 65536 for drawn in struct.unpack(">32H", digest)]


def level(of: str) -> list[float]:
    """Return numbers that stay the same over the quarters: who does well in one thing tends to do well in others."""
    found = draws(of)
    return [(1 - ALIKE) * drawn + ALIKE * found[-1] for drawn in found]


def _number(figure: float, places: int = 0) -> Entered:
    return Entered(number=Decimal(f"{max(figure, 0):.{places}f}"))


def _parts(numerator: float, denominator: float, **more: Any) -> Entered:
    return Entered(
        numerator=Decimal(f"{numerator:.3f}"), denominator=Decimal(f"{max(denominator, 0.001):.3f}"), **more
    )


def of_office(place: Place, period: Period, money: Money, *, whole: bool = False) -> Entries:
    """Return what an office reports, by the measure's code; nothing is missing or estimated in a ``whole`` report."""
    steady, drawn = level(str(place.unit_id)), draws(str(place.unit_id), period.code)
    years = period.number / 4 - 2021
    size = (max(place.residents, 200) / 1000) ** SPREAD
    city = 1 if place.is_city else 0
    planned = 8 + int(steady[7] * 16)
    late = int(drawn[7] * planned * (0.45 - 0.3 * steady[8]))
    found = {
        "investment": _number(size * (0.4 + 3.2 * steady[0]) * (0.6 + 0.8 * drawn[0]), 1),
        "jobs": _number(int(size * (0.6 + 4.4 * steady[1]) * (0.6 + 0.8 * drawn[1]))),
        "satisfaction": _number(min(51 + 27 * steady[2] + 6 * drawn[2] + 0.8 * years, 97), 1),
        "accessibility": _number(min(30 + 38 * steady[3] + 4 * drawn[3] + years, 92), 1),
        "roads": _number(
            SEASON[period.quarter - 1] * (1 + 8 * steady[4]) * (0.5 + drawn[4]) * (1 + 2 * city), 1
        ),
        "public_zones": _number(int(steady[5] * 2.2 + drawn[5] * 3 + city)),
        "projects": _number(int(steady[6] * 3 + drawn[6] * 4 + city)),
        "programmes_on_time": Entered(numerator=Decimal(planned - late), denominator=Decimal(planned)),
    }
    found |= _of_money(place, period, money, steady, drawn)
    if whole:
        return found
    if drawn[30] < SPARSE:
        return found | {code: _without("missing") for code in GAPS}
    if chance("no roads", str(place.unit_id)) < NOT_APPLICABLE and period.quarter == 1:
        found["roads"] = _without("not_applicable")
    for place_in_draws, code in enumerate(found, start=14):
        if drawn[place_in_draws] < MISSING:
            found[code] = _without("missing", found[code].known)
        elif drawn[place_in_draws] < MISSING + ESTIMATED and not found[code].note:
            found[code] = replace(found[code], status=ValueStatus.ESTIMATED, note=NOTES["estimated"])
    return found


def _without(status: str, known: dict[str, Any] | None = None) -> Entered:
    return Entered(status=status, note=NOTES[status], known=known)


def _of_money(place: Place, period: Period, money: Money, steady: list[float], drawn: list[float]) -> Entries:
    """Growth of revenue, money saved and execution: after the year the register's figures, within it the office's own."""
    year, share = period.year, CUMULATED[period.quarter - 1]
    now, before = money.two_years(place, period)
    closes = period.quarter == 4
    known = _known(place, year if closes else year - 1, money, filled=closes)
    spending = float(now.spending) * share
    found = {
        "revenue_growth": _parts(
            float(now.own) * share * (0.94 + 0.12 * drawn[10]),
            float(before.own) * share * (0.97 + 0.06 * drawn[11]),
        ),
        "budget_saved": _parts(spending * (0.003 + 0.045 * steady[12] * (0.5 + drawn[12])), spending),
        "budget_execution": _parts(
            float(now.plan) * share * (0.84 + 0.08 * steady[13] + 0.1 * drawn[13]), float(now.plan) * share
        ),
    }
    for code, prefill in (
        ("revenue_growth", Prefill.REVENUE_GROWTH),
        ("budget_execution", Prefill.EXECUTION),
    ):
        offered = known.get(prefill)
        if offered and period.quarter == 4:
            found[code] = _offered(offered)
        elif offered:
            found[code] = replace(found[code], known=offered, note=NOTES["so_far"])
    return found


def _offered(known: dict[str, Any]) -> Entered:
    """What the register knows, taken over."""
    number, numerator, denominator = (
        Decimal(known[name]) if name in known else None for name in ("number", "numerator", "denominator")
    )
    return Entered(number, numerator, denominator, origin=Value.Origin.REGISTER, known=known)


def _known(place: Place, year: int, money: Money, *, filled: bool) -> dict[str, dict[str, Any]]:
    """What the register knows of a year when the report is opened: as ``kpi.knowledge`` offers it."""
    years = money.budgets.get(place.unit_id, {})
    now, before = years.get(year), years.get(year - 1)
    found = {}
    if now and before and (place.unit_id, year) not in money.rebuilt:
        found[Prefill.REVENUE_GROWTH] = (now.own, before.own)
    if now:
        found[Prefill.EXECUTION] = (now.actual, now.plan)
    return {
        what: {
            "what": str(what),
            "year": year,
            "filled": filled,
            "numerator": f"{parts[0].normalize():f}",
            "denominator": f"{parts[1].normalize():f}",
        }
        for what, parts in found.items()
    }


def of_employee(appointment: uuid.UUID, period: Period, hours: int, courses: int) -> Entries:
    """Return what is reported of an employee; ``hours`` of courses in the quarter are the register's."""
    steady, drawn = level(str(appointment)), draws(str(appointment), period.code)
    tasks, papers = 20 + int(drawn[0] * 40), 10 + int(drawn[1] * 30)
    training = {"what": str(Prefill.TRAINING), "number": str(hours), "courses": courses}
    return {
        "tasks_done": Entered(
            numerator=Decimal(tasks - int(tasks * 0.5 * (1 - steady[0]) * drawn[2])),
            denominator=Decimal(tasks),
        ),
        "documents_on_time": Entered(
            numerator=Decimal(papers - int(papers * 0.4 * (1 - steady[1]) * drawn[3])),
            denominator=Decimal(papers),
        ),
        "appeals": _number(int(10 + 50 * steady[2] * (0.5 + drawn[4]))),
        "request_days": _number(3 + 9 * steady[3] + 2 * drawn[5], 1),
        "service_satisfaction": _number(min(55 + 35 * steady[4] + 8 * drawn[6], 98), 1),
        "training": _trained(hours, steady[8] * drawn[10], training),
        "new_methods": _number(int(steady[5] * 2 + drawn[7] * 2)),
        "proposals": _number(int(steady[6] * 3 + drawn[8] * 2)),
        "initiatives": _number(int(steady[7] * 1.5 + drawn[9] * 1.4)),
    }


def _trained(hours: int, drawn: float, known: dict[str, Any]) -> Entered:
    """The hours of courses: those the register knows, or others that it does not."""
    online = 0 if hours else 4 * int(drawn * 8)
    if not online:
        return _offered(known)
    return Entered(number=Decimal(online), note=NOTES["online"], known=known)
